/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "capture/helper-channel.h"
#include "elf/address-space.h"

/* Adds the code that a text of /proc/PID/maps names. 0 or -ENOMEM. */
int prof_process_maps_parse (ProfAddressSpace *space, const char *text, size_t n_bytes);

/* Adds what the process has mapped now. -ESRCH, -EACCES: it is gone or closed to us; -ENOMEM. */
int prof_process_maps_read (ProfAddressSpace *space);
/* The same; what is closed to us the helper reads. NULL: there is none. */
int prof_process_maps_read_with (ProfAddressSpace *space, ProfHelperChannel *helper);

/* Makes the space what the process has mapped now; *ret_changed: it was different. A process that
 * is gone, closed to us or another program by now (nothing is where it was) keeps what is known. 0
 * or -ENOMEM. */
int prof_process_maps_refresh (ProfAddressSpace *space, bool *ret_changed);
