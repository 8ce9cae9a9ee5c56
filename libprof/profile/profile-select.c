/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/profile.h>

#include "base/error.h"
#include "profile/filter-run.h"
#include "profile/stack-rank.h"

/* A filter whose result shares all it can with the profile: its samples and their values are its
 * own, and where hide or show_from change stacks, these and the locations too. */

typedef enum { NOT_SEEN, LEFT_OUT, TAKEN } Fate;

/* What becomes of a stack of the profile; each is looked at once. */
typedef struct {
  Fate fate;
  uint32_t first_location, n_locations; /* in the selection */
} Stack;

typedef struct {
  ProfFilterRun run;
  ProfProfile *selection;
  bool cuts_stacks;
  uint32_t *changed; /* by location: the row that has what is left of its lines; 0: not made yet */
  ProfRank rank;     /* of stacks */
  Stack *stacks;
} Select;

/* ---- sharing ---- */

#define borrow(vec) ((vec)->n_allocated = 0)
#define disown(vec) ((vec)->items = NULL, (vec)->n = (vec)->n_allocated = 0)

static void
share_strings (ProfStringTable *strings)
{
  borrow (&strings->bytes);
  borrow (&strings->starts);
  strings->index = (ProfHashIndex){ 0 };
  strings->n_indexed = 0;
}

static void
forget_indexes (ProfProfile *selection)
{
  const ProfRowIndex none = { 0 };
  selection->mapping_index = selection->function_index = selection->location_index = none;
  selection->stack_index = selection->module_index = selection->sample_index = none;
  selection->comment_index = selection->unknown_field_index = none;
}

static void
share (ProfProfile *selection, ProfProfile *profile)
{
  *selection = *profile;
  selection->n_refs = 1;
  selection->shared = prof_profile_ref (profile);
  share_strings (&selection->strings);
  forget_indexes (selection);
  disown (&selection->samples);
  disown (&selection->values);
  disown (&selection->unknown_fields);
  disown (&selection->unknown_bytes);
  borrow (&selection->value_types);
  borrow (&selection->stacks);
  borrow (&selection->labels);
  borrow (&selection->locations);
  borrow (&selection->lines);
  borrow (&selection->functions);
  borrow (&selection->mappings);
  borrow (&selection->comments);
  borrow (&selection->sessions);
  borrow (&selection->session_bytes);
}

/* Locations keep their rows; those that lose lines come after them. */
static int
copy_stack_tables (Select *select)
{
  const ProfProfile *profile = select->run.profile;
  ProfProfile *selection = select->selection;
  disown (&selection->stacks);
  disown (&selection->locations);
  disown (&selection->lines);
  select->changed = calloc (profile->locations.n, sizeof *select->changed);
  if (select->changed == NULL
      || prof_vec_append (&selection->locations, profile->locations.items, profile->locations.n) < 0
      || prof_vec_append (&selection->lines, profile->lines.items, profile->lines.n) < 0)
    return -ENOMEM;
  return 0;
}

/* ---- stacks that change ---- */

static int
change_location (Select *select, uint32_t row)
{
  ProfProfile *selection = select->selection;
  const ProfProfile *profile = select->run.profile;
  ProfLocation location = profile->locations.items[row];
  int verdict = prof_filter_run_judge_lines (&select->run, &location);
  if (verdict < 0)
    return verdict;
  location.first_line = (uint32_t)selection->lines.n;
  location.n_lines = (uint32_t)select->run.lines.n;
  if (location.n_lines > UINT32_MAX - selection->lines.n || selection->locations.n >= INT32_MAX)
    return -EOVERFLOW;
  prof_vec_foreach (line, &select->run.lines)
    if (prof_vec_push (&selection->lines, profile->lines.items[*line]) < 0)
      return -ENOMEM;
  if (prof_vec_push (&selection->locations, location) < 0)
    return -ENOMEM;
  select->changed[row] = (uint32_t)selection->locations.n - 1;
  return 0;
}

/* Into *ret: the row that a location has in the selection, and nothing if it is hidden. */
static int
map_location (Select *select, uint32_t row, uint32_t **ret)
{
  uint8_t verdict = select->run.verdicts[row];
  if (verdict & PROF_FILTER_HIDDEN)
    return 0;
  if (verdict & PROF_FILTER_CHANGED) {
    int r = select->changed[row] == 0 ? change_location (select, row) : 0;
    if (r < 0)
      return r;
    row = select->changed[row];
  }
  *(*ret)++ = row;
  return 0;
}

