/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-profile.h"

#include <stdio.h>

#include "layout/flame-layout.h"

typedef struct {
  PyroFlameTree *tree;
  PyroFlameLayout layout;
} Picture;

static void
lay_out (Picture *picture, double start, double weight, int width)
{
  PyroFlameRange range = { start, weight };
  assert_int_equal (pyro_flame_layout_update (&picture->layout, picture->tree, &range, width), 0);
}

static void
picture_finish (Picture *picture)
{
  pyro_flame_layout_finish (&picture->layout);
  pyro_flame_tree_unref (picture->tree);
}

static void
check_box (const Picture *picture, uint32_t row, uint32_t index, int x, int width, const char *name)
{
  const PyroFlameLayout *layout = &picture->layout;
  assert_true (row < layout->n_rows);
  assert_true (layout->rows[row] + index < layout->rows[row + 1]);
  const PyroFlameBox *box = &layout->boxes[layout->rows[row] + index];
  assert_int_equal (box->x, x);
  assert_int_equal (box->width, width);
  assert_string_equal (pyro_flame_tree_get_function (picture->tree, box->node)->name, name);
}

static void
test_fills_the_width (void **state)
{
  (void)state;
  Picture picture = { make_flame_tree (
      (FlameSample[]){ { "main;work;mix", 50 }, { "main;parse", 30 }, { "idle", 20 }, { 0 } }) };
  lay_out (&picture, 0, 100, 200);
  assert_int_equal (picture.layout.n_rows, 4);
  assert_int_equal (picture.layout.boxes[0].width, 200);
  check_box (&picture, 1, 0, 0, 160, "main");
  check_box (&picture, 1, 1, 160, 40, "idle");
  check_box (&picture, 2, 0, 0, 100, "work");
  check_box (&picture, 2, 1, 100, 60, "parse");
  check_box (&picture, 3, 0, 0, 100, "mix");
  picture_finish (&picture);
}

static void
test_cuts_at_the_edges_of_the_range (void **state)
{
  (void)state;
  Picture picture = { make_flame_tree (
      (FlameSample[]){ { "main;work;mix", 50 }, { "main;parse", 30 }, { "idle", 20 }, { 0 } }) };
  lay_out (&picture, 40, 20, 200);
  assert_int_equal (picture.layout.n_rows, 4);
  check_box (&picture, 1, 0, 0, 200, "main");
  check_box (&picture, 2, 0, 0, 100, "work");
  check_box (&picture, 2, 1, 100, 100, "parse");
  lay_out (&picture, 80, 20, 200);
  assert_int_equal (picture.layout.n_rows, 2);
  check_box (&picture, 1, 0, 0, 200, "idle");
  picture_finish (&picture);
}

/* A hundred narrow siblings share a box. When the range is a fifth of it, they get their own. */
static void
test_merges_what_is_narrow (void **state)
{
  (void)state;
  FlameSample samples[102] = { { "main;wide", 100 } };
  char names[100][16];
  for (int i = 0; i < 100; i++) {
    snprintf (names[i], sizeof names[i], "main;narrow%02d", i);
    samples[1 + i] = (FlameSample){ names[i], 1 };
  }
  Picture picture = { make_flame_tree (samples) };
  lay_out (&picture, 0, 200, 200);
  const PyroFlameLayout *layout = &picture.layout;
  assert_int_equal (layout->rows[3] - layout->rows[2], 2);
  const PyroFlameBox *merged = &layout->boxes[layout->rows[2] + 1];
  assert_int_equal (merged->x, 100);
  assert_int_equal (merged->width, 100);
  assert_int_equal (merged->n_merged, 100);
  PyroFlameRange range = pyro_flame_box_get_range (merged, picture.tree);
  assert_float_equal (range.start, 100, 0);
  assert_float_equal (range.weight, 100, 0);
  lay_out (&picture, 120, 40, 200);
  assert_int_equal (layout->rows[3] - layout->rows[2], 40);
  check_box (&picture, 2, 0, 0, 5, "narrow20");
  check_box (&picture, 2, 39, 195, 5, "narrow59");
  picture_finish (&picture);
}

static void
test_finds_boxes (void **state)
{
  (void)state;
  Picture picture = { make_flame_tree (
      (FlameSample[]){ { "main;work", 50 }, { "main", 25 }, { "idle", 25 }, { 0 } }) };
  lay_out (&picture, 0, 100, 100);
  const PyroFlameLayout *layout = &picture.layout;
  uint32_t work = find_flame_node (picture.tree, "main;work");
  assert_int_equal (pyro_flame_layout_find (layout, 2, 0)->node, work);
  assert_int_equal (pyro_flame_layout_find (layout, 2, 49.9)->node, work);
  assert_null (pyro_flame_layout_find (layout, 2, 50));
  assert_null (pyro_flame_layout_find (layout, 2, -1));
  assert_null (pyro_flame_layout_find (layout, 3, 10));
  assert_int_equal (pyro_flame_layout_find (layout, 1, 99)->node,
                    find_flame_node (picture.tree, "idle"));
  assert_int_equal (pyro_flame_layout_find_node (layout, 2, work)->width, 50);
  assert_null (pyro_flame_layout_find_node (layout, 1, work));
  picture_finish (&picture);
}

static void
test_is_empty_without_width_or_weight (void **state)
{
  (void)state;
  Picture picture = { make_flame_tree ((FlameSample[]){ { "main", 1 }, { 0 } }) };
  lay_out (&picture, 0, 1, 0);
  assert_int_equal (picture.layout.n_rows, 0);
  lay_out (&picture, 0, 0, 100);
  assert_int_equal (picture.layout.n_rows, 0);
  assert_null (pyro_flame_layout_find (&picture.layout, 0, 0));
  picture_finish (&picture);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_fills_the_width),
    cmocka_unit_test (test_cuts_at_the_edges_of_the_range),
    cmocka_unit_test (test_merges_what_is_narrow),
    cmocka_unit_test (test_finds_boxes),
    cmocka_unit_test (test_is_empty_without_width_or_weight),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
