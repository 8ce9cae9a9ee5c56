/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/stack-session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/cleanup.h"

static size_t
list_stack_ends (const ProfStackTables *tables, ProfSessionStackEnd *ends)
{
  size_t n_ends = 0;
  for (size_t module = 0; module < tables->stack_ends.n; module++)
    for (unsigned end = 0; end < PROF_STACK_N_ENDS; end++) {
      uint64_t n_stacks = tables->stack_ends.items[module].n_stacks[end];
      if (n_stacks > 0)
        ends[n_ends++] = (ProfSessionStackEnd){ tables->modules.items[module]->path,
                                                prof_stack_end_get_name (end), n_stacks };
    }
  return n_ends;
}

int
prof_session_notes_begin (ProfSessionNotes *notes,
                          const ProfSession *session,
                          uint64_t n_without_span)
{
  int r = 0;
  for (size_t i = 0; i < session->n_notes && r >= 0; i++)
    r = prof_session_notes_add (notes, "%s", session->notes[i]);
  if (r < 0 || n_without_span == 0)
    return r;
  return prof_session_notes_add (notes,
                                 "%" PRIu64 " samples are without their span: threads changed "
                                 "spans too often, or there were more spans than are kept",
                                 n_without_span);
}

void
prof_session_set_notes (ProfSession *session, const ProfSessionNotes *notes)
{
  session->notes = prof_session_notes_get (notes);
  session->n_notes = notes->n;
}

int
prof_profile_add_stack_session (ProfProfile *profile,
                                const ProfStackTables *tables,
                                const ProfSession *session)
{
  size_t n_max = tables->stack_ends.n * PROF_STACK_N_ENDS;
  cleanup (prof_free) ProfSessionStackEnd *ends = calloc (n_max + 1, sizeof *ends);
  if (ends == NULL)
    return -ENOMEM;
  ProfSession whole = *session;
  whole.n_stack_ends = list_stack_ends (tables, ends);
  whole.stack_ends = ends;
  prof_profile_set_time (profile, (int64_t)whole.start_ns, (int64_t)whole.duration_ns);
  return prof_profile_add_session (profile, &whole);
}
