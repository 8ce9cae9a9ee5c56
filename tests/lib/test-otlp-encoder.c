/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/otlp.h>

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/wire.h"
#include "profiles.pb-c.h"
#include "tests.h"

/* What is encoded is read back by protobuf-c. */

typedef Prof__Otlp__Request Request;
typedef Prof__Otlp__Profile Message;
typedef Prof__Otlp__Sample Sample;

static const int64_t START_NS = 1700000000000000000;

/* main calls a and b; a is inlined into its caller in the same location. */
static ProfProfile *
make_profile (void)
{
  ProfProfile *profile;
  assert_int_equal (prof_profile_new (&profile), 0);
  prof_profile_add_value_type (profile, "samples", "count");
  prof_profile_add_value_type (profile, "cpu", "nanoseconds");
  prof_profile_set_default_sample_type (profile, "cpu");
  prof_profile_set_period (profile, "cpu", "nanoseconds", 1001001);
  prof_profile_set_time (profile, START_NS, 1000);
  ProfMapping mapping = { .start = 0x1000, .limit = 0x2000, .has_functions = true };
  mapping.filename = (uint32_t)prof_profile_add_string (profile, "/bin/program");
  mapping.build_id = (uint32_t)prof_profile_add_string (profile, "abcdef");
  uint32_t mapping_row = (uint32_t)prof_profile_add_mapping (profile, &mapping);
  ProfLine lines[3];
  const char *names[] = { "main", "a", "b" };
  for (int i = 0; i < 3; i++) {
    ProfFunction function = { .start_line = 10 * i };
    function.name = (uint32_t)prof_profile_add_string (profile, names[i]);
    function.system_name = function.name;
    lines[i] = (ProfLine){ .function = (uint32_t)prof_profile_add_function (profile, &function),
                           .line = 10 * i + 1 };
  }
  ProfLocation inlined = { .address = 0x1100, .mapping = mapping_row };
  ProfLocation leaf = { .address = 0x1200, .mapping = mapping_row };
  ProfLine both[] = { lines[1], lines[0] };
  prof_profile_add_location (profile, &inlined, both, 2);
  prof_profile_add_location (profile, &leaf, &lines[2], 1);
  return profile;
}

static void
add_sample (ProfProfile *profile, uint32_t leaf, int64_t count, const char *thread, int64_t time_ns)
{
  uint32_t stack[] = { leaf, 1 };
  const int64_t values[] = { count, count * 1001001 };
  uint32_t sample = (uint32_t)prof_profile_add_sample (profile, leaf == 0 ? stack + 1 : stack,
                                                       leaf == 0 ? 1 : 2, values);
  prof_profile_add_label (profile, sample, "thread", thread);
  prof_profile_add_number_label (profile, sample, "tid", 7, NULL);
  prof_profile_add_number_label (profile, sample, "end_timestamp_ns", START_NS + time_ns,
                                 "nanoseconds");
}

static Request *
encode_one (ProfProfile *profile, const ProfOtlpOptions *options)
{
  ProfOtlpEncoder *encoder;
  ProfError error = PROF_ERROR_INIT;
  const uint8_t *bytes;
  size_t n;
  assert_int_equal (prof_otlp_encoder_new (profile, options, &encoder, &error), 0);
  assert_int_equal (prof_otlp_encoder_next (encoder, &bytes, &n), 1);
  Request *request = prof__otlp__request__unpack (NULL, n, bytes);
  assert_non_null (request);
  assert_int_equal (prof_otlp_encoder_next (encoder, &bytes, &n), 0);
  assert_null (prof_otlp_encoder_free (encoder));
  return request;
}

static const char *
get_string (const Request *request, int32_t index)
{
  assert_true (index >= 0 && (size_t)index < request->dictionary->n_string_table);
  return request->dictionary->string_table[index];
}

static const Prof__Otlp__AnyValue *
find_attribute (const Request *request, const Sample *sample, const char *key)
{
  for (size_t i = 0; i < sample->n_attribute_indices; i++) {
    const Prof__Otlp__KeyValueAndUnit *attribute
        = request->dictionary->attribute_table[sample->attribute_indices[i]];
    if (strcmp (get_string (request, attribute->key_strindex), key) == 0)
      return attribute->value;
  }
  return NULL;
}

