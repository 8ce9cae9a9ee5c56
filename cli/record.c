/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "command.h"
#include "input.h"
#include "message.h"
#include "output.h"
#include "privileges.h"
#include "record-options.h"
#include "recording.h"
#include "stop-signals.h"
#include "text.h"

/* Events on many threads take many descriptors. Returns what it was before. */
static struct rlimit
raise_open_files (void)
{
  struct rlimit limit, raised;
  getrlimit (RLIMIT_NOFILE, &limit);
  raised = limit;
  raised.rlim_cur = raised.rlim_max;
  setrlimit (RLIMIT_NOFILE, &raised);
  return limit;
}

/* The command is forked already, and waits before its exec. */
static void
restore_open_files_of (pid_t pid, const struct rlimit *limit)
{
  if (pid > 0 && prlimit (pid, RLIMIT_NOFILE, limit, NULL) < 0)
    message ("the command may have more files open than usual: %s", strerror (errno));
}

/* With the profile on standard output, the command writes to standard error: it inherits what is
 * standard output now. Returns the descriptor for the profile. */
static int
redirect_output (void)
{
  int fd = fcntl (STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (fd >= 0 && dup2 (STDERR_FILENO, STDOUT_FILENO) >= 0)
    return fd;
  message ("can't set standard output aside: %s", strerror (errno));
  return -1;
}

static int
record (Recording *recording, const RecorderConfig *config)
{
  ProfError error = PROF_ERROR_INIT;
  Recorder *recorder = &recording->recorder;
  struct rlimit limit = raise_open_files ();
  if (recorder_open (recorder, config, &error) < 0)
    return fail (&error);
  restore_open_files_of (recorder_get_command_pid (recorder), &limit);
  privileges_drop ();
  int r = stop_signals_init ();
  if (r < 0) {
    message ("can't wait for signals: %s%s", strerror (-r),
             r == -EMFILE ? "; try: ulimit -n 256" : "");
    return STATUS_FAILURE;
  }
  progress_print_notes (&recording->progress, recorder);
  if (recorder_start (recorder, &error) < 0)
    return fail (&error);
  if (recording->control != NULL)
    control_send_started (recording->control, recorder_get_command_pid (recorder));
  return recording_finish (recording, recording_wait (recording) == 0);
}

/* Where what goes to standard output and comes from standard input is set apart. */
static int
redirect (Recording *recording, Control *control)
{
  if (strcmp (recording->path, "-") == 0)
    return recording->output_fd = redirect_output ();
  return recording->control != NULL ? control_open (control) : 0;
}

static int
open_sender (const RecordOptions *chosen, Sender *sender)
{
  ProfExporterConfig config = PROF_EXPORTER_CONFIG_INIT;
  config.endpoint = chosen->export_url;
  return chosen->export_url != NULL ? sender_open (sender, &config, chosen->quiet) : STATUS_OK;
}

static int
run (void *values, char **operands, size_t n_operands)
{
  (void)n_operands;
  const RecordOptions *chosen = values;
  Control control;
  RecordConfig config;
  int status = record_options_get (chosen, operands, &config);
  if (status != STATUS_OK)
    return status;
  cleanup (free) char *name = chosen->output == NULL ? choose_record_name (chosen, operands) : NULL;
  if (chosen->output == NULL && name == NULL)
    return fail_out_of_memory ();
  cleanup (sender_close) Sender sender = { 0 };
  Recording recording = {
    .sender = &sender,
    .progress = progress_new (chosen->quiet),
    .path = chosen->output != NULL ? chosen->output : name,
    .output_fd = -1,
    .control = chosen->control ? &control : NULL,
  };
  if (check_output (recording.path) < 0)
    return STATUS_FAILURE;
  status = open_sender (chosen, &sender);
  if (status != STATUS_OK)
    return status;
  if (redirect (&recording, &control) < 0)
    return STATUS_FAILURE;
  RecorderConfig wanted
      = { chosen->heap && !chosen->cpu ? NULL : &config.cpu, chosen->heap ? &config.heap : NULL };
  status = record (&recording, &wanted);
  recorder_close (&recording.recorder);
  if (recording.control != NULL)
    control_close (&control);
  return status;
}

const Command command_record = {
  .name = "record",
  .summary = N_ ("record a program, running processes or the whole system"),
  .usage = "[OPTION]... [--] COMMAND [ARGUMENT]...\n"
           "[OPTION]... -p PID[,PID]...\n"
           "[OPTION]... -a",
  .description = N_ (
      "Samples what runs, with its callers, until the command ends, the time is over or "
      "Ctrl+C, and writes a profile in the format of pprof. Functions, lines and inlined "
      "calls are looked up at once: the file says it all, on any machine.\n"
      "\n"
      "The exit status is the command's; 128 plus the signal if one killed it; 1 if the "
      "recording or --export failed; 2 for a mistake in the options. Ctrl+C or a signal TERM ends "
      "the "
      "recording, and the profile is still written; a second one leaves at once. A signal "
      "that does not come from the terminal is passed on to the command.\n"),
  .examples
  = N_ ("  prof record -- xz -T2 -k big-file        a program to its end\n"
        "  prof record -d 10 -p \"$(pidof redis-server)\"\n"
        "                                           a running program for 10 s\n"
        "  sudo prof record -a -d 5                 everything for 5 s\n"
        "  prof record -e cache-misses -- ./sort    where the cache is missed\n"
        "  prof record --heap -- ./server           what its heap is used for, and leaks\n"
        "  prof record -o - -- ./sort | prof report -\n"
        "                                           without a file\n"),
  .options = record_options,
  .defaults = &record_defaults,
  .values_size = sizeof (RecordOptions),
  .operands_are_a_command = true,
  .max_operands = SIZE_MAX,
  .operands = N_ ("a command"),
  .run = run,
  .clear = record_options_clear,
};
