/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/pprof.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/saturate.h"
#include "base/write-all.h"
#include "profile/frame.h"
#include "profile/stack-tree.h"

enum { FLUSH_BYTES = 64 << 10 };

/* Sums by stacks of names: frames of the tree are strings of `names`. */
typedef struct {
  const ProfProfile *profile;
  ProfStringTable names;
  uint32_t *function_names, *location_names; /* of the row; 0: not asked for yet */
  ProfStackTree tree;
  PROF_VEC (int64_t) sums; /* of the node */
  PROF_VEC (uint32_t) stack;
  PROF_VEC (char) text;
} Writer;

static int
init (Writer *writer, const ProfProfile *profile)
{
  *writer = (Writer){ .profile = profile };
  writer->function_names = calloc (profile->functions.n, sizeof *writer->function_names);
  writer->location_names = calloc (profile->locations.n, sizeof *writer->location_names);
  if (writer->function_names == NULL || writer->location_names == NULL)
    return -ENOMEM;
  int r = prof_string_table_init (&writer->names);
  return r < 0 ? r : prof_stack_tree_init (&writer->tree);
}

static void
writer_finish_p (Writer *writer)
{
  prof_string_table_finish (&writer->names);
  prof_stack_tree_finish (&writer->tree);
  free (writer->function_names);
  free (writer->location_names);
  prof_vec_clear (&writer->sums);
  prof_vec_clear (&writer->stack);
  prof_vec_clear (&writer->text);
}

/* What separates frames and lines can't be part of a name. */
static int
intern_name (Writer *writer, const char *bytes, size_t n_bytes, uint32_t *ret)
{
  cleanup (prof_free) char *name = malloc (n_bytes + 1);
  if (name == NULL)
    return -ENOMEM;
  for (size_t i = 0; i < n_bytes; i++)
    name[i] = bytes[i] == ';' ? ':' : (unsigned char)bytes[i] < ' ' ? '?' : bytes[i];
  int string = prof_string_table_intern (&writer->names, name, n_bytes);
  if (string < 0)
    return string;
  *ret = (uint32_t)string;
  return 0;
}

static int
name_address (Writer *writer, const ProfLocation *location, uint32_t *ret)
{
  char name[PROF_FRAME_ADDRESS_SIZE];
  size_t n = prof_frame_name_address (writer->profile, location, name, sizeof name);
  return intern_name (writer, name, n, ret);
}

/* The name of a line of a location. */
static int
name_line (Writer *writer, const ProfLocation *location, uint32_t function, uint32_t *ret)
{
  const ProfStringTable *strings = &writer->profile->strings;
  uint32_t *known = &writer->function_names[function];
  uint32_t name = prof_frame_get_name (writer->profile, function);
  if (name == 0)
    return name_address (writer, location, ret);
  int r = 0;
  if (*known == 0)
    r = intern_name (writer, prof_string_table_get (strings, name),
                     prof_string_table_size (strings, name), known);
  *ret = *known;
  return r;
}

static int
push_lines (Writer *writer, const ProfLocation *location)
{
  const ProfLine *lines = writer->profile->lines.items + location->first_line;
  for (size_t i = 0; i < location->n_lines; i++) {
    uint32_t name;
    int r = name_line (writer, location, lines[i].function, &name);
    if (r == 0)
      r = prof_vec_push (&writer->stack, name);
    if (r < 0)
      return r;
  }
  return 0;
}

static int
push_location (Writer *writer, uint32_t row)
{
  const ProfLocation *location = &writer->profile->locations.items[row];
  uint32_t *known = &writer->location_names[row];
  if (location->n_lines > 0)
    return push_lines (writer, location);
  int r = *known == 0 ? name_address (writer, location, known) : 0;
  return r < 0 ? r : prof_vec_push (&writer->stack, *known);
}

static int
push_no_stack (Writer *writer)
{
  uint32_t name;
  int r = intern_name (writer, "[no stack]", strlen ("[no stack]"), &name);
  return r < 0 ? r : prof_vec_push (&writer->stack, name);
}

