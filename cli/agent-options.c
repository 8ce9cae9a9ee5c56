/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "agent-options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "message.h"
#include "text.h"

enum { MAX_CONFIG_BYTES = 1 << 20, MIN_INTERVAL_NS = 10000000, MAX_FREQUENCY = 10000 };

/* ---- the options ---- */

static int
parse_frequency (const char *text, void *ret)
{
  unsigned value;
  int r = parse_unsigned (text, &value);
  if (r == 0 && value == 0)
    return -EINVAL;
  if (r == 0 && value > MAX_FREQUENCY)
    return -ERANGE;
  if (r == 0)
    *(unsigned *)ret = value;
  return r;
}

static int
parse_interval (const char *text, void *ret)
{
  uint64_t value;
  int r = parse_duration (text, &value);
  if (r == 0 && value < MIN_INTERVAL_NS)
    return -EINVAL;
  if (r == 0)
    *(uint64_t *)ret = value;
  return r;
}

static int
parse_unwind (const char *text, void *ret)
{
  static const char *const names[] = { "auto", "fp", "dwarf" };
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp (text, names[i]) == 0) {
      *(unsigned *)ret = i;
      return 0;
    }
  return -EINVAL;
}

static const OptionType frequency_type = { parse_frequency, N_ ("a whole number from 1 to 10000") };
static const OptionType interval_type
    = { parse_interval, N_ ("a duration of at least 10ms, such as 10s or 1m") };
static const OptionType unwind_type = { parse_unwind, N_ ("auto, fp or dwarf") };

#define VALUE(member) offsetof (AgentOptions, member)

const Option agent_options[] = {
  { "config", 'c', &option_string, VALUE (config), "FILE",
    N_ ("read all other options from FILE, and again at SIGHUP") },
  { "all", 'a', &option_switch, VALUE (system), NULL, N_ ("profile the whole system") },
  { "pid", 'p', &option_pids, VALUE (pids), "PID",
    N_ ("profile running processes, with all their threads and children to come; several separated "
        "by "
        "commas") },
  { "cgroup", 0, &option_string, VALUE (cgroup), "DIR",
    N_ ("profile what runs in a control group, such as /sys/fs/cgroup/system.slice/nginx.service, "
        "and "
        "in those below it") },
  { "interval", 'i', &interval_type, VALUE (interval_ns), "TIME",
    N_ ("send a profile so often (default: 10s)") },
  { "frequency", 'F', &frequency_type, VALUE (frequency), "HZ",
    N_ ("take so many samples a second of each CPU or thread that is busy (default: 100)") },
  { "event", 0, &option_list, VALUE (events), "NAME",
    N_ ("sample this event, or several separated by commas (default: cycles, else cpu-clock)") },
  { "unwind", 'u', &unwind_type, VALUE (unwind), "HOW",
    N_ ("find callers by auto (default), fp: frame pointers, the cheapest, or dwarf: unwind "
        "tables") },
  { "exclude-kernel", 0, &option_switch, VALUE (exclude_kernel), NULL,
    N_ ("leave out what happens in the kernel") },
  { "spool", 0, &option_string, VALUE (spool), "DIR",
    N_ ("keep profiles in DIR until the collector has taken them (default: $STATE_DIRECTORY, else "
        "/var/lib/prof)") },
  { "spool-max", 0, &option_size, VALUE (spool_bytes), "BYTES",
    N_ ("keep no more than this, and drop the oldest profiles (default: 256M)") },
  { "flush", 0, &option_duration, VALUE (flush_ns), "TIME",
    N_ ("at the end, try so long to send what waits; the rest stays in the spool (default: 5s)") },
  EXPORT_CONNECTION_OPTIONS (VALUE (export)),
  { "json", 0, &option_switch, VALUE (export.json), NULL,
    N_ ("print a line of JSON for each profile on standard output") },
  { "quiet", 'q', &option_switch, VALUE (export.quiet), NULL, N_ ("errors only") },
  { NULL },
};

const AgentOptions agent_defaults = {
  .frequency = 100,
  .interval_ns = 10000000000,
  .flush_ns = 5000000000,
  .spool_bytes = 256 << 20,
};

void
agent_options_clear (void *values)
{
  AgentOptions *options = values;
  export_options_clear (&options->export);
  string_list_clear (&options->events);
  free (options->pids.items);
  free (options->text);
  *options = agent_defaults;
}

/* ---- the file ---- */

