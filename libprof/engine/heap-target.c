/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/heap-target.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

static const char hook_name[] = "libprof-heap.so";

void
prof_heap_target_init (ProfHeapTarget *target, const ProfMemoryConfig *config)
{
  *target = (ProfHeapTarget){ .config = config, .spawn = { .pid = 0, .socket_fd = -1 } };
}

void
prof_heap_target_finish (ProfHeapTarget *target)
{
  int status;
  prof_spawn_finish (&target->spawn);
  /* A command that has ended is not left as a zombie; one that goes on is init's later. */
  prof_spawn_wait (&target->spawn, false, &status);
  prof_heap_region_finish (&target->region);
  free (target->environment);
}

void
prof_heap_target_ignore_thread (ProfHeapTarget *target, bool ignore)
{
  if (target->ignore_thread != NULL)
    target->ignore_thread (ignore);
}

static ProfHeapRegionConfig
make_region_config (const ProfMemoryConfig *config)
{
  return (ProfHeapRegionConfig){ .rate_bytes = config->sampling_rate,
                                 .min_sample_bytes = config->min_sample_size,
                                 .max_stack_bytes = config->stack_bytes,
                                 .ring_bytes = config->ring_bytes,
                                 .tracks_frees = config->track_deallocations };
}

/* ---- the library that others load ---- */

/* Beside the file that this code is in, else where it was installed. */
static void
find_hook (const char *configured, char *ret, size_t size)
{
  Dl_info info;
  if (configured != NULL) {
    snprintf (ret, size, "%s", configured);
    return;
  }
  const char *slash = dladdr (&hook_name, &info) != 0 ? strrchr (info.dli_fname, '/') : NULL;
  if (slash != NULL) {
    snprintf (ret, size, "%.*s/%s", (int)(slash - info.dli_fname), info.dli_fname, hook_name);
    if (access (ret, R_OK) == 0)
      return;
  }
  snprintf (ret, size, "%s/%s", PROF_LIBDIR, hook_name);
}

static int
try_hook (const char *path)
{
  if (access (path, R_OK) < 0)
    return -ENOENT;
  return strpbrk (path, ": ") != NULL ? -EINVAL : 0;
}

static int
check_hook (const char *path, ProfError *reterr)
{
  int r = try_hook (path);
  if (r == -ENOENT)
    return prof_error_set (reterr, -ENOENT,
                           "Can't record a heap: the library that programs load for it is not at "
                           "'%s'; install libprof completely, or name the library",
                           path);
  if (r < 0)
    return prof_error_set (reterr, r,
                           "Can't record a heap: the path '%s' holds a colon or a space, which "
                           "LD_PRELOAD can't have; install libprof elsewhere",
                           path);
  return 0;
}

/* The command may run in another directory. */
static void
resolve_hook (const char *configured, char *ret, size_t size)
{
  char found[PATH_MAX], resolved[PATH_MAX];
  find_hook (configured, found, sizeof found);
  snprintf (ret, size, "%s", realpath (found, resolved) != NULL ? resolved : found);
}

int
prof_heap_target_try_library (char *ret_path, size_t size)
{
  resolve_hook (NULL, ret_path, size);
  return try_hook (ret_path);
}

static int
make_environment (ProfHeapTarget *target, ProfError *reterr)
{
  char hook[PATH_MAX];
  resolve_hook (target->config->hook_library, hook, sizeof hook);
  int r = check_hook (hook, reterr);
  if (r < 0)
    return r;
  target->environment
      = prof_heap_region_make_environment (&target->region, hook,
                                           prof_spawn_get_variable (target->config->environment,
                                                                    "LD_PRELOAD"));
  if (target->environment == NULL)
    return prof_error_set (reterr, -ENOMEM, "Can't record a heap: out of memory");
  return 0;
}

/* ---- opening ---- */

static size_t
count_strings (const char *const *strings)
{
  size_t n = 0;
  while (strings != NULL && strings[n] != NULL)
    n++;
  return n;
}

