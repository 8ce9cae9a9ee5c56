/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <sys/types.h>

#include "otlp/container-id.h"

/* What this process and its machine are called. A text that is "" was not found. */
typedef struct {
  pid_t pid;
  char path[4096];      /* of the executable */
  char instance_id[37]; /* a random UUID */
  char host[256];
  char host_id[33];
  char kernel[256]; /* "Linux 6.1.0 x86_64", as sessions have it */
  char container_id[PROF_CONTAINER_ID_SIZE];
} ProfOwnProcess;

void prof_own_process_read (ProfOwnProcess *ret);
