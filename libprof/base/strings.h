/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

/* NULL-terminated lists of strings, as argv. */

/* 0, with NULL in *ret for NULL; -ENOMEM. */
int prof_strings_copy (const char *const *strings, char ***ret);
void prof_strings_free (char **strings);

/* One string; the same results. */
int prof_string_copy (const char *string, char **ret);
