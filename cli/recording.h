/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>

#include "control.h"
#include "record-progress.h"
#include "recorder.h"
#include "sender.h"

/* A recording on its way. */
typedef struct {
  Recorder recorder;
  Progress progress;
  const char *path;
  int output_fd;    /* for "-": where the profile goes */
  Sender *sender;   /* its exporter is NULL: the profile is not sent */
  Control *control; /* NULL: nobody steers */
  bool is_discarded;
} Recording;

/* Until the target ends, the duration is over, a signal comes or whoever steers says so. -1 after a
 * message. */
int recording_wait (Recording *recording);

/* Stops, writes the profile, sends it, and waits for the command. Returns the exit status. */
int recording_finish (Recording *recording, bool is_good);

/* Sends the command a signal TERM, if it runs. */
void recording_terminate_command (Recording *recording);
