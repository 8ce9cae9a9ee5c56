/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "flame-tree.h"

/* The widest node of the wanted functions (one byte for each function, not 0: wanted), or 0. Looks
 * at the nodes that were made; if none is wanted, at the stacks, and makes the nodes down to the
 * first wanted function of the widest of them. */
uint32_t pyro_flame_find_widest (PyroFlameTree *tree, const uint8_t *is_wanted);

/* The same for the functions of one name. */
uint32_t pyro_flame_find_name (PyroFlameTree *tree, const char *name);
