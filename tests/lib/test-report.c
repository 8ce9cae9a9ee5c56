/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/report.h>

#include <errno.h>

#include "profile-fixture.h"

/* Reports the sample type "samples" and drops the profile. */
static ProfReport *
new_report (ProfProfile *profile)
{
  ProfReport *report = NULL;
  assert_int_equal (prof_report_new (profile, 0, &report, NULL), 0);
  prof_profile_unref (profile);
  return report;
}

#define assert_functions(report, ...)                                                              \
  assert_functions_are (report, (const char *[]){ __VA_ARGS__, NULL })

/* Each as "name self total". */
static void
assert_functions_are (const ProfReport *report, const char *const *expected)
{
  size_t n, i;
  const ProfReportFunction *functions = prof_report_get_functions (report, &n);
  for (i = 0; i < n && expected[i] != NULL; i++) {
    char text[256];
    snprintf (text, sizeof text, "%s %lld %lld", functions[i].name, (long long)functions[i].self,
              (long long)functions[i].total);
    assert_string_equal (text, expected[i]);
  }
  assert_int_equal (i, n);
  assert_null (expected[i]);
}

static uint32_t
find_function (const ProfReport *report, const char *name)
{
  size_t n;
  const ProfReportFunction *functions = prof_report_get_functions (report, &n);
  for (uint32_t i = 0; i < n; i++)
    if (strcmp (functions[i].name, name) == 0)
      return i;
  fail_msg ("no function %s", name);
  return 0;
}

static void
test_self_and_total (void **state)
{
  (void)state;
  ProfProfile *profile = new_cpu_profile ();
  add_stack (profile, "main;work;leaf", 3);
  add_stack (profile, "main;work", 4);
  add_stack (profile, "main;idle", 4);
  add_stack (profile, "main;work;leaf", 2);
  add_stack (profile, "", 1);
  ProfReport *report = new_report (profile);
  assert_functions (report, "leaf 5 5", "work 4 9", "idle 4 4", "main 0 13");
  assert_int_equal (prof_report_get_total (report), 14);
  assert_int_equal (prof_report_get_base_total (report), 0);
  assert_null (prof_report_free (report));
}

static void
test_recursion_counts_once (void **state)
{
  (void)state;
  ProfProfile *profile = new_cpu_profile ();
  add_stack (profile, "main;f;g;f;f", 3);
  add_stack (profile, "main;f", 2);
  ProfReport *report = new_report (profile);
  assert_functions (report, "f 5 5", "main 0 5", "g 0 3");
  prof_report_free (report);
}

static void
test_inlined_lines_are_frames (void **state)
{
  (void)state;
  ProfProfile *profile = new_cpu_profile ();
  add_stack (profile, "main;inner<middle<outer", 3);
  ProfReport *report = new_report (profile);
  assert_functions (report, "inner 3 3", "main 0 3", "middle 0 3", "outer 0 3");
  prof_report_free (report);
}

static void
test_functions_are_told_apart_by_file_or_module (void **state)
{
  (void)state;
  ProfProfile *profile = new_cpu_profile ();
  uint32_t name = add_string (profile, "parse"), a_c = add_string (profile, "a.c");
  uint32_t x = add_module (profile, "/bin/x", 0x1000, 0x1000);
  uint32_t y = add_module (profile, "/bin/y", 0x8000, 0x1000);
  const struct {
    ProfFunction function;
    uint32_t mapping;
  } rows[] = {
    { { .name = name, .filename = a_c, .start_line = 1 }, x },
    { { .name = name, .filename = a_c, .start_line = 2 }, y },
    { { .name = name }, x },
    { { .name = name }, y },
    { { .system_name = name }, y },
  };
  for (size_t i = 0; i < 5; i++) {
    ProfLine line
        = { .function = (uint32_t)prof_profile_add_function (profile, &rows[i].function) };
    ProfLocation location = { .mapping = rows[i].mapping };
    uint32_t row = (uint32_t)prof_profile_add_location (profile, &location, &line, 1);
    prof_profile_add_sample (profile, &row, 1, (int64_t[]){ 1, 0 });
  }
  ProfReport *report = new_report (profile);
  size_t n;
  const ProfReportFunction *functions = prof_report_get_functions (report, &n);
  assert_functions (report, "parse 2 2", "parse 2 2", "parse 1 1");
  assert_string_equal (functions[0].filename, "");
  assert_string_equal (functions[0].module, "/bin/y");
  assert_int_equal (functions[0].mapping, y);
  assert_string_equal (functions[1].filename, "a.c");
  assert_string_equal (functions[2].module, "/bin/x");
  prof_report_free (report);
}