static void
test_profiles_samples_and_stacks (void **state)
{
  (void)state;
  ProfProfile *profile = make_profile ();
  add_sample (profile, 2, 3, "worker", 10);
  add_sample (profile, 0, 2, "main", 20);
  add_sample (profile, 2, 4, "worker", 30);
  ProfOtlpAttribute resource[] = { { "service.name", "shop", 0 }, { "process.pid", NULL, 42 } };
  ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
  options.resource = resource;
  options.n_resource = 2;
  options.profile_id[0] = 1;
  Request *request = encode_one (profile, &options);

  assert_int_equal (request->n_resource_profiles, 1);
  const Prof__Otlp__ResourceProfiles *of_resource = request->resource_profiles[0];
  assert_string_equal (of_resource->resource->attributes[0]->key, "service.name");
  assert_string_equal (of_resource->resource->attributes[0]->value->string_value, "shop");
  assert_int_equal (of_resource->resource->attributes[1]->value->int_value, 42);
  const Prof__Otlp__ScopeProfiles *scope = of_resource->scope_profiles[0];
  assert_string_equal (scope->scope->name, "libprof");
  assert_int_equal (scope->n_profiles, 2);

  /* The default sample type is first. */
  const Message *cpu = scope->profiles[0], *samples = scope->profiles[1];
  assert_string_equal (get_string (request, cpu->sample_type->type_strindex), "cpu");
  assert_string_equal (get_string (request, cpu->sample_type->unit_strindex), "nanoseconds");
  assert_string_equal (get_string (request, samples->sample_type->type_strindex), "samples");
  assert_int_equal (cpu->time_unix_nano, START_NS);
  assert_int_equal (cpu->duration_nano, 1000);
  assert_int_equal (cpu->period, 1001001);
  assert_int_equal (cpu->profile_id.len, 16);
  assert_memory_not_equal (cpu->profile_id.data, samples->profile_id.data, 16);

  /* Samples that differ in their time alone are one. */
  assert_int_equal (samples->n_samples, 2);
  assert_int_equal (samples->samples[0]->n_values, 1);
  assert_int_equal (samples->samples[0]->values[0], 7);
  assert_int_equal (samples->samples[0]->n_timestamps_unix_nano, 0);
  assert_int_equal (cpu->samples[0]->values[0], 7 * 1001001);
  const Sample *first = samples->samples[0];
  assert_string_equal (find_attribute (request, first, "thread")->string_value, "worker");
  assert_int_equal (find_attribute (request, first, "tid")->int_value, 7);
  assert_null (find_attribute (request, first, "end_timestamp_ns"));

  const Prof__Otlp__Stack *stack = request->dictionary->stack_table[first->stack_index];
  assert_int_equal (stack->n_location_indices, 2);
  const Prof__Otlp__Location *leaf
      = request->dictionary->location_table[stack->location_indices[0]];
  const Prof__Otlp__Location *root
      = request->dictionary->location_table[stack->location_indices[1]];
  assert_int_equal (leaf->address, 0x1200);
  assert_int_equal (root->n_lines, 2);
  const Prof__Otlp__Function *inlined
      = request->dictionary->function_table[root->lines[0]->function_index];
  assert_string_equal (get_string (request, inlined->name_strindex), "a");
  assert_int_equal (root->lines[0]->line, 11);
  const Prof__Otlp__Mapping *mapping = request->dictionary->mapping_table[leaf->mapping_index];
  assert_int_equal (mapping->memory_start, 0x1000);
  const Prof__Otlp__KeyValueAndUnit *build_id
      = request->dictionary->attribute_table[mapping->attribute_indices[0]];
  assert_string_equal (get_string (request, build_id->key_strindex),
                       "process.executable.build_id.gnu");
  assert_string_equal (build_id->value->string_value, "abcdef");
  prof__otlp__request__free_unpacked (request, NULL);
  prof_profile_unref (profile);
}

