/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/mapping-hashes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "elf/module.h"

PROF_DEFINE_CLEANUP (ProfModule *, prof_module_unref)

/* Past so many, it begins anew. */
enum { MAX_FILES = 4096 };

void
prof_mapping_hashes_init (ProfMappingHashes *hashes)
{
  *hashes = (ProfMappingHashes){ 0 };
  pthread_mutex_init (&hashes->lock, NULL);
}

static void
forget_all (ProfMappingHashes *hashes)
{
  prof_vec_foreach (file, &hashes->files) {
    free (file->path);
    free (file->build_id);
  }
  hashes->files.n = 0;
  prof_hash_index_reset (&hashes->index);
}

void
prof_mapping_hashes_finish (ProfMappingHashes *hashes)
{
  forget_all (hashes);
  prof_vec_clear (&hashes->files);
  prof_hash_index_clear (&hashes->index);
  pthread_mutex_destroy (&hashes->lock);
}

static bool
is_path (const void *table, uint32_t row, const void *key)
{
  return strcmp (((const ProfMappingHashes *)table)->files.items[row].path, key) == 0;
}

static bool
is_same_file (const struct stat *a, const struct stat *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size
         && a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* An ELF file; of any other, nothing is told. */
static int
read_file (ProfHashedFile *file)
{
  cleanup (prof_module_unref) ProfModule *module = calloc (1, sizeof *module);
  if (module == NULL)
    return -ENOMEM;
  module->n_refs = 1;
  module->kind = PROF_MODULE_FILE;
  module->fd = open (file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (module->fd < 0)
    return 0;
  int r = prof_module_read_elf (module);
  if (r == 0)
    r = prof_file_hash_make (module->fd, file->hash);
  if (r < 0)
    file->hash[0] = '\0';
  free (file->build_id);
  file->build_id = steal (&module->build_id);
  return r == -ENOMEM ? r : 0;
}

/* 0 with NULL: there is no such file. */
static int
find_file (ProfMappingHashes *hashes, const char *path, const ProfHashedFile **ret)
{
  struct stat status;
  *ret = NULL;
  if (stat (path, &status) < 0 || !S_ISREG (status.st_mode))
    return 0;
  uint64_t hash = prof_hash_bytes (0, path, strlen (path));
  uint32_t row = prof_hash_index_find (&hashes->index, hash, is_path, hashes, path);
  if (row == PROF_HASH_INDEX_NONE) {
    if (hashes->files.n == MAX_FILES)
      forget_all (hashes);
    row = (uint32_t)hashes->files.n;
    ProfHashedFile file = { .path = strdup (path) };
    if (file.path == NULL || prof_vec_push (&hashes->files, file) < 0) {
      free (file.path);
      return -ENOMEM;
    }
    if (prof_hash_index_add (&hashes->index, hash, row) < 0)
      return -ENOMEM;
  }
  ProfHashedFile *file = &hashes->files.items[row];
  *ret = file;
  if (is_same_file (&file->status, &status))
    return 0;
  file->status = status;
  return read_file (file);
}

static int64_t
get_change_ns (const ProfHashedFile *file)
{
  return (int64_t)file->status.st_ctim.tv_sec * 1000000000 + file->status.st_ctim.tv_nsec;
}

static bool
is_what_was_profiled (const ProfHashedFile *file, const ProfProfile *profile, const char *build_id)
{
  if (*build_id != '\0')
    return file->build_id != NULL && strcmp (file->build_id, build_id) == 0;
  return file->build_id == NULL && get_change_ns (file) < prof_profile_get_time_ns (profile);
}

static int
add_hash (ProfMappingHashes *hashes,
          const ProfProfile *profile,
          const ProfMapping *mapping,
          char ret[PROF_FILE_HASH_SIZE])
{
  const char *path = prof_profile_get_string (profile, mapping->filename);
  const ProfHashedFile *file = NULL;
  int r = *path == '/' ? find_file (hashes, path, &file) : 0;
  if (r == 0 && file != NULL
      && is_what_was_profiled (file, profile, prof_profile_get_string (profile, mapping->build_id)))
    memcpy (ret, file->hash, PROF_FILE_HASH_SIZE);
  return r;
}

const char **
prof_mapping_hashes_get (ProfMappingHashes *hashes, const ProfProfile *profile)
{
  size_t n;
  const ProfMapping *mappings = prof_profile_get_mappings (profile, &n);
  const char **pointers = calloc (n, sizeof *pointers + PROF_FILE_HASH_SIZE);
  if (pointers == NULL)
    return NULL;
  char (*texts)[PROF_FILE_HASH_SIZE] = (char (*)[PROF_FILE_HASH_SIZE]) (pointers + n);
  int r = 0;
  pthread_mutex_lock (&hashes->lock);
  for (size_t i = 1; i < n && r == 0; i++) {
    r = add_hash (hashes, profile, &mappings[i], texts[i]);
    pointers[i] = texts[i][0] != '\0' ? texts[i] : NULL;
  }
  pthread_mutex_unlock (&hashes->lock);
  if (r == 0)
    return pointers;
  free (pointers);
  return NULL;
}
