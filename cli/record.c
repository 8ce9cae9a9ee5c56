/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <prof/cpu.h>
#include <prof/pprof.h>

#include "command.h"
#include "input.h"
#include "message.h"
#include "output.h"
#include "record-options.h"
#include "record-progress.h"
#include "recorder.h"
#include "sender.h"
#include "stop-signals.h"

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

typedef struct {
  Recorder recorder;
  Progress progress;
  const char *path;
  int output_fd;  /* for "-": where the profile goes */
  Sender *sender; /* its exporter is NULL: the profile is not sent */
} Recording;

/* Until the target ends, the duration is over or a signal comes. -1 after a message. */
static int
wait_for_end (Recording *recording)
{
  Recorder *recorder = &recording->recorder;
  struct pollfd fds[3];
  unsigned n_fds = recorder_get_fds (recorder, fds);
  fds[n_fds++] = (struct pollfd){ .fd = stop_signals_get_fd (), .events = POLLIN };
  while (stop_signals_get ().number == 0) {
    if (poll (fds, n_fds, progress_get_timeout_ms (&recording->progress)) < 0 && errno != EINTR) {
      message ("can't wait for the profiler: %s", strerror (errno));
      return -1;
    }
    ProfError error = PROF_ERROR_INIT;
    int events = recorder_process_events (recorder, &error);
    if (events < 0) {
      fail (&error);
      return -1;
    }
    if ((events & (PROF_EVENT_STOPPED | PROF_EVENT_FAILED)) != 0)
      return 0;
    progress_show (&recording->progress, recorder);
  }
  return 0;
}

/* What the terminal sends goes to the command by itself. */
static void
pass_signal_on (Recorder *recorder)
{
  StopSignal signal = stop_signals_get ();
  int status;
  if (signal.number != 0 && !signal.is_from_terminal
      && recorder_wait_command (recorder, false, &status) == -EAGAIN)
    kill (recorder_get_command_pid (recorder), signal.number);
}

static int
save (Recording *recording, ProfProfile *profile)
{
  ProfError error = PROF_ERROR_INIT;
  if (recording->output_fd < 0)
    return save_profile (profile, recording->path);
  if (prof_pprof_write (profile, recording->output_fd, &error) == 0)
    return 0;
  fail (&error);
  return -1;
}

/* The profile is written already. */
static int
send_profile (Recording *recording, ProfProfile *profile)
{
  Sender *sender = recording->sender;
  ProfError error = PROF_ERROR_INIT;
  SenderResult result;
  bool is_file = recording->output_fd < 0;
  if (sender_send (sender, "the profile", profile, &result, &error) == 0) {
    if (sender->warning[0] != '\0')
      message ("the collector took the profile and says: %s", sender->warning);
    else if (!sender->is_quiet)
      message ("sent to the collector");
    return 0;
  }
  fail (&error);
  if (is_file)
    message ("the profile is kept; send it again with: prof export %s", recording->path);
  return -1;
}

static int
save_and_send (Recording *recording)
{
  ProfError error = PROF_ERROR_INIT;
  cleanup (prof_profile_unref) ProfProfile *profile = NULL;
  if (recorder_generate_profile (&recording->recorder, &profile, &error) < 0) {
    fail (&error);
    return -1;
  }
  if (save (recording, profile) < 0)
    return -1;
  progress_print_summary (&recording->progress, &recording->recorder, recording->path);
  return recording->sender->exporter != NULL ? send_profile (recording, profile) : 0;
}

/* The command's wait status, once it has ended; meanwhile a signal is passed on to it. */
static int
wait_for_command (Recorder *recorder, int *ret_status)
{
  cleanup (close) int pid_fd = pidfd_open (recorder_get_command_pid (recorder), 0);
  struct pollfd fds[] = {
    { .fd = pid_fd, .events = POLLIN },
    { .fd = stop_signals_get_fd (), .events = POLLIN },
  };
  bool is_passed_on = stop_signals_get ().number != 0;
  int r = recorder_wait_command (recorder, pid_fd < 0, ret_status);
  while (r == -EAGAIN) {
    if (poll (fds, is_passed_on ? 1 : 2, -1) < 0 && errno != EINTR)
      return -errno;
    if (!is_passed_on && stop_signals_get ().number != 0) {
      pass_signal_on (recorder);
      is_passed_on = true;
    }
    r = recorder_wait_command (recorder, false, ret_status);
  }
  return r;
}

