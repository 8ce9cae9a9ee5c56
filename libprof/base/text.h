/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

/* The text in the language of the process's messages (LC_MESSAGES), or as it is. Sentences for
 * people are translated where they are put together, so `prof_error_set` and the like take them as
 * they are. Never what a file keeps. Borrowed from the catalog; any thread. */
const char *prof_text (const char *text) __attribute__ ((format_arg (1)));

/* Likewise, for `n` things. */
const char *prof_text_of (const char *one, const char *many, unsigned long n)
    __attribute__ ((format_arg (1), format_arg (2)));

#define _(text) prof_text (text)
/* Marks text that is translated later. */
#define N_(text) text
