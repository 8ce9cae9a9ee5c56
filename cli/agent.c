/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include "agent-options.h"
#include "agent-sender.h"
#include "command.h"
#include "handles.h"
#include "json.h"
#include "message.h"
#include "privileges.h"
#include "text.h"

DEFINE_CLEANUP (ProfCpuProfiler, prof_cpu_profiler_free)
DEFINE_CLEANUP (ProfExporter, prof_exporter_free)

typedef struct {
  const AgentOptions *given; /* the command line */
  AgentOptions read;         /* the configuration file, if there is one */
  ProfCpuProfiler *profiler;
  AgentSender sender;
  int signal_fd, timer_fd;
  bool has_ended; /* the last profile is to be sent */
} Agent;

static const AgentOptions *
get_options (const Agent *agent)
{
  return agent->given->config != NULL ? &agent->read : agent->given;
}

static void
tell (const Agent *agent, const char *text)
{
  if (!get_options (agent)->export.quiet)
    message ("%s", text);
}

/* ---- opening ---- */

/* An exporter that is switched off takes all and sends nothing: the spool would be emptied. */
static bool
is_switched_off (void)
{
  const char *value = getenv ("OTEL_SDK_DISABLED");
  return value != NULL && strcasecmp (value, "true") == 0;
}

static int
open_exporter (const AgentOptions *options, ProfExporter **ret)
{
  if (is_switched_off ()) {
    message ("OTEL_SDK_DISABLED is true in the environment: nothing would be sent; unset it to "
             "profile");
    return STATUS_FAILURE;
  }
  AgentOptions chosen = *options;
  cleanup (export_config_clear) ExportConfig config;
  int status = export_options_get ("agent", &chosen.export, &config);
  if (status != STATUS_OK)
    return status;
  ProfError error = PROF_ERROR_INIT;
  config.config.is_relay = true;
  int r = prof_exporter_new (&config.config, ret, &error);
  return r < 0 ? fail (&error) : STATUS_OK;
}

static int
open_profiler (const AgentOptions *options, ProfCpuProfiler **ret)
{
  ProfError error = PROF_ERROR_INIT;
  ProfCpuConfig config = agent_options_get_cpu_config (options);
  cleanup (prof_cpu_profiler_free) ProfCpuProfiler *profiler = NULL;
  if (prof_cpu_profiler_new (&config, &profiler, &error) < 0
      || prof_cpu_profiler_start (profiler, &error) < 0)
    return fail (&error);
  const char *const *notes = prof_cpu_profiler_get_notes (profiler);
  for (; !options->export.quiet && *notes != NULL; notes++)
    note (*notes);
  *ret = profiler;
  profiler = NULL;
  return STATUS_OK;
}

static int
set_timer (Agent *agent)
{
  uint64_t interval_ns = get_options (agent)->interval_ns;
  struct timespec interval = { .tv_sec = (time_t)(interval_ns / 1000000000),
                               .tv_nsec = (long)(interval_ns % 1000000000) };
  struct itimerspec value = { interval, interval };
  return timerfd_settime (agent->timer_fd, 0, &value, NULL);
}

