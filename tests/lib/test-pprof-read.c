/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/pprof.h>

#include <string.h>

#include "pprof-bytes.h"
#include "pprof-fields.h"
#include "profile/profile-tables.h"

static void
test_the_smallest_profile (void **state)
{
  (void)state;
  ProfProfile *p = read_bytes (BYTES (EMPTY (6)));
  size_t n;
  prof_profile_get_samples (p, &n);
  assert_int_equal (n, 0);
  prof_profile_get_locations (p, &n);
  assert_int_equal (n, 1);
  assert_int_equal (prof_profile_get_n_strings (p), 1);
  prof_profile_unref (p);
}

static void
test_all_fields_are_read (void **state)
{
  (void)state;
  ProfProfile *p
      = read_bytes (BYTES (SAMPLE_TYPE, MESSAGE (1, NUMBER (1, 2), NUMBER (2, 1)),
                           MESSAGE (2, MESSAGE (1, 1), MESSAGE (2, 7, MAX_VARINT),
                                    MESSAGE (3, NUMBER (1, 1), NUMBER (2, 2))),
                           MESSAGE (3, NUMBER (1, 1), NUMBER (2, 10), NUMBER (3, 11),
                                    NUMBER (4, 12), NUMBER (5, 1), NUMBER (6, 2), NUMBER (7, 1),
                                    NUMBER (8, 0), NUMBER (9, 2), NUMBER (10, 1)),
                           MESSAGE (4, NUMBER (1, 1), NUMBER (2, 1), NUMBER (3, 99),
                                    MESSAGE (4, NUMBER (1, 1), NUMBER (2, 20), NUMBER (3, 21)),
                                    MESSAGE (4, NUMBER (1, 1), 2 << 3, MAX_VARINT), NUMBER (5, 1)),
                           MESSAGE (5, NUMBER (1, 1), NUMBER (2, 1), NUMBER (3, 2), NUMBER (4, 1),
                                    NUMBER (5, 30)),
                           STRINGS, NUMBER (7, 1), NUMBER (8, 2), NUMBER (9, 40), NUMBER (10, 41),
                           MESSAGE (11, NUMBER (1, 2), NUMBER (2, 1)), NUMBER (12, 42),
                           NUMBER (13, 1), NUMBER (14, 2), NUMBER (15, 1)));
  ProfMapping mapping = { .start = 10,
                          .limit = 11,
                          .offset = 12,
                          .filename = 1,
                          .build_id = 2,
                          .has_functions = true,
                          .has_line_numbers = true,
                          .has_inline_frames = true };
  size_t n;
  assert_memory_equal (prof_profile_get_value_types (p, &n),
                       ((ProfValueType[]){ { 1, 2 }, { 2, 1 } }), 2 * sizeof (ProfValueType));
  assert_memory_equal (prof_profile_get_values (p, &n), ((int64_t[]){ 7, -1 }), 16);
  assert_memory_equal (prof_profile_get_labels (p, &n), (&(ProfLabel){ .key = 1, .string = 2 }),
                       sizeof (ProfLabel));
  assert_memory_equal (&prof_profile_get_mappings (p, &n)[1], &mapping,
                       offsetof (ProfMapping, has_inline_frames) + 1);
  const ProfLocation *location = &prof_profile_get_locations (p, &n)[1];
  assert_int_equal (location->address, 99);
  assert_int_equal (location->mapping, 1);
  assert_int_equal (location->n_lines, 2);
  assert_true (location->is_folded);
  const ProfLine *lines = &prof_profile_get_lines (p, &n)[location->first_line];
  assert_int_equal (lines[0].function, 1);
  assert_int_equal (lines[0].line, 20);
  assert_int_equal (lines[0].column, 21);
  assert_int_equal (lines[1].line, -1);
  const ProfFunction *function = &prof_profile_get_functions (p, &n)[1];
  assert_int_equal (function->name, 1);
  assert_int_equal (function->system_name, 2);
  assert_int_equal (function->filename, 1);
  assert_int_equal (function->start_line, 30);
  assert_int_equal (prof_profile_get_drop_frames (p), 1);
  assert_int_equal (prof_profile_get_keep_frames (p), 2);
  assert_int_equal (prof_profile_get_time_ns (p), 40);
  assert_int_equal (prof_profile_get_duration_ns (p), 41);
  assert_int_equal (prof_profile_get_period_type (p).type, 2);
  assert_int_equal (prof_profile_get_period (p), 42);
  assert_int_equal (prof_profile_get_comments (p, &n)[0], 1);
  assert_int_equal (n, 1);
  assert_int_equal (prof_profile_get_default_value_type (p), 1);
  assert_int_equal (prof_profile_get_doc_url (p), 1);
  prof_profile_unref (p);
}

