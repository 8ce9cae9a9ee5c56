/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A section's bytes and the address it is linked at. */
typedef struct {
  const uint8_t *bytes;
  size_t n_bytes;
  uint64_t vaddr;
} ProfSection;

/* Whether libdw may be given this .eh_frame and .eh_frame_hdr (no bytes: there is none) of a 64-bit
 * little-endian file. libdw 0.188 reads past the end of some truncated instructions, believes the
 * search table's pointers, and makes a row as long as the largest register number, 2 GiB at most;
 * so: every entry is whole, every operand is inside its entry, registers and remembered rows are
 * few, and every pointer of the search table leads to an FDE. */
bool prof_cfi_is_sound (const ProfSection *eh_frame, const ProfSection *eh_frame_hdr);