/* Rows 0 are there and empty, no string is twice, and each row is of use. */
static void
test_dictionary_has_nothing_twice_or_for_nothing (void **state)
{
  (void)state;
  ProfProfile *profile = make_profile ();
  add_sample (profile, 0, 1, "main", 10);
  ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
  Request *request = encode_one (profile, &options);
  const Prof__Otlp__Dictionary *dictionary = request->dictionary;
  assert_int_equal (dictionary->n_link_table, 1);
  assert_int_equal (dictionary->link_table[0]->trace_id.len, 0);
  assert_int_equal (dictionary->n_mapping_table, 2);
  assert_int_equal (dictionary->n_location_table, 2); /* not the one of b */
  assert_int_equal (dictionary->n_function_table, 3);
  assert_int_equal (dictionary->n_stack_table, 2);
  assert_int_equal (dictionary->mapping_table[0]->memory_limit, 0);
  assert_int_equal (dictionary->stack_table[0]->n_location_indices, 0);
  assert_string_equal (dictionary->string_table[0], "");
  for (size_t i = 0; i < dictionary->n_string_table; i++) {
    assert_string_not_equal (dictionary->string_table[i], "b");
    for (size_t k = 0; k < i; k++)
      assert_string_not_equal (dictionary->string_table[i], dictionary->string_table[k]);
  }
  prof__otlp__request__free_unpacked (request, NULL);
  prof_profile_unref (profile);
}

static void
test_times_come_with_a_value_each (void **state)
{
  (void)state;
  ProfProfile *profile = make_profile ();
  add_sample (profile, 2, 4, "worker", 30);
  add_sample (profile, 2, 3, "worker", 10);
  add_sample (profile, 2, 5, "worker", 5000); /* after the end */
  ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
  options.has_timestamps = true;
  Request *request = encode_one (profile, &options);
  const Message *samples = request->resource_profiles[0]->scope_profiles[0]->profiles[1];
  assert_int_equal (samples->n_samples, 1);
  const Sample *sample = samples->samples[0];
  assert_int_equal (sample->n_values, 3);
  assert_int_equal (sample->n_timestamps_unix_nano, 3);
  assert_int_equal (sample->timestamps_unix_nano[0], START_NS + 10);
  assert_int_equal (sample->values[0], 3);
  assert_int_equal (sample->timestamps_unix_nano[1], START_NS + 30);
  assert_int_equal (sample->values[1], 4);
  assert_int_equal (sample->timestamps_unix_nano[2], START_NS + 999);
  prof__otlp__request__free_unpacked (request, NULL);
  prof_profile_unref (profile);
}

static void
test_trace_labels_become_links (void **state)
{
  (void)state;
  ProfProfile *profile = make_profile ();
  add_sample (profile, 2, 1, "main", 10);
  size_t n;
  prof_profile_get_samples (profile, &n);
  prof_profile_add_label (profile, (uint32_t)n - 1, "trace_id", "0102030405060708090a0b0c0d0e0fFF");
  prof_profile_add_label (profile, (uint32_t)n - 1, "span_id", "a1a2a3a4a5a6a7a8");
  ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
  Request *request = encode_one (profile, &options);
  const Sample *sample = request->resource_profiles[0]->scope_profiles[0]->profiles[0]->samples[0];
  const uint8_t trace_id[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255 };
  const Prof__Otlp__Link *link = request->dictionary->link_table[sample->link_index];
  assert_int_equal (sample->link_index, 1);
  assert_int_equal (link->trace_id.len, 16);
  assert_memory_equal (link->trace_id.data, trace_id, 16);
  assert_int_equal (link->span_id.data[0], 0xa1);
  assert_null (find_attribute (request, sample, "trace_id"));
  prof__otlp__request__free_unpacked (request, NULL);
  prof_profile_unref (profile);
}

/* A span_id alone, as some SDKs give it, and what is no ID, stay what they are. */
static void
test_labels_that_make_no_link (void **state)
{
  (void)state;
  static const char *const pairs[][2] = {
    { "span_id", "a1a2a3a4a5a6a7a8" },
    { "trace_id", "0102" },
    { "trace_id", "0102030405060708090a0b0c0d0e0fxy" },
    { "trace_id", "00000000000000000000000000000000" },
  };
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    ProfProfile *profile = make_profile ();
    add_sample (profile, 2, 1, "main", 10);
    prof_profile_add_label (profile, 0, pairs[i][0], pairs[i][1]);
    ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
    Request *request = encode_one (profile, &options);
    const Sample *sample
        = request->resource_profiles[0]->scope_profiles[0]->profiles[0]->samples[0];
    assert_int_equal (sample->link_index, 0);
    assert_int_equal (request->dictionary->n_link_table, 1);
    assert_non_null (find_attribute (request, sample, pairs[i][0]));
    prof__otlp__request__free_unpacked (request, NULL);
    prof_profile_unref (profile);
  }
}