static void
test_addresses_without_lines_have_names (void **state)
{
  (void)state;
  ProfProfile *profile = new_cpu_profile ();
  ProfMapping mapping = { .start = 0x7000,
                          .limit = 0x9000,
                          .offset = 0x200,
                          .filename = add_string (profile, "/usr/lib/libc.so.6") };
  ProfLocation locations[] = {
    { .address = 0x7123, .mapping = (uint32_t)prof_profile_add_mapping (profile, &mapping) },
    { .address = 0xabc },
  };
  for (int i = 0; i < 2; i++) {
    uint32_t row = (uint32_t)prof_profile_add_location (profile, &locations[i], NULL, 0);
    prof_profile_add_sample (profile, &row, 1, (int64_t[]){ 2 - i, 0 });
  }
  ProfReport *report = new_report (profile);
  assert_functions (report, "libc.so.6+0x323 2 2", "0xabc 1 1");
  size_t n;
  const ProfReportFunction *functions = prof_report_get_functions (report, &n);
  assert_int_equal (functions[0].function, 0);
  assert_string_equal (functions[0].module, "/usr/lib/libc.so.6");
  assert_string_equal (functions[1].module, "");
  prof_report_free (report);
}

static void
test_a_diff_keeps_the_base_apart (void **state)
{
  (void)state;
  ProfProfile *base = new_cpu_profile (), *profile = new_cpu_profile (), *diff;
  add_stack (base, "main;old", 3);
  add_stack (base, "main;both", 2);
  add_stack (profile, "main;both", 5);
  add_stack (profile, "main;new", 5);
  assert_int_equal (prof_profile_diff (base, profile, PROF_NORMALIZE_TOTAL, &diff, NULL), 0);
  prof_profile_unref (base);
  prof_profile_unref (profile);
  ProfReport *report = new_report (diff);
  assert_functions (report, "old -6 -6", "new 5 5", "both 1 1", "main 0 0");
  size_t n;
  const ProfReportFunction *functions = prof_report_get_functions (report, &n);
  assert_int_equal (functions[0].base_self, 6);
  assert_int_equal (functions[1].base_self, 0);
  assert_int_equal (functions[2].base_self, 4);
  assert_int_equal (functions[3].base_self, 0);
  assert_int_equal (functions[3].base_total, 10);
  assert_int_equal (prof_report_get_total (report), 0);
  assert_int_equal (prof_report_get_base_total (report), 10);
  prof_report_free (report);
}

static void
assert_edges (const ProfReport *report, const char *function, bool of_callers, const char *expected)
{
  ProfReportEdge *edges = NULL;
  size_t n_edges, n, n_text = 0;
  char text[256] = "";
  uint32_t row = find_function (report, function);
  const ProfReportFunction *functions = prof_report_get_functions (report, &n);
  if (of_callers)
    assert_int_equal (prof_report_get_callers (report, row, &edges, &n_edges), 0);
  else
    assert_int_equal (prof_report_get_callees (report, row, &edges, &n_edges), 0);
  for (size_t i = 0; i < n_edges; i++)
    n_text += (size_t)snprintf (text + n_text, sizeof text - n_text, "%s %lld\n",
                                functions[edges[i].function].name, (long long)edges[i].value);
  assert_string_equal (text, expected);
  free (edges);
}