static int
read_text (const char *path, char **ret)
{
  cleanup (fclose) FILE *file = fopen (path, "re");
  cleanup (free) char *text = calloc (MAX_CONFIG_BYTES + 1, 1);
  if (text == NULL)
    return fail_out_of_memory ();
  size_t n = file != NULL ? fread (text, 1, MAX_CONFIG_BYTES, file) : 0;
  if (file == NULL || ferror (file)) {
    message ("can't read %s: %s", path, strerror (errno));
    return STATUS_FAILURE;
  }
  if (n == MAX_CONFIG_BYTES || strlen (text) < n) {
    message ("can't use %s: it is no configuration file", path);
    return STATUS_FAILURE;
  }
  *ret = strdup (text);
  return *ret != NULL ? STATUS_OK : fail_out_of_memory ();
}

static char *
trim (char *text)
{
  text += strspn (text, " \t\r");
  size_t n = strlen (text);
  while (n > 0 && strchr (" \t\r", text[n - 1]) != NULL)
    text[--n] = '\0';
  return text;
}

static const Option *
find_option (const char *name)
{
  for (const Option *option = agent_options; option->name != NULL; option++)
    if (strcmp (option->name, name) == 0 && strcmp (name, "config") != 0)
      return option;
  return NULL;
}

static int
set_switch (const char *text, bool *ret)
{
  if (strcmp (text, "true") != 0 && strcmp (text, "false") != 0)
    return -EINVAL;
  *ret = strcmp (text, "true") == 0;
  return 0;
}

/* The value is in no message: a header may be a secret. */
static int
set_line (const char *path, unsigned number, char *line, AgentOptions *ret)
{
  char *value = line, *name = trim (strsep (&value, "="));
  if (*name == '\0' && value == NULL)
    return STATUS_OK;
  const Option *option = find_option (name);
  if (option == NULL || value == NULL) {
    message ("%s:%u: %s", path, number,
             value == NULL ? "NAME = VALUE is expected" : "there is no such setting");
    return STATUS_FAILURE;
  }
  void *place = (char *)ret + option->offset;
  bool is_switch = option->type == &option_switch;
  int r = is_switch ? set_switch (trim (value), place) : option->type->parse (trim (value), place);
  if (r == 0)
    return STATUS_OK;
  message ("%s:%u: %s: %s is expected", path, number, name,
           is_switch ? "true or false" : option->type->expected);
  return STATUS_FAILURE;
}

static int
read_config (const char *path, AgentOptions *ret)
{
  int status = read_text (path, &ret->text);
  char *rest = ret->text;
  unsigned number = 0;
  for (char *line; status == STATUS_OK && (line = strsep (&rest, "\n")) != NULL;) {
    number++;
    line = trim (line);
    if (*line != '#')
      status = set_line (path, number, line, ret);
  }
  return status;
}

/* ---- all together ---- */

static int
check (const AgentOptions *options)
{
  int n_targets = (options->pids.n > 0) + (options->cgroup != NULL) + options->system;
  if (n_targets != 1)
    return usage_error ("agent", n_targets == 0
                                     ? "what to profile is expected: -p PID, --cgroup DIR or -a"
                                     : "--pid, --cgroup and --all exclude each other");
  return STATUS_OK;
}

static bool
has_others_than_config (const AgentOptions *given)
{
  AgentOptions expected;
  memcpy (&expected, &agent_defaults, sizeof expected);
  expected.config = given->config;
  return memcmp (&expected, given, sizeof expected) != 0;
}

int
agent_options_check (const AgentOptions *given)
{
  if (given->config == NULL)
    return check (given);
  if (has_others_than_config (given))
    return usage_error ("agent", "with --config all other options are in the file");
  return STATUS_OK;
}

int
agent_options_read (const char *path, AgentOptions *ret)
{
  *ret = agent_defaults;
  int status = read_config (path, ret);
  return status == STATUS_OK ? check (ret) : status;
}

ProfCpuConfig
agent_options_get_cpu_config (const AgentOptions *options)
{
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  config.target = options->system           ? PROF_TARGET_SYSTEM
                  : options->cgroup != NULL ? PROF_TARGET_CGROUP
                                            : PROF_TARGET_PIDS;
  config.pids = options->pids.items;
  config.n_pids = options->pids.n;
  config.cgroup = options->cgroup;
  config.events = string_list_get (&options->events);
  config.sampling_rate = options->frequency;
  config.unwind_mode = (ProfUnwindMode)options->unwind;
  config.max_stack_depth = 512;
  config.exclude_kernel = options->exclude_kernel;
  config.collect_timestamps = options->export.timestamps;
  config.collect_system_info = false;
  return config;
}

const char *
agent_options_get_spool (const AgentOptions *options)
{
  if (options->spool != NULL)
    return options->spool;
  const char *state = getenv ("STATE_DIRECTORY");
  return state != NULL && *state != '\0' ? state : "/var/lib/prof";
}