/* As a shell has it. */
static int
get_exit_status (int wait_status)
{
  return WIFSIGNALED (wait_status) ? 128 + WTERMSIG (wait_status) : WEXITSTATUS (wait_status);
}

/* The profile is written whatever happens; the command's status is passed on if it was. */
static int
finish (Recording *recording, bool is_good)
{
  Recorder *recorder = &recording->recorder;
  ProfError error = PROF_ERROR_INIT;
  if (recorder_is_running (recorder) && recorder_stop (recorder, &error) < 0) {
    fail (&error);
    is_good = false;
  }
  pass_signal_on (recorder);
  progress_clear (&recording->progress);
  if (save_and_send (recording) < 0)
    is_good = false;

  int wait_status;
  bool has_command
      = recorder_get_command_pid (recorder) > 0 && wait_for_command (recorder, &wait_status) == 0;
  if (!is_good)
    return STATUS_FAILURE;
  return has_command ? get_exit_status (wait_status) : STATUS_OK;
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
  int r = stop_signals_init ();
  if (r < 0) {
    message ("can't wait for signals: %s%s", strerror (-r),
             r == -EMFILE ? "; try: ulimit -n 256" : "");
    return STATUS_FAILURE;
  }
  progress_print_notes (&recording->progress, recorder);
  if (recorder_start (recorder, &error) < 0)
    return fail (&error);
  return finish (recording, wait_for_end (recording) == 0);
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
  };
  if (check_output (recording.path) < 0)
    return STATUS_FAILURE;
  status = open_sender (chosen, &sender);
  if (status != STATUS_OK)
    return status;
  if (strcmp (recording.path, "-") == 0) {
    recording.output_fd = redirect_output ();
    if (recording.output_fd < 0)
      return STATUS_FAILURE;
  }
  RecorderConfig wanted
      = { chosen->heap && !chosen->cpu ? NULL : &config.cpu, chosen->heap ? &config.heap : NULL };
  status = record (&recording, &wanted);
  recorder_close (&recording.recorder);
  return status;
}

const Command command_record = {
  .name = "record",
  .summary = "record a program, running processes or the whole system",
  .usage = "[OPTION]... [--] COMMAND [ARGUMENT]...\n"
           "[OPTION]... -p PID[,PID]...\n"
           "[OPTION]... -a",
  .description
  = "Samples what runs, with its callers, until the command ends, the time is over or "
    "Ctrl+C, and writes a profile in the format of pprof. Functions, lines and inlined "
    "calls are looked up at once: the file says it all, on any machine.\n"
    "\n"
    "The exit status is the command's; 128 plus the signal if one killed it; 1 if the "
    "recording or --export failed; 2 for a mistake in the options. Ctrl+C or a signal TERM ends "
    "the "
    "recording, and the profile is still written; a second one leaves at once. A signal "
    "that does not come from the terminal is passed on to the command.\n",
  .examples = "  prof record -- xz -T2 -k big-file        a program to its end\n"
              "  prof record -d 10 -p \"$(pidof redis-server)\"\n"
              "                                           a running program for 10 s\n"
              "  sudo prof record -a -d 5                 everything for 5 s\n"
              "  prof record -e cache-misses -- ./sort    where the cache is missed\n"
              "  prof record --heap -- ./server           what its heap is used for, and leaks\n"
              "  prof record -o - -- ./sort | prof report -\n"
              "                                           without a file\n",
  .options = record_options,
  .defaults = &record_defaults,
  .values_size = sizeof (RecordOptions),
  .operands_are_a_command = true,
  .max_operands = SIZE_MAX,
  .operands = "a command",
  .run = run,
  .clear = record_options_clear,
};