/* Adds to the sum of the stack that was pushed. */
static int
add_value (Writer *writer, int64_t value)
{
  uint32_t node;
  int r = prof_stack_tree_add (&writer->tree, writer->stack.items, writer->stack.n, &node);
  while (r == 0 && writer->sums.n < writer->tree.nodes.n)
    r = prof_vec_push (&writer->sums, 0);
  if (r == 0)
    writer->sums.items[node] = prof_add_saturated (writer->sums.items[node], value);
  return r;
}

static int
add_sample (Writer *writer, size_t row, unsigned value_type)
{
  const ProfProfile *profile = writer->profile;
  const ProfSample *sample = &profile->samples.items[row];
  int64_t value = profile->values.items[row * profile->value_types.n + value_type];
  int r = 0;
  if (value == 0)
    return 0;
  writer->stack.n = 0;
  for (size_t i = 0; r == 0 && i < sample->n_locations; i++)
    r = push_location (writer, profile->stacks.items[sample->first_location + i]);
  if (r == 0 && writer->stack.n == 0)
    r = push_no_stack (writer);
  return r < 0 ? r : add_value (writer, value);
}

static int
flush (Writer *writer, int fd)
{
  int r = prof_write_all (fd, writer->text.items, writer->text.n);
  writer->text.n = 0;
  return r;
}

static int
put_frame (Writer *writer, uint32_t name, char separator)
{
  size_t n_bytes = prof_string_table_size (&writer->names, name);
  int r = prof_vec_append (&writer->text, prof_string_table_get (&writer->names, name), n_bytes);
  return r < 0 ? r : prof_vec_push (&writer->text, separator);
}

static int
put_line (Writer *writer, uint32_t node)
{
  char number[32];
  int n_digits = snprintf (number, sizeof number, "%" PRIi64 "\n", writer->sums.items[node]);
  size_t n = prof_stack_tree_get (&writer->tree, node, NULL, 0);
  writer->stack.n = 0;
  if (prof_vec_reserve (&writer->stack, n) < 0)
    return -ENOMEM;
  prof_stack_tree_get (&writer->tree, node, writer->stack.items, n);
  for (size_t i = n; i-- > 0;) {
    int r = put_frame (writer, writer->stack.items[i], i == 0 ? ' ' : ';');
    if (r < 0)
      return r;
  }
  return prof_vec_append (&writer->text, number, (size_t)n_digits);
}

static int
write_profile (Writer *writer, unsigned value_type, int fd)
{
  int r = prof_frame_check_expansion (writer->profile);
  for (size_t i = 0; r == 0 && i < writer->profile->samples.n; i++)
    r = add_sample (writer, i, value_type);
  for (size_t node = 0; r == 0 && node < writer->sums.n; node++) {
    if (writer->sums.items[node] != 0)
      r = put_line (writer, (uint32_t)node);
    if (r == 0 && writer->text.n >= FLUSH_BYTES)
      r = flush (writer, fd);
  }
  return r < 0 ? r : flush (writer, fd);
}

int
prof_collapsed_write (const ProfProfile *profile, unsigned value_type, int fd, ProfError *reterr)
{
  if (profile == NULL)
    return prof_error_set (reterr, -EINVAL, "prof_collapsed_write: profile is NULL.");
  if (value_type >= profile->value_types.n)
    return prof_error_set (reterr, -EINVAL,
                           "Can't write collapsed stacks of sample type %u: the profile has %zu.",
                           value_type, profile->value_types.n);
  cleanup (writer_finish) Writer writer;
  int r = init (&writer, profile);
  if (r == 0)
    r = write_profile (&writer, value_type, fd);
  if (r == -EFBIG)
    return prof_error_set (reterr, r,
                           "Can't write collapsed stacks: the profile has more inlined calls than "
                           "any real one.");
  if (r < 0)
    return prof_error_set (reterr, r, "Can't write collapsed stacks: %s.", strerror (-r));
  return 0;
}
