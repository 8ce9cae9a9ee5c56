/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* record-heap [OPTION=VALUE...] REPORT HOOK COMMAND...: runs the command with libprof-heap.so and
 * writes what its processes allocated into the file REPORT, as JSON. Options: rate, min,
 * stack, ring, slots, known (publish known stacks), track, running, only (record the command's own
 * process alone), die (SIGKILL to itself after so many allocations), slow (drain only at the end),
 * tables (bytes for known stacks). */
#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "slot-reader.h"

#define TOKEN 0x1234abcd5678ef90u
#define MAX_SLOTS 4096

typedef struct {
  const char *name;
  uint64_t value;
} Option;

static Option options[] = {
  { "rate", 1 },  { "min", 0 },   { "stack", 16384 }, { "ring", 64 << 20 },
  { "slots", 8 }, { "known", 0 }, { "track", 1 },     { "running", 1 },
  { "only", 0 },  { "die", 0 },   { "slow", 0 },      { "tables", 1 << 20 },
};

static uint64_t
get_option (const char *name)
{
  for (unsigned i = 0; i < sizeof options / sizeof *options; i++) {
    if (strcmp (options[i].name, name) == 0)
      return options[i].value;
  }
  abort ();
}

static bool
parse_option (const char *argument)
{
  for (unsigned i = 0; i < sizeof options / sizeof *options; i++) {
    size_t n = strlen (options[i].name);
    if (strncmp (argument, options[i].name, n) == 0 && argument[n] == '=') {
      options[i].value = strtoull (argument + n + 1, NULL, 10);
      return true;
    }
  }
  return false;
}

static ProfHeapHeader *
make_memory (int *ret_fd)
{
  uint64_t maps_bytes = 1 << 18, stacks_bytes = get_option ("tables"), ring = get_option ("ring");
  uint64_t slot_bytes = PROF_HEAP_PAGE + maps_bytes + stacks_bytes + ring;
  uint64_t total = PROF_HEAP_PAGE + get_option ("slots") * slot_bytes;
  int fd = memfd_create ("heap", MFD_CLOEXEC);
  assert (fd >= 0 && ftruncate (fd, (off_t)total) == 0);
  ProfHeapHeader *header = mmap (NULL, total, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  assert (header != MAP_FAILED);
  header->magic = PROF_HEAP_MAGIC;
  header->token = TOKEN;
  header->total_bytes = total;
  header->n_slots = (uint32_t)get_option ("slots");
  header->flags = get_option ("track") ? PROF_HEAP_TRACKS_FREES : 0;
  header->slot_bytes = slot_bytes;
  header->maps_bytes = maps_bytes;
  header->stacks_bytes = stacks_bytes;
  header->ring_bytes = ring;
  header->rate_bytes = get_option ("rate");
  header->min_sample_bytes = get_option ("min");
  header->max_stack_bytes = get_option ("stack");
  atomic_store (&header->is_running, (uint32_t)get_option ("running"));
  *ret_fd = fd;
  return header;
}

static pid_t
start (char **command, const char *hook, int fd, ProfHeapHeader *header)
{
  char address[64];
  snprintf (address, sizeof address, "%d:%d:%llx", getpid (), fd, (unsigned long long)TOKEN);
  const char *before = getenv ("LD_PRELOAD");
  char preload[4096];
  snprintf (preload, sizeof preload, "%s%s%s", hook, before ? ":" : "", before ? before : "");
  pid_t pid = fork ();
  if (pid == 0) {
    if (get_option ("only"))
      header->only_pid = (uint32_t)getpid ();
    setenv (PROF_HEAP_ENVIRONMENT, address, 1);
    setenv ("LD_PRELOAD", preload, 1);
    execvp (command[0], command);
    perror (command[0]);
    _exit (127);
  }
  return pid;
}

static bool
drain_all (const ProfHeapHeader *header, SlotReader *readers, unsigned *n_readers, bool is_gone)
{
  for (unsigned i = 0; i < header->n_slots; i++) {
    char *slot = (char *)header + PROF_HEAP_PAGE + i * header->slot_bytes;
    if (atomic_load (&((ProfHeapSlot *)slot)->state) == PROF_HEAP_SLOT_FREE)
      break;
    if (i == *n_readers) {
      slot_reader_init (&readers[i], header, slot);
      readers[i].publishes_stacks = get_option ("known");
      ++*n_readers;
    }
    if (!slot_reader_drain (&readers[i], is_gone))
      return false;
    if (get_option ("die") && readers[i].n_allocations >= get_option ("die"))
      raise (SIGKILL);
  }
  return true;
}

static bool
wait_all (
    const ProfHeapHeader *header, pid_t pid, SlotReader *readers, unsigned *n, int *ret_status)
{
  bool is_good = true;
  for (;;) {
    int status;
    pid_t ended = waitpid (-1, &status, WNOHANG);
    if (ended < 0 && errno == ECHILD)
      break;
    if (ended == pid)
      *ret_status = status;
    if (!get_option ("slow"))
      is_good = is_good && drain_all (header, readers, n, false);
    if (ended == 0)
      usleep (1000);
  }
  return is_good && drain_all (header, readers, n, true);
}

static void
print (FILE *out, const ProfHeapHeader *header, const SlotReader *readers, unsigned n, int status)
{
  fprintf (out, "{\"status\": %d, \"n_refused\": %u, \"slots\": [\n",
           WIFEXITED (status) ? WEXITSTATUS (status) : -WTERMSIG (status),
           atomic_load (&header->n_refused));
  for (unsigned i = 0; i < n; i++)
    slot_reader_print (&readers[i], out, i + 1 == n);
  fprintf (out, "]}\n");
}

int
main (int argc, char **argv)
{
  int i = 1;
  while (i < argc && parse_option (argv[i]))
    i++;
  assert (i + 2 < argc);
  static SlotReader readers[MAX_SLOTS];
  unsigned n_readers = 0;
  int fd, status = 0;
  ProfHeapHeader *header = make_memory (&fd);
  /* Grandchildren become this process's, so that all are waited for. */
  prctl (PR_SET_CHILD_SUBREAPER, 1);
  FILE *out = fopen (argv[i], "we");
  assert (out);
  pid_t pid = start (argv + i + 2, argv[i + 1], fd, header);
  bool is_good = wait_all (header, pid, readers, &n_readers, &status);
  print (out, header, readers, n_readers, status);
  return is_good && fclose (out) == 0 ? 0 : 1;
}
