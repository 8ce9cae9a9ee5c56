/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "command.h"
#include "json.h"
#include "message.h"
#include "process-entry.h"
#include "terminal.h"
#include "text.h"
#include "units.h"

typedef struct {
  bool json;
} ProcessesOptions;

static const Option options[] = {
  { "json", 0, &option_switch, offsetof (ProcessesOptions, json), NULL, N_ ("print JSON") },
  { NULL },
};

static void
add_process (Json *json, const ProcessEntry *entry)
{
  json_begin_object (json, NULL);
  json_add_unsigned (json, "pid", entry->pid);
  json_add_unsigned (json, "parent_pid", entry->parent_pid);
  json_add_string (json, "user", entry->user);
  json_add_string (json, "name", entry->name);
  json_add_string (json, "command_line", entry->command_line);
  json_add_unsigned (json, "start_ns", entry->start_ns);
  json_add_unsigned (json, "cpu_ns", entry->cpu_ns);
  json_add_unsigned (json, "children_ns", entry->children_ns);
  json_add_unsigned (json, "rss_bytes", entry->rss_bytes);
  json_end_object (json);
}

static void
print_process (const ProcessEntry *entry)
{
  enum { COLUMNS_BEFORE = 44 };
  size_t width = terminal_width ();
  printf ("%8u  ", entry->pid);
  print_padded (entry->user, 10);
  printf ("%10s%12s  ", format_ns ((double)entry->cpu_ns).text,
          format_bytes ((double)entry->rss_bytes).text);
  print_text (entry->command_line[0] != '\0' ? entry->command_line : entry->name,
              width > COLUMNS_BEFORE ? width - COLUMNS_BEFORE : 1);
  printf ("\n");
}

static int
is_process (const struct dirent *file)
{
  return isdigit ((unsigned char)file->d_name[0]);
}

/* By their numbers: no name of one begins with a 0. */
static int
compare_pids (const struct dirent **a, const struct dirent **b)
{
  return strverscmp ((*a)->d_name, (*b)->d_name);
}

static void
print_json (struct dirent **files, int n)
{
  Json json = JSON_INIT (stdout);
  ProcessEntry entry;
  json_begin_object (&json, NULL);
  json_begin_array (&json, "processes");
  for (int i = 0; i < n; i++)
    if (process_entry_read (&entry, files[i]->d_name))
      add_process (&json, &entry);
  json_end_array (&json);
  json_end_object (&json);
}

static void
print_table (struct dirent **files, int n)
{
  ProcessEntry entry;
  printf ("%8s  %s%s%s  %s\n", "PID", cell (-10, _ ("user")).text, cell (10, _ ("CPU time")).text,
          cell (12, _ ("memory")).text, _ ("command"));
  for (int i = 0; i < n; i++)
    if (process_entry_read (&entry, files[i]->d_name))
      print_process (&entry);
}

static int
run (void *values, char **operands, size_t n_operands)
{
  (void)operands, (void)n_operands;
  const ProcessesOptions *chosen = values;
  struct dirent **files;
  int n = scandir ("/proc", &files, is_process, compare_pids);
  if (n < 0) {
    message ("can't list the processes: /proc: %s", strerror (errno));
    return STATUS_FAILURE;
  }
  if (chosen->json)
    print_json (files, n);
  else
    print_table (files, n);
  for (int i = 0; i < n; i++)
    free (files[i]);
  free (files);
  return STATUS_OK;
}

const Command command_processes = {
  .name = "processes",
  .summary = N_ ("list what runs, for record --pid"),
  .usage = "[--json]",
  .description = N_ (
      "Lists the processes that can be seen, by their numbers: whose they are, the CPU time that "
      "they have used, the memory that they hold, and their commands. Pyrograph asks for this list "
      "when it can't see them itself, from the sandbox of a Flatpak.\n"),
  .examples = N_ ("  prof processes\n"
                  "  prof processes | grep redis-server\n"),
  .options = options,
  .values_size = sizeof (ProcessesOptions),
  .operands = N_ ("no argument"),
  .run = run,
};
