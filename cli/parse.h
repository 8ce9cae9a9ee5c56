/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Text of the command line to values. 0, or -EINVAL, -ERANGE, -ENOMEM; *ret is written on success
 * only. */
int parse_unsigned (const char *text, unsigned *ret);
int parse_uint64 (const char *text, uint64_t *ret);
int parse_duration (const char *text, uint64_t *ret_ns); /* 5, 5s, 1.5s, 500ms, 20us, 2m, 1h */
int parse_size (const char *text, uint64_t *ret_bytes);  /* 8192, 16k, 16KiB, 1M */

/* Nanoseconds; START..END, START.. or ..END with durations. */
typedef struct {
  uint64_t start, end; /* end 0: open */
} TimeRange;

int parse_time_range (const char *text, TimeRange *ret);

/* Strings that the list owns; NULL-terminated once it is not empty. */
typedef struct {
  char **items;
  size_t n;
} StringList;

int string_list_append (StringList *list, const char *text, size_t n_bytes);
int string_list_append_split (StringList *list, const char *text); /* a,b,c */
void string_list_clear (StringList *list);
const char *const *string_list_get (const StringList *list); /* NULL if empty */

static inline void
string_list_clear_p (StringList *list)
{
  string_list_clear (list);
}

typedef struct {
  pid_t *items;
  size_t n;
} PidList;

int parse_pids (const char *text, PidList *ret); /* 12,34: added to the list */
