/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/hash-index.h"
#include "base/vec.h"

/* A file (or the kernel, or the vDSO, or a process's JIT code) that holds code. Immutable once
 * made, but for the cache's own fields: any thread may read it while it holds a reference. */
typedef enum {
  PROF_MODULE_FILE,
  PROF_MODULE_VDSO,
  PROF_MODULE_KERNEL,    /* addresses are the kernel's own */
  PROF_MODULE_ANONYMOUS, /* executable memory without a file: addresses are the process's own */
} ProfModuleKind;

typedef struct {
  uint64_t offset, vaddr, n_file_bytes; /* PT_LOAD */
  bool is_executable;
} ProfSegment;

typedef struct ProfModule {
  unsigned n_refs; /* atomic */
  ProfModuleKind kind;
  uint32_t id; /* dense, from 0, in its cache */
  pid_t pid;   /* ANONYMOUS: whose; FILE: the process it was first seen in */
  char *path;  /* as the process names it; "[vdso]", "[kernel]", "[anon]" */
  uint32_t device_major, device_minor; /* FILE: what the mapping said; 0: not known */
  uint64_t inode;
  int fd;           /* the open file, read with pread; -1: could not be opened */
  int open_errno;   /* why */
  bool was_deleted; /* before it was opened */
  uint8_t *image;   /* VDSO: its bytes */
  size_t n_image_bytes;
  char *build_id;   /* hex; NULL: none */
  uint16_t machine; /* EM_*; 0: not an ELF file */
  uint64_t entry;   /* where a program begins; 0: nowhere, or not 64-bit */
  PROF_VEC (ProfSegment) segments;
  uint64_t map_start, map_limit, map_offset; /* the first mapping it was seen at, for pprof */
} ProfModule;

ProfModule *prof_module_ref (ProfModule *module);   /* any thread */
ProfModule *prof_module_unref (ProfModule *module); /* any thread; returns NULL */

/* Reads the ELF header, program headers and build ID of the module's file or image; for tests and
 * fuzzing too. Every offset is checked. -EBADMSG: not an ELF file that can be used. */
int prof_module_read_elf (ProfModule *module);

/* File offset to the ELF file's own address, by its PT_LOADs. False if no segment has it. */
bool prof_module_offset_to_vaddr (const ProfModule *module, uint64_t offset, uint64_t *ret_vaddr);

/* Reads n bytes of the file or image. False if they are not there. */
bool prof_module_read (const ProfModule *module, uint64_t offset, void *ret, size_t n);

/* A new libelf handle on the file or image, to be used by one thread: descriptors are read with
 * pread and never mapped, because a file may be truncated under us. NULL: errno says why. */
struct Elf;
struct Elf *prof_module_open_elf (const ProfModule *module);

/* ---- the cache: one thread's ---- */

/* What a mapping says of its file; inode 0: nothing but the path is known. */
typedef struct {
  const char *path;
  uint32_t device_major, device_minor;
  uint64_t inode;
  bool is_deleted;
} ProfModuleKey;

typedef struct {
  PROF_VEC (ProfModule *) modules;
  ProfHashIndex index;
  size_t n_open_files;
  size_t max_open_files; /* half of RLIMIT_NOFILE: later files are not opened (EMFILE) */
} ProfModuleCache;

void prof_module_cache_init (ProfModuleCache *cache);
void prof_module_cache_finish (ProfModuleCache *cache);

/* How long the files are that were deleted since they were opened: their place on the disk is not
 * free before they are closed. */
uint64_t prof_module_cache_count_deleted_bytes (const ProfModuleCache *cache);

/* The module of a file mapped by `pid` at [start, limit) from `offset`: opened through
 * /proc/PID/root, /proc/PID/map_files where the file was replaced or deleted, then the path itself.
 * Never fails for the file's sake (then fd is -1): -ENOMEM only. The result is the cache's. */
int prof_module_cache_get_file (ProfModuleCache *cache,
                                pid_t pid,
                                const ProfModuleKey *key,
                                uint64_t start,
                                uint64_t limit,
                                uint64_t offset,
                                ProfModule **ret);
/* This process's own vDSO: it is the same in all 64-bit processes. */
int prof_module_cache_get_vdso (ProfModuleCache *cache, ProfModule **ret);
int prof_module_cache_get_kernel (ProfModuleCache *cache, ProfModule **ret);
int prof_module_cache_get_anonymous (ProfModuleCache *cache, pid_t pid, ProfModule **ret);
