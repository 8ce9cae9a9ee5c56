/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "option.h"

enum { STATUS_OK = 0, STATUS_FAILURE = 1, STATUS_USAGE = 2 };

/* A subcommand, one to a file. */
typedef struct {
  const char *name;
  const char *summary;     /* a phrase for the list of commands */
  const char *usage;       /* what follows "prof NAME ", one form to a line */
  const char *description; /* a paragraph to a line; lines that begin with a space stay */
  const char *examples;
  const Option *options;
  const void *defaults; /* of the struct that the options write to; NULL: zeros */
  size_t values_size;
  bool operands_are_a_command; /* the first operand ends the options */
  size_t min_operands, max_operands;
  const char *operands; /* what is expected, e.g. "two profiles" */
  int (*run) (void *values, char **operands, size_t n_operands);
  void (*clear) (void *values); /* NULL: nothing to free */
} Command;

extern const Command command_agent;
extern const Command command_convert;
extern const Command command_diff;
extern const Command command_doctor;
extern const Command command_events;
extern const Command command_export;
extern const Command command_heap_report;
extern const Command command_mem;
extern const Command command_merge;
extern const Command command_processes;
extern const Command command_record;
extern const Command command_report;

/* NULL if there is no such command. */
const Command *command_find (const char *name);
/* NULL-terminated. */
const Command *const *command_list (void);

/* Reads the options and runs the command; returns the exit status. argv[0] is its name. */
int command_run (const Command *command, int argc, char **argv);

void print_help (void);
void print_command_help (const Command *command);
