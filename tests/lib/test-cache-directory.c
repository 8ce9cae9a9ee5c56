/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/cache-directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests.h"

typedef struct {
  char root[64], path[96];
  ProfCacheDirectory cache;
} Place;

static Place
make_place (void)
{
  Place place = { .root = "/tmp/test-cache-XXXXXX" };
  assert_non_null (mkdtemp (place.root));
  snprintf (place.path, sizeof place.path, "%s/a/b", place.root);
  assert_int_equal (prof_cache_directory_open (&place.cache, place.path), 0);
  return place;
}

static size_t
for_each_file (const Place *place, bool removes)
{
  DIR *directory = opendir (place->path);
  assert_non_null (directory);
  size_t n = 0;
  struct dirent *entry;
  while ((entry = readdir (directory)) != NULL) {
    if (strcmp (entry->d_name, ".") == 0 || strcmp (entry->d_name, "..") == 0)
      continue;
    n++;
    if (removes)
      assert_int_equal (unlinkat (dirfd (directory), entry->d_name, 0), 0);
  }
  closedir (directory);
  return n;
}

static void
remove_place (Place *place)
{
  char above[96];
  prof_cache_directory_close (&place->cache);
  for_each_file (place, true);
  snprintf (above, sizeof above, "%s/a", place->root);
  assert_int_equal (rmdir (place->path), 0);
  assert_int_equal (rmdir (above), 0);
  assert_int_equal (rmdir (place->root), 0);
}

static void
assert_kept (const Place *place, const char *name, const char *expected)
{
  char *bytes;
  size_t n_bytes;
  assert_int_equal (prof_cache_directory_read (&place->cache, name, &bytes, &n_bytes), 0);
  assert_int_equal (n_bytes, strlen (expected));
  assert_memory_equal (bytes, expected, n_bytes);
  free (bytes);
}

static int
read_kept (const Place *place, const char *name)
{
  char *bytes = NULL;
  size_t n_bytes;
  int r = prof_cache_directory_read (&place->cache, name, &bytes, &n_bytes);
  free (bytes);
  return r;
}

static void
test_what_is_kept_comes_back (void **state)
{
  (void)state;
  Place place = make_place ();
  assert_int_equal (prof_cache_directory_write (&place.cache, "one", "names", 5), 0);
  assert_int_equal (prof_cache_directory_write (&place.cache, "none", "", 0), 0);
  assert_kept (&place, "one", "names");
  assert_kept (&place, "none", "");
  assert_int_equal (prof_cache_directory_write (&place.cache, "one", "others", 6), 0);
  assert_kept (&place, "one", "others");
  assert_int_equal (read_kept (&place, "two"), -ENOENT);
  assert_int_equal (for_each_file (&place, false), 2);
  remove_place (&place);
}

static void
test_only_for_this_user (void **state)
{
  (void)state;
  Place place = make_place ();
  struct stat status;
  assert_int_equal (stat (place.path, &status), 0);
  assert_int_equal (status.st_mode & 0777, 0700);
  assert_int_equal (prof_cache_directory_write (&place.cache, "one", "names", 5), 0);
  assert_int_equal (fstatat (place.cache.fd, "one", &status, 0), 0);
  assert_int_equal (status.st_mode & 0777, 0600);

  ProfCacheDirectory other;
  assert_int_equal (chmod (place.path, 0770), 0);
  assert_int_equal (prof_cache_directory_open (&other, place.path), -EPERM);
  assert_int_equal (other.fd, -1);
  assert_int_equal (prof_cache_directory_write (&other, "two", "names", 5), -ENOENT);
  assert_int_equal (chmod (place.path, 0700), 0);
  remove_place (&place);
}

static void
test_files_that_others_could_write_are_not_believed (void **state)
{
  (void)state;
  Place place = make_place ();
  assert_int_equal (prof_cache_directory_write (&place.cache, "one", "names", 5), 0);
  assert_int_equal (symlinkat ("one", place.cache.fd, "link"), 0);
  assert_int_equal (read_kept (&place, "link"), -ELOOP);
  assert_int_equal (fchmodat (place.cache.fd, "one", 0620, 0), 0);
  assert_int_equal (read_kept (&place, "one"), -EBADMSG);
  assert_int_equal (mkfifoat (place.cache.fd, "fifo", 0600), 0);
  assert_int_equal (read_kept (&place, "fifo"), -EBADMSG);
  remove_place (&place);
}

static void
test_damage_is_noticed (void **state)
{
  (void)state;
  Place place = make_place ();
  for (off_t at = 0; at < 16 + 5; at++) {
    assert_int_equal (prof_cache_directory_write (&place.cache, "one", "names", 5), 0);
    int fd = openat (place.cache.fd, "one", O_RDWR | O_CLOEXEC);
    assert_true (fd >= 0);
    char byte;
    assert_int_equal (pread (fd, &byte, 1, at), 1);
    byte ^= 4;
    assert_int_equal (pwrite (fd, &byte, 1, at), 1);
    assert_int_equal (read_kept (&place, "one"), -EBADMSG);
    assert_int_equal (ftruncate (fd, at), 0);
    assert_int_equal (read_kept (&place, "one"), -EBADMSG);
    close (fd);
  }
  remove_place (&place);
}

/* Files as large as they may be, without taking their place on the disk. */
static void
make_large_file (const Place *place, const char *name, time_t used)
{
  int fd = openat (place->cache.fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  assert_true (fd >= 0);
  assert_int_equal (ftruncate (fd, 30 << 20), 0);
  assert_int_equal (futimens (fd, (struct timespec[]){ { .tv_sec = used }, { .tv_sec = used } }),
                    0);
  close (fd);
}

static void
test_the_least_used_files_make_room (void **state)
{
  (void)state;
  Place place = make_place ();
  const char *const names[] = { "c", "a", "d", "b", "e" };
  for (int i = 0; i < 4; i++)
    make_large_file (&place, names[i], 1000 + names[i][0]);
  assert_int_equal (prof_cache_directory_write (&place.cache, "one", "names", 5), 0);
  assert_int_equal (for_each_file (&place, false), 5);
  make_large_file (&place, "e", 1000 + 'e');
  assert_int_equal (prof_cache_directory_write (&place.cache, "one", "names", 5), 0);
  assert_int_equal (read_kept (&place, "a"), -ENOENT);
  assert_int_equal (read_kept (&place, "b"), -ENOENT);
  assert_int_equal (for_each_file (&place, false), 4);
  assert_kept (&place, "one", "names");
  remove_place (&place);
}

static void
test_a_place_that_cannot_be (void **state)
{
  (void)state;
  ProfCacheDirectory cache;
  assert_int_equal (prof_cache_directory_open (&cache, "/dev/null/cache"), -ENOTDIR);
  assert_int_equal (cache.fd, -1);
  assert_int_equal (prof_cache_directory_open (&cache, "/dev/null"), -ENOTDIR);
  char path[5000];
  memset (path, 'a', sizeof path - 1);
  path[sizeof path - 1] = '\0';
  assert_int_equal (prof_cache_directory_open (&cache, path), -ENAMETOOLONG);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_what_is_kept_comes_back),
    cmocka_unit_test (test_only_for_this_user),
    cmocka_unit_test (test_files_that_others_could_write_are_not_believed),
    cmocka_unit_test (test_damage_is_noticed),
    cmocka_unit_test (test_the_least_used_files_make_room),
    cmocka_unit_test (test_a_place_that_cannot_be),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
