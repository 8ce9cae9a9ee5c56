/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdatomic.h>

#include "flame-tree.h"

/* What a search finds in a tree. */
typedef struct {
  uint8_t *is_match; /* by function: 1 or 0 */
  uint32_t n_functions;
  uint32_t n_matches; /* functions that match and are in the tree */
  bool has_match;     /* of some name, whether it is in the tree or not */
  double weight;      /* of the stacks with a match, each counted once */
} PyroFlameMatches;

/* `pattern` is a POSIX extended regular expression that is searched for in the names of functions;
 * case counts only if it has a capital. May run in any thread while the tree is in use. 0, -ENOMEM,
 * -ECANCELED (*is_cancelled became true), -EINVAL (then `message` says what is wrong with the
 * expression). On failure nothing is held. */
int pyro_flame_search (const PyroFlameTree *tree,
                       const char *pattern,
                       const atomic_bool *is_cancelled,
                       PyroFlameMatches *ret,
                       char *message,
                       size_t message_size);
void pyro_flame_matches_finish (PyroFlameMatches *matches);
