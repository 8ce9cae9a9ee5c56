/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdio.h>

#include <prof/profile.h>

/* Whether a file can be written at `path`, before work is spent on its contents. 0, or -1 after a
 * message. */
int check_output (const char *path);

/* Saves a profile, or writes it to standard output for "-". 0, or -1 after a message. */
int save_profile (const ProfProfile *profile, const char *path);

/* Prints that `path` ("-": standard output) can't be written, and why: an errno. Returns -1. */
int report_write_failure (const char *path, int error);

/* 0, or -errno of what failed since the file was opened. */
int flush (FILE *file);

/* A text file that replaces `path` when it is complete; standard output for "-". */
typedef struct {
  const char *path;
  char *target; /* `path`, or what it is a symbolic link to */
  char *beside; /* NULL: written directly */
  FILE *file;
} Output;

/* 0, or -1 after a message. */
int output_open (Output *output, const char *path);
int output_commit (Output *output);
/* Gives up what was not committed. */
void output_clear (Output *output);

static inline void
output_clear_p (Output *output)
{
  output_clear (output);
}