/* Threads inherit the mask: signals are read in the loop. */
static int
open_fds (Agent *agent)
{
  sigset_t signals;
  sigemptyset (&signals);
  sigaddset (&signals, SIGTERM);
  sigaddset (&signals, SIGINT);
  sigaddset (&signals, SIGHUP);
  sigprocmask (SIG_BLOCK, &signals, NULL);
  signal (SIGPIPE, SIG_IGN);
  agent->signal_fd = signalfd (-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  agent->timer_fd = timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (agent->signal_fd >= 0 && agent->timer_fd >= 0 && set_timer (agent) == 0)
    return STATUS_OK;
  message ("can't wait for signals and time: %s", strerror (errno));
  return STATUS_FAILURE;
}

/* ---- profiles ---- */

static void
print_status (Agent *agent, uint64_t n_samples, uint64_t duration_ns)
{
  AgentSenderStats sender;
  ProfCpuStats stats = PROF_CPU_STATS_INIT;
  Json json = JSON_INIT (stdout);
  json.is_on_one_line = true;
  agent_sender_get_stats (&agent->sender, &sender);
  prof_cpu_profiler_get_stats (agent->profiler, &stats);
  json_begin_object (&json, NULL);
  json_add_unsigned (&json, "samples", n_samples);
  json_add_number (&json, "seconds", (double)duration_ns / 1e9);
  json_add_unsigned (&json, "lost_samples", stats.dropped_samples);
  json_add_unsigned (&json, "sent", sender.n_sent);
  json_add_unsigned (&json, "refused", sender.n_refused);
  json_add_unsigned (&json, "dropped", sender.n_dropped);
  json_add_unsigned (&json, "waiting", sender.n_waiting);
  json_add_unsigned (&json, "waiting_bytes", sender.n_waiting_bytes);
  json_end_object (&json);
  fflush (stdout);
}

static uint64_t
count_samples (const ProfProfile *profile)
{
  size_t n_types, n_values;
  prof_profile_get_value_types (profile, &n_types);
  const int64_t *values = prof_profile_get_values (profile, &n_values);
  uint64_t n = 0;
  for (size_t i = 0; i < n_values; i += n_types)
    n += (uint64_t)values[i];
  return n;
}

/* A profile that could not be made or kept is told of, and the agent goes on. An idle target gives
 * none. */
static void
take_profile (Agent *agent, ProfCpuProfiler *profiler)
{
  ProfError error = PROF_ERROR_INIT;
  cleanup (prof_profile_unref) ProfProfile *profile = NULL;
  if (prof_cpu_profiler_take_profile (profiler, &profile, &error) < 0) {
    fail (&error);
    return;
  }
  uint64_t n_samples = count_samples (profile);
  if (n_samples > 0)
    agent_sender_add (&agent->sender, profile);
  if (get_options (agent)->export.json)
    print_status (agent, n_samples, (uint64_t)prof_profile_get_duration_ns (profile));
}

/* ---- what may happen ---- */

/* The new settings hold as a whole, or the old ones go on. */
static int
reload (Agent *agent)
{
  cleanup (agent_options_clear) AgentOptions read = { 0 };
  cleanup (prof_exporter_free) ProfExporter *exporter = NULL;
  cleanup (prof_cpu_profiler_free) ProfCpuProfiler *profiler = NULL;
  int status = agent_options_read (agent->given->config, &read);
  if (status == STATUS_OK)
    status = open_exporter (&read, &exporter);
  if (status == STATUS_OK)
    status = open_profiler (&read, &profiler);
  if (status != STATUS_OK)
    return status;

  if (strcmp (agent_options_get_spool (&read), agent->sender.spool.directory) != 0)
    message ("another spool directory is used from the next start on");
  prof_cpu_profiler_stop (agent->profiler, NULL);
  take_profile (agent, agent->profiler);
  agent_sender_set_exporter (&agent->sender, exporter, read.spool_bytes);
  exporter = NULL;

  ProfCpuProfiler *old_profiler = agent->profiler;
  AgentOptions old = agent->read;
  agent->profiler = profiler;
  agent->read = read;
  profiler = old_profiler;
  read = old;
  set_timer (agent);
  return STATUS_OK;
}

static void
handle_signal (Agent *agent)
{
  struct signalfd_siginfo info;
  if (read (agent->signal_fd, &info, sizeof info) != sizeof info)
    return;
  if (info.ssi_signo != SIGHUP)
    agent->has_ended = true;
  else if (agent->given->config == NULL)
    tell (agent, _ ("there is no configuration file to read again"));
  else if (reload (agent) == STATUS_OK)
    tell (agent, _ ("the new configuration is in use"));
  else
    message ("the new configuration is not used: the old one goes on");
}

static void
handle_profiler (Agent *agent)
{
  ProfError error = PROF_ERROR_INIT;
  int events = prof_cpu_profiler_process_events (agent->profiler, &error);
  if (events < 0)
    fail (&error);
  else if (events & PROF_EVENT_STOPPED)
    tell (agent, _ ("what was profiled has ended"));
  agent->has_ended |= events < 0 || events & PROF_EVENT_STOPPED;
}

static void
run_loop (Agent *agent)
{
  while (!agent->has_ended) {
    struct pollfd fds[] = {
      { .fd = agent->signal_fd, .events = POLLIN },
      { .fd = agent->timer_fd, .events = POLLIN },
      { .fd = prof_cpu_profiler_get_fd (agent->profiler), .events = POLLIN },
    };
    uint64_t n_intervals;
    if (poll (fds, 3, -1) < 0)
      continue;
    if (fds[0].revents)
      handle_signal (agent);
    else if (fds[1].revents && read (agent->timer_fd, &n_intervals, sizeof n_intervals) > 0)
      take_profile (agent, agent->profiler);
    else if (fds[2].revents)
      handle_profiler (agent);
  }
}

/* Until all is sent, the time is over, or a second signal comes. */
static void
flush_profiles (Agent *agent)
{
  prof_cpu_profiler_stop (agent->profiler, NULL);
  take_profile (agent, agent->profiler);
  agent_sender_flush (&agent->sender);
  /* timeout(1) sends its signal twice, and means one. */
  struct signalfd_siginfo again;
  (void)!read (agent->signal_fd, &again, sizeof again);
  struct pollfd fds[] = {
    { .fd = agent->sender.done_fd, .events = POLLIN },
    { .fd = agent->signal_fd, .events = POLLIN },
  };
  uint64_t flush_ms = get_options (agent)->flush_ns / 1000000;
  poll (fds, 2, flush_ms < INT32_MAX ? (int)flush_ms : INT32_MAX);
  AgentSenderStats stats;
  agent_sender_get_stats (&agent->sender, &stats);
  if (stats.n_waiting > 0)
    message (ngettext ("%llu profile not sent: waiting in %s for the next start",
                       "%llu profiles not sent: waiting in %s for the next start", stats.n_waiting),
             (unsigned long long)stats.n_waiting, agent->sender.spool.directory);
}

/* ---- the command ---- */

static int
open_sender (Agent *agent)
{
  const AgentOptions *options = get_options (agent);
  ProfExporter *exporter = NULL;
  int status = open_exporter (options, &exporter);
  if (status != STATUS_OK)
    return status;
  status = agent_sender_open (&agent->sender, agent_options_get_spool (options),
                              options->spool_bytes, exporter, options->export.quiet);
  if (status != STATUS_OK)
    agent_sender_close (&agent->sender);
  return status;
}

static void
close_fds (Agent *agent)
{
  if (agent->signal_fd >= 0)
    close (agent->signal_fd);
  if (agent->timer_fd >= 0)
    close (agent->timer_fd);
}

static int
run_agent (Agent *agent)
{
  privileges_drop ();
  int status = open_profiler (get_options (agent), &agent->profiler);
  if (status != STATUS_OK)
    return status;
  status = open_sender (agent);
  if (status == STATUS_OK) {
    tell (agent, _ ("profiling"));
    run_loop (agent);
    flush_profiles (agent);
    agent_sender_close (&agent->sender);
  }
  prof_cpu_profiler_free (agent->profiler);
  return status;
}

static int
run (void *values, char **operands, size_t n_operands)
{
  (void)operands, (void)n_operands;
  Agent agent = { .given = values, .signal_fd = -1, .timer_fd = -1 };
  int status = agent_options_check (agent.given);
  if (status == STATUS_OK && agent.given->config != NULL)
    status = agent_options_read (agent.given->config, &agent.read);
  if (status == STATUS_OK)
    status = open_fds (&agent);
  if (status == STATUS_OK)
    status = run_agent (&agent);
  close_fds (&agent);
  agent_options_clear (&agent.read);
  return status;
}

const Command command_agent = {
  .name = "agent",
  .summary = N_ ("profile continuously, for an OpenTelemetry collector"),
  .usage = "[OPTION]... -p PID\n[OPTION]... --cgroup DIR\n[OPTION]... -a\n-c FILE",
  .description = N_ (
      "Profiles the CPU time of running processes, of a control group as processes come and go in "
      "it, or of the whole system, and sends a profile every ten seconds to a collector that takes "
      "OTLP. Profiles wait in a directory, the spool, until the collector has taken them; what it "
      "refuses for good is dropped, and so is what fails again and again while it takes others. "
      "SIGTERM and SIGINT end it in good order. The heap can't be "
      "profiled like this: see 'prof record --heap'.\n"
      "\n"
      "With --config all options are in a file, a line NAME = VALUE for each, and true for what "
      "takes no value; # begins a comment. SIGHUP has it read again: a file that can't be used is "
      "told of, and the agent goes on as before.\n"),
  .examples = N_ ("  prof agent -a -e http://localhost:4318\n"
                  "  prof agent -p 1234 -i 30s -r service.name=shop --spool /tmp/shop\n"
                  "  prof agent -c /etc/prof/agent.conf\n"),
  .options = agent_options,
  .defaults = &agent_defaults,
  .values_size = sizeof (AgentOptions),
  .max_operands = 0,
  .operands = N_ ("nothing but options"),
  .run = run,
  .clear = agent_options_clear,
};
