/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/otlp.h>

#include <errno.h>

#include "base/gzip.h"
#include "otlp-fixture.h"
#include "otlp/otlp-read.h"
#include "profile-text.h"
#include "profiles.pb-c.h"

/* ---- round trips ---- */

/* Reads what must be one profile. */
static ProfProfile *
read_one (const void *bytes, size_t n)
{
  ProfProfile **profiles, *profile;
  ProfError error = PROF_ERROR_INIT;
  size_t n_profiles;
  int fd = open_bytes (bytes, n);
  int r = prof_otlp_read (fd, &profiles, &n_profiles, &error);
  assert_string_equal (error.message, "");
  assert_int_equal (r, 0);
  assert_int_equal (n_profiles, 1);
  close (fd);
  profile = profiles[0];
  free (profiles);
  return profile;
}

static void
assert_same (const ProfProfile *a, const ProfProfile *b, bool has_times)
{
  char *x = write_profile_text (a, has_times), *y = write_profile_text (b, has_times);
  assert_string_equal (x, y);
  free (x);
  free (y);
}

static void
test_round_trip (void **state)
{
  (void)state;
  static const ProfOtlpLayout layouts[]
      = { PROF_OTLP_LAYOUT_1_10, PROF_OTLP_LAYOUT_1_9, PROF_OTLP_LAYOUT_1_8 };
  ProfProfile *profile = make_otlp_profile ();
  for (unsigned i = 0; i < 6; i++) {
    ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
    options.layout = layouts[i / 2];
    options.has_timestamps = i % 2 == 1;
    options.max_bytes = 0;
    size_t n;
    uint8_t *bytes = encode_otlp (profile, &options, &n);
    assert_true (prof_otlp_is_dump (bytes, n));
    ProfProfile *again = read_one (bytes, n);
    assert_same (profile, again, options.has_timestamps);
    prof_profile_unref (again);
    free (bytes);
  }
  prof_profile_unref (profile);
}

/* Parts that stand alone, as a collector got them, are profiles of their own, and have everything
 * together. */
static void
test_stream_of_requests (void **state)
{
  (void)state;
  ProfProfile *profile = make_otlp_profile (), **parts;
  ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
  size_t n, n_parts;
  int64_t total = 0;
  options.max_bytes = 700;
  uint8_t *bytes = encode_otlp (profile, &options, &n);
  assert_true (prof_otlp_is_dump (bytes, n));
  int fd = open_bytes ("", 0);
  ProfGzip gzip;
  assert_int_equal (prof_gzip_init (&gzip, fd, PROF_GZIP_LEVEL), 0);
  assert_int_equal (prof_gzip_write (&gzip, bytes, n), 0);
  assert_int_equal (prof_gzip_end (&gzip), 0);
  prof_gzip_finish (&gzip);
  uint8_t *compressed = take_bytes (fd, &n);
  assert_true (prof_otlp_is_dump (compressed, n < 512 ? n : 512));
  assert_int_equal (lseek (fd, 0, SEEK_SET), 0);
  assert_int_equal (prof_otlp_read (fd, &parts, &n_parts, NULL), 0);
  assert_true (n_parts > 1);
  for (size_t i = 0; i < n_parts; i++) {
    int column = prof_profile_find_value_type (parts[i], "samples");
    size_t n_types = parts[i]->value_types.n;
    for (size_t k = 0; column >= 0 && k < parts[i]->samples.n; k++)
      total += parts[i]->values.items[k * n_types + (size_t)column];
  }
  assert_int_equal (total, 30);
  prof_profiles_free (parts, n_parts);
  free (bytes);
  free (compressed);
  close (fd);
  prof_profile_unref (profile);
}

/* ---- what others write, through protobuf-c ---- */

typedef Prof__Otlp__AnyValue AnyValue;

enum { MAX_ROWS = 16 };

