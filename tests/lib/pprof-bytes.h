/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/pprof.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/write-all.h"
#include "tests.h"

/* A descriptor whose contents are `bytes`, at its start. */
static inline int
open_bytes (const void *bytes, size_t n_bytes)
{
  int fd = memfd_create ("bytes", MFD_CLOEXEC);
  assert_true (fd >= 0);
  assert_int_equal (prof_write_all (fd, bytes, n_bytes), 0);
  assert_int_equal (lseek (fd, 0, SEEK_SET), 0);
  return fd;
}

/* All that was written to a descriptor; free it. */
static inline uint8_t *
take_bytes (int fd, size_t *ret_n)
{
  off_t n = lseek (fd, 0, SEEK_END);
  uint8_t *bytes = malloc ((size_t)n + 1);
  assert_non_null (bytes);
  assert_int_equal (pread (fd, bytes, (size_t)n, 0), n);
  *ret_n = (size_t)n;
  return bytes;
}

/* The file that prof_pprof_write makes of a profile; free it. */
static inline uint8_t *
write_bytes (const ProfProfile *profile, size_t *ret_n)
{
  int fd = open_bytes ("", 0);
  assert_int_equal (prof_pprof_write (profile, fd, NULL), 0);
  uint8_t *bytes = take_bytes (fd, ret_n);
  close (fd);
  return bytes;
}

static inline ProfProfile *
read_bytes (const void *bytes, size_t n_bytes)
{
  ProfError error = PROF_ERROR_INIT;
  ProfProfile *profile = NULL;
  int fd = open_bytes (bytes, n_bytes);
  int r = prof_pprof_read (fd, &profile, &error);
  close (fd);
  assert_string_equal (error.message, "");
  assert_int_equal (r, 0);
  return profile;
}
