/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/vec.h"

typedef struct {
  void *map;
  size_t n_bytes;
} ProfServerRing;

/* What one caller has been given. */
typedef struct {
  int socket_fd;
  uid_t uid;
  bool shows_kernel; /* an event was opened that does */
  bool shows_system; /* … of all processes */
  /* Mapped here as well: who maps them after that is not charged for the memory. */
  PROF_VEC (ProfServerRing) rings;
  size_t n_ring_bytes;
} ProfServer;

/* Answers requests until the socket is closed. 0; negative errno: the caller is none of ours. */
int prof_server_run (ProfServer *server);
void prof_server_finish (ProfServer *server);
