/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/profile.h>

/* Adds to a profile that has none yet the sessions of two: one, if each has one; else all of both,
 * as they are. 0, -ENOMEM. */
int prof_join_sessions (ProfProfile *to, const ProfProfile *a, const ProfProfile *b);
