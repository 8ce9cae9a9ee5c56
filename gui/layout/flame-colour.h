/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "flame-functions.h"

typedef struct {
  float red, green, blue; /* 0…1 */
} PyroFlameColour;

typedef enum {
  PYRO_FLAME_THEME_LIGHT,
  PYRO_FLAME_THEME_DARK,
} PyroFlameTheme;

/* Warm for programs, cold for the kernel, and the same for a function in every graph. */
PyroFlameColour pyro_flame_colour_function (const PyroFlameFunction *function,
                                            PyroFlameTheme theme);
/* One of eight hues that people with colour blindness tell apart, at one of three depths. */
PyroFlameColour pyro_flame_colour_module (const PyroFlameFunction *function, PyroFlameTheme theme);
PyroFlameColour pyro_flame_colour_kind (PyroFlameKind kind, PyroFlameTheme theme);
/* change: -1 (all of it gone) … 1 (all of it new); blue and red, grey between. */
PyroFlameColour pyro_flame_colour_difference (double change, PyroFlameTheme theme);
PyroFlameColour pyro_flame_colour_match (PyroFlameTheme theme);
/* What is not a match while something is searched. */
PyroFlameColour pyro_flame_colour_fade (PyroFlameColour colour, PyroFlameTheme theme);
/* The root, and boxes that stand for several functions. */
PyroFlameColour pyro_flame_colour_neutral (PyroFlameTheme theme);
/* Black or white, whichever is easier to read on that colour: a contrast of 4.5 or more (WCAG AA).
 */
PyroFlameColour pyro_flame_colour_text (PyroFlameColour ground);
/* Of the paper. */
PyroFlameColour pyro_flame_colour_ground (PyroFlameTheme theme);

/* WCAG 2: 1…21. */
double pyro_flame_colour_get_contrast (PyroFlameColour a, PyroFlameColour b);
