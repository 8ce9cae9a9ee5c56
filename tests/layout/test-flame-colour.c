/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-profile.h"

#include <math.h>
#include <stdio.h>

#include "layout/flame-colour.h"

static const PyroFlameTheme themes[] = { PYRO_FLAME_THEME_LIGHT, PYRO_FLAME_THEME_DARK };

static void
check_contrast (PyroFlameColour colour, PyroFlameTheme theme)
{
  PyroFlameColour pale = pyro_flame_colour_fade (colour, theme);
  double plain = pyro_flame_colour_get_contrast (colour, pyro_flame_colour_text (colour));
  double faded = pyro_flame_colour_get_contrast (pale, pyro_flame_colour_text (pale));
  if (plain < 4.5 || faded < 4.5)
    fail_msg ("theme %d: %.2f %.2f %.2f has a contrast of %.2f, faded %.2f", theme, colour.red,
              colour.green, colour.blue, plain, faded);
}

static void
test_text_can_be_read (void **state)
{
  (void)state;
  for (int i = 0; i < 2; i++)
    for (uint32_t hash = 0; hash < 30 * 64 * 12; hash++) {
      PyroFlameFunction function = { .hash = hash, .module_hash = hash };
      check_contrast (pyro_flame_colour_function (&function, themes[i]), themes[i]);
      function.kind = PYRO_FLAME_KIND_KERNEL;
      check_contrast (pyro_flame_colour_function (&function, themes[i]), themes[i]);
      if (hash < 24)
        check_contrast (pyro_flame_colour_module (&function, themes[i]), themes[i]);
    }
}

static void
test_text_can_be_read_on_the_rest (void **state)
{
  (void)state;
  for (int i = 0; i < 2; i++) {
    for (int change = -100; change <= 100; change++)
      check_contrast (pyro_flame_colour_difference (change / 100.0, themes[i]), themes[i]);
    for (int kind = 0; kind <= PYRO_FLAME_KIND_UNKNOWN; kind++)
      check_contrast (pyro_flame_colour_kind ((PyroFlameKind)kind, themes[i]), themes[i]);
    check_contrast (pyro_flame_colour_match (themes[i]), themes[i]);
    check_contrast (pyro_flame_colour_neutral (themes[i]), themes[i]);
    check_contrast (pyro_flame_colour_ground (themes[i]), themes[i]);
  }
}

/* What two colours are apart for someone without red cones (Viénot, Brettel and Mollon 1999, in
 * linear light, 0…1 for each channel). */
static double
get_distance_for_protanopes (PyroFlameColour a, PyroFlameColour b)
{
  double difference[3]
      = { pow (a.red, 2.2) - pow (b.red, 2.2), pow (a.green, 2.2) - pow (b.green, 2.2),
          pow (a.blue, 2.2) - pow (b.blue, 2.2) };
  double yellow = 0.11238 * difference[0] + 0.88762 * difference[1];
  double blue = 0.00401 * difference[0] - 0.00401 * difference[1] + difference[2];
  return fmax (fabs (yellow), fabs (blue));
}

static void
test_differences_do_not_need_red_cones (void **state)
{
  (void)state;
  for (int i = 0; i < 2; i++) {
    PyroFlameColour more = pyro_flame_colour_difference (1, themes[i]);
    PyroFlameColour less = pyro_flame_colour_difference (-1, themes[i]);
    PyroFlameColour same = pyro_flame_colour_difference (0, themes[i]);
    assert_true (get_distance_for_protanopes (more, less) > 0.15);
    assert_true (get_distance_for_protanopes (same, less) > 0.05);
    assert_true (get_distance_for_protanopes (same, more) > 0.03);
  }
}

static void
test_contrast_is_that_of_wcag (void **state)
{
  (void)state;
  PyroFlameColour black = { 0, 0, 0 }, white = { 1, 1, 1 }, grey = { 0.4667f, 0.4667f, 0.4667f };
  assert_float_equal (pyro_flame_colour_get_contrast (black, white), 21, 0.01);
  assert_float_equal (pyro_flame_colour_get_contrast (white, grey), 4.48, 0.01);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_text_can_be_read),
    cmocka_unit_test (test_text_can_be_read_on_the_rest),
    cmocka_unit_test (test_differences_do_not_need_red_cones),
    cmocka_unit_test (test_contrast_is_that_of_wcag),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