/* A request with one sample, whose stack is one location in one mapping. */
typedef struct {
  Prof__Otlp__Request request;
  Prof__Otlp__Dictionary dictionary;
  Prof__Otlp__ResourceProfiles of_resource, *all_of_resource;
  Prof__Otlp__Resource resource;
  Prof__Otlp__KeyValue resource_attributes[MAX_ROWS], *all_resource_attributes[MAX_ROWS];
  Prof__Otlp__ScopeProfiles of_scope, *all_of_scope;
  Prof__Otlp__Profile profile, *profiles;
  Prof__Otlp__ValueType sample_type;
  Prof__Otlp__Sample sample, *samples;
  int64_t values[2];
  uint64_t times[2];
  int32_t sample_attributes[MAX_ROWS], profile_attributes[MAX_ROWS], mapping_attributes[MAX_ROWS];
  int32_t locations[1];
  Prof__Otlp__Stack stacks[2], *all_stacks[2];
  Prof__Otlp__Location location_rows[2], *all_locations[2];
  Prof__Otlp__Mapping mappings[2], *all_mappings[2];
  Prof__Otlp__KeyValueAndUnit attributes[MAX_ROWS], *all_attributes[MAX_ROWS];
  AnyValue attribute_values[MAX_ROWS], resource_values[MAX_ROWS];
  char *strings[2 * MAX_ROWS];
} Dump;

static int32_t
add_string (Dump *dump, const char *string)
{
  dump->strings[dump->dictionary.n_string_table] = (char *)string;
  return (int32_t)dump->dictionary.n_string_table++;
}

static void
init_tables (Dump *dump)
{
  Prof__Otlp__Dictionary *dictionary = &dump->dictionary;
  for (unsigned i = 0; i < 2; i++) {
    dump->stacks[i] = (Prof__Otlp__Stack)PROF__OTLP__STACK__INIT;
    dump->location_rows[i] = (Prof__Otlp__Location)PROF__OTLP__LOCATION__INIT;
    dump->mappings[i] = (Prof__Otlp__Mapping)PROF__OTLP__MAPPING__INIT;
    dump->all_stacks[i] = &dump->stacks[i];
    dump->all_locations[i] = &dump->location_rows[i];
    dump->all_mappings[i] = &dump->mappings[i];
  }
  dump->attributes[0] = (Prof__Otlp__KeyValueAndUnit)PROF__OTLP__KEY_VALUE_AND_UNIT__INIT;
  dump->all_attributes[0] = &dump->attributes[0];
  dictionary->string_table = dump->strings;
  dictionary->stack_table = dump->all_stacks;
  dictionary->location_table = dump->all_locations;
  dictionary->mapping_table = dump->all_mappings;
  dictionary->attribute_table = dump->all_attributes;
  dictionary->n_stack_table = dictionary->n_location_table = dictionary->n_mapping_table = 2;
  dictionary->n_attribute_table = 1;
  dump->stacks[1].location_indices = dump->locations;
  dump->stacks[1].n_location_indices = 1;
  dump->locations[0] = 1;
  dump->location_rows[1].mapping_index = 1;
  dump->location_rows[1].address = 0x1234;
  dump->mappings[1].memory_limit = 0x2000;
  dump->mappings[1].attribute_indices = dump->mapping_attributes;
}

