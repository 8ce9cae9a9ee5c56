/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "command.h"

/* Reads a command's options into `values`. *ret_operands is the rest of argv, which is reordered.
 * Returns the number of operands, or -1 when the command is over with *ret_status: after --help, or
 * after an error that was printed. */
int options_read (const Command *command,
                  int argc,
                  char **argv,
                  void *values,
                  char ***ret_operands,
                  int *ret_status);
