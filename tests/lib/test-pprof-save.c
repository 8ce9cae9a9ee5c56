/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/pprof.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pprof-bytes.h"

/* An empty directory that the test is in, and a profile with a comment. */
typedef struct {
  char directory[64];
  ProfProfile *profile;
} Fixture;

static int
set_up (void **state)
{
  Fixture *fixture = calloc (1, sizeof *fixture);
  assert_non_null (fixture);
  strcpy (fixture->directory, "/tmp/test-pprof-save-XXXXXX");
  assert_non_null (mkdtemp (fixture->directory));
  assert_int_equal (chdir (fixture->directory), 0);
  assert_int_equal (prof_profile_new (&fixture->profile), 0);
  assert_int_equal (prof_profile_add_comment (fixture->profile, "saved"), 0);
  *state = fixture;
  return 0;
}

static int
tear_down (void **state)
{
  Fixture *fixture = *state;
  char command[128];
  snprintf (command, sizeof command, "rm -r %s", fixture->directory);
  assert_int_equal (chdir ("/"), 0);
  assert_int_equal (system (command), 0);
  prof_profile_unref (fixture->profile);
  free (fixture);
  return 0;
}

static unsigned
count_files (void)
{
  unsigned n = 0;
  DIR *dir = opendir (".");
  assert_non_null (dir);
  for (struct dirent *entry; (entry = readdir (dir)) != NULL;)
    n += entry->d_name[0] != '.';
  closedir (dir);
  return n;
}

static void
write_old_file (const char *path)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  assert_true (fd >= 0);
  assert_int_equal (write (fd, "old", 3), 3);
  assert_int_equal (fchmod (fd, 0640), 0);
  close (fd);
}

static void
assert_old_file (const char *path)
{
  char bytes[8];
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  assert_int_equal (read (fd, bytes, sizeof bytes), 3);
  assert_memory_equal (bytes, "old", 3);
  close (fd);
}

static void
assert_saved (const char *path)
{
  ProfProfile *profile = NULL;
  ProfError error = PROF_ERROR_INIT;
  size_t n;
  int r = prof_pprof_open (path, &profile, &error);
  assert_string_equal (error.message, "");
  assert_int_equal (r, 0);
  const uint32_t *comments = prof_profile_get_comments (profile, &n);
  assert_int_equal (n, 1);
  assert_string_equal (prof_profile_get_string (profile, comments[0]), "saved");
  prof_profile_unref (profile);
}

static void
test_a_new_file_is_made (void **state)
{
  Fixture *fixture = *state;
  struct stat status;
  mode_t old_mask = umask (027);
  assert_int_equal (prof_pprof_save (fixture->profile, "new.pb.gz", NULL), 0);
  umask (old_mask);
  assert_saved ("new.pb.gz");
  assert_int_equal (count_files (), 1);
  assert_int_equal (stat ("new.pb.gz", &status), 0);
  assert_int_equal (status.st_mode & 0777, 0640);
}

static void
test_an_old_file_is_replaced_and_keeps_its_mode (void **state)
{
  Fixture *fixture = *state;
  struct stat status;
  write_old_file ("p");
  assert_int_equal (prof_pprof_save (fixture->profile, "p", NULL), 0);
  assert_saved ("p");
  assert_int_equal (count_files (), 1);
  assert_int_equal (stat ("p", &status), 0);
  assert_int_equal (status.st_mode & 0777, 0640);
}

static void
test_a_symbolic_link_stays_one (void **state)
{
  Fixture *fixture = *state;
  struct stat status;
  write_old_file ("target");
  assert_int_equal (symlink ("target", "link"), 0);
  assert_int_equal (prof_pprof_save (fixture->profile, "link", NULL), 0);
  assert_int_equal (lstat ("link", &status), 0);
  assert_true (S_ISLNK (status.st_mode));
  assert_saved ("target");
}

static void
test_a_missing_directory_is_told (void **state)
{
  Fixture *fixture = *state;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_pprof_save (fixture->profile, "none/p", &error), -ENOENT);
  assert_string_equal (error.message, "Can't save the profile as none/p: No such file or directory"
                                      ": make the directory first.");
  assert_int_equal (count_files (), 0);
}

