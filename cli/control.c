/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "json.h"
#include "message.h"

enum { STATUS_INTERVAL_MS = 250 };

/* ---- events ---- */

static Json
begin_event (const Control *control, const char *name)
{
  Json json = JSON_INIT (control->events);
  json.is_on_one_line = true;
  json_begin_object (&json, NULL);
  json_add_string (&json, "event", name);
  return json;
}

/* A reader that is gone is noticed at the commands' end. */
static void
end_event (Json *json)
{
  json_end_object (json);
  fflush (json->file);
  clearerr (json->file);
}

void
control_send (Control *control, const char *event, const char *path)
{
  Json json = begin_event (control, event);
  if (path != NULL)
    json_add_string (&json, "path", path);
  end_event (&json);
}

static void
send_message (void *user_data, const char *text)
{
  Json json = begin_event (user_data, "message");
  json_add_string (&json, "text", text);
  end_event (&json);
}

void
control_send_started (Control *control, pid_t command_pid)
{
  Json json = begin_event (control, "started");
  if (command_pid > 0)
    json_add_integer (&json, "pid", command_pid);
  end_event (&json);
}

void
control_send_exited (Control *control, int wait_status)
{
  Json json = begin_event (control, "exited");
  if (WIFSIGNALED (wait_status))
    json_add_integer (&json, "signal", WTERMSIG (wait_status));
  else
    json_add_integer (&json, "status", WEXITSTATUS (wait_status));
  end_event (&json);
}

static int64_t
now_ms (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int
control_get_timeout_ms (const Control *control)
{
  int64_t left = control->sent_ms + STATUS_INTERVAL_MS - now_ms ();
  return left < 0 ? 0 : (int)left;
}

void
control_send_status (Control *control, Recorder *recorder)
{
  if (control_get_timeout_ms (control) > 0)
    return;
  control->sent_ms = now_ms ();
  RecorderStats stats = recorder_get_stats (recorder);
  Json json = begin_event (control, "status");
  json_add_bool (&json, "paused", control->is_paused);
  json_add_unsigned (&json, "elapsed_ns", stats.duration_ns);
  json_add_unsigned (&json, "samples", stats.n_samples);
  json_add_unsigned (&json, "lost", stats.n_lost);
  json_add_unsigned (&json, "truncated", stats.n_truncated);
  if (recorder->cpu != NULL)
    json_add_unsigned (&json, "cpu_samples", stats.n_cpu_samples);
  if (recorder->heap != NULL) {
    json_add_unsigned (&json, "heap_samples", stats.n_heap_samples);
    json_add_unsigned (&json, "live_bytes", stats.live_bytes);
    json_add_unsigned (&json, "peak_bytes", stats.peak_bytes);
    json_add_unsigned (&json, "allocated_bytes", stats.allocated_bytes);
  }
  end_event (&json);
}

/* ---- commands ---- */

static const struct {
  const char *name;
  ControlCommand command;
} commands[] = {
  { "stop", CONTROL_STOP },     { "discard", CONTROL_DISCARD },     { "pause", CONTROL_PAUSE },
  { "resume", CONTROL_RESUME }, { "terminate", CONTROL_TERMINATE },
};

/* NOTHING after a message. */
static ControlCommand
parse (const char *line, const char **ret_path)
{
  static const char snapshot[] = "snapshot ";
  for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
    if (strcmp (line, commands[i].name) == 0)
      return commands[i].command;
  if (strncmp (line, snapshot, sizeof snapshot - 1) == 0 && line[sizeof snapshot - 1] != '\0') {
    *ret_path = line + sizeof snapshot - 1;
    return CONTROL_SNAPSHOT;
  }
  message ("\"%.40s\" is no command: stop, discard, pause, resume, terminate or snapshot FILE",
           line);
  return CONTROL_NOTHING;
}

/* False: there is none for now. */
static bool
read_byte (Control *control, char *ret)
{
  struct pollfd fd = { .fd = control->commands_fd, .events = POLLIN };
  if (poll (&fd, 1, 0) <= 0)
    return false;
  ssize_t n = read (control->commands_fd, ret, 1);
  control->is_at_end = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
  return n == 1;
}

/* True: the line is whole. */
static bool
end_line (Control *control)
{
  bool is_whole = !control->is_too_long;
  if (!is_whole)
    message ("a command of more than %zu bytes was skipped", sizeof control->line - 1);
  control->line[control->n_line] = '\0';
  control->n_line = 0;
  control->is_too_long = false;
  return is_whole;
}

/* A byte at a time: what follows the line stays in the pipe for the next call. */
static bool
read_line (Control *control)
{
  char byte;
  while (read_byte (control, &byte)) {
    if (byte == '\n' && end_line (control))
      return true;
    if (byte != '\n' && control->n_line < sizeof control->line - 1)
      control->line[control->n_line++] = byte;
    else if (byte != '\n')
      control->is_too_long = true;
  }
  return false;
}

ControlCommand
control_next (Control *control, const char **ret_path)
{
  if (control->is_at_end)
    return CONTROL_NOTHING;
  while (read_line (control)) {
    ControlCommand command = parse (control->line, ret_path);
    if (command != CONTROL_NOTHING)
      return command;
  }
  return control->is_at_end ? CONTROL_STOP : CONTROL_NOTHING;
}

/* ---- life ---- */

/* Returns a copy of the descriptor that programs do not inherit. */
static int
set_aside (int fd)
{
  return fcntl (fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

static int
redirect (void)
{
  int null_fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  int r = null_fd < 0 || dup2 (null_fd, STDIN_FILENO) < 0 || dup2 (STDERR_FILENO, STDOUT_FILENO) < 0
              ? -1
              : 0;
  if (null_fd >= 0)
    close (null_fd);
  return r;
}

int
control_open (Control *control)
{
  *control = (Control){ .commands_fd = set_aside (STDIN_FILENO) };
  int events_fd = set_aside (STDOUT_FILENO);
  if (control->commands_fd >= 0 && events_fd >= 0)
    control->events = fdopen (events_fd, "w");
  if (control->events == NULL || redirect () < 0) {
    message ("--control needs standard input and output: %s", strerror (errno));
    return -1;
  }
  message_set_listener (send_message, control);
  return 0;
}

void
control_close (Control *control)
{
  message_set_listener (NULL, NULL);
  if (control->events != NULL)
    fclose (control->events);
  if (control->commands_fd >= 0)
    close (control->commands_fd);
}
