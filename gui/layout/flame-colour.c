/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-colour.h"

#include <math.h>

static PyroFlameColour
from_hsl (double hue, double saturation, double lightness)
{
  double chroma = (1 - fabs (2 * lightness - 1)) * saturation;
  double sector = hue / 60, x = chroma * (1 - fabs (fmod (sector, 2) - 1));
  double low = lightness - chroma / 2;
  double channels[6][3] = { { chroma, x, 0 }, { x, chroma, 0 }, { 0, chroma, x },
                            { 0, x, chroma }, { x, 0, chroma }, { chroma, 0, x } };
  const double *channel = channels[(int)sector % 6];
  return (PyroFlameColour){ (float)(channel[0] + low), (float)(channel[1] + low),
                            (float)(channel[2] + low) };
}

static double
get_luminance (PyroFlameColour colour)
{
  double channels[3] = { colour.red, colour.green, colour.blue };
  for (int i = 0; i < 3; i++)
    channels[i]
        = channels[i] <= 0.04045 ? channels[i] / 12.92 : pow ((channels[i] + 0.055) / 1.055, 2.4);
  return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2];
}

double
pyro_flame_colour_get_contrast (PyroFlameColour a, PyroFlameColour b)
{
  double x = get_luminance (a), y = get_luminance (b);
  return (fmax (x, y) + 0.05) / (fmin (x, y) + 0.05);
}

static PyroFlameColour
mix (PyroFlameColour a, PyroFlameColour b, float part_of_b)
{
  return (PyroFlameColour){ a.red + (b.red - a.red) * part_of_b,
                            a.green + (b.green - a.green) * part_of_b,
                            a.blue + (b.blue - a.blue) * part_of_b };
}

/* Of a luminance of 0.179 both are as good: sqrt (21) = 4.58. */
PyroFlameColour
pyro_flame_colour_text (PyroFlameColour ground)
{
  return get_luminance (ground) > 0.179 ? (PyroFlameColour){ 0, 0, 0 }
                                        : (PyroFlameColour){ 1, 1, 1 };
}

PyroFlameColour
pyro_flame_colour_ground (PyroFlameTheme theme)
{
  return theme == PYRO_FLAME_THEME_DARK ? (PyroFlameColour){ 0.118f, 0.118f, 0.118f }
                                        : (PyroFlameColour){ 1, 1, 1 };
}

PyroFlameColour
pyro_flame_colour_neutral (PyroFlameTheme theme)
{
  return theme == PYRO_FLAME_THEME_DARK ? (PyroFlameColour){ 0.29f, 0.29f, 0.30f }
                                        : (PyroFlameColour){ 0.82f, 0.82f, 0.83f };
}

PyroFlameColour
pyro_flame_colour_function (const PyroFlameFunction *function, PyroFlameTheme theme)
{
  unsigned variation = function->hash;
  double shade = variation / 64 % 12 / 100.0;
  bool is_dark = theme == PYRO_FLAME_THEME_DARK;
  if (function->kind == PYRO_FLAME_KIND_KERNEL)
    return from_hsl (195 + variation % 30, is_dark ? 0.40 : 0.55, (is_dark ? 0.52 : 0.68) + shade);
  return from_hsl (15 + variation % 40, is_dark ? 0.58 : 0.85, (is_dark ? 0.50 : 0.62) + shade);
}

PyroFlameColour
pyro_flame_colour_module (const PyroFlameFunction *function, PyroFlameTheme theme)
{
  /* After Okabe and Ito. */
  static const double hues[8] = { 41, 202, 164, 56, 211, 26, 327, 285 };
  unsigned shade = function->module_hash / 8 % 3;
  bool is_dark = theme == PYRO_FLAME_THEME_DARK;
  return from_hsl (hues[function->module_hash % 8], is_dark ? 0.42 : 0.62,
                   (is_dark ? 0.50 : 0.72) + shade * 0.06);
}

PyroFlameColour
pyro_flame_colour_kind (PyroFlameKind kind, PyroFlameTheme theme)
{
  bool is_dark = theme == PYRO_FLAME_THEME_DARK;
  switch (kind) {
  case PYRO_FLAME_KIND_PROGRAM:
    return from_hsl (36, is_dark ? 0.60 : 0.90, is_dark ? 0.55 : 0.66);
  case PYRO_FLAME_KIND_LIBRARY:
    return from_hsl (164, is_dark ? 0.30 : 0.45, is_dark ? 0.48 : 0.74);
  case PYRO_FLAME_KIND_KERNEL:
    return from_hsl (205, is_dark ? 0.50 : 0.75, is_dark ? 0.58 : 0.74);
  case PYRO_FLAME_KIND_UNKNOWN:
    break;
  }
  return pyro_flame_colour_neutral (theme);
}

PyroFlameColour
pyro_flame_colour_difference (double change, PyroFlameTheme theme)
{
  bool is_dark = theme == PYRO_FLAME_THEME_DARK;
  double strength = fmin (fabs (change), 1);
  PyroFlameColour full = change > 0 ? from_hsl (5, is_dark ? 0.68 : 0.90, is_dark ? 0.58 : 0.66)
                                    : from_hsl (213, is_dark ? 0.70 : 0.85, is_dark ? 0.55 : 0.64);
  /* Small changes are still to be seen. */
  return mix (pyro_flame_colour_neutral (theme), full, (float)sqrt (strength));
}

PyroFlameColour
pyro_flame_colour_match (PyroFlameTheme theme)
{
  return theme == PYRO_FLAME_THEME_DARK ? from_hsl (295, 0.75, 0.68) : from_hsl (295, 0.85, 0.76);
}

PyroFlameColour
pyro_flame_colour_fade (PyroFlameColour colour, PyroFlameTheme theme)
{
  return mix (colour, pyro_flame_colour_ground (theme), 0.62f);
}
