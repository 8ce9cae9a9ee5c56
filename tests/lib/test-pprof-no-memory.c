/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/pprof.h>
#include <prof/session.h>

#include <fcntl.h>

#include "failing-allocations.h"
#include "pprof-bytes.h"
#include "pprof-fields.h"
#include "pprof-fixture.h"

static const uint8_t big_ids[] = {
  SAMPLE_TYPE,
  STRINGS,
  MESSAGE (2, 1 << 3, MAX_VARINT, NUMBER (2, 1), NUMBER (9, 1)),
  MESSAGE (4, 1 << 3, MAX_VARINT, MESSAGE (4, 1 << 3, MAX_VARINT)),
  MESSAGE (5, 1 << 3, MAX_VARINT),
  MAPPING (9),
};

static int
read_fd (void *data)
{
  int fd = *(int *)data;
  ProfProfile *profile = NULL;
  assert_int_equal (lseek (fd, 0, SEEK_SET), 0);
  int r = prof_pprof_read (fd, &profile, NULL);
  prof_profile_unref (profile);
  return r;
}

static void
test_reading (void **state)
{
  (void)state;
  int fd = open_bytes (big_ids, sizeof big_ids);
  assert_true (fail_each (read_fd, &fd) > 10);
  close (fd);
  size_t n_bytes;
  ProfProfile *profile = make_full_profile ();
  uint8_t *bytes = write_bytes (profile, &n_bytes);
  fd = open_bytes (bytes, n_bytes);
  assert_true (fail_each (read_fd, &fd) > 10);
  close (fd);
  free (bytes);
  prof_profile_unref (profile);
}

static int
write_null (void *data)
{
  return prof_pprof_save (data, "/dev/null", NULL);
}

static void
test_writing (void **state)
{
  (void)state;
  ProfProfile *profile = make_full_profile ();
  assert_true (fail_each (write_null, profile) > 2);
  prof_profile_unref (profile);
  profile = read_bytes (big_ids, sizeof big_ids);
  assert_true (fail_each (write_null, profile) > 3);
  prof_profile_unref (profile);
}

static int
add_and_get_session (void *data)
{
  static const char *const command[] = { "a", "b" };
  static const ProfSessionEvent event = { .name = "cpu-clock" };
  static const uint64_t times_ns[] = { 1 };
  static const int64_t values[] = { 2 };
  static const ProfSessionSeries series = { "n", "u", times_ns, values, 1 };
  ProfSession session = PROF_SESSION_INIT, *back = NULL;
  ProfProfile *profile = NULL;
  (void)data;
  session.command = command;
  session.n_command = 2;
  session.events = &event;
  session.series = &series;
  session.n_events = session.n_series = 1;
  int r = prof_profile_new (&profile);
  if (r == 0)
    r = prof_profile_add_session (profile, &session);
  if (r == 0)
    r = prof_profile_get_session (profile, 0, &back, NULL);
  prof_session_free (back);
  prof_profile_unref (profile);
  return r;
}

static void
test_sessions (void **state)
{
  (void)state;
  assert_true (fail_each (add_and_get_session, NULL) > 10);
}

static int
read_and_write_collapsed (void *data)
{
  int fd = *(int *)data;
  ProfProfile *profile = NULL;
  assert_int_equal (lseek (fd, 0, SEEK_SET), 0);
  int r = prof_collapsed_read (fd, &profile, NULL);
  int null = open ("/dev/null", O_WRONLY | O_CLOEXEC);
  if (r == 0)
    r = prof_collapsed_write (profile, 0, null, NULL);
  close (null);
  prof_profile_unref (profile);
  return r;
}

static void
test_collapsed_stacks (void **state)
{
  (void)state;
  int fd = open_bytes ("a;b 1\na 2\n", 10);
  assert_true (fail_each (read_and_write_collapsed, &fd) > 20);
  close (fd);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_reading),
    cmocka_unit_test (test_writing),
    cmocka_unit_test (test_sessions),
    cmocka_unit_test (test_collapsed_stacks),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
