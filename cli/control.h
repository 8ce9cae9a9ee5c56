/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "recorder.h"

/* A recording that another program steers: each event is a line of JSON on what was standard
 * output, each command a line of words on what was standard input. */
typedef struct {
  FILE *events;
  int commands_fd;
  char line[4400]; /* longer than any path */
  size_t n_line;
  bool is_too_long; /* the rest of this line is skipped */
  bool is_at_end;   /* the other program is gone, or has said all */
  bool is_paused;
  int64_t sent_ms; /* when the latest status was sent; CLOCK_MONOTONIC */
} Control;

typedef enum {
  CONTROL_NOTHING, /* for now */
  CONTROL_STOP,
  CONTROL_DISCARD,
  CONTROL_PAUSE,
  CONTROL_RESUME,
  CONTROL_SNAPSHOT, /* of what there is so far, to a file */
  CONTROL_TERMINATE,
} ControlCommand;

/* Sets standard input and output aside: what is started reads from /dev/null and writes to standard
 * error. From then on messages are events, too. 0, or -1 after a message. */
int control_open (Control *control);
void control_close (Control *control);

/* The next command, without waiting; at the end of the input STOP, once. `ret_path` is valid until
 * the next call. What can't be understood is told, and skipped. */
ControlCommand control_next (Control *control, const char **ret_path);

/* How long until a status is due. */
int control_get_timeout_ms (const Control *control);
/* Sends the status if it is due. */
void control_send_status (Control *control, Recorder *recorder);
/* An event that has no more to say than its name, or a path. */
void control_send (Control *control, const char *event, const char *path);
void control_send_started (Control *control, pid_t command_pid);
/* A wait status, as of waitpid(2). */
void control_send_exited (Control *control, int wait_status);