static void
init_dump (Dump *dump)
{
  *dump = (Dump){
    .request = PROF__OTLP__REQUEST__INIT,
    .dictionary = PROF__OTLP__DICTIONARY__INIT,
    .of_resource = PROF__OTLP__RESOURCE_PROFILES__INIT,
    .resource = PROF__OTLP__RESOURCE__INIT,
    .of_scope = PROF__OTLP__SCOPE_PROFILES__INIT,
    .profile = PROF__OTLP__PROFILE__INIT,
    .sample_type = PROF__OTLP__VALUE_TYPE__INIT,
    .sample = PROF__OTLP__SAMPLE__INIT,
    .values = { 3, 4 },
    .times = { 1000, 2000 },
    .all_of_resource = &dump->of_resource,
    .all_of_scope = &dump->of_scope,
    .profiles = &dump->profile,
    .samples = &dump->sample,
  };
  add_string (dump, "");
  dump->sample_type.type_strindex = add_string (dump, "samples");
  dump->sample_type.unit_strindex = add_string (dump, "count");
  dump->request.dictionary = &dump->dictionary;
  dump->request.resource_profiles = &dump->all_of_resource;
  dump->of_resource.resource = &dump->resource;
  dump->resource.attributes = dump->all_resource_attributes;
  dump->of_resource.scope_profiles = &dump->all_of_scope;
  dump->of_scope.profiles = &dump->profiles;
  dump->profile.sample_type = &dump->sample_type;
  dump->profile.samples = &dump->samples;
  dump->request.n_resource_profiles = dump->of_resource.n_scope_profiles = 1;
  dump->of_scope.n_profiles = dump->profile.n_samples = 1;
  dump->sample.stack_index = 1;
  dump->sample.values = dump->values;
  dump->sample.n_values = 1;
  dump->sample.timestamps_unix_nano = dump->times;
  dump->sample.attribute_indices = dump->sample_attributes;
  dump->profile.attribute_indices = dump->profile_attributes;
  init_tables (dump);
}

static AnyValue
make_string (const char *text)
{
  AnyValue value = PROF__OTLP__ANY_VALUE__INIT;
  value.value_case = PROF__OTLP__ANY_VALUE__VALUE_STRING_VALUE;
  value.string_value = (char *)text;
  return value;
}

static AnyValue
make_int (int64_t number)
{
  AnyValue value = PROF__OTLP__ANY_VALUE__INIT;
  value.value_case = PROF__OTLP__ANY_VALUE__VALUE_INT_VALUE;
  value.int_value = number;
  return value;
}

static int32_t
add_attribute (Dump *dump, const char *key, AnyValue value, const char *unit)
{
  size_t row = dump->dictionary.n_attribute_table++;
  Prof__Otlp__KeyValueAndUnit *attribute = &dump->attributes[row];
  *attribute = (Prof__Otlp__KeyValueAndUnit)PROF__OTLP__KEY_VALUE_AND_UNIT__INIT;
  attribute->key_strindex = add_string (dump, key);
  attribute->unit_strindex = unit == NULL ? 0 : add_string (dump, unit);
  dump->attribute_values[row] = value;
  attribute->value = &dump->attribute_values[row];
  dump->all_attributes[row] = attribute;
  return (int32_t)row;
}

static void
add_sample_attribute (Dump *dump, const char *key, AnyValue value, const char *unit)
{
  dump->sample_attributes[dump->sample.n_attribute_indices++]
      = add_attribute (dump, key, value, unit);
}

static void
add_profile_attribute (Dump *dump, const char *key, const char *text)
{
  dump->profile_attributes[dump->profile.n_attribute_indices++]
      = add_attribute (dump, key, make_string (text), NULL);
}

static void
add_mapping_attribute (Dump *dump, const char *key, const char *text)
{
  dump->mapping_attributes[dump->mappings[1].n_attribute_indices++]
      = add_attribute (dump, key, make_string (text), NULL);
}

static Prof__Otlp__KeyValue *
add_resource_attribute (Dump *dump, const char *key, AnyValue value)
{
  size_t row = dump->resource.n_attributes++;
  Prof__Otlp__KeyValue *attribute = &dump->resource_attributes[row];
  *attribute = (Prof__Otlp__KeyValue)PROF__OTLP__KEY_VALUE__INIT;
  attribute->key = (char *)key;
  dump->resource_values[row] = value;
  attribute->value = &dump->resource_values[row];
  return dump->all_resource_attributes[row] = attribute;
}

/* What the dump is read as. */
static void
assert_read (Dump *dump, const char *expected)
{
  size_t n = prof__otlp__request__get_packed_size (&dump->request);
  uint8_t *bytes = malloc (n);
  assert_int_equal (prof__otlp__request__pack (&dump->request, bytes), n);
  ProfProfile *profile = read_one (bytes, n);
  char *text = write_profile_text (profile, true);
  assert_string_equal (text, expected);
  prof_profile_unref (profile);
  free (text);
  free (bytes);
}

