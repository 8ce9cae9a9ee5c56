/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "record-options.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "message.h"
#include "symbol-cache.h"
#include "text.h"

static int
parse_unwind (const char *text, void *ret)
{
  static const struct {
    const char *name;
    ProfUnwindMode mode;
  } modes[] = { { "auto", PROF_UNWIND_AUTO },
                { "fp", PROF_UNWIND_FRAME_POINTERS },
                { "dwarf", PROF_UNWIND_DWARF } };
  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
    if (strcmp (text, modes[i].name) == 0) {
      *(ProfUnwindMode *)ret = modes[i].mode;
      return 0;
    }
  return -EINVAL;
}

static int
parse_attach (const char *text, void *ret)
{
  static const char *const names[]
      = { [PROF_ATTACH_AUTO] = "auto", [PROF_ATTACH_CPU] = "cpu", [PROF_ATTACH_TASK] = "task" };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp (text, names[i]) == 0) {
      *(ProfAttach *)ret = (ProfAttach)i;
      return 0;
    }
  return -EINVAL;
}

static int
parse_sampling (const char *text, void *ret)
{
  ProfSampling *sampling;
  int r = prof_sampling_new_from_string (text, &sampling, NULL);
  if (r < 0)
    return r;
  prof_sampling_unref (*(ProfSampling **)ret);
  *(ProfSampling **)ret = sampling;
  return 0;
}

static int
add_variable (const char *text, void *ret)
{
  return *text != '\0' && *text != '=' ? string_list_append (ret, text, strlen (text)) : -EINVAL;
}

static int
parse_bounded (const char *text, unsigned first, unsigned last, unsigned *ret)
{
  unsigned value;
  int r = parse_unsigned (text, &value);
  if (r < 0)
    return r;
  if (value < first || value > last)
    return value < first ? -EINVAL : -ERANGE;
  *ret = value;
  return 0;
}

static int
parse_frequency (const char *text, void *ret)
{
  return parse_bounded (text, 1, 1000000, ret);
}

static int
parse_depth (const char *text, void *ret)
{
  return parse_bounded (text, 1, 8192, ret);
}

static int
parse_period (const char *text, void *ret)
{
  int r = parse_uint64 (text, ret);
  return r == 0 && *(uint64_t *)ret == 0 ? -EINVAL : r;
}

/* perf_event_open(2), sample_stack_user. */
static int
parse_stack_size (const char *text, void *ret)
{
  uint64_t size;
  int r = parse_size (text, &size);
  if (r < 0)
    return r;
  if (size > UINT16_MAX)
    return -ERANGE;
  if (size == 0 || size % 8 != 0)
    return -EINVAL;
  *(uint64_t *)ret = size;
  return 0;
}

/* The command that is recorded must not get the socket. */
static int
parse_helper_fd (const char *text, HelperChoice *ret)
{
  unsigned fd;
  int r = parse_unsigned (text, &fd);
  if (r < 0)
    return r;
  if (fd > INT_MAX || fcntl ((int)fd, F_SETFD, FD_CLOEXEC) < 0)
    return -EINVAL;
  *ret = (HelperChoice){ HELPER_ALWAYS, (int)fd };
  return 0;
}

static int
parse_helper (const char *text, void *ret)
{
  static const char *const names[] = { [HELPER_AUTO] = "auto",
                                       [HELPER_REFUSED] = "refused",
                                       [HELPER_ALWAYS] = "always",
                                       [HELPER_NEVER] = "never" };
  if (strncmp (text, "fd:", 3) == 0)
    return parse_helper_fd (text + 3, ret);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp (text, names[i]) == 0) {
      *(HelperChoice *)ret = (HelperChoice){ (HelperUse)i, -1 };
      return 0;
    }
  return -EINVAL;
}

static const OptionType unwind_type = { parse_unwind, N_ ("auto, fp or dwarf") };
static const OptionType attach_type = { parse_attach, N_ ("auto, cpu or task") };
static const OptionType sampling_type
    = { parse_sampling,
        N_ ("always, never, probabilistic:0.1, rate:50, adaptive:100 or adaptive:100:0.01:1") };
