/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>

#include <prof/error.h>

#include "capture/helper-channel.h"

/* What starting the helper through PolicyKit takes. */
typedef struct {
  int helper; /* 0 or negative errno: executing it */
  int pkexec; /* … pkexec */
  int action; /* … reading what PolicyKit is to know of it */
} ProfHelperParts;

void prof_helper_parts_find (ProfHelperParts *ret);
bool prof_helper_parts_are_whole (const ProfHelperParts *parts);
/* Where it is installed. */
const char *prof_helper_get_path (void);

/* Starts it, which asks a person for consent, and waits for that: in a window, or, if there is
 * nobody to show one and `uses_terminal`, on the terminal. -ENOENT: it is not installed; -EACCES:
 * no consent; -EPIPE: it failed. */
int prof_helper_start (bool uses_terminal, ProfHelperChannel *ret, ProfError *reterr);

/* One that somebody else started: borrows its socket. -EBADF, -EPIPE. */
int prof_helper_connect (int socket_fd, ProfHelperChannel *ret, ProfError *reterr);