static void
test_callers_and_callees (void **state)
{
  (void)state;
  ProfProfile *profile = new_cpu_profile ();
  add_stack (profile, "main;a;work;leaf", 1);
  add_stack (profile, "main;b;work", 5);
  add_stack (profile, "main;work;work;work;other<leaf", 3);
  ProfReport *report = new_report (profile);
  assert_edges (report, "work", true, "b 5\nwork 3\nmain 3\na 1\n");
  assert_edges (report, "work", false, "leaf 4\nwork 3\n");
  assert_edges (report, "leaf", false, "other 3\n");
  assert_edges (report, "main", true, "");
  ProfReportEdge *edges;
  size_t n;
  assert_int_equal (prof_report_get_callers (report, 99, &edges, &n), -EINVAL);
  prof_report_free (report);
}

static uint32_t
add_two_lines (ProfProfile *profile, const ProfLine *inner, const ProfLine *outer)
{
  ProfLine lines[] = { *inner, *outer };
  return (uint32_t)prof_profile_add_location (profile, &(ProfLocation){ 0 }, lines, 2);
}

static void
assert_lines (const ProfReport *report, const char *function, const char *expected)
{
  ProfReportLine *lines;
  size_t n, n_text = 0;
  char text[256] = "";
  uint32_t row = find_function (report, function);
  assert_int_equal (prof_report_get_lines (report, row, &lines, &n), 0);
  for (size_t i = 0; i < n; i++)
    n_text += (size_t)snprintf (text + n_text, sizeof text - n_text, "%lld: %lld %lld\n",
                                (long long)lines[i].line, (long long)lines[i].self,
                                (long long)lines[i].total);
  assert_string_equal (text, expected);
  free (lines);
}

/* work calls itself in line 7, and has copy inlined in line 9. */
static void
test_lines_of_a_function (void **state)
{
  (void)state;
  ProfProfile *profile = new_cpu_profile ();
  ProfFunction work = { .name = add_string (profile, "work") };
  ProfFunction copy = { .name = add_string (profile, "copy") };
  ProfLine call = { (uint32_t)prof_profile_add_function (profile, &work), 7, 0 };
  ProfLine last = { call.function, 9, 0 };
  ProfLine inlined = { (uint32_t)prof_profile_add_function (profile, &copy), 3, 0 };
  uint32_t at_call = (uint32_t)prof_profile_add_location (profile, &(ProfLocation){ 0 }, &call, 1);
  uint32_t at_last = (uint32_t)prof_profile_add_location (profile, &(ProfLocation){ 0 }, &last, 1);
  uint32_t at_copy = add_two_lines (profile, &inlined, &last);
  prof_profile_add_sample (profile, (uint32_t[]){ at_last, at_call, at_call }, 3,
                           (int64_t[]){ 5, 0 });
  prof_profile_add_sample (profile, (uint32_t[]){ at_copy, at_call }, 2, (int64_t[]){ 3, 0 });
  prof_profile_add_sample (profile, (uint32_t[]){ at_call }, 1, (int64_t[]){ 1, 0 });
  ProfReport *report = new_report (profile);
  assert_lines (report, "work", "7: 1 9\n9: 5 8\n");
  assert_lines (report, "copy", "3: 3 3\n");
  ProfReportLine *lines;
  size_t n;
  assert_int_equal (prof_report_get_lines (report, 99, &lines, &n), -EINVAL);
  prof_report_free (report);
}

static void
test_an_address_has_no_line (void **state)
{
  (void)state;
  ProfProfile *profile = new_cpu_profile ();
  ProfLocation location = { .address = 0x4321 };
  uint32_t row = (uint32_t)prof_profile_add_location (profile, &location, NULL, 0);
  prof_profile_add_sample (profile, &row, 1, (int64_t[]){ 2, 0 });
  ProfReport *report = new_report (profile);
  assert_lines (report, "0x4321", "0: 2 2\n");
  prof_report_free (report);
}

/* Each node as "name self total", its children below it and a space further in. */
static void
write_node (
    FILE *stream, const ProfReport *report, const ProfReportNode *nodes, uint32_t node, int depth)
{
  size_t n;
  const ProfReportFunction *functions = prof_report_get_functions (report, &n);
  fprintf (stream, "%*s%s %lld %lld\n", depth, "",
           node == 0 ? "-" : functions[nodes[node].function].name, (long long)nodes[node].self,
           (long long)nodes[node].total);
  for (uint32_t i = 0; i < nodes[node].n_children; i++) {
    uint32_t child = nodes[node].first_child + i;
    assert_true (child > node);
    assert_int_equal (nodes[child].parent, node);
    write_node (stream, report, nodes, child, depth + 1);
  }
}