static void
test_a_full_device_is_told (void **state)
{
  Fixture *fixture = *state;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_pprof_save (fixture->profile, "/dev/full", &error), -ENOSPC);
  assert_string_equal (error.message, "Can't save the profile as /dev/full: No space left on device"
                                      ": free some space, or save elsewhere.");
}

/* A bound on the size of files stands for a disk that is full. */
static void
test_the_old_file_survives_a_failure (void **state)
{
  Fixture *fixture = *state;
  write_old_file ("p");
  pid_t child = fork ();
  assert_true (child >= 0);
  if (child == 0) {
    struct rlimit limit = { 4, 4 };
    signal (SIGXFSZ, SIG_IGN);
    if (setrlimit (RLIMIT_FSIZE, &limit) < 0)
      _exit (1);
    _exit (prof_pprof_save (fixture->profile, "p", NULL) == -EFBIG ? 0 : 2);
  }
  int status;
  assert_int_equal (waitpid (child, &status, 0), child);
  assert_int_equal (status, 0);
  assert_old_file ("p");
  assert_int_equal (count_files (), 1);
}

static void
test_a_pipe_is_written_directly (void **state)
{
  Fixture *fixture = *state;
  uint8_t bytes[1000];
  assert_int_equal (mkfifo ("pipe", 0600), 0);
  int fd = open ("pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  assert_true (fd >= 0);
  assert_int_equal (prof_pprof_save (fixture->profile, "pipe", NULL), 0);
  ssize_t n = read (fd, bytes, sizeof bytes);
  assert_true (n > 0);
  prof_profile_unref (read_bytes (bytes, (size_t)n));
  assert_int_equal (count_files (), 1);
  close (fd);
}

/* What is in the file already stays before it. */
static void
test_a_descriptor_is_written_where_it_is (void **state)
{
  Fixture *fixture = *state;
  char path[64];
  size_t n_bytes;
  int fd = open ("p", O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  assert_int_equal (write (fd, "old", 3), 3);
  snprintf (path, sizeof path, "/dev/fd/%d", fd);
  assert_int_equal (prof_pprof_save (fixture->profile, path, NULL), 0);
  uint8_t *bytes = take_bytes (fd, &n_bytes);
  assert_memory_equal (bytes, "old", 3);
  prof_profile_unref (read_bytes (bytes + 3, n_bytes - 3));
  free (bytes);
  close (fd);
}

static void
test_unreadable_files_are_told (void **state)
{
  (void)state;
  ProfProfile *profile;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_pprof_open ("none", &profile, &error), -ENOENT);
  assert_string_equal (error.message, "Can't open none: No such file or directory.");
  assert_int_equal (prof_pprof_open (".", &profile, &error), -EISDIR);
  assert_string_equal (error.message, "Can't read .: Is a directory.");
  write_old_file ("p");
  assert_int_equal (prof_pprof_open ("p", &profile, &error), -EBADMSG);
  assert_non_null (strstr (error.message, "Can't read p: it "));
}

static void
test_missing_arguments_are_named (void **state)
{
  Fixture *fixture = *state;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_pprof_save (NULL, "p", &error), -EINVAL);
  assert_int_equal (prof_pprof_save (fixture->profile, NULL, &error), -EINVAL);
  assert_int_equal (prof_pprof_write (NULL, 1, &error), -EINVAL);
  assert_int_equal (prof_pprof_open ("p", NULL, &error), -EINVAL);
  assert_int_equal (prof_pprof_read (0, NULL, &error), -EINVAL);
  assert_string_equal (error.message, "prof_pprof_read: ret is NULL.");
}

#define TEST(function) cmocka_unit_test_setup_teardown (function, set_up, tear_down)

int
main (void)
{
  const struct CMUnitTest tests[] = {
    TEST (test_a_new_file_is_made),         TEST (test_an_old_file_is_replaced_and_keeps_its_mode),
    TEST (test_a_symbolic_link_stays_one),  TEST (test_a_missing_directory_is_told),
    TEST (test_a_full_device_is_told),      TEST (test_the_old_file_survives_a_failure),
    TEST (test_a_pipe_is_written_directly), TEST (test_a_descriptor_is_written_where_it_is),
    TEST (test_unreadable_files_are_told),  TEST (test_missing_arguments_are_named),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
