/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include <unistd.h>

#include "model/usage.h"

static const char stat_text[]
    = "4711 (a b) c) S 1 4711 4711 34816 4711 4194304 900 0 3 0 250 50 5 2 20 0 4 0 123456 "
      "99999744 512 18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 1 0 0 0 0 0\n";

static void
stat_is_read (void **state)
{
  PyroProcessSample sample = { 0 };
  assert_true (pyro_process_sample_parse (&sample, stat_text, 4096));
  assert_int_equal (sample.pid, 4711);
  assert_string_equal (sample.name, "a b) c");
  assert_int_equal (sample.parent_pid, 1);
  assert_int_equal (sample.cpu_ticks, 300);
  assert_int_equal (sample.children_ticks, 7);
  assert_int_equal (sample.start_ticks, 123456);
  assert_int_equal (sample.rss_bytes, 512 * 4096);
  g_free (sample.name);
}

static void
what_is_no_stat_is_refused (void **state)
{
  static const char *const texts[]
      = { "", "x", "1", "1 )(", "1 (a)", "1 (a) S 1 2 3", "(a) S 1 2 3 4 5" };
  PyroProcessSample sample = { 0 };
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_false (pyro_process_sample_parse (&sample, texts[i], 4096));
  assert_null (sample.name);
}

static void
words_are_joined (void **state)
{
  static const char words[] = "/bin/sh\0-c\0a\nb\0";
  g_autofree char *text = pyro_process_join_words (words, sizeof words - 1);
  assert_string_equal (text, "/bin/sh -c a b");
  g_autofree char *nothing = pyro_process_join_words ("", 0);
  assert_string_equal (nothing, "");
  g_autofree char *invalid = pyro_process_join_words ("a\xff", 2);
  assert_string_equal (invalid, "a\xef\xbf\xbd");
}

static PyroProcessSample *
make_sample (guint pid, guint64 start_ticks, guint64 cpu_ticks)
{
  PyroProcessSample *sample = g_new0 (PyroProcessSample, 1);
  *sample = (PyroProcessSample){ .pid = pid,
                                 .start_ticks = start_ticks,
                                 .cpu_ticks = cpu_ticks,
                                 .uid = G_MAXUINT - 1,
                                 .rss_bytes = 2048,
                                 .name = g_strdup_printf ("name-%u", pid),
                                 .command_line = g_strdup ("/bin/Command x") };
  return sample;
}

static void
free_sample (gpointer sample)
{
  pyro_process_sample_free (sample);
}

/* `pids`: up to a 0; started at their own number. */
static void
take (PyroProcessList *list, const guint *pids, guint64 cpu_ticks, double ticks)
{
  g_autoptr (GPtrArray) samples = g_ptr_array_new_with_free_func (free_sample);
  for (; *pids != 0; pids++)
    g_ptr_array_add (samples, make_sample (*pids, *pids, cpu_ticks));
  pyro_process_list_take (list, samples, ticks);
}

static void
assert_pids (PyroProcessList *list, const char *expected)
{
  g_autoptr (GString) pids = g_string_new (NULL);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++) {
    g_autoptr (PyroProcess) process = g_list_model_get_item (G_LIST_MODEL (list), i);
    g_string_append_printf (pids, "%u ", pyro_process_get_pid (process));
  }
  assert_string_equal (pids->str, expected);
}

static void
processes_come_and_go (void **state)
{
  g_autoptr (PyroProcessList) list = pyro_process_list_new ();
  take (list, (const guint[]){ 2, 5, 9, 0 }, 0, 0);
  assert_pids (list, "2 5 9 ");
  g_autoptr (PyroProcess) kept = g_list_model_get_item (G_LIST_MODEL (list), 1);
  take (list, (const guint[]){ 1, 5, 6, 7, 0 }, 50, 100);
  assert_pids (list, "1 5 6 7 ");
  g_autoptr (PyroProcess) same = g_list_model_get_item (G_LIST_MODEL (list), 1);
  assert_ptr_equal (kept, same);
  double share;
  g_object_get (kept, "cpu-share", &share, NULL);
  assert_true (share == 0.5);
  take (list, (const guint[]){ 0 }, 0, 100);
  assert_pids (list, "");
}

