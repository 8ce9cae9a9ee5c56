/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One line "Name:   1234 kB" of /proc/meminfo or /proc/PID/status (proc(5)). */
typedef struct {
  const char *name; /* with its colon */
  uint64_t bytes;
  bool is_known;
} ProfKibField;

/* Fills in the fields that the text has. -EBADMSG: one has no number, or one that does not fit. */
int prof_kib_fields_parse (const char *text, size_t n, ProfKibField *fields, size_t n_fields);