static void
assert_tree (ProfReport *report, ProfTreeDirection direction, const char *expected)
{
  const ProfReportNode *nodes, *again;
  size_t n, size;
  char *text;
  assert_int_equal (prof_report_get_tree (report, direction, &nodes, &n), 0);
  FILE *stream = open_memstream (&text, &size);
  write_node (stream, report, nodes, 0, 0);
  fclose (stream);
  assert_string_equal (text, expected);
  free (text);
  assert_int_equal (prof_report_get_tree (report, direction, &again, &n), 0);
  assert_ptr_equal (again, nodes);
}

static ProfReport *
new_tree_report (void)
{
  ProfProfile *profile = new_cpu_profile ();
  add_stack (profile, "main;a;leaf", 2);
  add_stack (profile, "main;b;leaf", 3);
  add_stack (profile, "main;b;leaf", 4);
  add_stack (profile, "main;b", 1);
  add_stack (profile, "main;b;other", -9);
  add_stack (profile, "", 1);
  return new_report (profile);
}

static void
test_top_down_tree (void **state)
{
  (void)state;
  ProfReport *report = new_tree_report ();
  assert_tree (report, PROF_TREE_TOP_DOWN,
               "- 1 2\n"
               " main 0 1\n"
               "  a 0 2\n"
               "   leaf 2 2\n"
               "  b 1 -1\n"
               "   other -9 -9\n"
               "   leaf 7 7\n");
  prof_report_free (report);
}

static void
test_bottom_up_tree (void **state)
{
  (void)state;
  ProfReport *report = new_tree_report ();
  assert_tree (report, PROF_TREE_BOTTOM_UP,
               "- 1 2\n"
               " leaf 0 9\n"
               "  b 0 7\n"
               "   main 7 7\n"
               "  a 0 2\n"
               "   main 2 2\n"
               " other 0 -9\n"
               "  b 0 -9\n"
               "   main -9 -9\n"
               " b 0 1\n"
               "  main 1 1\n");
  prof_report_free (report);
}

static void
test_recursion_is_a_path (void **state)
{
  (void)state;
  ProfProfile *profile = new_cpu_profile ();
  add_stack (profile, "f;f", 1);
  add_stack (profile, "f;f;f", 2);
  ProfReport *report = new_report (profile);
  assert_tree (report, PROF_TREE_TOP_DOWN,
               "- 0 3\n"
               " f 0 3\n"
               "  f 1 3\n"
               "   f 2 2\n");
  prof_report_free (report);
}

static void
test_deep_stacks_need_no_deep_recursion (void **state)
{
  (void)state;
  enum { DEPTH = 1000000 };
  static uint32_t stack[DEPTH];
  ProfProfile *profile = new_cpu_profile ();
  uint32_t frames[] = { add_frame (profile, "even"), add_frame (profile, "odd") };
  for (size_t i = 0; i < DEPTH; i++)
    stack[i] = frames[i % 2];
  prof_profile_add_sample (profile, stack, DEPTH, (int64_t[]){ 1, 0 });
  prof_profile_add_sample (profile, stack, DEPTH - 1, (int64_t[]){ 1, 0 });
  prof_profile_add_sample (profile, stack, DEPTH - 2, (int64_t[]){ 1, 0 });
  ProfReport *report = new_report (profile);
  const ProfReportNode *nodes;
  size_t n;
  assert_functions (report, "even 3 3", "odd 0 3");
  assert_int_equal (prof_report_get_tree (report, PROF_TREE_BOTTOM_UP, &nodes, &n), 0);
  assert_int_equal (n, DEPTH + 1);
  assert_int_equal (nodes[DEPTH - 2].total, 3);
  assert_int_equal (nodes[DEPTH].self, 1);
  prof_report_free (report);
}