static void
a_number_that_is_used_again_is_another_process (void **state)
{
  g_autoptr (PyroProcessList) list = pyro_process_list_new ();
  take (list, (const guint[]){ 5, 0 }, 10, 0);
  g_autoptr (PyroProcess) before = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_autoptr (GPtrArray) samples = g_ptr_array_new_with_free_func (free_sample);
  g_ptr_array_add (samples, make_sample (5, 77, 20));
  pyro_process_list_take (list, samples, 100);
  assert_pids (list, "5 ");
  g_autoptr (PyroProcess) after = g_list_model_get_item (G_LIST_MODEL (list), 0);
  assert_ptr_not_equal (before, after);
}

static void
a_search_looks_at_all_that_is_known (void **state)
{
  g_autoptr (PyroProcessSample) sample = make_sample (4711, 1, 0);
  g_autoptr (PyroProcess) process = pyro_process_new (sample);
  assert_true (pyro_process_matches (process, ""));
  assert_true (pyro_process_matches (process, "NAME-47"));
  assert_true (pyro_process_matches (process, "command x"));
  assert_true (pyro_process_matches (process, "4711"));
  assert_true (pyro_process_matches (process, "4294967294"));
  assert_false (pyro_process_matches (process, "firefox"));
}

static void
this_process_is_found (void **state)
{
  g_autoptr (GPtrArray) samples = pyro_process_scan ();
  guint n_found = 0;
  for (guint i = 0; i < samples->len; i++) {
    const PyroProcessSample *sample = samples->pdata[i];
    n_found += sample->pid == (guint)getpid () && sample->rss_bytes > 0;
    assert_true (i == 0 || ((PyroProcessSample *)samples->pdata[i - 1])->pid < sample->pid);
  }
  assert_int_equal (n_found, 1);
}

/* 10 has 20, that has 30; 40 has none, and its parent is said to be itself. */
static PyroProcessList *
make_family (guint64 cpu_ticks)
{
  static const guint pids[][2] = { { 10, 1 }, { 20, 10 }, { 30, 20 }, { 40, 40 } };
  g_autoptr (GPtrArray) samples = g_ptr_array_new_with_free_func (free_sample);
  for (size_t i = 0; i < G_N_ELEMENTS (pids); i++) {
    PyroProcessSample *sample = make_sample (pids[i][0], pids[i][0], cpu_ticks);
    sample->parent_pid = pids[i][1];
    sample->children_ticks = 1000;
    g_ptr_array_add (samples, sample);
  }
  PyroProcessList *list = pyro_process_list_new ();
  pyro_process_list_take (list, samples, 0);
  return list;
}

static void
descendants_count_with_a_process (void **state)
{
  g_autoptr (PyroProcessList) list = make_family (5);
  PyroUsage usage = pyro_usage_sum (list, 10);
  assert_int_equal (usage.n_processes, 3);
  assert_int_equal (usage.cpu_ticks, 3 * 1005);
  assert_int_equal (usage.rss_bytes, 3 * 2048);
  assert_int_equal (pyro_usage_sum (list, 30).n_processes, 1);
  assert_int_equal (pyro_usage_sum (list, 40).n_processes, 1);
  assert_int_equal (pyro_usage_sum (list, 99).n_processes, 0);
  assert_int_equal (pyro_usage_sum (list, 0).n_processes, 4);
}

static void
shares_are_of_a_processor (void **state)
{
  static const PyroUsage before = { .time_us = 1000000, .cpu_ticks = 500 };
  static const PyroUsage after = { .time_us = 3000000, .cpu_ticks = 800 };
  assert_true (pyro_usage_get_cpu_share (&before, &after, 100) == 1.5);
  assert_true (pyro_usage_get_cpu_share (&before, &before, 100) == 0);
  static const PyroUsage less = { .time_us = 3000000, .cpu_ticks = 400 };
  assert_true (pyro_usage_get_cpu_share (&before, &less, 100) == 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (stat_is_read),
    cmocka_unit_test (what_is_no_stat_is_refused),
    cmocka_unit_test (words_are_joined),
    cmocka_unit_test (processes_come_and_go),
    cmocka_unit_test (a_number_that_is_used_again_is_another_process),
    cmocka_unit_test (a_search_looks_at_all_that_is_known),
    cmocka_unit_test (this_process_is_found),
    cmocka_unit_test (descendants_count_with_a_process),
    cmocka_unit_test (shares_are_of_a_processor),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