static void
assert_has_stack_2_1_2 (ProfProfile *p)
{
  size_t n;
  const uint32_t *stacks = prof_profile_get_stacks (p, &n);
  assert_int_equal (n, 3);
  assert_memory_equal (stacks, ((uint32_t[]){ 2, 1, 2 }), 3 * sizeof *stacks);
  const int64_t *values = prof_profile_get_values (p, &n);
  assert_int_equal (n, 2);
  assert_memory_equal (values, ((int64_t[]){ 128, 7 }), 2 * sizeof *values);
  const uint32_t *comments = prof_profile_get_comments (p, &n);
  assert_int_equal (n, 2);
  assert_memory_equal (comments, ((uint32_t[]){ 1, 2 }), 2 * sizeof *comments);
  prof_profile_unref (p);
}

#define TWO_LOCATIONS STRINGS, SAMPLE_TYPE, SAMPLE_TYPE, LOCATION (1), LOCATION (2)

static void
test_packed_and_unpacked_numbers_are_equal (void **state)
{
  (void)state;
  assert_has_stack_2_1_2 (
      read_bytes (BYTES (TWO_LOCATIONS, MESSAGE (2, MESSAGE (1, 2, 1, 2), MESSAGE (2, 0x80, 1, 7)),
                         MESSAGE (13, 1, 2))));
  assert_has_stack_2_1_2 (read_bytes (BYTES (TWO_LOCATIONS,
                                             MESSAGE (2, NUMBER (1, 2), 2 << 3, 0x80, 1,
                                                      NUMBER (1, 1), NUMBER (1, 2), NUMBER (2, 7)),
                                             NUMBER (13, 1), NUMBER (13, 2))));
  assert_has_stack_2_1_2 (read_bytes (
      BYTES (TWO_LOCATIONS, NUMBER (13, 1), MESSAGE (13, 2),
             MESSAGE (2, NUMBER (1, 2), MESSAGE (2, 0x80, 1), MESSAGE (1, 1, 2), NUMBER (2, 7)))));
}

static void
test_equal_stacks_share_entries (void **state)
{
  (void)state;
  ProfProfile *p = read_bytes (
      BYTES (TWO_LOCATIONS, MESSAGE (2, MESSAGE (1, 2, 1), MESSAGE (2, 1, 2)),
             MESSAGE (2, MESSAGE (1, 1), MESSAGE (2, 3, 4)), MESSAGE (2, MESSAGE (2, 5, 6)),
             MESSAGE (2, MESSAGE (1, 2, 1), MESSAGE (2, 7, 8)), MESSAGE (2, MESSAGE (2, 9, 10))));
  size_t n;
  const uint32_t *stacks = prof_profile_get_stacks (p, &n);
  assert_int_equal (n, 3);
  assert_memory_equal (stacks, ((uint32_t[]){ 2, 1, 1 }), 3 * sizeof *stacks);
  const ProfSample *samples = prof_profile_get_samples (p, &n);
  assert_int_equal (n, 5);
  assert_int_equal (samples[0].first_location, 0);
  assert_int_equal (samples[1].first_location, 2);
  assert_int_equal (samples[1].n_locations, 1);
  assert_int_equal (samples[2].n_locations, 0);
  assert_int_equal (samples[3].first_location, 0);
  assert_int_equal (samples[3].n_locations, 2);
  assert_int_equal (samples[4].n_locations, 0);
  assert_int_equal (prof_profile_get_values (p, &n)[6], 7);
  prof_profile_unref (p);
}

#define ID_5000000 0xc0, 0x96, 0xb1, 0x02
#define ID_2_TO_63 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01

