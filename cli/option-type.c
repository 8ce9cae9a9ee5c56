/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "option.h"

#include <errno.h>
#include <regex.h>

#include "parse.h"
#include "text.h"

static int
set_switch (const char *text, void *ret)
{
  (void)text;
  *(bool *)ret = true;
  return 0;
}

static int
set_string (const char *text, void *ret)
{
  *(const char **)ret = text;
  return 0;
}

static int
set_expression (const char *text, void *ret)
{
  regex_t expression;
  int r = regcomp (&expression, text, REG_EXTENDED | REG_NOSUB);
  if (r != 0)
    return r == REG_ESPACE ? -ENOMEM : -EINVAL;
  regfree (&expression);
  return set_string (text, ret);
}

static int
set_unsigned (const char *text, void *ret)
{
  return parse_unsigned (text, ret);
}

static int
set_uint64 (const char *text, void *ret)
{
  return parse_uint64 (text, ret);
}

static int
set_duration (const char *text, void *ret)
{
  return parse_duration (text, ret);
}

static int
set_size (const char *text, void *ret)
{
  return parse_size (text, ret);
}

static int
set_time_range (const char *text, void *ret)
{
  return parse_time_range (text, ret);
}

static int
add_to_list (const char *text, void *ret)
{
  return string_list_append_split (ret, text);
}

static int
add_pids (const char *text, void *ret)
{
  return parse_pids (text, ret);
}

const OptionType option_switch = { set_switch, "" };
const OptionType option_string = { set_string, N_ ("a text") };
const OptionType option_expression
    = { set_expression,
        N_ ("a POSIX extended regular expression, with a backslash before characters "
            "to be taken literally,") };
const OptionType option_unsigned = { set_unsigned, N_ ("a whole number") };
const OptionType option_uint64 = { set_uint64, N_ ("a whole number") };
const OptionType option_duration = { set_duration, N_ ("a duration such as 5, 500ms or 2m") };
const OptionType option_size = { set_size, N_ ("a size such as 8192 or 32k") };
const OptionType option_time_range
    = { set_time_range, N_ ("a range such as 2s..5s, 2s.. or ..5s") };
const OptionType option_list = { add_to_list, N_ ("a list such as a,b,c") };
const OptionType option_pids = { add_pids, N_ ("a list of process ids such as 12,345") };
