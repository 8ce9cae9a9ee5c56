/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/hash-index.h"
#include "base/vec.h"

/* A place in code that is the same in every process: a module and an address in its terms (file
 * offset for files, run-time address for the kernel and anonymous code). */
typedef struct {
  uint64_t address;
  uint32_t module; /* id in the module cache */
} ProfFrame;

/* Numbers frames. Zero-initialized is empty. */
typedef struct {
  PROF_VEC (ProfFrame) frames;
  ProfHashIndex index;
  size_t max_frames; /* 0: as many as 31 bits can count */
} ProfFrameTable;

/* The number of a frame in *ret. 0, -ENOMEM, -ENOSPC. */
int prof_frame_table_add (ProfFrameTable *table, uint32_t module, uint64_t address, uint32_t *ret);
void prof_frame_table_finish (ProfFrameTable *table);
/* Forgets all frames and keeps the memory. */
void prof_frame_table_reset (ProfFrameTable *table);
