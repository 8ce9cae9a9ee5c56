/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

/* What a session says of the machine it was recorded on. */
typedef struct {
  char host[256];
  char kernel[256];
  char cpu_model[128];
  unsigned n_cpus; /* online */
} ProfMachine;

void prof_machine_read (ProfMachine *ret);
