/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "profile/profile-tables.h"

/* Frames as people see them: each line of a location is one, and so is a location without lines. */

/* The string that names a function; 0 if it has no name. */
uint32_t prof_frame_get_name (const ProfProfile *profile, uint32_t function);

/* Writes the name of a frame whose function has none, "module+0xADDRESS" or "0xADDRESS"; returns
 * its size, which is less than `size`. */
size_t prof_frame_name_address (const ProfProfile *profile,
                                const ProfLocation *location,
                                char *ret,
                                size_t size);

enum { PROF_FRAME_ADDRESS_SIZE = 128 };

/* One location of a file may stand for many frames: hostile input must not make much of little. 0,
 * or -EFBIG: there are more inlined calls than in a real profile. */
int prof_frame_check_expansion (const ProfProfile *profile);
