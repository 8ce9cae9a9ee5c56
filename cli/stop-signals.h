/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

/* SIGINT, SIGTERM and SIGHUP end a recording in good order: the first one makes the descriptor
 * readable, one that comes later than the same cause could bring it (stop-signals.c) ends this
 * process at once. To be called when the command is forked: what it inherits stays as it was.
 * SIGPIPE is ignored from then on, so that a reader that is gone does not cost the profile. */
int stop_signals_init (void);
/* To poll for POLLIN. */
int stop_signals_get_fd (void);

/* From here on the first signal ends this process at once, too, which then says `text`. Borrowed.
 * NULL: no more. */
void stop_signals_set_parting (const char *text);

typedef struct {
  int number;           /* 0: none came */
  int is_from_terminal; /* it reached the whole foreground group, the command too */
} StopSignal;

StopSignal stop_signals_get (void);
