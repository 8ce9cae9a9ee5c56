/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Finds NT_GNU_BUILD_ID among ELF notes and writes it in hex to *ret (to be freed), which stays as
 * it is if there is none. 0 or -ENOMEM. `align`: 4 or 8, of the notes' segment. */
int prof_build_id_find (const uint8_t *notes, size_t n_bytes, size_t align, char **ret);
