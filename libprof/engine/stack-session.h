/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/session.h>

#include "engine/stack-tables.h"

/* Adds a session to a profile that is being made, with the ends of the tables' stacks and all else
 * as it is, and gives the profile the session's times. */
int prof_profile_add_stack_session (ProfProfile *profile,
                                    const ProfStackTables *tables,
                                    const ProfSession *session);
