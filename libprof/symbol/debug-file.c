/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/debug-file.h"

#include <elfutils/libdwelf.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <zlib.h>

#include "base/cleanup.h"
#include "symbol/elf-section.h"
#include "symbol/open-file.h"

/* A build ID is a checksum of 20 bytes, or whatever the linker was told. */
enum { MIN_ID_BYTES = 2, MAX_ID_BYTES = 64 };

typedef struct {
  const ProfModule *module;
  const char *directory;
  const uint8_t *id; /* that the file must have; NULL: it must have the checksum */
  size_t n_id_bytes;
  uint32_t crc;
  ProfDebugFile *ret;
} Search;

static bool
has_id (Elf *elf, const uint8_t *id, size_t n_bytes)
{
  const void *found;
  ssize_t n_found = dwelf_elf_gnu_build_id (elf, &found);
  return n_found > 0 && (size_t)n_found == n_bytes && memcmp (found, id, n_bytes) == 0;
}

static bool
has_crc (int fd, uint32_t expected)
{
  uint8_t bytes[16384];
  uLong crc = crc32 (0, NULL, 0);
  ssize_t n;
  for (off_t offset = 0; (n = pread (fd, bytes, sizeof bytes, offset)) > 0; offset += n)
    crc = crc32 (crc, bytes, (uInt)n);
  return n == 0 && crc == expected;
}

/* A program may have a link with its own name. */
static bool
is_module (const ProfModule *module, int fd)
{
  struct stat a, b;
  return module->fd >= 0 && fstat (module->fd, &a) == 0 && fstat (fd, &b) == 0
         && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static int
try_file (const Search *search, pid_t root_of, const char *path)
{
  cleanup (prof_close) int fd = prof_open_file (root_of, path);
  if (fd < 0 || is_module (search->module, fd))
    return -ENOENT;
  Elf *elf = elf_begin (fd, ELF_C_READ, NULL);
  if (elf == NULL || elf_kind (elf) != ELF_K_ELF
      || !(search->id != NULL ? has_id (elf, search->id, search->n_id_bytes)
                              : has_crc (fd, search->crc))) {
    elf_end (elf);
    return -ENOENT;
  }
  char *kept = strdup (path);
  if (kept == NULL) {
    elf_end (elf);
    return -ENOMEM;
  }
  *search->ret = (ProfDebugFile){ elf, prof_steal_fd (&fd), kept };
  return 0;
}

/* `path` is what snprintf made of it, `n` what it returned. */
static int
try_path (const Search *search, const char path[PATH_MAX], int n)
{
  if (n < 0 || n >= PATH_MAX)
    return -ENOENT;
  int r = search->module->pid > 0 ? try_file (search, search->module->pid, path) : -ENOENT;
  return r == -ENOENT ? try_file (search, 0, path) : r;
}

static int
try_build_id (const Search *search)
{
  char hex[2 * MAX_ID_BYTES + 1], path[PATH_MAX];
  if (search->id == NULL || search->n_id_bytes < MIN_ID_BYTES || search->n_id_bytes > MAX_ID_BYTES)
    return -ENOENT;
  for (size_t i = 0; i < search->n_id_bytes; i++)
    snprintf (hex + 2 * i, 3, "%02x", search->id[i]);
  int n
      = snprintf (path, sizeof path, "%s/.build-id/%.2s/%s.debug", search->directory, hex, hex + 2);
  return try_path (search, path, n);
}

static int
try_link (const Search *search, const char *name)
{
  const char *module_path = search->module->path, *slash = strrchr (module_path, '/');
  if (slash == NULL || name[0] == '\0' || strchr (name, '/') != NULL)
    return -ENOENT;
  char path[PATH_MAX];
  int n_directory = (int)(slash - module_path);
  int n = snprintf (path, sizeof path, "%.*s/%s", n_directory, module_path, name);
  int r = try_path (search, path, n);
  if (r == -ENOENT) {
    n = snprintf (path, sizeof path, "%.*s/.debug/%s", n_directory, module_path, name);
    r = try_path (search, path, n);
  }
  if (r == -ENOENT) {
    n = snprintf (path, sizeof path, "%s%.*s/%s", search->directory, n_directory, module_path,
                  name);
    r = try_path (search, path, n);
  }
  return r;
}

int
prof_debug_file_find (const ProfModule *module, Elf *elf, const char *directory, ProfDebugFile *ret)
{
  const void *id;
  GElf_Word crc = 0;
  ssize_t n_id_bytes = dwelf_elf_gnu_build_id (elf, &id);
  const char *name = dwelf_elf_gnu_debuglink (elf, &crc);
  Search search = { module, directory, NULL, 0, crc, ret };
  if (n_id_bytes > 0) {
    search.id = id;
    search.n_id_bytes = (size_t)n_id_bytes;
  }
  int r = try_build_id (&search);
  return r == -ENOENT && name != NULL ? try_link (&search, name) : r;
}

int
prof_debug_file_find_alt (
    const ProfModule *module, Elf *elf, const char *path, const char *directory, ProfDebugFile *ret)
{
  GElf_Shdr header;
  Elf_Scn *section = prof_elf_find_section (elf, ".gnu_debugaltlink", &header);
  const Elf_Data *link = section != NULL ? elf_getdata (section, NULL) : NULL;
  const char *name = link != NULL ? link->d_buf : NULL;
  const char *nul = name != NULL ? memchr (name, '\0', link->d_size) : NULL;
  if (nul == NULL || nul == name)
    return -ENOENT;
  Search search = { module, directory, (const uint8_t *)nul + 1, 0, 0, ret };
  search.n_id_bytes = link->d_size - (size_t)(nul + 1 - name);
  int r = try_build_id (&search);
  if (r != -ENOENT || name[0] == '/')
    return r == -ENOENT ? try_path (&search, name, (int)strnlen (name, PATH_MAX)) : r;
  const char *slash = strrchr (path, '/');
  char joined[PATH_MAX];
  int n = snprintf (joined, sizeof joined, "%.*s/%s", slash != NULL ? (int)(slash - path) : 0, path,
                    name);
  return try_path (&search, joined, n);
}

void
prof_debug_file_finish (ProfDebugFile *file)
{
  if (file->elf == NULL)
    return;
  elf_end (file->elf);
  close (file->fd);
  free (file->path);
  *file = (ProfDebugFile){ 0 };
}
