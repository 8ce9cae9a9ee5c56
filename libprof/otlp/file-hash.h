/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

enum { PROF_FILE_HASH_SIZE = 33 };

/* process.executable.build_id.htlhash of the semantic conventions: in hex, the first 16 bytes of
 * the SHA-256 of the file's first and last 4096 bytes and its length as 8 bytes, the most
 * significant first. 0 or negative errno. */
int prof_file_hash_make (int fd, char ret[PROF_FILE_HASH_SIZE]);
