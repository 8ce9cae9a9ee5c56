/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <pthread.h>
#include <sys/stat.h>

#include <prof/profile.h>

#include "base/hash-index.h"
#include "base/vec.h"
#include "otlp/file-hash.h"

typedef struct {
  char *path;
  struct stat status;
  char *build_id;                 /* hex; NULL: none */
  char hash[PROF_FILE_HASH_SIZE]; /* "": no ELF file, or not readable */
} ProfHashedFile;

/* Hashes of the files that profiles' mappings are of. A file is read once, as long as it stays the
 * same. Any thread. */
typedef struct {
  pthread_mutex_t lock;
  PROF_VEC (ProfHashedFile) files;
  ProfHashIndex index; /* by path */
} ProfMappingHashes;

void prof_mapping_hashes_init (ProfMappingHashes *hashes);
void prof_mapping_hashes_finish (ProfMappingHashes *hashes);

/* The hash of each mapping of a profile of this machine, by its row; NULL where the file is not
 * there, or not the one that was profiled: it has the mapping's build ID, and without one it did
 * not change since. One block, to be freed; NULL: out of memory. */
const char **prof_mapping_hashes_get (ProfMappingHashes *hashes, const ProfProfile *profile);
