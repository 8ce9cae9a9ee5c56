/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/tracepoint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests.h"

/* A directory like events/ of tracefs, in a temporary place. */
typedef struct {
  char path[64];
  int fd;
} Events;

static void
write_file (int dir_fd, const char *path, const char *text)
{
  int fd = openat (dir_fd, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  assert_true (fd >= 0);
  assert_int_equal (write (fd, text, strlen (text)), strlen (text));
  close (fd);
}

static int
set_up (void **state)
{
  Events *events = calloc (1, sizeof *events);
  strcpy (events->path, "/tmp/test-tracepoint-XXXXXX");
  assert_non_null (mkdtemp (events->path));
  events->fd = open (events->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const char *dirs[] = { "sched", "sched/sched_switch", "sched/filters", "sched/bad", "empty" };
  for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
    assert_int_equal (mkdirat (events->fd, dirs[i], 0700), 0);
  write_file (events->fd, "enable", "0\n");
  write_file (events->fd, "header_page", "x");
  write_file (events->fd, "sched/enable", "0\n");
  write_file (events->fd, "sched/sched_switch/id", "372\n");
  write_file (events->fd, "sched/bad/id", "no number\n");
  *state = events;
  return 0;
}

static int
tear_down (void **state)
{
  Events *events = *state;
  char command[128];
  close (events->fd);
  snprintf (command, sizeof command, "rm -r %s", events->path);
  int status = system (command);
  free (events);
  return status;
}

static int
read_id (const Events *events, const char *name, uint64_t *ret)
{
  return prof_tracepoint_read_id (events->fd, name, strlen (name), ret);
}

static void
test_number_is_read (void **state)
{
  uint64_t id;
  assert_int_equal (read_id (*state, "sched:sched_switch", &id), 0);
  assert_int_equal (id, 372);
  assert_int_equal (prof_tracepoint_read_id (((Events *)*state)->fd, "sched:sched_switch:u", 18,
                                             &id),
                    0);
}

static void
test_names_without_a_tracepoint (void **state)
{
  uint64_t id;
  const char *absent[] = { "sched:nothing", "nogroup:sched_switch", "sched:filters", "enable:x" };
  for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
    assert_int_equal (read_id (*state, absent[i], &id), -ENOENT);
  assert_int_equal (read_id (*state, "sched:bad", &id), -EBADMSG);
}

static void
test_names_that_are_none (void **state)
{
  uint64_t id;
  const char *bad[]
      = { "",           ":",       "sched",     "sched:", ":sched_switch",       "..:sched",
          "sched/x:id", "sched:.", "sched:a:b", "a b:c",  "sched::sched_switch", "/etc:passwd" };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_int_equal (read_id (*state, bad[i], &id), -EINVAL);
  char long_name[1200];
  memset (long_name, 'a', sizeof long_name - 1);
  long_name[sizeof long_name - 1] = '\0';
  long_name[4] = ':';
  assert_int_equal (read_id (*state, long_name, &id), -EINVAL);
}

static int
append (const char *group, const char *name, void *user_data)
{
  sprintf ((char *)user_data + strlen (user_data), "%s:%s ", group, name);
  return strcmp (name, "bad") == 0 ? 0 : 1;
}

static int
refuse (const char *group, const char *name, void *user_data)
{
  (void)group;
  (void)name;
  ++*(int *)user_data;
  return -ECANCELED;
}

static void
test_all_with_a_number_are_visited (void **state)
{
  char text[256] = "";
  int n_calls = 0;
  assert_int_equal (prof_tracepoint_foreach (((Events *)*state)->fd, append, text), 0);
  assert_int_equal (strlen (text), strlen ("sched:sched_switch sched:bad "));
  assert_non_null (strstr (text, "sched:sched_switch "));
  assert_non_null (strstr (text, "sched:bad "));
  assert_int_equal (prof_tracepoint_foreach (((Events *)*state)->fd, refuse, &n_calls), -ECANCELED);
  assert_int_equal (n_calls, 1);
  assert_int_equal (prof_tracepoint_foreach (-1, append, text), -EBADF);
}

static void
test_texts_of_id_files (void **state)
{
  (void)state;
  uint64_t id;
  assert_int_equal (prof_tracepoint_parse_id ("1\n", 2, &id), 0);
  assert_int_equal (id, 1);
  assert_int_equal (prof_tracepoint_parse_id ("18446744073709551615", 20, &id), 0);
  assert_int_equal (id, UINT64_MAX);
  const char *bad[] = { "", "\n", "x", "1x", " 1", "-1", "18446744073709551616" };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_int_equal (prof_tracepoint_parse_id (bad[i], strlen (bad[i]), &id), -EBADMSG);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (test_number_is_read, set_up, tear_down),
    cmocka_unit_test_setup_teardown (test_names_without_a_tracepoint, set_up, tear_down),
    cmocka_unit_test_setup_teardown (test_names_that_are_none, set_up, tear_down),
    cmocka_unit_test_setup_teardown (test_all_with_a_number_are_visited, set_up, tear_down),
    cmocka_unit_test (test_texts_of_id_files),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
