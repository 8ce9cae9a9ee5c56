/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>

#include "elf/module.h"

/* What the answers of a module depend on, as text: files that differ in any way have another key.
 * Free what is returned. */

/* The module's file and those with its debugging information (-1: none). -ENOENT: the file has no
 * build ID, or cannot be told from others. */
int prof_answer_key_of_files (
    const ProfModule *module, int debug_fd, int alt_fd, bool wants_lines, char **ret);

/* The running kernel with the modules it has loaded. */
int prof_answer_key_of_kernel (char **ret);

/* The same for kernel modules as the kernel lists them, which it does with numbers that change all
 * the time; for tests. */
uint64_t prof_answer_key_hash_modules (const char *proc_modules);

/* The name of the file for a key. */
enum { PROF_ANSWER_KEY_NAME_BYTES = 33 };
void prof_answer_key_get_name (const char *key, char ret[PROF_ANSWER_KEY_NAME_BYTES]);
