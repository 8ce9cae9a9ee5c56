/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <prof/memory.h>

#include "command.h"
#include "json.h"
#include "message.h"
#include "parse.h"
#include "terminal.h"
#include "text.h"
#include "units.h"

typedef struct {
  bool json, watch;
  uint64_t interval_ns;
  unsigned count;
  PidList pids;
} MemOptions;

static const MemOptions defaults = { .interval_ns = 1000000000 };

static const Option options[] = {
  { "json", 0, &option_switch, offsetof (MemOptions, json), NULL,
    N_ ("print JSON; with --watch an object to a line") },
  { "pid", 'p', &option_pids, offsetof (MemOptions, pids), "PID",
    N_ ("show the memory of these processes, too") },
  { "watch", 'w', &option_switch, offsetof (MemOptions, watch), NULL,
    N_ ("print a line again and again, until Ctrl+C") },
  { "interval", 'i', &option_duration, offsetof (MemOptions, interval_ns), "TIME",
    N_ ("time between two lines of --watch") },
  { "count", 'n', &option_unsigned, offsetof (MemOptions, count), "N",
    N_ ("end --watch after so many lines") },
  { NULL },
};

/* The state at one moment. */
typedef struct {
  ProfSystemMemory system;
  bool has_pressure;
  ProfMemoryPressure pressure;
  const PidList *pids;
} Reading;

static int
read_now (const MemOptions *chosen, Reading *ret)
{
  ProfError error = PROF_ERROR_INIT;
  *ret = (Reading){ .system = PROF_SYSTEM_MEMORY_INIT,
                    .pressure = PROF_MEMORY_PRESSURE_INIT,
                    .pids = &chosen->pids };
  if (prof_get_system_memory (&ret->system, &error) < 0)
    return fail (&error);
  ret->has_pressure = prof_get_memory_pressure (&ret->pressure, NULL) >= 0;
  return STATUS_OK;
}

/* ---- JSON ---- */

static int
add_process (Json *json, pid_t pid)
{
  ProfProcessMemory memory = PROF_PROCESS_MEMORY_INIT;
  ProfError error = PROF_ERROR_INIT;
  if (prof_get_process_memory (pid, &memory, &error) < 0)
    return fail (&error);
  json_begin_object (json, NULL);
  json_add_integer (json, "pid", pid);
  json_add_unsigned (json, "rss_bytes", memory.rss_bytes);
  json_add_unsigned (json, "anonymous_bytes", memory.anonymous_bytes);
  json_add_unsigned (json, "file_bytes", memory.file_bytes);
  json_add_unsigned (json, "shared_bytes", memory.shared_bytes);
  json_add_unsigned (json, "swap_bytes", memory.swap_bytes);
  json_add_unsigned (json, "minor_faults", memory.minor_faults);
  json_add_unsigned (json, "major_faults", memory.major_faults);
  json_end_object (json);
  return STATUS_OK;
}

static int
add_processes (Json *json, const PidList *pids)
{
  int status = STATUS_OK;
  json_begin_array (json, "processes");
  for (size_t i = 0; i < pids->n && status == STATUS_OK; i++)
    status = add_process (json, pids->items[i]);
  json_end_array (json);
  return status;
}

static void
add_pressure (Json *json, const ProfMemoryPressure *pressure)
{
  json_begin_object (json, "pressure");
  json_add_number (json, "some_avg10", pressure->some_avg10);
  json_add_number (json, "some_avg60", pressure->some_avg60);
  json_add_number (json, "some_avg300", pressure->some_avg300);
  json_add_unsigned (json, "some_total_us", pressure->some_total_us);
  json_add_number (json, "full_avg10", pressure->full_avg10);
  json_add_number (json, "full_avg60", pressure->full_avg60);
  json_add_number (json, "full_avg300", pressure->full_avg300);
  json_add_unsigned (json, "full_total_us", pressure->full_total_us);
  json_end_object (json);
}

static int
print_json (const Reading *reading, bool is_on_one_line)
{
  Json json = JSON_INIT (stdout);
  struct timespec now;
  int status = STATUS_OK;
  json.is_on_one_line = is_on_one_line;
  clock_gettime (CLOCK_REALTIME, &now);
  json_begin_object (&json, NULL);
  json_add_integer (&json, "time_ns", (int64_t)now.tv_sec * 1000000000 + now.tv_nsec);
  json_add_unsigned (&json, "total_bytes", reading->system.total_bytes);
  json_add_unsigned (&json, "available_bytes", reading->system.available_bytes);
  json_add_unsigned (&json, "used_bytes", reading->system.used_bytes);
  json_add_unsigned (&json, "cached_bytes", reading->system.cached_bytes);
  json_add_number (&json, "used_percent", reading->system.used_percent);
  if (reading->has_pressure)
    add_pressure (&json, &reading->pressure);
  if (reading->pids->n > 0)
    status = add_processes (&json, reading->pids);
  json_end_object (&json);
  return status;
}

/* ---- text ---- */

static void
print_figure (const char *label, Figure figure)
{
  printf ("%s%12s\n", cell (-11, label).text, figure.text);
}

static int
print_process (pid_t pid)
{
  ProfProcessMemory memory = PROF_PROCESS_MEMORY_INIT;
  ProfError error = PROF_ERROR_INIT;
  if (prof_get_process_memory (pid, &memory, &error) < 0)
    return fail (&error);
  printf (_ ("\nprocess %d\n"), (int)pid);
  print_figure (_ ("resident"), format_bytes ((double)memory.rss_bytes));
  print_figure (_ ("  anonymous"), format_bytes ((double)memory.anonymous_bytes));
  print_figure (_ ("  files"), format_bytes ((double)memory.file_bytes));
  print_figure (_ ("  shared"), format_bytes ((double)memory.shared_bytes));
  print_figure (_ ("swapped"), format_bytes ((double)memory.swap_bytes));
  printf (_ ("%s%12s  %s from a disk\n"), cell (-11, _ ("faults")).text,
          format_count ((double)memory.minor_faults).text,
          format_count ((double)memory.major_faults).text);
  return STATUS_OK;
}