#define HEADER "type samples/count\ndefault , drop , keep , doc \nperiod / 0, time 0 + 0\n"

static void
test_values_and_times (void **state)
{
  (void)state;
  Dump dump;
  init_dump (&dump);
  assert_read (&dump, HEADER "3  [1234   0-2000+0 0000]\n");
  dump.sample.n_values = 2;
  assert_read (&dump, HEADER "7  [1234   0-2000+0 0000]\n");
  dump.sample.n_timestamps_unix_nano = 2;
  assert_read (&dump, HEADER "3  [1234   0-2000+0 0000] end_timestamp_ns=1000nanoseconds\n"
                             "4  [1234   0-2000+0 0000] end_timestamp_ns=2000nanoseconds\n");
  dump.sample.n_values = 0;
  assert_read (&dump, HEADER "1  [1234   0-2000+0 0000] end_timestamp_ns=1000nanoseconds\n"
                             "1  [1234   0-2000+0 0000] end_timestamp_ns=2000nanoseconds\n");
  dump.sample.stack_index = 0;
  dump.sample.n_timestamps_unix_nano = 1;
  assert_read (&dump, HEADER "1  end_timestamp_ns=1000nanoseconds\n");
}

static void
test_values_of_all_kinds (void **state)
{
  (void)state;
  Dump dump;
  AnyValue flag = PROF__OTLP__ANY_VALUE__INIT, real = flag, bytes = flag, array = flag, list = flag,
           index = flag, one = make_int (1), two = make_string ("two"), *items[] = { &one, &two };
  Prof__Otlp__ArrayValue values = PROF__OTLP__ARRAY_VALUE__INIT;
  Prof__Otlp__KeyValue pair = PROF__OTLP__KEY_VALUE__INIT, *pairs[] = { &pair, &pair };
  Prof__Otlp__KeyValueList pair_list = PROF__OTLP__KEY_VALUE_LIST__INIT;
  init_dump (&dump);
  flag.value_case = PROF__OTLP__ANY_VALUE__VALUE_BOOL_VALUE;
  flag.bool_value = true;
  real.value_case = PROF__OTLP__ANY_VALUE__VALUE_DOUBLE_VALUE;
  real.double_value = -2.5;
  bytes.value_case = PROF__OTLP__ANY_VALUE__VALUE_BYTES_VALUE;
  bytes.bytes_value = (ProtobufCBinaryData){ 2, (uint8_t[]){ 0xab, 0x01 } };
  values.values = items;
  values.n_values = 2;
  array.value_case = PROF__OTLP__ANY_VALUE__VALUE_ARRAY_VALUE;
  array.array_value = &values;
  pair.key = (char *)"k";
  pair.value = &array;
  pair_list.values = pairs;
  pair_list.n_values = 2;
  list.value_case = PROF__OTLP__ANY_VALUE__VALUE_KVLIST_VALUE;
  list.kvlist_value = &pair_list;
  index.value_case = PROF__OTLP__ANY_VALUE__VALUE_STRING_VALUE_STRINDEX;
  index.string_value_strindex = 2;
  add_sample_attribute (&dump, "array", array, NULL);
  add_sample_attribute (&dump, "bytes", bytes, NULL);
  add_sample_attribute (&dump, "flag", flag, NULL);
  add_sample_attribute (&dump, "index", index, NULL);
  add_sample_attribute (&dump, "int", make_int (-7), "ms");
  add_sample_attribute (&dump, "list", list, NULL);
  add_sample_attribute (&dump, "real", real, NULL);
  add_sample_attribute (&dump, "text", make_string ("t"), NULL);
  assert_read (&dump, HEADER "3  [1234   0-2000+0 0000] array=\"1,two\" bytes=\"ab01\""
                             " flag=\"true\" index=\"count\" int=-7ms list=\"k=1,two,k=1,two\""
                             " real=\"-2.5\" text=\"t\"\n");
}

