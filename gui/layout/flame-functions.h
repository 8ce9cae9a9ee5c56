/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/profile.h>

typedef enum {
  PYRO_FLAME_KIND_PROGRAM, /* of the profile's first mapping */
  PYRO_FLAME_KIND_LIBRARY,
  PYRO_FLAME_KIND_KERNEL,
  PYRO_FLAME_KIND_UNKNOWN, /* not symbolized */
} PyroFlameKind;

typedef struct {
  const char *name, *filename, *module; /* never NULL */
  int64_t line;                         /* where it begins, else of some call; 0: not known */
  uint32_t hash;                        /* of the name: the same in every graph */
  uint32_t module_hash;
  PyroFlameKind kind;
  bool is_name_owned; /* made of an address: not borrowed from the profile */
} PyroFlameFunction;

/* What the locations of a profile stand for. Functions of one name in one file are one function, or
 * in one module if the file is not known; a location without lines is a function of its own, named
 * by its mapping and address. Immutable once made. */
typedef struct {
  ProfProfile *profile; /* a reference: names are borrowed from it */
  PyroFlameFunction *items;
  uint32_t n;
  uint32_t *frames;   /* function of each line, innermost first, location by location */
  uint32_t *starts;   /* of each location in frames; one more entry than locations */
  uint32_t *only;     /* by location: its function, if it is one; else PYRO_FLAME_SEVERAL */
  uint32_t max_lines; /* of a location */
} PyroFlameFunctions;

#define PYRO_FLAME_SEVERAL UINT32_MAX

/* 0, -ENOMEM, -EFBIG. On failure nothing is held. */
int pyro_flame_functions_init (PyroFlameFunctions *functions, ProfProfile *profile);
void pyro_flame_functions_finish (PyroFlameFunctions *functions);
