/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

#include <prof/pprof.h>

#include "command.h"
#include "handles.h"
#include "message.h"
#include "output.h"
#include "recording.h"
#include "stop-signals.h"
#include "text.h"

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

static int
send_profile (Recording *recording, ProfProfile *profile)
{
  Sender *sender = recording->sender;
  ProfError error = PROF_ERROR_INIT;
  SenderResult result;
  if (sender_send (sender, _ ("the profile"), profile, &result, &error) < 0) {
    fail (&error);
    return -1;
  }
  if (sender->warning[0] != '\0')
    message ("the collector took the profile and says: %s", sender->warning);
  else if (!sender->is_quiet)
    message ("sent to the collector");
  return 0;
}

/* The profile is written already: whoever does not want to wait for the collector loses nothing. */
static int
send_or_keep (Recording *recording, ProfProfile *profile)
{
  cleanup (free) char *text = NULL;
  bool is_file = recording->output_fd < 0;
  if (is_file
      && asprintf (&text, _ ("the profile is kept; send it again with: prof export %s"),
                   recording->path)
             < 0)
    text = NULL;
  stop_signals_set_parting (text != NULL ? text : "");
  int r = send_profile (recording, profile);
  stop_signals_set_parting (NULL);
  if (r < 0 && text != NULL)
    message ("%s", text);
  return r;
}

static int
make_and_save (Recording *recording, ProfProfile **ret)
{
  ProfError error = PROF_ERROR_INIT;
  if (recorder_generate_profile (&recording->recorder, ret, &error) >= 0)
    return save (recording, *ret);
  fail (&error);
  return -1;
}

/* The program that steers knows the last numbers, too. */
static void
tell_saved (Recording *recording, bool is_saved)
{
  if (is_saved)
    progress_print_summary (&recording->progress, &recording->recorder, recording->path);
  if (recording->control == NULL)
    return;
  recording->control->sent_ms = 0;
  control_send_status (recording->control, &recording->recorder);
  control_send (recording->control, is_saved ? "saved" : "failed", recording->path);
}

static int
save_and_send (Recording *recording)
{
  cleanup (prof_profile_unref) ProfProfile *profile = NULL;
  int r = make_and_save (recording, &profile);
  tell_saved (recording, r >= 0);
  return r >= 0 && recording->sender->exporter != NULL ? send_or_keep (recording, profile) : r;
}

/* The recording is over: of the commands one still means something. */
static void
obey_late (Recording *recording, struct pollfd *commands)
{
  const char *path;
  if (recording->control == NULL || commands->revents == 0)
    return;
  while (!recording->control->is_at_end)
    switch (control_next (recording->control, &path)) {
    case CONTROL_TERMINATE:
      recording_terminate_command (recording);
      break;
    case CONTROL_NOTHING:
      return;
    default:
      break;
    }
  commands->fd = -1;
}

/* The command's wait status, once it has ended; meanwhile a signal is passed on to it. */
static int
wait_for_command (Recording *recording, int *ret_status)
{
  Recorder *recorder = &recording->recorder;
  cleanup (close) int pid_fd = pidfd_open (recorder_get_command_pid (recorder), 0);
  struct pollfd fds[] = {
    { .fd = pid_fd, .events = POLLIN },
    { .fd = recording->control != NULL ? recording->control->commands_fd : -1, .events = POLLIN },
    { .fd = stop_signals_get_fd (), .events = POLLIN },
  };
  bool is_passed_on = stop_signals_get ().number != 0;
  int r = recorder_wait_command (recorder, pid_fd < 0, ret_status);
  while (r == -EAGAIN) {
    if (poll (fds, is_passed_on ? 2 : 3, -1) < 0 && errno != EINTR)
      return -errno;
    obey_late (recording, &fds[1]);
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
int
recording_finish (Recording *recording, bool is_good)
{
  Recorder *recorder = &recording->recorder;
  ProfError error = PROF_ERROR_INIT;
  if (recorder_is_running (recorder) && recorder_stop (recorder, &error) < 0) {
    fail (&error);
    is_good = false;
  }
  pass_signal_on (recorder);
  progress_clear (&recording->progress);
  if (!recording->is_discarded && save_and_send (recording) < 0)
    is_good = false;
  if (recording->is_discarded && recording->control != NULL)
    control_send (recording->control, "discarded", NULL);

  int wait_status;
  bool has_command
      = recorder_get_command_pid (recorder) > 0 && wait_for_command (recording, &wait_status) == 0;
  if (has_command && recording->control != NULL)
    control_send_exited (recording->control, wait_status);
  if (!is_good)
    return STATUS_FAILURE;
  return has_command ? get_exit_status (wait_status) : STATUS_OK;
}
