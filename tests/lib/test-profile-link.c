/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/trace.h>

#include <errno.h>
#include <string.h>

#include "profile/profile-tables.h"
#include "tests.h"

#define TRACE "0af7651916cd43dd8448eb211c80319c"
#define SPAN "b7ad6b7169203331"

static ProfTraceLink
make_link (void)
{
  ProfTraceLink link;
  assert_int_equal (prof_trace_parse ("00-" TRACE "-" SPAN "-01", &link), 0);
  return link;
}

/* Three samples: with a label, with a link of its own, without labels. */
static ProfProfile *
new_profile (void)
{
  ProfProfile *profile;
  int64_t one = 1;
  assert_int_equal (prof_profile_new (&profile), 0);
  assert_int_equal (prof_profile_add_value_type (profile, "samples", "count"), 0);
  assert_int_equal (prof_profile_add_sample (profile, NULL, 0, &one), 0);
  assert_int_equal (prof_profile_add_label (profile, 0, "thread", "main"), 0);
  assert_int_equal (prof_profile_add_sample (profile, NULL, 0, &one), 1);
  assert_int_equal (prof_profile_add_label (profile, 1, "span_id", "00000000000000ff"), 0);
  assert_int_equal (prof_profile_add_label (profile, 1, "trace_id",
                                            "000000000000000000000000000000ff"),
                    0);
  assert_int_equal (prof_profile_add_sample (profile, NULL, 0, &one), 2);
  return profile;
}

static const char *
get_label (const ProfProfile *profile, size_t sample, const char *key)
{
  const ProfSample *row = &profile->samples.items[sample];
  for (uint32_t i = 0; i < row->n_labels; i++) {
    const ProfLabel *label = &profile->labels.items[row->first_label + i];
    if (strcmp (prof_profile_get_string (profile, label->key), key) == 0)
      return prof_profile_get_string (profile, label->string);
  }
  return "";
}

static void
assert_is_linked (const ProfProfile *profile)
{
  assert_int_equal (profile->samples.items[0].n_labels, 3);
  assert_string_equal (get_label (profile, 0, "thread"), "main");
  assert_string_equal (get_label (profile, 0, "trace_id"), TRACE);
  assert_string_equal (get_label (profile, 0, "span_id"), SPAN);
  assert_int_equal (profile->samples.items[1].n_labels, 2);
  assert_string_equal (get_label (profile, 1, "trace_id"), "000000000000000000000000000000ff");
  assert_string_equal (get_label (profile, 1, "span_id"), "00000000000000ff");
  assert_int_equal (profile->samples.items[2].n_labels, 2);
  assert_string_equal (get_label (profile, 2, "trace_id"), TRACE);
  assert_string_equal (get_label (profile, 2, "span_id"), SPAN);
}

static void
test_samples_without_a_link_get_one (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  ProfTraceLink link = make_link (), none = { .flags = 1 };
  assert_int_equal (prof_profile_link_trace (profile, &none), -EINVAL);
  assert_int_equal (prof_profile_link_trace (profile, NULL), -EINVAL);
  assert_int_equal (prof_profile_link_trace (profile, &link), 0);
  assert_is_linked (profile);
  link.span_id[0]++;
  assert_int_equal (prof_profile_link_trace (profile, &link), 0);
  assert_is_linked (profile);
  prof_profile_unref (profile);
}

static void
test_the_current_span (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  ProfTraceLink link = make_link ();
  prof_trace_set_current (NULL);
  assert_int_equal (prof_profile_link_current_trace (profile), -ENOENT);
  prof_trace_set_current (&link);
  assert_int_equal (prof_profile_link_current_trace (profile), 0);
  prof_trace_set_current (NULL);
  assert_is_linked (profile);
  prof_profile_unref (profile);
}

/* Merging and adding labels go on as before. */
static void
test_a_linked_profile_can_be_changed (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile (), *other = new_profile ();
  ProfTraceLink link = make_link ();
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_profile_merge (profile, other, &error), 0);
  assert_int_equal (profile->samples.n, 3);
  assert_int_equal (prof_profile_link_trace (profile, &link), 0);
  assert_int_equal (prof_profile_link_trace (other, &link), 0);
  assert_int_equal (prof_profile_merge (profile, other, &error), 0);
  assert_int_equal (profile->samples.n, 3);
  assert_int_equal (profile->values.items[2], 3);
  assert_int_equal (prof_profile_add_label (profile, 2, "more", "text"), 0);
  assert_string_equal (get_label (profile, 2, "more"), "text");
  prof_profile_unref (profile);
  prof_profile_unref (other);
}

static void
test_unknown_fields_stay_with_their_labels (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  ProfTraceLink link = make_link ();
  ProfUnknownField field = { .table = PROF_TABLE_LABEL, .row = 2 };
  assert_int_equal (prof_vec_push (&profile->unknown_fields, field), 0);
  assert_int_equal (prof_profile_link_trace (profile, &link), 0);
  const ProfLabel *label = &profile->labels.items[profile->unknown_fields.items[0].row];
  assert_string_equal (prof_profile_get_string (profile, label->key), "trace_id");
  assert_string_equal (prof_profile_get_string (profile, label->string),
                       "000000000000000000000000000000ff");
  prof_profile_unref (profile);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_samples_without_a_link_get_one),
    cmocka_unit_test (test_the_current_span),
    cmocka_unit_test (test_a_linked_profile_can_be_changed),
    cmocka_unit_test (test_unknown_fields_stay_with_their_labels),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
