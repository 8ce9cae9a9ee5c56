/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/gunzip.h"
#include "base/gzip.h"
#include "pprof-bytes.h"

/* printf 'hello\n' | gzip -n */
static const uint8_t hello_gz[]
    = { 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xcb, 0x48, 0xcd,
        0xc9, 0xc9, 0xe7, 0x02, 0x00, 0x20, 0x30, 0x3a, 0x36, 0x06, 0x00, 0x00, 0x00 };

/* Reads all of a descriptor in pieces of `size`; -errno or how much it was. */
static ssize_t
gunzip_fd (ProfGunzip *gunzip, uint8_t *buffer, size_t n_buffer, size_t size)
{
  size_t n = 0;
  for (;;) {
    ssize_t r = prof_gunzip_read (gunzip, buffer + n, size < n_buffer - n ? size : n_buffer - n);
    if (r <= 0)
      return r < 0 ? r : (ssize_t)n;
    n += (size_t)r;
  }
}

static void
assert_gives (const void *bytes, size_t n_bytes, const char *expected)
{
  char buffer[100];
  for (size_t size = 1; size < 20; size++) {
    ProfGunzip gunzip;
    int fd = open_bytes (bytes, n_bytes);
    assert_int_equal (prof_gunzip_init (&gunzip, fd), 0);
    ssize_t n = gunzip_fd (&gunzip, (uint8_t *)buffer, sizeof buffer, size);
    assert_int_equal (n, strlen (expected));
    assert_memory_equal (buffer, expected, (size_t)n);
    prof_gunzip_finish (&gunzip);
    close (fd);
  }
}

static void
assert_fails (const void *bytes, size_t n_bytes, const char *fault)
{
  uint8_t buffer[100];
  ProfGunzip gunzip;
  int fd = open_bytes (bytes, n_bytes);
  assert_int_equal (prof_gunzip_init (&gunzip, fd), 0);
  assert_int_equal (gunzip_fd (&gunzip, buffer, sizeof buffer, 7), -EBADMSG);
  assert_string_equal (gunzip.fault, fault);
  prof_gunzip_finish (&gunzip);
  close (fd);
}

static void
test_plain_bytes_pass_through (void **state)
{
  (void)state;
  assert_gives ("", 0, "");
  assert_gives ("\x1f", 1, "\x1f");
  assert_gives ("plain bytes", 11, "plain bytes");
}

static void
test_a_member_is_decompressed (void **state)
{
  (void)state;
  assert_gives (hello_gz, sizeof hello_gz, "hello\n");
}

static void
test_members_follow_each_other (void **state)
{
  (void)state;
  uint8_t three[3 * sizeof hello_gz];
  for (int i = 0; i < 3; i++)
    memcpy (three + (size_t)i * sizeof hello_gz, hello_gz, sizeof hello_gz);
  assert_gives (three, sizeof three, "hello\nhello\nhello\n");
}

static void
test_single_bytes_are_put_together (void **state)
{
  (void)state;
  int fds[2];
  uint8_t buffer[100];
  ProfGunzip gunzip;
  /* A read gives one packet. */
  assert_int_equal (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
  for (size_t i = 0; i < sizeof hello_gz; i++)
    assert_int_equal (write (fds[1], &hello_gz[i], 1), 1);
  close (fds[1]);
  assert_int_equal (prof_gunzip_init (&gunzip, fds[0]), 0);
  assert_int_equal (gunzip_fd (&gunzip, buffer, sizeof buffer, sizeof buffer), 6);
  assert_memory_equal (buffer, "hello\n", 6);
  prof_gunzip_finish (&gunzip);
  close (fds[0]);
}

static void
test_every_cut_is_noticed (void **state)
{
  (void)state;
  for (size_t n = 2; n < sizeof hello_gz; n++)
    assert_fails (hello_gz, n, "the compressed data are cut off");
}

static void
test_damage_is_noticed (void **state)
{
  (void)state;
  static const struct {
    size_t place;
    const char *fault;
  } damages[] = {
    { 2, "the compressed data are damaged: unknown compression method" },
    { 3, "the compressed data are damaged: unknown header flags set" },
    { 10, "the compressed data are damaged: invalid block type" },
    { 18, "the compressed data are damaged: incorrect data check" },
    { 22, "the compressed data are damaged: incorrect length check" },
  };
  for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
    uint8_t bytes[sizeof hello_gz];
    memcpy (bytes, hello_gz, sizeof bytes);
    bytes[damages[i].place] ^= 0xe4;
    assert_fails (bytes, sizeof bytes, damages[i].fault);
  }
}

static void
test_what_follows_must_be_a_member (void **state)
{
  (void)state;
  uint8_t bytes[sizeof hello_gz + 1];
  memcpy (bytes, hello_gz, sizeof hello_gz);
  bytes[sizeof hello_gz] = 0;
  assert_fails (bytes, sizeof bytes, "the compressed data are followed by something else");
}