static const OptionType frequency_type
    = { parse_frequency, N_ ("a whole number from 1 to 1000000") };
static const OptionType period_type = { parse_period, N_ ("a whole number, 1 or more") };
static const OptionType depth_type = { parse_depth, N_ ("a whole number from 1 to 8192") };
static const OptionType stack_size_type
    = { parse_stack_size, N_ ("a multiple of 8 bytes below 64k, such as 16k") };
static const OptionType helper_type
    = { parse_helper, N_ ("auto, refused, always, never or fd:N with an open socket") };
static const OptionType variable_type = { add_variable, N_ ("NAME=VALUE, or NAME to unset it") };

#define VALUE(member) offsetof (RecordOptions, member)

const Option record_options[] = {
  { "event", 'e', &option_list, VALUE (events), "NAME",
    N_ ("sample this event, or several: repeat the option or separate them by commas (default: "
        "cycles, or cpu-clock where the processor's cycles can't be counted); see 'prof events'") },
  { "frequency", 'F', &frequency_type, VALUE (frequency), "HZ",
    N_ ("take so many samples a second of each running thread (default: 999)") },
  { "period", 'c', &period_type, VALUE (period), "N",
    N_ ("take a sample each N events, in place of a frequency") },
  { "pid", 'p', &option_pids, VALUE (pids), "PID",
    N_ ("record running processes, with all their threads and children to come; several separated "
        "by commas") },
  { "all", 'a', &option_switch, VALUE (system), NULL, N_ ("record the whole system") },
  { "heap", 0, &option_switch, VALUE (heap), NULL,
    N_ ("record the heap of a command: who allocates, what is live at which time, what leaks") },
  { "cpu", 0, &option_switch, VALUE (cpu), NULL, N_ ("with --heap: record the CPU as well") },
  { "heap-rate", 0, &option_size, VALUE (heap_rate), "BYTES",
    N_ ("take an allocation for a sample each so many bytes on average; 1: every allocation "
        "(default: 512k)") },
  { "heap-min-size", 0, &option_size, VALUE (heap_min_size), "BYTES",
    N_ ("do not sample smaller blocks (default: 0)") },
  { "no-frees", 0, &option_switch, VALUE (no_frees), NULL,
    N_ ("record allocations alone: cheaper, and nothing is known of what is live") },
  { "output", 'o', &option_string, VALUE (output), "FILE",
    N_ ("write the profile to FILE; - is standard output, and the command's own output goes to "
        "standard error then (default: prof-COMMAND-DATE-TIME.pb.gz)") },
  { "export", 0, &option_string, VALUE (export_url), "URL",
    N_ ("send the profile to the OpenTelemetry collector there, too; more settings come from the "
        "environment, see 'prof export'") },
  { "duration", 'd', &option_duration, VALUE (duration_ns), "TIME",
    N_ ("stop after 5, 5s, 500ms or 2m; a command goes on and is waited for") },
  { "delay", 'D', &option_duration, VALUE (delay_ns), "TIME", N_ ("begin sampling so much later") },
  { "unwind", 'u', &unwind_type, VALUE (unwind), "HOW",
    N_ ("find callers by auto: unwind tables, and frame pointers where there are none (default); "
        "fp: frame pointers only, the cheapest; dwarf: unwind tables only") },
  { "stack-size", 0, &stack_size_type, VALUE (stack_bytes), "BYTES",
    N_ ("copy so much of the stack with a sample, e.g. 16k (default: chosen)") },
  { "max-depth", 0, &depth_type, VALUE (max_depth), "N",
    N_ ("keep at most N frames of a stack (default: 512)") },
  { "exclude-kernel", 0, &option_switch, VALUE (exclude_kernel), NULL,
    N_ ("leave out what happens in the kernel") },
  { "no-inherit", 0, &option_switch, VALUE (no_inherit), NULL,
    N_ ("do not follow child processes") },
  { "attach", 0, &attach_type, VALUE (attach), "HOW",
    N_ ("sample by events of each CPU, of which other programs' samples are dropped at once: cpu; "
        "or of each thread, which costs at each context switch: task; auto: cpu with --pid, where "
        "this user may and only clocks or cycles are sampled, else task (default)") },
  { "cwd", 0, &option_string, VALUE (directory), "DIR", N_ ("run the command in this directory") },
  { "env", 0, &variable_type, VALUE (environment), "NAME=VALUE",
    N_ ("set a variable for the command, or unset NAME; may be repeated") },
  { "sampling", 0, &sampling_type, VALUE (sampling), "STRATEGY",
    N_ ("keep a part of the samples: always, never, probabilistic:0.1 (each tenth by chance), "
        "rate:50 (at most 50 a second), adaptive:100 (about 100 a second); totals stay right on "
        "average") },
  { "helper", 0, &helper_type, VALUE (helper), "WHEN",
    N_ ("let prof-helper open the events, with an administrator's consent: auto: when this user "
        "may not and there is a terminal (default); refused: also without one, for desktop "
        "sessions; always: also to see the kernel's part of own programs; never; fd:N: by one that "
        "runs already") },
  { "no-thread-names", 0, &option_switch, VALUE (no_thread_names), NULL,
    N_ ("leave out the label thread") },
  { "no-thread-ids", 0, &option_switch, VALUE (no_thread_ids), NULL,
    N_ ("leave out the labels tid and pid") },
  { "no-timestamps", 0, &option_switch, VALUE (no_timestamps), NULL,
    N_ ("leave out the time of each sample: a smaller file without a time axis") },
  { "symbol-cache", 0, &option_string, VALUE (symbol_cache), "DIR",
    N_ ("keep the names that were found in DIR, so that the next recording ends sooner (default: "
        "$XDG_CACHE_HOME/prof, or ~/.cache/prof)") },
  { "no-symbol-cache", 0, &option_switch, VALUE (no_symbol_cache), NULL,
    N_ ("look up all names afresh, and keep none") },
  { "control", 0, &option_switch, VALUE (control), NULL,
    N_ ("for programs that steer a recording: events are lines of JSON on standard output, "
        "commands (stop, discard, pause, resume, terminate, snapshot FILE) lines on standard "
        "input; the man page describes them") },
  { "quiet", 'q', &option_switch, VALUE (quiet), NULL,
    N_ ("no progress, notes or summary; errors only") },
  { NULL },
};

