/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/cpu.h>

#include "export-options.h"
#include "option.h"
#include "parse.h"

/* What the agent is to do: of the command line, or of a configuration file, where each line is
 * NAME = VALUE with the name of an option. */
typedef struct {
  ExportOptions export;
  const char *config; /* a file that holds all the rest */
  PidList pids;
  const char *cgroup;
  bool system;
  StringList events;
  unsigned frequency, unwind, max_depth;
  bool exclude_kernel;
  uint64_t interval_ns, flush_ns;
  const char *spool;
  uint64_t spool_bytes;
  char *text; /* of the file, that strings point to */
} AgentOptions;

extern const Option agent_options[];
extern const AgentOptions agent_defaults;

/* Whether the command line is complete by itself or names a file, as the only other option.
 * STATUS_OK, or another one after a message. */
int agent_options_check (const AgentOptions *given);
/* Reads a configuration file. *ret owns what it points to; clear in any case. As check. */
int agent_options_read (const char *path, AgentOptions *ret);
void agent_options_clear (void *values);
static inline void
agent_options_clear_p (AgentOptions *options)
{
  agent_options_clear (options);
}

/* As the library wants it; borrowed from the options. */
ProfCpuConfig agent_options_get_cpu_config (const AgentOptions *options);
/* Where profiles wait: as chosen, else $STATE_DIRECTORY, else /var/lib/prof. */
const char *agent_options_get_spool (const AgentOptions *options);
