/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A directory of profiles that wait to be sent, the oldest first: files NUMBER.pb.gz. Others in it
 * are left alone. One thread's at a time, and one process's: the directory is locked. */
typedef struct {
  uint64_t number, n_bytes;
  bool is_in_use; /* being sent: not dropped */
} SpoolEntry;

typedef struct {
  char *directory;
  int lock_fd; /* -1: not open */
  uint64_t max_bytes;
  SpoolEntry *entries; /* by number */
  size_t n, n_allocated;
  uint64_t n_bytes;     /* of all */
  uint64_t next_number; /* of the next profile */
  uint64_t n_dropped;   /* for want of room, so far */
} Spool;

/* Makes the directory if it is not there, though not the one that it is in, and finds what is left
 * from before. STATUS_OK, or another one after a message. Close in any case. */
int spool_open (Spool *spool, const char *directory, uint64_t max_bytes);
void spool_close (Spool *spool);

/* Where the next profile is to be written, allocated; NULL: out of memory. */
char *spool_get_path (const Spool *spool, uint64_t number);
/* spool->next_number was written there: it waits now, and the oldest are dropped where it is too
 * much. 0 or a negative errno. */
int spool_add (Spool *spool);
/* Drops the oldest, to make room on a full disk. False: there is none that can be dropped. */
bool spool_drop_oldest (Spool *spool);

/* The oldest, marked as in use; NULL if there is none. Good until the next call. */
const SpoolEntry *spool_take (Spool *spool);
/* The entry in use: it was sent, or it stays for another try, or it is damaged and is renamed to
 * NUMBER.damaged for somebody to look at. */
void spool_remove (Spool *spool);
void spool_keep (Spool *spool);
void spool_set_aside (Spool *spool);
