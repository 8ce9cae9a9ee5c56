/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What /proc says of a process. */
typedef struct {
  unsigned pid, parent_pid;
  uint64_t start_ns;    /* since the machine was started */
  uint64_t cpu_ns;      /* user and system */
  uint64_t children_ns; /* the same of children that it has waited for */
  uint64_t rss_bytes;
  char user[64]; /* a number where the user has no name */
  char name[64];
  char command_line[4096]; /* with spaces between; cut; "": a thread of the kernel */
} ProcessEntry;

/* `pid`: the name of its directory. False: it is gone. */
bool process_entry_read (ProcessEntry *entry, const char *pid);
