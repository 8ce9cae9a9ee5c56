/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <zlib.h>

/* The bytes of a descriptor, decompressed if they are gzip (RFC 1952, also several members one
 * after the other), as they are otherwise. */
typedef struct {
  int fd;
  uint64_t max_bytes;  /* given out at most */
  uint64_t free_bytes; /* given out before the ratio matters */
  uint64_t max_ratio;  /* of bytes given out to bytes read */
  uint64_t n_read, n_given;
  char fault[96]; /* why prof_gunzip_read failed */
  enum { PROF_GUNZIP_START, PROF_GUNZIP_PLAIN, PROF_GUNZIP_MEMBER, PROF_GUNZIP_BETWEEN } state;
  bool is_ended; /* the descriptor has no more */
  z_stream zlib;
  uint8_t *input;
  size_t n_input, start; /* bytes of input, and of these, used */
} ProfGunzip;

/* 0 or -ENOMEM. The descriptor is borrowed. */
int prof_gunzip_init (ProfGunzip *gunzip, int fd);
void prof_gunzip_finish (ProfGunzip *gunzip);

/* The number of bytes, as many as fit `size` unless the end is near; 0 at the end; -EBADMSG if the
 * compressed data are damaged or cut off; -EFBIG beyond a maximum; or what read(2) said. */
ssize_t prof_gunzip_read (ProfGunzip *gunzip, void *buffer, size_t size);