static void
test_too_many_inlined_calls_are_refused (void **state)
{
  (void)state;
  enum { N = 30000 };
  static uint32_t stack[N];
  static ProfLine lines[N];
  ProfProfile *profile = new_cpu_profile ();
  ProfReport *report;
  ProfError error = PROF_ERROR_INIT;
  ProfFunction function = { .name = add_string (profile, "f") };
  uint32_t row = (uint32_t)prof_profile_add_function (profile, &function);
  for (size_t i = 0; i < N; i++)
    lines[i] = (ProfLine){ .function = row };
  uint32_t location = (uint32_t)prof_profile_add_location (profile, &(ProfLocation){ 0 }, lines, N);
  for (size_t i = 0; i < N; i++)
    stack[i] = location;
  prof_profile_add_sample (profile, stack, N, (int64_t[]){ 1, 0 });
  assert_int_equal (prof_report_new (profile, 0, &report, &error), -EFBIG);
  assert_non_null (strstr (error.message, "inlined"));
  prof_profile_unref (profile);
}

/* Each stack might be real, but all together would take 2 GiB. */
static void
test_too_many_frames_in_all_are_refused (void **state)
{
  (void)state;
  enum { N_LINES = 64, N = (1 << 29) / N_LINES + 1 };
  ProfLine lines[N_LINES];
  ProfProfile *profile = new_cpu_profile ();
  ProfReport *report;
  ProfFunction function = { .name = add_string (profile, "f") };
  uint32_t row = (uint32_t)prof_profile_add_function (profile, &function);
  for (size_t i = 0; i < N_LINES; i++)
    lines[i] = (ProfLine){ .function = row };
  int location = prof_profile_add_location (profile, &(ProfLocation){ 0 }, lines, N_LINES);
  uint32_t *stack = malloc (N * sizeof *stack);
  assert_non_null (stack);
  for (size_t i = 0; i < N; i++)
    stack[i] = (uint32_t)location;
  prof_profile_add_sample (profile, stack, N, (int64_t[]){ 1, 0 });
  assert_int_equal (prof_report_new (profile, 0, &report, NULL), -EFBIG);
  free (stack);
  prof_profile_unref (profile);
}

static void
test_an_unknown_sample_type_is_refused (void **state)
{
  (void)state;
  ProfProfile *profile = new_cpu_profile ();
  ProfReport *report;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_report_new (profile, 2, &report, &error), -EINVAL);
  assert_string_equal (error.message,
                       "Can't report sample type number 2: the profile has 2, counted from 0.");
  prof_profile_unref (profile);
}

static void
test_an_empty_profile_has_an_empty_report (void **state)
{
  (void)state;
  ProfReport *report = new_report (new_cpu_profile ());
  size_t n;
  prof_report_get_functions (report, &n);
  assert_int_equal (n, 0);
  assert_tree (report, PROF_TREE_TOP_DOWN, "- 0 0\n");
  prof_report_free (report);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_self_and_total),
    cmocka_unit_test (test_recursion_counts_once),
    cmocka_unit_test (test_inlined_lines_are_frames),
    cmocka_unit_test (test_functions_are_told_apart_by_file_or_module),
    cmocka_unit_test (test_addresses_without_lines_have_names),
    cmocka_unit_test (test_a_diff_keeps_the_base_apart),
    cmocka_unit_test (test_callers_and_callees),
    cmocka_unit_test (test_lines_of_a_function),
    cmocka_unit_test (test_an_address_has_no_line),
    cmocka_unit_test (test_top_down_tree),
    cmocka_unit_test (test_bottom_up_tree),
    cmocka_unit_test (test_recursion_is_a_path),
    cmocka_unit_test (test_deep_stacks_need_no_deep_recursion),
    cmocka_unit_test (test_too_many_inlined_calls_are_refused),
    cmocka_unit_test (test_too_many_frames_in_all_are_refused),
    cmocka_unit_test (test_an_unknown_sample_type_is_refused),
    cmocka_unit_test (test_an_empty_profile_has_an_empty_report),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
