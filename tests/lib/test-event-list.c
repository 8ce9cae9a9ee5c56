/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/events.h>

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "as-nobody.h"
#include "capture/perf-attr.h"
#include "capture/perf-rights.h"
#include "tests.h"

static const ProfEventInfo *
find (const ProfEventList *list, const char *name)
{
  size_t n;
  const ProfEventInfo *infos = prof_event_list_get (list, &n);
  for (size_t i = 0; i < n; i++)
    if (strcmp (infos[i].name, name) == 0)
      return &infos[i];
  return NULL;
}

static void
test_every_listed_event_resolves (void **state)
{
  (void)state;
  ProfEventList *list;
  size_t n;
  assert_int_equal (prof_event_list_new (NULL, false, &list, NULL), 0);
  const ProfEventInfo *infos = prof_event_list_get (list, &n);
  assert_true (n >= 52); /* the generic ones */
  for (size_t i = 0; i < n; i++) {
    ProfPerfEvent event;
    ProfError error = PROF_ERROR_INIT;
    if (prof_perf_event_resolve (infos[i].name, &event, &error) < 0)
      fail_msg ("%s: %s", infos[i].name, error.message);
    prof_perf_event_finish (&event);
    assert_non_null (infos[i].description);
    assert_true (infos[i].source[0] != '\0');
    assert_false (infos[i].is_countable);
    assert_string_equal (infos[i].reason, "");
  }
  assert_null (prof_event_list_free (list));
}

static void
test_generic_events_come_first_and_are_described (void **state)
{
  (void)state;
  ProfEventList *list;
  size_t n;
  assert_int_equal (prof_event_list_new (NULL, false, &list, NULL), 0);
  const ProfEventInfo *infos = prof_event_list_get (list, &n);
  assert_string_equal (infos[0].name, "cycles");
  assert_string_equal (infos[0].source, "hardware");
  assert_string_equal (find (list, "cpu-clock")->source, "software");
  for (size_t i = 0; i < 52; i++)
    assert_true (strlen (infos[i].description) > 20);
  prof_event_list_free (list);
}

static void
test_pattern_is_looked_for_in_names_and_descriptions (void **state)
{
  (void)state;
  ProfEventList *list;
  size_t n;
  assert_int_equal (prof_event_list_new ("^(MINOR|major)-faults$", false, &list, NULL), 0);
  const ProfEventInfo *infos = prof_event_list_get (list, &n);
  assert_int_equal (n, 2);
  assert_string_equal (infos[0].name, "minor-faults");
  assert_string_equal (infos[1].name, "major-faults");
  prof_event_list_free (list);
  assert_int_equal (prof_event_list_new ("moved to another cpu", false, &list, NULL), 0);
  assert_non_null (find (list, "cpu-migrations"));
  prof_event_list_free (list);
  assert_int_equal (prof_event_list_new ("no event is called so", false, &list, NULL), 0);
  prof_event_list_get (list, &n);
  assert_int_equal (n, 0);
  prof_event_list_free (list);
}

static void
test_bad_arguments (void **state)
{
  (void)state;
  ProfEventList *list = NULL;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_event_list_new ("(", false, &list, &error), -EINVAL);
  assert_non_null (strstr (error.message, "Can't search events for (: "));
  assert_null (list);
  assert_int_equal (prof_event_list_new (NULL, false, NULL, &error), -EINVAL);
  assert_non_null (strstr (error.message, "ret is NULL"));
  assert_null (prof_event_list_free (NULL));
}

static void
test_probe_says_yes_or_why_not (void **state)
{
  (void)state;
  ProfEventList *list;
  size_t n;
  assert_int_equal (prof_event_list_new (NULL, true, &list, NULL), 0);
  const ProfEventInfo *infos = prof_event_list_get (list, &n);
  for (size_t i = 0; i < n; i++)
    if (infos[i].is_countable == (infos[i].reason[0] != '\0'))
      fail_msg ("%s: %s", infos[i].name, infos[i].reason);
  prof_event_list_free (list);
}

static void
print_probed (FILE *out)
{
  ProfEventList *list;
  ProfPerfRights rights;
  prof_perf_rights_read (&rights);
  fprintf (out, "%d\n", rights.paranoid);
  if (prof_event_list_new ("^(cpu-clock|context-switches)$", true, &list, NULL) < 0)
    return;
  size_t n;
  const ProfEventInfo *infos = prof_event_list_get (list, &n);
  for (size_t i = 0; i < n; i++)
    fprintf (out, "%s %d %s\n", infos[i].name, infos[i].is_countable, infos[i].reason);
  prof_event_list_free (list);
}

/* With exclude_kernel a context switch can be opened, and counts nothing. */
static void
test_nobody_is_not_offered_what_only_the_kernel_does (void **state)
{
  (void)state;
  char text[1024];
  int paranoid = 0;
  assert_true (run_as_nobody (print_probed, text, sizeof text));
  assert_int_equal (sscanf (text, "%d", &paranoid), 1);
  if (paranoid != 2 || strstr (text, "seccomp") != NULL || strstr (text, "sandbox") != NULL) {
    puts ("SKIP: needs kernel.perf_event_paranoid=2, and perf events not to be filtered");
    skip ();
  }
  assert_non_null (strstr (text, "cpu-clock 1 \n"));
  assert_non_null (strstr (text, "context-switches 0 counting in the kernel needs CAP_PERFMON"));
}

/* In a mount namespace of its own, with tracefs mounted. */
static int
list_tracepoints (void)
{
  ProfEventList *list;
  if (unshare (CLONE_NEWNS) < 0 || mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0
      || (mount ("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL) < 0 && errno != EBUSY))
    return 77;
  if (prof_event_list_new ("sched|ftrace", true, &list, NULL) < 0)
    return 1;
  size_t n;
  const ProfEventInfo *infos = prof_event_list_get (list, &n), *last = &infos[n - 1];
  const ProfEventInfo *event = find (list, "sched:sched_switch");
  if (event == NULL || strcmp (event->source, "tracepoint") != 0
      || strcmp (event->description, "Tracepoint of the kernel, group sched") != 0)
    return 2;
  if (event->is_countable != last->is_countable || strcmp (event->reason, last->reason) != 0)
    return 3;
  for (size_t i = 1; i < n; i++)
    if (strcmp (infos[i - 1].source, "tracepoint") == 0
        && strcmp (infos[i - 1].name, infos[i].name) >= 0)
      return 4;
  if (find (list, "ftrace:function") != NULL)
    return 5;
  prof_event_list_free (list);
  return 0;
}

static void
test_tracepoints_are_listed_in_order (void **state)
{
  (void)state;
  int status;
  pid_t pid = fork ();
  assert_true (pid >= 0);
  if (pid == 0)
    _exit (list_tracepoints ());
  assert_int_equal (waitpid (pid, &status, 0), pid);
  if (WIFEXITED (status) && WEXITSTATUS (status) == 77) {
    puts ("SKIP: mounting tracefs needs root");
    skip ();
  }
  assert_int_equal (status, 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_every_listed_event_resolves),
    cmocka_unit_test (test_generic_events_come_first_and_are_described),
    cmocka_unit_test (test_pattern_is_looked_for_in_names_and_descriptions),
    cmocka_unit_test (test_bad_arguments),
    cmocka_unit_test (test_probe_says_yes_or_why_not),
    cmocka_unit_test (test_nobody_is_not_offered_what_only_the_kernel_does),
    cmocka_unit_test (test_tracepoints_are_listed_in_order),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
