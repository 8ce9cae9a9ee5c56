/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* How the text of an option becomes a value. Types with values of their own are defined by the
 * command that has them. */
typedef struct {
  int (*parse) (const char *text, void *ret); /* 0 or a negative errno */
  const char *expected;                       /* "a duration such as 5, 500ms or 2m" */
  const char *bare; /* what is parsed if no =VALUE follows; NULL: a value is needed */
} OptionType;

extern const OptionType option_switch; /* bool; the only type that takes no value */
extern const OptionType option_string; /* const char *, of argv */
extern const OptionType option_unsigned;
extern const OptionType option_uint64;
extern const OptionType option_duration;   /* uint64_t, ns */
extern const OptionType option_size;       /* uint64_t, bytes */
extern const OptionType option_time_range; /* TimeRange */
extern const OptionType option_expression; /* const char *, of argv */
extern const OptionType option_list;       /* StringList: each use adds a,b,c */
extern const OptionType option_pids;       /* PidList: each use adds 1,2,3 */

typedef struct {
  const char *name; /* without the dashes; NULL ends a table */
  char letter;      /* 0: none */
  const OptionType *type;
  size_t offset;     /* of the value in the command's struct of options */
  const char *value; /* what the help calls the value, "[=VALUE]" if it may be left out; NULL for a
                        switch */
  const char *help;
} Option;