/* Each request stands alone, stays under the bound, and together they have everything. */
static void
test_big_profiles_become_several_requests (void **state)
{
  (void)state;
  ProfProfile *profile = make_profile ();
  char thread[32];
  for (int i = 0; i < 20000; i++) {
    snprintf (thread, sizeof thread, "worker-%d", i);
    add_sample (profile, 2, 1, thread, i % 1000);
  }
  ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
  ProfOtlpEncoder *encoder;
  options.max_bytes = 100000;
  assert_int_equal (prof_otlp_encoder_new (profile, &options, &encoder, NULL), 0);
  const uint8_t *bytes;
  size_t n, n_requests = 0;
  int64_t total = 0;
  for (; prof_otlp_encoder_next (encoder, &bytes, &n) == 1; n_requests++) {
    assert_true (n <= options.max_bytes);
    Request *request = prof__otlp__request__unpack (NULL, n, bytes);
    assert_non_null (request);
    const Message *samples = request->resource_profiles[0]->scope_profiles[0]->profiles[1];
    for (size_t i = 0; i < samples->n_samples; i++) {
      assert_non_null (find_attribute (request, samples->samples[i], "thread"));
      assert_true ((size_t)samples->samples[i]->stack_index < request->dictionary->n_stack_table);
      total += samples->samples[i]->values[0];
    }
    prof__otlp__request__free_unpacked (request, NULL);
  }
  assert_true (n_requests > 5);
  assert_int_equal (total, 20000);
  prof_otlp_encoder_free (encoder);
  prof_profile_unref (profile);
}

/* The contents of the first field of that number. */
static ProfWire
enter (ProfWire wire, uint32_t number)
{
  ProfWireField field = { 0 };
  do
    assert_int_equal (prof_wire_take_field (&wire, &field), PROF_WIRE_OK);
  while (field.number != number);
  assert_int_equal (field.type, PROF_WIRE_BYTES);
  return field.bytes;
}

/* Before 1.10, values were field 2 of a sample, attributes 3 and the link 4. */
static void
test_layouts_before_1_10 (void **state)
{
  (void)state;
  static const ProfOtlpLayout layouts[] = { PROF_OTLP_LAYOUT_1_9, PROF_OTLP_LAYOUT_1_8 };
  for (unsigned i = 0; i < 2; i++) {
    ProfProfile *profile = make_profile ();
    add_sample (profile, 2, 3, "worker", 10);
    ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
    ProfOtlpEncoder *encoder;
    ProfWire request;
    size_t n;
    options.layout = layouts[i];
    options.profile_id[0] = 1;
    assert_int_equal (prof_otlp_encoder_new (profile, &options, &encoder, NULL), 0);
    assert_int_equal (prof_otlp_encoder_next (encoder, &request.next, &n), 1);
    request.end = request.next + n;
    ProfWire message = enter (enter (enter (request, 1), 2), 2);
    ProfWire sample = enter (message, 2), values = enter (sample, 2);
    uint64_t value;
    assert_int_equal (prof_wire_take_varint (&values, &value), PROF_WIRE_OK);
    assert_int_equal (value, 3 * 1001001);
    ProfWire attributes = enter (sample, 3);
    assert_int_equal (attributes.end - attributes.next, 2);
    ProfWire id = enter (message, layouts[i] == PROF_OTLP_LAYOUT_1_9 ? 7 : 8);
    assert_int_equal (id.end - id.next, 16);
    prof_otlp_encoder_free (encoder);
    prof_profile_unref (profile);
  }
}

static void
test_profile_without_samples_or_types (void **state)
{
  (void)state;
  ProfProfile *profile = make_profile ();
  ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
  Request *request = encode_one (profile, &options);
  assert_int_equal (request->resource_profiles[0]->scope_profiles[0]->n_profiles, 1);
  prof__otlp__request__free_unpacked (request, NULL);
  prof_profile_unref (profile);

  ProfOtlpEncoder *encoder;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_profile_new (&profile), 0);
  assert_int_equal (prof_otlp_encoder_new (profile, &options, &encoder, &error), -EINVAL);
  assert_non_null (strstr (error.message, "no sample type"));
  options.size = 0;
  assert_int_equal (prof_otlp_encoder_new (profile, &options, &encoder, &error), -EINVAL);
  assert_int_equal (prof_otlp_encoder_new (NULL, &options, &encoder, &error), -EINVAL);
  prof_profile_unref (profile);
}