static void
test_ids_are_any_numbers_and_may_come_late (void **state)
{
  (void)state;
  ProfProfile *p = read_bytes (
      BYTES (SAMPLE_TYPE, MESSAGE (2, MESSAGE (1, MAX_VARINT, ID_5000000, 3), NUMBER (2, 1)),
             MESSAGE (4, NUMBER (1, 3), NUMBER (2, 9), MESSAGE (4, 1 << 3, ID_2_TO_63)),
             MESSAGE (4, 1 << 3, ID_5000000, MESSAGE (4, NUMBER (1, 1))),
             MESSAGE (4, 1 << 3, MAX_VARINT), FUNCTION (1), MESSAGE (5, 1 << 3, ID_2_TO_63),
             MAPPING (4), MAPPING (9), STRINGS));
  size_t n;
  const uint32_t *stacks = prof_profile_get_stacks (p, &n);
  assert_int_equal (n, 3);
  assert_memory_equal (stacks, ((uint32_t[]){ 3, 2, 1 }), 3 * sizeof *stacks);
  const ProfLocation *locations = prof_profile_get_locations (p, &n);
  assert_int_equal (n, 4);
  const ProfLine *lines = prof_profile_get_lines (p, &n);
  assert_int_equal (n, 2);
  assert_int_equal (locations[1].mapping, 2);
  assert_int_equal (lines[locations[1].first_line].function, 2);
  assert_int_equal (lines[locations[2].first_line].function, 1);
  assert_int_equal (locations[3].n_lines, 0);
  prof_profile_unref (p);
}

static void
test_a_mapping_that_does_not_exist_is_none (void **state)
{
  (void)state;
  ProfProfile *p
      = read_bytes (BYTES (STRINGS, MAPPING (1), MESSAGE (4, NUMBER (1, 1), NUMBER (2, 7))));
  size_t n;
  assert_int_equal (prof_profile_get_locations (p, &n)[1].mapping, 0);
  prof_profile_unref (p);
}

static void
test_equal_rows_are_kept (void **state)
{
  (void)state;
  ProfProfile *p = read_bytes (BYTES (STRINGS, MESSAGE (6, 'a'), SAMPLE_TYPE, SAMPLE (1, 1),
                                      SAMPLE (1, 1), LOCATION (1), LOCATION (2), FUNCTION (1),
                                      FUNCTION (2), MAPPING (1), MAPPING (2)));
  size_t n;
  prof_profile_get_samples (p, &n);
  assert_int_equal (n, 2);
  prof_profile_get_locations (p, &n);
  assert_int_equal (n, 3);
  prof_profile_get_functions (p, &n);
  assert_int_equal (n, 3);
  prof_profile_get_mappings (p, &n);
  assert_int_equal (n, 3);
  assert_int_equal (prof_profile_get_n_strings (p), 4);
  assert_string_equal (prof_profile_get_string (p, 3), "a");
  prof_profile_unref (p);
}

/* A label without string and number is the number 0. */
static void
test_labels_of_all_kinds (void **state)
{
  (void)state;
  ProfProfile *p = read_bytes (
      BYTES (STRINGS, SAMPLE_TYPE,
             MESSAGE (2, MESSAGE (3, NUMBER (1, 1), NUMBER (2, 2)), NUMBER (2, 9),
                      MESSAGE (3, NUMBER (1, 2), NUMBER (3, 5), NUMBER (4, 1)), EMPTY (3)),
             MESSAGE (2, NUMBER (2, 8)), MESSAGE (2, NUMBER (2, 7), MESSAGE (3, NUMBER (1, 1)))));
  size_t n;
  const ProfSample *samples = prof_profile_get_samples (p, &n);
  assert_int_equal (n, 3);
  assert_int_equal (samples[0].n_labels, 3);
  assert_int_equal (samples[1].n_labels, 0);
  assert_int_equal (samples[2].first_label, 3);
  const ProfLabel *labels = prof_profile_get_labels (p, &n);
  assert_int_equal (n, 4);
  assert_memory_equal (&labels[0], (&(ProfLabel){ .key = 1, .string = 2 }), sizeof *labels);
  assert_memory_equal (&labels[1], (&(ProfLabel){ .key = 2, .number = 5, .unit = 1 }),
                       sizeof *labels);
  assert_memory_equal (&labels[2], (&(ProfLabel){ 0 }), sizeof *labels);
  assert_memory_equal (&labels[3], (&(ProfLabel){ .key = 1 }), sizeof *labels);
  prof_profile_unref (p);
}

static void
test_strings_may_hold_any_bytes (void **state)
{
  (void)state;
  ProfProfile *p = read_bytes (BYTES (EMPTY (6), MESSAGE (6, 'x', 0, 0xff), EMPTY (6)));
  assert_int_equal (prof_profile_get_n_strings (p), 3);
  assert_int_equal (prof_profile_get_string_size (p, 1), 3);
  assert_memory_equal (prof_profile_get_string (p, 1), "x\0\xff", 4);
  assert_int_equal (prof_profile_get_string_size (p, 2), 0);
  prof_profile_unref (p);
}

