/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "heap-options.h"

#include <errno.h>
#include <string.h>

#include "text.h"

static int
set_at (const char *text, void *ret)
{
  HeapAt *at = ret;
  if (strcmp (text, "peak") == 0)
    *at = (HeapAt){ HEAP_AT_PEAK, 0 };
  else if (strcmp (text, "end") == 0)
    *at = (HeapAt){ HEAP_AT_END, 0 };
  else {
    *at = (HeapAt){ HEAP_AT_TIME, 0 };
    return parse_duration (text, &at->time_ns);
  }
  return 0;
}

static int
set_temporary (const char *text, void *ret)
{
  HeapTemporary *temporary = ret;
  temporary->is_wanted = true;
  return parse_duration (text, &temporary->bound_ns);
}

static int
set_points (const char *text, void *ret)
{
  unsigned n;
  int r = parse_unsigned (text, &n);
  if (r < 0 || n < 2)
    return r < 0 ? r : -EINVAL;
  if (n > 100000)
    return -ERANGE;
  *(unsigned *)ret = n;
  return 0;
}

static int
add_string (const char *text, void *ret)
{
  return string_list_append (ret, text, strlen (text));
}

static const OptionType option_at
    = { set_at, N_ ("a time such as 2.5s or 150ms, peak or end"), NULL };
static const OptionType option_temporary
    = { set_temporary, N_ ("a duration such as 1ms, after an equals sign"), "1ms" };
static const OptionType option_points
    = { set_points, N_ ("a number of points from 2 to 100000, after an equals sign"), "40" };
static const OptionType option_pattern = { add_string, N_ ("a function's name"), NULL };
static const OptionType option_path = { add_string, N_ ("a file"), NULL };

const HeapOptions heap_option_defaults
    = { .temporary = { .bound_ns = 1000000 }, .limit = HEAP_LIMIT_UNSET };

const Option heap_options[] = {
  { "at", 0, &option_at, offsetof (HeapOptions, at), "TIME",
    N_ ("what was live at a time after the start, e.g. 2.5s, or at the peak or the end") },
  { "leaks", 0, &option_switch, offsetof (HeapOptions, leaks), NULL,
    N_ ("what was still live at the end") },
  { "allocated", 0, &option_switch, offsetof (HeapOptions, allocated), NULL,
    N_ ("all that was allocated, or what was in --range") },
  { "stayed", 0, &option_switch, offsetof (HeapOptions, stayed), NULL,
    N_ ("what was allocated in --range and still live at its end") },
  { "temporary", 0, &option_temporary, offsetof (HeapOptions, temporary), "[=BOUND]",
    N_ ("what was freed sooner than this after its allocation (default: 1ms)") },
  { "range", 0, &option_time_range, offsetof (HeapOptions, range), "START..END",
    N_ ("only this time after the start of the recording, e.g. 2s..5s or 500ms..") },
  { "sizes", 0, &option_switch, offsetof (HeapOptions, sizes), NULL,
    N_ ("a histogram of the sizes of blocks") },
  { "timeline", 0, &option_points, offsetof (HeapOptions, timeline), "[=N]",
    N_ ("what was live, allocated and freed over time, at N points (default: 40)") },
  { "functions", 0, &option_switch, offsetof (HeapOptions, sites_over_time), NULL,
    N_ ("what the functions that allocated had live over time, at the points of --timeline") },
  { "allocator", 0, &option_pattern, offsetof (HeapOptions, allocators), "NAME",
    N_ ("take the function for a part of the allocator, and count its memory for its callers; * "
        "and ? "
        "stand for anything, as in 'g_*alloc*'; may be repeated") },
  { "suppressions", 0, &option_path, offsetof (HeapOptions, suppressions), "FILE",
    N_ ("leave known leaks out, in LeakSanitizer's syntax: lines leak:PATTERN; may be repeated") },
  { "tree", 't', &option_switch, offsetof (HeapOptions, tree), NULL,
    N_ ("show call trees in place of tables of functions") },
  { "stacks", 0, &option_switch, offsetof (HeapOptions, stacks), NULL,
    N_ ("show whole stacks in place of tables of functions") },
  { "limit", 'n', &option_unsigned, offsetof (HeapOptions, limit), "N",
    N_ ("show N rows; 0: all (default: 10, 60 of a tree, all in JSON)") },
  { "output", 'o', &option_string, offsetof (HeapOptions, output), "FILE",
    N_ ("write what was chosen as a profile, for prof report, prof diff and pprof") },
  { "verbose", 'v', &option_switch, offsetof (HeapOptions, verbose), NULL,
    N_ ("show the path of the module, and the file and line where the function begins") },
  { "json", 0, &option_switch, offsetof (HeapOptions, json), NULL,
    N_ ("print JSON; the man page describes it") },
  { NULL },
};