/* Replaces the stack by what is left of it. */
static int
cut (Select *select, Stack *stack, const ProfSample *sample)
{
  const uint32_t *rows = select->run.profile->stacks.items + sample->first_location;
  uint32_t n = prof_filter_run_count_shown (&select->run, sample);
  ProfProfile *selection = select->selection;
  size_t first = selection->stacks.n;
  if (n > UINT32_MAX - first)
    return -EOVERFLOW;
  if (prof_vec_reserve (&selection->stacks, n) < 0)
    return -ENOMEM;
  uint32_t *end = selection->stacks.items + first;
  for (uint32_t i = 0; i < n; i++) {
    int r = map_location (select, rows[i], &end);
    if (r < 0)
      return r;
  }
  selection->stacks.n = (size_t)(end - selection->stacks.items);
  stack->first_location = (uint32_t)first;
  stack->n_locations = (uint32_t)(selection->stacks.n - first);
  return 0;
}

static int
look_at_stack (Select *select, Stack *stack, const ProfSample *sample)
{
  stack->fate = LEFT_OUT;
  if (!prof_filter_run_wants_stack (&select->run, sample))
    return 0;
  stack->first_location = sample->first_location;
  stack->n_locations = sample->n_locations;
  if (select->cuts_stacks) {
    int r = cut (select, stack, sample);
    if (r < 0)
      return r;
  }
  bool was_empty = sample->n_locations == 0 && !select->run.show_from.is_set;
  if (stack->n_locations > 0 || was_empty)
    stack->fate = TAKEN;
  return 0;
}

/* ---- samples ---- */

static int
push_sample (Select *select, size_t row, const Stack *stack)
{
  const ProfProfile *profile = select->run.profile;
  ProfSample sample = profile->samples.items[row];
  size_t n_values = profile->value_types.n;
  sample.first_location = stack->first_location;
  sample.n_locations = stack->n_locations;
  if (prof_vec_push (&select->selection->samples, sample) < 0)
    return -ENOMEM;
  return prof_vec_append (&select->selection->values, profile->values.items + row * n_values,
                          n_values);
}

static int
take_sample (Select *select, size_t row)
{
  const ProfSample *sample = &select->run.profile->samples.items[row];
  int r = prof_filter_run_wants_sample (&select->run, sample);
  if (r <= 0)
    return r;
  Stack *stack = &select->stacks[prof_stack_rank_of (&select->rank, sample)];
  if (stack->fate == NOT_SEEN) {
    r = look_at_stack (select, stack, sample);
    if (r < 0)
      return r;
  }
  return stack->fate == TAKEN ? push_sample (select, row, stack) : 0;
}

/* What stays unused is not paid for. */
static int
reserve_samples (Select *select)
{
  const ProfProfile *profile = select->run.profile;
  int r = prof_vec_reserve (&select->selection->samples, profile->samples.n);
  return r < 0 ? r : prof_vec_reserve (&select->selection->values, profile->values.n);
}

static int
take_all (Select *select)
{
  size_t n_stacks;
  int r = prof_stack_rank_init (&select->rank, select->run.profile, &n_stacks);
  if (r < 0)
    return r;
  select->cuts_stacks = select->run.hide.is_set || select->run.show_from.is_set;
  select->stacks = calloc (n_stacks, sizeof *select->stacks);
  r = select->stacks == NULL ? -ENOMEM : 0;
  if (r == 0 && select->cuts_stacks)
    r = copy_stack_tables (select);
  if (r == 0)
    r = reserve_samples (select);
  for (size_t row = 0; r == 0 && row < select->run.profile->samples.n; row++)
    r = take_sample (select, row);
  free (select->changed);
  free (select->stacks);
  prof_rank_finish (&select->rank);
  return r;
}

int
prof_profile_select (ProfProfile *profile,
                     const ProfFilter *filter,
                     ProfProfile **ret,
                     ProfError *reterr)
{
  if (profile == NULL || filter == NULL || ret == NULL)
    return prof_error_set (reterr, -EINVAL, "prof_profile_select: NULL argument.");
  Select work = { 0 };
  cleanup (prof_profile_unref) ProfProfile *selection = NULL;
  int r = prof_filter_run_init (&work.run, profile, filter, reterr);
  if (r == 0) {
    selection = work.selection = calloc (1, sizeof *selection);
    if (selection == NULL)
      r = -ENOMEM;
    else
      share (selection, profile);
    if (r == 0)
      r = take_all (&work);
    if (r < 0)
      prof_error_set (reterr, r, "Can't filter the profile: %s.", strerror (-r));
  }
  prof_filter_run_finish (&work.run);
  if (r == 0)
    *ret = steal (&selection);
  return r;
}