/* The last setting of a name counts: ours. */
static int
spawn_command (ProfHeapTarget *target, ProfError *reterr)
{
  const ProfMemoryConfig *config = target->config;
  size_t n = count_strings (config->environment);
  const char **environment = calloc (n + 3, sizeof *environment);
  if (environment == NULL)
    return prof_error_set (reterr, -ENOMEM, "Can't record a heap: out of memory");
  for (size_t i = 0; i < n; i++)
    environment[i] = config->environment[i];
  environment[n] = target->environment[0];
  environment[n + 1] = target->environment[1];
  int r = prof_spawn_new (config->command, environment, config->working_directory, &target->spawn,
                          reterr);
  free (environment);
  return r;
}

static int
open_command (ProfHeapTarget *target, ProfError *reterr)
{
  const ProfMemoryConfig *config = target->config;
  int r = prof_memory_check_command (config->command[0], reterr);
  if (r < 0 || (r = spawn_command (target, reterr)) < 0)
    return r;
  if (config->no_inherit)
    target->region.header->only_pid = (uint32_t)target->spawn.pid;
  r = prof_collector_watch (target->collector, target->spawn.pid);
  if (r < 0)
    return prof_error_set (reterr, r, "Can't watch '%s' for its end: %s%s", config->command[0],
                           strerror (-r), prof_error_get_remedy (r));
  return 0;
}

static int
open_self (ProfHeapTarget *target, ProfError *reterr)
{
  target->attach = (ProfHeapAttach *)dlsym (RTLD_DEFAULT, PROF_HEAP_ATTACH);
  target->detach = (ProfHeapDetach *)dlsym (RTLD_DEFAULT, PROF_HEAP_DETACH);
  target->ignore_thread = (ProfHeapIgnoreThread *)dlsym (RTLD_DEFAULT, PROF_HEAP_IGNORE_THREAD);
  if (target->attach == NULL || target->detach == NULL || target->ignore_thread == NULL)
    return prof_error_set (reterr, -EOPNOTSUPP,
                           "Can't record the heap of this process: libprof-heap.so is not loaded; "
                           "link the program with it (pkg-config --libs libprof-heap), or start it "
                           "with LD_PRELOAD=libprof-heap.so");
  return 0;
}

int
prof_heap_target_open (ProfHeapTarget *target, ProfError *reterr)
{
  if (target->config->target == PROF_MEMORY_SELF)
    return open_self (target, reterr);
  ProfHeapRegionConfig region = make_region_config (target->config);
  prof_trace_parse (prof_spawn_get_variable (target->config->environment, "TRACEPARENT"),
                    &target->link);
  int r = prof_heap_region_new (&region, &target->region, reterr);
  if (r < 0 || (r = make_environment (target, reterr)) < 0)
    return r;
  return target->config->target == PROF_MEMORY_COMMAND ? open_command (target, reterr) : 0;
}

/* ---- begin and end ---- */

int
prof_heap_target_attach (ProfHeapTarget *target, ProfError *reterr)
{
  if (target->config->target != PROF_MEMORY_SELF)
    return 0;
  ProfHeapRegionConfig config = make_region_config (target->config);
  ProfHeapHeader wanted, *header;
  prof_heap_region_fill_header (&config, &wanted);
  int r = target->attach (&wanted, &header);
  if (r >= 0 && (r = prof_heap_region_adopt (header, &target->region)) < 0)
    target->detach ();
  if (r == -EBUSY)
    return prof_error_set (reterr, r,
                           "Can't record the heap of this process: it is being recorded already");
  if (r < 0)
    return prof_error_set (reterr, r,
                           "Can't record the heap of this process: libprof-heap.so can't work in "
                           "it: "
                           "%s%s",
                           strerror (-r), prof_error_get_remedy (r));
  return 0;
}

int
prof_heap_target_begin (ProfHeapTarget *target, ProfError *reterr)
{
  if (target->config->target == PROF_MEMORY_SELF)
    return 0;
  prof_heap_region_set_running (&target->region, true);
  if (target->config->target == PROF_MEMORY_CHILDREN)
    return 0;
  return prof_spawn_start (&target->spawn, target->config->command[0], reterr);
}

void
prof_heap_target_disable (ProfHeapTarget *target)
{
  if (target->region.header != NULL)
    prof_heap_region_set_running (&target->region, false);
}

void
prof_heap_target_end (ProfHeapTarget *target)
{
  if (target->region.header != NULL && target->detach != NULL)
    target->detach ();
}