static void
test_an_unreadable_descriptor_is_told (void **state)
{
  (void)state;
  uint8_t buffer[8];
  ProfGunzip gunzip;
  assert_int_equal (prof_gunzip_init (&gunzip, -1), 0);
  assert_int_equal (prof_gunzip_read (&gunzip, buffer, sizeof buffer), -EBADF);
  assert_string_equal (gunzip.fault, strerror (EBADF));
  prof_gunzip_finish (&gunzip);
}

/* A megabyte of zeros is one kilobyte when compressed. */
static int
open_bomb (size_t n_zeros)
{
  ProfGzip gzip;
  int fd = open_bytes ("", 0);
  cleanup (prof_free) uint8_t *zeros = calloc (1, n_zeros);
  assert_non_null (zeros);
  assert_int_equal (prof_gzip_init (&gzip, fd, 6), 0);
  assert_int_equal (prof_gzip_write (&gzip, zeros, n_zeros), 0);
  assert_int_equal (prof_gzip_end (&gzip), 0);
  prof_gzip_finish (&gzip);
  assert_int_equal (lseek (fd, 0, SEEK_SET), 0);
  return fd;
}

static ssize_t
gunzip_bomb (size_t n_zeros, uint64_t max_bytes, uint64_t free_bytes, uint64_t max_ratio)
{
  ProfGunzip gunzip;
  uint8_t buffer[4096];
  uint64_t n = 0;
  ssize_t r;
  int fd = open_bomb (n_zeros);
  assert_int_equal (prof_gunzip_init (&gunzip, fd), 0);
  gunzip.max_bytes = max_bytes;
  gunzip.free_bytes = free_bytes;
  gunzip.max_ratio = max_ratio;
  while ((r = prof_gunzip_read (&gunzip, buffer, sizeof buffer)) > 0)
    n += (uint64_t)r;
  prof_gunzip_finish (&gunzip);
  close (fd);
  return r < 0 ? r : (ssize_t)n;
}

static void
test_bombs_are_bounded (void **state)
{
  (void)state;
  enum { N = 1 << 20 };
  assert_int_equal (gunzip_bomb (N, N, N, 1), N);
  assert_int_equal (gunzip_bomb (N, N - 1, N, 1), -EFBIG);
  assert_int_equal (gunzip_bomb (N, N, N / 2, 100), -EFBIG);
  assert_int_equal (gunzip_bomb (N, N, N / 2, 2000), N);
}

static void
test_compressing_is_undone_by_decompressing (void **state)
{
  (void)state;
  enum { N = 300000 };
  ProfGzip gzip;
  ProfGunzip gunzip;
  uint8_t *text = malloc (N), *back = malloc (N + 1);
  int fd = open_bytes ("", 0);
  assert_true (text != NULL && back != NULL);
  for (size_t i = 0; i < N; i++)
    text[i] = (uint8_t)(i * i >> 7);
  assert_int_equal (prof_gzip_init (&gzip, fd, 6), 0);
  assert_int_equal (prof_gzip_write (&gzip, text, 1), 0);
  assert_int_equal (prof_gzip_write (&gzip, text + 1, 0), 0);
  assert_int_equal (prof_gzip_write (&gzip, text + 1, N - 1), 0);
  assert_int_equal (prof_gzip_end (&gzip), 0);
  prof_gzip_finish (&gzip);
  assert_int_equal (lseek (fd, 0, SEEK_SET), 0);
  assert_int_equal (prof_gunzip_init (&gunzip, fd), 0);
  assert_int_equal (gunzip_fd (&gunzip, back, N + 1, 50000), N);
  assert_memory_equal (text, back, N);
  prof_gunzip_finish (&gunzip);
  close (fd);
  free (text);
  free (back);
}

static void
test_a_full_device_is_told (void **state)
{
  (void)state;
  ProfGzip gzip;
  int fd = open ("/dev/full", O_WRONLY | O_CLOEXEC);
  assert_true (fd >= 0);
  assert_int_equal (prof_gzip_init (&gzip, fd, 6), 0);
  assert_int_equal (prof_gzip_write (&gzip, "abc", 3), 0);
  assert_int_equal (prof_gzip_end (&gzip), -ENOSPC);
  prof_gzip_finish (&gzip);
  close (fd);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_plain_bytes_pass_through),
    cmocka_unit_test (test_a_member_is_decompressed),
    cmocka_unit_test (test_members_follow_each_other),
    cmocka_unit_test (test_single_bytes_are_put_together),
    cmocka_unit_test (test_every_cut_is_noticed),
    cmocka_unit_test (test_damage_is_noticed),
    cmocka_unit_test (test_what_follows_must_be_a_member),
    cmocka_unit_test (test_an_unreadable_descriptor_is_told),
    cmocka_unit_test (test_bombs_are_bounded),
    cmocka_unit_test (test_compressing_is_undone_by_decompressing),
    cmocka_unit_test (test_a_full_device_is_told),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