/* Of a program that was compiled when the struct ended before max_bytes. */
static void
test_smaller_options (void **state)
{
  (void)state;
  ProfProfile *profile = make_profile ();
  ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
  options.size = offsetof (ProfOtlpOptions, max_bytes);
  options.max_bytes = 1;
  options.n_resource = SIZE_MAX;
  Request *request = encode_one (profile, &options);
  assert_int_equal (request->resource_profiles[0]->resource->n_attributes, 0);
  prof__otlp__request__free_unpacked (request, NULL);
  options.size = sizeof options + 1;
  ProfOtlpEncoder *encoder;
  assert_int_equal (prof_otlp_encoder_new (profile, &options, &encoder, NULL), -EINVAL);
  options = (ProfOtlpOptions)PROF_OTLP_OPTIONS_INIT;
  options.layout = (ProfOtlpLayout)3;
  assert_int_equal (prof_otlp_encoder_new (profile, &options, &encoder, NULL), -EINVAL);
  prof_profile_unref (profile);
}

static const char *
get_mapping_attribute (const Request *request, size_t mapping, const char *key)
{
  const Prof__Otlp__Mapping *row = request->dictionary->mapping_table[mapping];
  for (size_t i = 0; i < row->n_attribute_indices; i++) {
    const Prof__Otlp__KeyValueAndUnit *attribute
        = request->dictionary->attribute_table[row->attribute_indices[i]];
    if (strcmp (get_string (request, attribute->key_strindex), key) == 0)
      return attribute->value->string_value;
  }
  return NULL;
}

/* A mapping must have one, if an empty one; and no row is there twice. */
static void
test_build_ids_of_mappings (void **state)
{
  (void)state;
  static const char gnu[] = "process.executable.build_id.gnu";
  static const char htl[] = "process.executable.build_id.htlhash";
  static const char *const ids[] = { "abcdef", "", "" };
  ProfProfile *profile = make_profile ();
  for (uint32_t i = 0; i < 3; i++) {
    ProfMapping mapping = { .start = 0x10000 * (i + 1), .limit = 0x10000 * (i + 1) + 1 };
    mapping.filename = (uint32_t)prof_profile_add_string (profile, "/lib/other");
    mapping.build_id = (uint32_t)prof_profile_add_string (profile, ids[i]);
    ProfLocation location = { .address = mapping.start };
    location.mapping = (uint32_t)prof_profile_add_mapping (profile, &mapping);
    uint32_t leaf = (uint32_t)prof_profile_add_location (profile, &location, NULL, 0);
    add_sample (profile, leaf, 1, "main", 1);
  }
  const char *const hashes[] = { NULL, "0123", NULL, "4567", NULL };
  ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
  options.file_hashes = hashes;
  Request *request = encode_one (profile, &options);

  const Prof__Otlp__Mapping *const *mappings
      = (const Prof__Otlp__Mapping *const *)request->dictionary->mapping_table;
  assert_int_equal (request->dictionary->n_mapping_table, 5);
  size_t first
      = strcmp (get_string (request, mappings[1]->filename_strindex), "/bin/program") == 0 ? 1 : 2;
  size_t second = 3 - first;
  assert_string_equal (get_mapping_attribute (request, first, gnu), "abcdef");
  assert_string_equal (get_mapping_attribute (request, first, htl), "0123");
  assert_string_equal (get_mapping_attribute (request, second, gnu), "abcdef");
  assert_null (get_mapping_attribute (request, second, htl));
  assert_int_equal (mappings[first]->attribute_indices[0], mappings[second]->attribute_indices[0]);
  assert_null (get_mapping_attribute (request, 3, gnu));
  assert_string_equal (get_mapping_attribute (request, 3, htl), "4567");
  assert_string_equal (get_mapping_attribute (request, 4, gnu), "");
  prof__otlp__request__free_unpacked (request, NULL);
  prof_profile_unref (profile);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_profiles_samples_and_stacks),
    cmocka_unit_test (test_dictionary_has_nothing_twice_or_for_nothing),
    cmocka_unit_test (test_times_come_with_a_value_each),
    cmocka_unit_test (test_trace_labels_become_links),
    cmocka_unit_test (test_labels_that_make_no_link),
    cmocka_unit_test (test_big_profiles_become_several_requests),
    cmocka_unit_test (test_layouts_before_1_10),
    cmocka_unit_test (test_profile_without_samples_or_types),
    cmocka_unit_test (test_smaller_options),
    cmocka_unit_test (test_build_ids_of_mappings),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
