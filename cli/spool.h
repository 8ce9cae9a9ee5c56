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
  bool is_in_use;       /* being sent: not dropped */
  unsigned n_failed;    /* tries */
  unsigned n_overtaken; /* those of them that came right after another profile was taken */
} SpoolEntry;

typedef struct {
  char *directory;
  int lock_fd; /* -1: not open */
  uint64_t max_bytes;
  SpoolEntry *entries; /* by number */
  size_t n, n_allocated;
  uint64_t n_bytes;                 /* of all */
  uint64_t next_number;             /* of the next profile */
  uint64_t n_dropped;               /* for want of room, so far */
  bool has_tried_newest, was_taken; /* of the latest try */
} Spool;

/* Makes the directory if it is not there, though not the one that it is in, and finds what is left
 * from before. STATUS_OK, or another one after a message. Close in any case. */
int spool_open (Spool *spool, const char *directory, uint64_t max_bytes);
void spool_close (Spool *spool);

/* Where a profile is to be written, allocated; NULL: out of memory. */
char *spool_get_path (const Spool *spool, uint64_t number);
/* A number for the next profile, that no file has. */
uint64_t spool_number (Spool *spool);
/* The profile was written there: it waits now, and the oldest are dropped where it is too much. 0
 * or a negative errno. */
int spool_add (Spool *spool, uint64_t number);
/* Drops the oldest, to make room on a full disk. False: there is none that can be dropped. */
bool spool_drop_oldest (Spool *spool);

/* The one to be sent next, marked as in use; NULL if there is none. Good until the next call. It is
 * the oldest; once that has failed three times, the newest in turns with it, which shows whether
 * the collector takes others. */
const SpoolEntry *spool_take (Spool *spool);
/* What became of the entry in use: the collector took it; it failed and stays for another try,
 * unless others were taken right before three of its tries (true then: it is deleted); it stays,
 * and that was no try; it is deleted; it is damaged and is renamed to NUMBER.damaged for somebody
 * to look at. */
void spool_succeed (Spool *spool);
bool spool_fail (Spool *spool);
void spool_keep (Spool *spool);
void spool_remove (Spool *spool);
void spool_set_aside (Spool *spool);
