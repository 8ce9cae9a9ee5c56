/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-profile.h"

#include <stdio.h>
#include <string.h>

enum { MAX_FRAMES = 4096 };

static uint32_t
add_mapping (ProfProfile *profile, const char *name)
{
  ProfMapping mapping = { .filename = (uint32_t)prof_profile_add_string (profile, name) };
  int row = prof_profile_add_mapping (profile, &mapping);
  assert_true (row > 0);
  return (uint32_t)row;
}

static ProfLine
add_function (ProfProfile *profile, const char *name)
{
  ProfFunction function = {
    .name = (uint32_t)prof_profile_add_string (profile, name),
    .filename = (uint32_t)prof_profile_add_string (profile, "file.c"),
    .start_line = 1,
  };
  int row = prof_profile_add_function (profile, &function);
  assert_true (row > 0);
  return (ProfLine){ .function = (uint32_t)row, .line = 2 };
}

/* "outer+inner@module" */
static uint32_t
add_location (ProfProfile *profile, char *text, uint64_t address)
{
  char *module = strchr (text, '@');
  if (module != NULL)
    *module++ = '\0';
  char *inlined = strchr (text, '+');
  if (inlined != NULL)
    *inlined++ = '\0';
  ProfLine lines[2];
  size_t n = 0;
  if (inlined != NULL)
    lines[n++] = add_function (profile, inlined);
  lines[n++] = add_function (profile, text);
  ProfLocation location = {
    .mapping = add_mapping (profile, module == NULL ? "/bin/program" : module),
    .address = address,
  };
  int row = prof_profile_add_location (profile, &location, lines, n);
  assert_true (row > 0);
  return (uint32_t)row;
}

static void
add_sample (ProfProfile *profile, const FlameSample *sample)
{
  static uint32_t root_first[MAX_FRAMES], leaf_first[MAX_FRAMES];
  char text[65536];
  snprintf (text, sizeof text, "%s", sample->stack);
  size_t n = 0;
  char *rest = text;
  for (char *frame; n < MAX_FRAMES && (frame = strsep (&rest, ";")) != NULL;)
    if (*frame != '\0')
      root_first[n++] = add_location (profile, frame, 0);
  for (size_t i = 0; i < n; i++)
    leaf_first[i] = root_first[n - 1 - i];
  assert_true (prof_profile_add_sample (profile, leaf_first, n, &sample->value) >= 0);
}

ProfProfile *
make_flame_profile (const FlameSample *samples)
{
  ProfProfile *profile;
  assert_int_equal (prof_profile_new (&profile), 0);
  assert_int_equal (prof_profile_add_value_type (profile, "cpu", "nanoseconds"), 0);
  add_mapping (profile, "/bin/program");
  for (; samples->stack != NULL; samples++)
    add_sample (profile, samples);
  return profile;
}

PyroFlameTree *
make_ordered_flame_tree (const FlameSample *samples, PyroFlameOrder order)
{
  ProfProfile *profile = make_flame_profile (samples);
  PyroFlameShape *shape;
  PyroFlameTree *tree;
  assert_int_equal (pyro_flame_shape_new (profile, &order, &shape), 0);
  assert_int_equal (pyro_flame_tree_new (shape, profile, 0, &tree), 0);
  pyro_flame_shape_unref (shape);
  prof_profile_unref (profile);
  return tree;
}

PyroFlameTree *
make_flame_tree (const FlameSample *samples)
{
  return make_ordered_flame_tree (samples, (PyroFlameOrder){ 0 });
}

uint32_t
find_flame_node (PyroFlameTree *tree, const char *path)
{
  char text[1024];
  snprintf (text, sizeof text, "%s", path);
  uint32_t node = 0;
  char *rest = text;
  for (char *name; (name = strsep (&rest, ";")) != NULL;) {
    node = pyro_flame_tree_find_child (tree, node, name);
    assert_int_not_equal (node, 0);
  }
  return node;
}
