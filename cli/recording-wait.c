/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

#include "handles.h"
#include "message.h"
#include "output.h"
#include "recording.h"
#include "stop-signals.h"

static void
take_snapshot (Recording *recording, const char *path)
{
  ProfError error = PROF_ERROR_INIT;
  cleanup (prof_profile_unref) ProfProfile *profile = NULL;
  bool is_made = recorder_generate_profile (&recording->recorder, &profile, &error) >= 0;
  if (!is_made)
    fail (&error);
  bool is_saved = is_made && save_profile (profile, path) == 0;
  control_send (recording->control, is_saved ? "snapshot" : "snapshot-failed", path);
}

static void
set_paused (Recording *recording, bool is_paused)
{
  ProfError error = PROF_ERROR_INIT;
  if (recorder_set_paused (&recording->recorder, is_paused, &error) < 0) {
    fail (&error);
    return;
  }
  recording->control->is_paused = is_paused;
  control_send (recording->control, is_paused ? "paused" : "resumed", NULL);
}

void
recording_terminate_command (Recording *recording)
{
  Recorder *recorder = &recording->recorder;
  int status;
  if (recorder_get_command_pid (recorder) > 0
      && recorder_wait_command (recorder, false, &status) == -EAGAIN)
    kill (recorder_get_command_pid (recorder), SIGTERM);
}

/* Does what is asked for so far. True: the recording is to end. */
static bool
obey (Recording *recording)
{
  const char *path = NULL;
  ControlCommand command;
  while ((command = control_next (recording->control, &path)) != CONTROL_NOTHING) {
    switch (command) {
    case CONTROL_DISCARD:
      recording->is_discarded = true;
      return true;
    case CONTROL_STOP:
      return true;
    case CONTROL_PAUSE:
    case CONTROL_RESUME:
      set_paused (recording, command == CONTROL_PAUSE);
      break;
    case CONTROL_SNAPSHOT:
      take_snapshot (recording, path);
      break;
    case CONTROL_TERMINATE:
      recording_terminate_command (recording);
      break;
    case CONTROL_NOTHING:
      break;
    }
  }
  return false;
}

static int
get_timeout_ms (const Recording *recording)
{
  return recording->control != NULL ? control_get_timeout_ms (recording->control)
                                    : progress_get_timeout_ms (&recording->progress);
}

/* True: somebody wants the end. */
static bool
report (Recording *recording)
{
  progress_show (&recording->progress, &recording->recorder);
  if (recording->control == NULL)
    return false;
  control_send_status (recording->control, &recording->recorder);
  return obey (recording);
}

int
recording_wait (Recording *recording)
{
  Recorder *recorder = &recording->recorder;
  struct pollfd fds[4];
  unsigned n_fds = recorder_get_fds (recorder, fds);
  fds[n_fds++] = (struct pollfd){ .fd = stop_signals_get_fd (), .events = POLLIN };
  if (recording->control != NULL)
    fds[n_fds++] = (struct pollfd){ .fd = recording->control->commands_fd, .events = POLLIN };
  while (stop_signals_get ().number == 0) {
    if (poll (fds, n_fds, get_timeout_ms (recording)) < 0 && errno != EINTR) {
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
    if (report (recording))
      return 0;
  }
  return 0;
}