static int
print_table (const Reading *reading)
{
  const ProfSystemMemory *memory = &reading->system;
  print_figure (_ ("total"), format_bytes ((double)memory->total_bytes));
  printf ("%s%12s  %.1f%%\n", cell (-11, _ ("used")).text,
          format_bytes ((double)memory->used_bytes).text, memory->used_percent);
  print_figure (_ ("available"), format_bytes ((double)memory->available_bytes));
  print_figure (_ ("cached"), format_bytes ((double)memory->cached_bytes));
  if (reading->has_pressure)
    printf (_ ("%s%11.2f%%  of 10 s; %.2f%% of 60 s; %.2f%% of 300 s\n"),
            cell (-11, _ ("pressure")).text, reading->pressure.some_avg10,
            reading->pressure.some_avg60, reading->pressure.some_avg300);
  int status = STATUS_OK;
  for (size_t i = 0; i < reading->pids->n && status == STATUS_OK; i++)
    status = print_process (reading->pids->items[i]);
  return status;
}

/* ---- again and again ---- */

static void
print_heading (const Reading *reading)
{
  printf ("%s%s%s%s%s", cell (8, _ ("time")).text, cell (12, _ ("used")).text, cell (8, "%").text,
          cell (12, _ ("available")).text, cell (12, _ ("cached")).text);
  if (reading->has_pressure)
    fputs (cell (10, _ ("pressure")).text, stdout);
  for (size_t i = 0; i < reading->pids->n; i++)
    printf ("%s %-7d", cell (10, _ ("resident")).text, (int)reading->pids->items[i]);
  printf ("\n");
}

static int
print_line (const Reading *reading)
{
  const ProfSystemMemory *memory = &reading->system;
  time_t now = time (NULL);
  struct tm local;
  localtime_r (&now, &local);
  printf ("%02d:%02d:%02d%12s  %5.1f%12s%12s", local.tm_hour, local.tm_min, local.tm_sec,
          format_bytes ((double)memory->used_bytes).text, memory->used_percent,
          format_bytes ((double)memory->available_bytes).text,
          format_bytes ((double)memory->cached_bytes).text);
  if (reading->has_pressure)
    printf ("%9.2f%%", reading->pressure.some_avg10);
  for (size_t i = 0; i < reading->pids->n; i++) {
    ProfProcessMemory process = PROF_PROCESS_MEMORY_INIT;
    ProfError error = PROF_ERROR_INIT;
    if (prof_get_process_memory (reading->pids->items[i], &process, &error) < 0) {
      printf ("\n");
      return fail (&error);
    }
    printf ("%18s", format_bytes ((double)process.rss_bytes).text);
  }
  printf ("\n");
  return STATUS_OK;
}

static int
watch (const MemOptions *chosen)
{
  const struct timespec interval = { .tv_sec = (time_t)(chosen->interval_ns / 1000000000),
                                     .tv_nsec = (long)(chosen->interval_ns % 1000000000) };
  struct timespec next;
  clock_gettime (CLOCK_MONOTONIC, &next);
  for (unsigned i = 0; chosen->count == 0 || i < chosen->count; i++) {
    Reading reading;
    int status = read_now (chosen, &reading);
    if (status == STATUS_OK && i % 20 == 0 && !chosen->json)
      print_heading (&reading);
    if (status == STATUS_OK)
      status = chosen->json ? print_json (&reading, true) : print_line (&reading);
    if (status != STATUS_OK || fflush (stdout) != 0)
      return status;
    next.tv_sec += interval.tv_sec + (next.tv_nsec + interval.tv_nsec) / 1000000000;
    next.tv_nsec = (next.tv_nsec + interval.tv_nsec) % 1000000000;
    while (i + 1 != chosen->count
           && clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL) == EINTR)
      continue;
  }
  return STATUS_OK;
}

static int
run (void *values, char **operands, size_t n_operands)
{
  (void)operands, (void)n_operands;
  const MemOptions *chosen = values;
  if (chosen->interval_ns < 10000000)
    return usage_error ("mem", "--interval must be 10ms or more");
  if (chosen->count > 0 && !chosen->watch)
    return usage_error ("mem", "--count goes with --watch");
  if (chosen->watch)
    return watch (chosen);
  Reading reading;
  int status = read_now (chosen, &reading);
  if (status != STATUS_OK)
    return status;
  return chosen->json ? print_json (&reading, false) : print_table (&reading);
}

static void
clear (void *values)
{
  MemOptions *chosen = values;
  free (chosen->pids.items);
}

const Command command_mem = {
  .name = "mem",
  .summary = N_ ("show how much memory this machine has and uses"),
  .usage = "[--json] [-p PID[,PID]...]\n"
           "--watch [--interval TIME] [--count N] [--json] [-p PID[,PID]...]",
  .description = N_ (
      "Shows the memory of the whole machine, as /proc/meminfo has it: used is what is not "
      "available to new programs, cached is what the kernel would give back. Pressure is the share "
      "of the time in which some task had to wait for memory, where the kernel measures it.\n"),
  .examples = N_ ("  prof mem\n"
                  "  prof mem --watch --interval 500ms -p \"$(pidof redis-server)\"\n"
                  "  prof mem --watch --json --count 60 >memory.jsonl\n"),
  .options = options,
  .defaults = &defaults,
  .values_size = sizeof (MemOptions),
  .operands = N_ ("no argument"),
  .run = run,
  .clear = clear,
};