const RecordOptions record_defaults
    = { .max_depth = 512, .heap_rate = 512 * 1024, .helper = { HELPER_AUTO, -1 } };

/* 17 minutes of one busy CPU at 999 Hz keep the time of each sample. */
enum { DEFAULT_FREQUENCY = 999, MAX_SAMPLES = 1000000 };

static int
check_target (const RecordOptions *chosen, char **command)
{
  int n_targets = (command[0] != NULL) + (chosen->pids.n > 0) + chosen->system;
  if (n_targets == 0)
    return usage_error ("record", "what to record is expected: a command after --, -p PID or -a");
  if (n_targets > 1)
    return usage_error ("record", "a command, --pid and --all exclude each other");
  if (command[0] == NULL && chosen->directory != NULL)
    return usage_error ("record", "--cwd is for a command, and none is given");
  if (command[0] == NULL && chosen->environment.n > 0)
    return usage_error ("record", "--env is for a command, and none is given");
  if (chosen->system && chosen->attach != PROF_ATTACH_AUTO)
    return usage_error ("record", "--attach is for a command or --pid");
  if (command[0] != NULL && chosen->attach == PROF_ATTACH_CPU && chosen->delay_ns > 0)
    return usage_error ("record", "--attach cpu and --delay exclude each other for a command: "
                                  "children that it starts before would be missed");
  return STATUS_OK;
}

