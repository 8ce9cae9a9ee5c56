/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* Gives up what the caller has left behind (environment, descriptors, terminal, signals), and all
 * rights but those that opening takes: afterwards files can be opened as this user could.
 * Descriptors 0 to 2 stay. 0 or -EPERM. */
int prof_confine (uid_t uid, gid_t gid);

/* Pure: a user's number as pkexec gives it; digits only. */
bool prof_parse_uid (const char *text, uid_t *ret);
