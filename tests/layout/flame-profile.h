/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "layout/flame-tree.h"

typedef struct {
  const char *stack; /* "main;work;leaf"; "a+b": b is inlined in a */
  int64_t value;
} FlameSample;

/* A profile of one sample type, cpu/nanoseconds. A function is in the module /bin/program, or
 * where its name ends in "@MODULE" in that one; all are in "file.c", line 1 on. Samples end with
 * one without a stack. */
ProfProfile *make_flame_profile (const FlameSample *samples);

/* Top-down, recursion as it is. */
PyroFlameTree *make_flame_tree (const FlameSample *samples);
PyroFlameTree *make_ordered_flame_tree (const FlameSample *samples, PyroFlameOrder order);

/* The node at a path of names, "main;work"; fails the test if there is none. */
uint32_t find_flame_node (PyroFlameTree *tree, const char *path);
