/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/error.h>
#include <prof/profile.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Writes a gzip-compressed profile.proto (google/pprof) to a descriptor. Ids are rows; equal
 * profiles give equal bytes. What write(2) said is returned. */
PROF_API int prof_pprof_write (const ProfProfile *profile, int fd, ProfError *reterr);

/* Writes to a temporary file beside `path` and renames it over `path`: on failure the old file
 * survives and nothing is left behind. Descriptors that can't be renamed over (/dev/stdout, pipes)
 * are written directly. */
PROF_API int prof_pprof_save (const ProfProfile *profile, const char *path, ProfError *reterr);

/* Reads a profile.proto, gzip-compressed or not, from the descriptor's position to its end. Checks
 * google/pprof's validity rules: -EBADMSG with the table and the index at fault, which counts from
 * 0; -EFBIG when a bound against hostile input is met. Every row, string and unknown field is kept,
 * in its order; ids become rows. */
PROF_API int prof_pprof_read (int fd, ProfProfile **ret, ProfError *reterr);
/* The same with the file at `path`; -errno of open(2). */
PROF_API int prof_pprof_open (const char *path, ProfProfile **ret, ProfError *reterr);

/* Writes Brendan Gregg's collapsed stacks, "root;caller;leaf 42\n": the sums of one sample type by
 * the names of the frames; sums of 0 are left out. -EINVAL: no such sample type; -ENOMEM; what
 * write(2) said. */
PROF_API int prof_collapsed_write (const ProfProfile *profile,
                                   unsigned value_type,
                                   int fd,
                                   ProfError *reterr);
/* Reads collapsed stacks, gzip-compressed or not, as a profile of one sample type, samples/count.
 * -EBADMSG names the line at fault; -ENOMEM; what read(2) said. */
PROF_API int prof_collapsed_read (int fd, ProfProfile **ret, ProfError *reterr);

#ifdef __cplusplus
}
#endif