/* Protobuf's rules for a single field that comes twice: numbers, the last; messages, merged. */
static void
test_single_fields_that_come_twice (void **state)
{
  (void)state;
  ProfProfile *p
      = read_bytes (BYTES (STRINGS, NUMBER (12, 1), NUMBER (12, 2), MESSAGE (11, NUMBER (1, 1)),
                           MESSAGE (11, NUMBER (2, 2)), NUMBER (10, 3), NUMBER (10, 4)));
  ProfValueType type = prof_profile_get_period_type (p);
  assert_int_equal (type.type, 1);
  assert_int_equal (type.unit, 2);
  assert_int_equal (prof_profile_get_period (p), 2);
  assert_int_equal (prof_profile_get_duration_ns (p), 4);
  prof_profile_unref (p);
}

enum { FIXED64 = 1, FIXED32 = 5 };

/* Of every message, and of every wire type. */
#define WITH_UNKNOWN_FIELDS                                                                        \
  MESSAGE (11, NUMBER (3, 1)), SAMPLE_TYPE, MESSAGE (1, NUMBER (3, 2)),                            \
      MESSAGE (2, MESSAGE (2, 1, 1), 9 << 3 | FIXED32, 1, 2, 3, 4, NUMBER (4, 3)),                 \
      MESSAGE (2, MESSAGE (2, 1, 1), EMPTY (3),                                                    \
               MESSAGE (3, 5 << 3 | FIXED64, 1, 2, 3, 4, 5, 6, 7, 8)),                             \
      MESSAGE (3, NUMBER (1, 1), NUMBER (11, 4)),                                                  \
      MESSAGE (4, NUMBER (1, 1), MESSAGE (4, NUMBER (1, 1), MESSAGE (4, 'x', 'y')),                \
               NUMBER (6, 5)),                                                                     \
      MESSAGE (5, NUMBER (1, 1), NUMBER (6, 6)), 0x82, 0x01, 2, 0xaa, 0xbb, STRINGS

static void
assert_unknown (const ProfProfile *p, size_t i, ProfTableKind table, uint32_t row, uint8_t last)
{
  assert_true (i < p->unknown_fields.n);
  const ProfUnknownField *field = &p->unknown_fields.items[i];
  assert_int_equal (field->table, table);
  assert_int_equal (field->row, row);
  assert_int_equal (p->unknown_bytes.items[field->start + field->n_bytes - 1], last);
}

static void
test_unknown_fields_are_kept_with_their_row (void **state)
{
  (void)state;
  ProfProfile *p = read_bytes (BYTES (WITH_UNKNOWN_FIELDS));
  assert_int_equal (p->unknown_fields.n, 10);
  assert_unknown (p, 0, PROF_TABLE_VALUE_TYPE, 2, 1);
  assert_unknown (p, 1, PROF_TABLE_VALUE_TYPE, 1, 2);
  assert_unknown (p, 2, PROF_TABLE_SAMPLE, 0, 4);
  assert_unknown (p, 3, PROF_TABLE_SAMPLE, 0, 3);
  assert_unknown (p, 4, PROF_TABLE_LABEL, 1, 8);
  assert_unknown (p, 5, PROF_TABLE_MAPPING, 1, 4);
  assert_unknown (p, 6, PROF_TABLE_LINE, 0, 'y');
  assert_unknown (p, 7, PROF_TABLE_LOCATION, 1, 5);
  assert_unknown (p, 8, PROF_TABLE_FUNCTION, 1, 6);
  assert_unknown (p, 9, PROF_TABLE_PROFILE, 0, 0xbb);
  assert_memory_equal (p->unknown_bytes.items + p->unknown_fields.items[9].start,
                       ((uint8_t[]){ 0x82, 0x01, 2, 0xaa, 0xbb }), 5);
  prof_profile_unref (p);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_the_smallest_profile),
    cmocka_unit_test (test_all_fields_are_read),
    cmocka_unit_test (test_packed_and_unpacked_numbers_are_equal),
    cmocka_unit_test (test_equal_stacks_share_entries),
    cmocka_unit_test (test_ids_are_any_numbers_and_may_come_late),
    cmocka_unit_test (test_a_mapping_that_does_not_exist_is_none),
    cmocka_unit_test (test_equal_rows_are_kept),
    cmocka_unit_test (test_labels_of_all_kinds),
    cmocka_unit_test (test_strings_may_hold_any_bytes),
    cmocka_unit_test (test_single_fields_that_come_twice),
    cmocka_unit_test (test_unknown_fields_are_kept_with_their_row),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
