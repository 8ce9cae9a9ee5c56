/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/session.h>

#include "capture/session-notes.h"
#include "engine/stack-tables.h"

/* Starts the notes of a session that is being made: those it has, and one on so many samples that
 * are without their span. 0 or -ENOMEM. */
int prof_session_notes_begin (ProfSessionNotes *notes,
                              const ProfSession *session,
                              uint64_t n_without_span);
/* Lends them to the session. */
void prof_session_set_notes (ProfSession *session, const ProfSessionNotes *notes);

/* Adds a session to a profile that is being made, with the ends of the tables' stacks and all else
 * as it is, and gives the profile the session's times. */
int prof_profile_add_stack_session (ProfProfile *profile,
                                    const ProfStackTables *tables,
                                    const ProfSession *session);