static int
check_output_use (const RecordOptions *chosen)
{
  if (chosen->control && chosen->output != NULL && strcmp (chosen->output, "-") == 0)
    return usage_error ("record", "--control and --output - both need standard output");
  return STATUS_OK;
}

static int
check_rate (const RecordOptions *chosen)
{
  if (chosen->frequency > 0 && chosen->period > 0)
    return usage_error ("record", "--frequency and --period exclude each other");
  return STATUS_OK;
}

/* Options that say how the CPU is sampled. NULL: none was given. */
static const char *
find_cpu_option (const RecordOptions *chosen)
{
  return chosen->events.n > 0                       ? "--event"
         : chosen->frequency > 0                    ? "--frequency"
         : chosen->period > 0                       ? "--period"
         : chosen->unwind != record_defaults.unwind ? "--unwind"
         : chosen->sampling != NULL                 ? "--sampling"
         : chosen->exclude_kernel                   ? "--exclude-kernel"
         : chosen->attach != PROF_ATTACH_AUTO       ? "--attach"
                                                    : NULL;
}

static const char *
find_heap_option (const RecordOptions *chosen)
{
  return chosen->cpu                                      ? "--cpu"
         : chosen->heap_rate != record_defaults.heap_rate ? "--heap-rate"
         : chosen->heap_min_size > 0                      ? "--heap-min-size"
         : chosen->no_frees                               ? "--no-frees"
                                                          : NULL;
}

static int
check_heap (const RecordOptions *chosen, char **command)
{
  const char *cpu_option = find_cpu_option (chosen), *heap_option = find_heap_option (chosen);
  if (!chosen->heap)
    return heap_option == NULL ? STATUS_OK
                               : usage_error ("record", "%s goes with --heap", heap_option);
  if (!chosen->cpu && cpu_option != NULL)
    return usage_error ("record", "%s says how the CPU is sampled: add --cpu to record both",
                        cpu_option);
  if (chosen->heap_rate == 0)
    return usage_error ("record", "--heap-rate must be 1 or more");
  if (command[0] == NULL)
    return usage_error ("record",
                        "--heap is for a command: its allocator has to be exchanged before it "
                        "starts, and can't be in a process that runs without risk to it; start "
                        "the program with 'prof record --heap -- COMMAND'");
  return STATUS_OK;
}

static const char *
find_symbol_cache (const RecordOptions *chosen)
{
  if (chosen->no_symbol_cache)
    return NULL;
  return chosen->symbol_cache != NULL ? chosen->symbol_cache : get_symbol_cache ();
}

/* Somebody sits there: no script of a build service, nor a job in the background. */
static bool
is_interactive (void)
{
  return isatty (STDIN_FILENO) && isatty (STDERR_FILENO) && tcgetpgrp (STDIN_FILENO) == getpgrp ()
         && getenv ("CI") == NULL;
}

static void
set_helper (const RecordOptions *chosen, ProfCpuConfig *config)
{
  HelperUse use = chosen->helper.use;
  config->helper_on_terminal = !chosen->control && is_interactive ();
  bool may_ask = use == HELPER_REFUSED || (use == HELPER_AUTO && config->helper_on_terminal);
  config->helper = use == HELPER_ALWAYS ? PROF_HELPER_ALWAYS
                   : may_ask            ? PROF_HELPER_IF_REFUSED
                                        : PROF_HELPER_NEVER;
  config->helper_fd = chosen->helper.fd;
}