/* A translator of early 2026 wrapped every label in an array. */
static void
test_arrays_of_one_value (void **state)
{
  (void)state;
  Dump dump;
  AnyValue array = PROF__OTLP__ANY_VALUE__INIT, one = make_int (1), *items[] = { &one };
  Prof__Otlp__ArrayValue values = PROF__OTLP__ARRAY_VALUE__INIT;
  init_dump (&dump);
  values.values = items;
  values.n_values = 1;
  array.value_case = PROF__OTLP__ANY_VALUE__VALUE_ARRAY_VALUE;
  array.array_value = &values;
  add_sample_attribute (&dump, "tid", array, NULL);
  assert_read (&dump, HEADER "3  [1234   0-2000+0 0000] tid=1\n");
}

static void
test_comments_and_resources (void **state)
{
  (void)state;
  Dump dump;
  init_dump (&dump);
  add_profile_attribute (&dump, "pprof.profile.comment.0", "first");
  add_profile_attribute (&dump, "pprof.profile.comment.1", "second");
  add_profile_attribute (&dump, "pprof.profile.doc_url", "http");
  add_profile_attribute (&dump, "region", "north");
  add_resource_attribute (&dump, "service.name", make_string ("shop"));
  add_resource_attribute (&dump, "process.pid", make_int (42));
  Prof__Otlp__KeyValue *attribute = add_resource_attribute (&dump, "", make_string ("one"));
  attribute->key_strindex = add_string (&dump, "host.name");
  assert_read (&dump, "type samples/count\ndefault , drop , keep , doc http\n"
                      "period / 0, time 0 + 0\n"
                      "comment first\ncomment second\ncomment region=north\n"
                      "comment service.name=shop\ncomment process.pid=42\ncomment host.name=one\n"
                      "3  [1234   0-2000+0 0000]\n");
}

static void
test_build_ids (void **state)
{
  (void)state;
  Dump dump;
  init_dump (&dump);
  add_mapping_attribute (&dump, "process.executable.build_id.profiling", "old");
  assert_read (&dump, HEADER "3  [1234  old 0-2000+0 0000]\n");
  add_mapping_attribute (&dump, "process.executable.build_id.htlhash", "hash");
  assert_read (&dump, HEADER "3  [1234  hash 0-2000+0 0000]\n");
  add_mapping_attribute (&dump, "process.executable.build_id.gnu", "gnu");
  assert_read (&dump, HEADER "3  [1234  gnu 0-2000+0 0000]\n");
}

/* Of one scope, but not of one measurement. */
static void
test_profiles_with_other_samples (void **state)
{
  (void)state;
  Dump dump;
  ProfProfile **profiles;
  init_dump (&dump);
  Prof__Otlp__Profile other = dump.profile, *both[] = { &dump.profile, &other };
  Prof__Otlp__ValueType type = PROF__OTLP__VALUE_TYPE__INIT;
  type.type_strindex = add_string (&dump, "cpu");
  other.sample_type = &type;
  dump.of_scope.profiles = both;
  dump.of_scope.n_profiles = 2;
  for (size_t expected = 1; expected <= 2; expected++) {
    uint8_t bytes[1024];
    size_t n = prof__otlp__request__pack (&dump.request, bytes), n_profiles;
    int fd = open_bytes (bytes, n);
    assert_int_equal (prof_otlp_read (fd, &profiles, &n_profiles, NULL), 0);
    assert_int_equal (n_profiles, expected);
    assert_int_equal (profiles[0]->value_types.n, 3 - expected);
    prof_profiles_free (profiles, n_profiles);
    close (fd);
    other.n_samples = 0;
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_round_trip),
    cmocka_unit_test (test_stream_of_requests),
    cmocka_unit_test (test_values_and_times),
    cmocka_unit_test (test_values_of_all_kinds),
    cmocka_unit_test (test_arrays_of_one_value),
    cmocka_unit_test (test_comments_and_resources),
    cmocka_unit_test (test_build_ids),
    cmocka_unit_test (test_profiles_with_other_samples),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
