/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>

#include "recording.h"

/* Maps the memory that the environment names. False: it names none, or none that can be mapped. No
 * descriptor stays open. */
bool environment_map (Region *ret);