static ProfCpuConfig
make_cpu_config (const RecordOptions *chosen, char **command)
{
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  config.target = chosen->system       ? PROF_TARGET_SYSTEM
                  : chosen->pids.n > 0 ? PROF_TARGET_PIDS
                                       : PROF_TARGET_COMMAND;
  config.pids = chosen->pids.items;
  config.n_pids = chosen->pids.n;
  config.command = (const char *const *)command;
  config.environment = string_list_get (&chosen->environment);
  config.working_directory = chosen->directory;
  config.no_inherit = chosen->no_inherit;
  config.attach = chosen->attach;
  config.events = string_list_get (&chosen->events);
  config.sampling_rate = chosen->frequency > 0 ? chosen->frequency : DEFAULT_FREQUENCY;
  config.period = chosen->period;
  config.delay_ns = chosen->delay_ns;
  config.duration_ns = chosen->duration_ns;
  config.max_stack_depth = chosen->max_depth;
  config.unwind_mode = chosen->unwind;
  config.stack_bytes = (uint32_t)chosen->stack_bytes;
  config.max_samples = MAX_SAMPLES;
  config.sampling = chosen->sampling;
  config.exclude_kernel = chosen->exclude_kernel;
  config.include_thread_names = !chosen->no_thread_names;
  config.collect_thread_ids = !chosen->no_thread_ids;
  config.collect_timestamps = !chosen->no_timestamps;
  config.symbol_cache = find_symbol_cache (chosen);
  set_helper (chosen, &config);
  return config;
}

static ProfMemoryConfig
make_heap_config (const RecordOptions *chosen, char **command)
{
  ProfMemoryConfig config = PROF_MEMORY_CONFIG_INIT;
  config.target = PROF_MEMORY_COMMAND;
  config.command = (const char *const *)command;
  config.environment = string_list_get (&chosen->environment);
  config.working_directory = chosen->directory;
  config.no_inherit = chosen->no_inherit;
  config.sampling_rate = chosen->heap_rate;
  config.min_sample_size = chosen->heap_min_size;
  config.duration_ns = chosen->duration_ns;
  config.max_stack_depth = chosen->max_depth;
  config.track_deallocations = !chosen->no_frees;
  config.stack_bytes = (uint32_t)chosen->stack_bytes;
  config.include_thread_names = !chosen->no_thread_names;
  config.collect_thread_ids = !chosen->no_thread_ids;
  config.symbol_cache = find_symbol_cache (chosen);
  return config;
}

int
record_options_get (const RecordOptions *chosen, char **command, RecordConfig *ret)
{
  if (check_target (chosen, command) != STATUS_OK || check_rate (chosen) != STATUS_OK
      || check_heap (chosen, command) != STATUS_OK || check_output_use (chosen) != STATUS_OK)
    return STATUS_USAGE;
  *ret = (RecordConfig){ make_cpu_config (chosen, command), make_heap_config (chosen, command) };
  return STATUS_OK;
}

void
record_options_clear (void *values)
{
  RecordOptions *options = values;
  string_list_clear (&options->events);
  string_list_clear (&options->environment);
  free (options->pids.items);
  prof_sampling_unref (options->sampling);
}

/* The last part of a path, with only what is harmless in a file name. */
static void
write_plain_name (char *ret, size_t size, const char *path)
{
  const char *slash = strrchr (path, '/');
  const char *name = slash != NULL ? slash + 1 : path;
  size_t n = 0;
  for (; *name != '\0' && n + 1 < size; name++)
    ret[n++] = strchr ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+", *name)
                   ? *name
                   : '_';
  ret[n] = '\0';
}

char *
choose_record_name (const RecordOptions *chosen, char **command)
{
  char what[48], date[32];
  if (chosen->system)
    strcpy (what, "system");
  else if (chosen->pids.n > 0)
    snprintf (what, sizeof what, "%d", (int)chosen->pids.items[0]);
  else
    write_plain_name (what, sizeof what, command[0]);
  time_t now = time (NULL);
  struct tm local;
  if (localtime_r (&now, &local) == NULL
      || strftime (date, sizeof date, "%Y%m%d-%H%M%S", &local) == 0)
    snprintf (date, sizeof date, "%lld", (long long)now);

  char *name = NULL;
  if (asprintf (&name, "prof-%s-%s.pb.gz", what, date) < 0)
    return NULL;
  for (int i = 2; access (name, F_OK) == 0; i++) {
    free (name);
    if (asprintf (&name, "prof-%s-%s-%d.pb.gz", what, date, i) < 0)
      return NULL;
  }
  return name;
}
