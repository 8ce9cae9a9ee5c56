/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/generic-event.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include <linux/perf_event.h>

#define HARDWARE(name, alias, config, description)                                                 \
  {                                                                                                \
    name, alias, PERF_TYPE_HARDWARE, PERF_COUNT_HW_##config, description                           \
  }

#define SOFTWARE(name, alias, config, description)                                                 \
  {                                                                                                \
    name, alias, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_##config, description                           \
  }

#define CACHE(name, cache, op, result, description)                                                \
  {                                                                                                \
    name, NULL, PERF_TYPE_HW_CACHE,                                                                \
        PERF_COUNT_HW_CACHE_##cache | PERF_COUNT_HW_CACHE_OP_##op << 8                             \
            | PERF_COUNT_HW_CACHE_RESULT_##result << 16,                                           \
        description                                                                                \
  }

static const ProfGenericEvent events[] = {
  HARDWARE ("cycles",
            "cpu-cycles",
            CPU_CYCLES,
            "Processor cycles while running; their length varies with the clock frequency"),
  HARDWARE ("instructions", NULL, INSTRUCTIONS, "Instructions that were executed to their end"),
  HARDWARE ("cache-references",
            NULL,
            CACHE_REFERENCES,
            "Accesses that reached the last-level cache"),
  HARDWARE ("cache-misses",
            NULL,
            CACHE_MISSES,
            "Accesses that the last-level cache did not have: reads of main memory"),
  HARDWARE ("branches",
            "branch-instructions",
            BRANCH_INSTRUCTIONS,
            "Jumps, calls and returns that were executed"),
  HARDWARE ("branch-misses",
            NULL,
            BRANCH_MISSES,
            "Branches that went another way than predicted; each costs a refill of the pipeline"),
  HARDWARE ("bus-cycles", NULL, BUS_CYCLES, "Cycles of the bus, at a constant rate"),
  HARDWARE ("stalled-cycles-frontend",
            "idle-cycles-frontend",
            STALLED_CYCLES_FRONTEND,
            "Cycles without work because no instruction was fetched or decoded in time"),
  HARDWARE ("stalled-cycles-backend",
            "idle-cycles-backend",
            STALLED_CYCLES_BACKEND,
            "Cycles without work because instructions waited for memory or execution units"),
  HARDWARE ("ref-cycles",
            NULL,
            REF_CPU_CYCLES,
            "Cycles at a constant rate, whatever the clock frequency is"),

  SOFTWARE ("cpu-clock",
            NULL,
            CPU_CLOCK,
            "Time on a CPU by a timer of the kernel, in nanoseconds; works without hardware "
            "counters"),
  SOFTWARE ("task-clock",
            NULL,
            TASK_CLOCK,
            "Time that a thread ran, in nanoseconds; works without hardware counters"),
  SOFTWARE ("page-faults",
            "faults",
            PAGE_FAULTS,
            "First touches of memory pages: memory that begins to be used"),
  SOFTWARE ("minor-faults",
            NULL,
            PAGE_FAULTS_MIN,
            "Page faults that needed no reading from a disk"),
  SOFTWARE ("major-faults",
            NULL,
            PAGE_FAULTS_MAJ,
            "Page faults that waited for a disk: files read by mapping, or swap"),
  SOFTWARE ("context-switches",
            "cs",
            CONTEXT_SWITCHES,
            "Times that a thread left its CPU, to wait or for another; happens in the kernel, so "
            "it takes the right to sample that"),
  SOFTWARE ("cpu-migrations",
            "migrations",
            CPU_MIGRATIONS,
            "Times that a thread moved to another CPU; happens in the kernel, so it takes the "
            "right to sample that"),
  SOFTWARE ("cgroup-switches",
            NULL,
            CGROUP_SWITCHES,
            "Context switches to a thread of another control group"),
  SOFTWARE ("alignment-faults",
            NULL,
            ALIGNMENT_FAULTS,
            "Unaligned accesses that the kernel had to carry out; never on x86"),
  SOFTWARE ("emulation-faults",
            NULL,
            EMULATION_FAULTS,
            "Instructions that the kernel had to emulate"),

  CACHE ("L1-dcache-loads", L1D, READ, ACCESS, "Reads from the first-level data cache"),
  CACHE ("L1-dcache-load-misses", L1D, READ, MISS, "Reads that the first-level data cache missed"),
  CACHE ("L1-dcache-stores", L1D, WRITE, ACCESS, "Writes to the first-level data cache"),
  CACHE ("L1-dcache-store-misses",
         L1D,
         WRITE,
         MISS,
         "Writes that the first-level data cache missed"),
  CACHE ("L1-dcache-prefetches",
         L1D,
         PREFETCH,
         ACCESS,
         "Prefetches into the first-level data cache"),
  CACHE ("L1-dcache-prefetch-misses",
         L1D,
         PREFETCH,
         MISS,
         "Prefetches that the first-level data cache missed"),
  CACHE ("L1-icache-loads", L1I, READ, ACCESS, "Fetches from the first-level instruction cache"),
  CACHE ("L1-icache-load-misses",
         L1I,
         READ,
         MISS,
         "Fetches that the first-level instruction cache missed"),
  CACHE ("L1-icache-prefetches",
         L1I,
         PREFETCH,
         ACCESS,
         "Prefetches into the first-level instruction cache"),
  CACHE ("L1-icache-prefetch-misses",
         L1I,
         PREFETCH,
         MISS,
         "Prefetches that the first-level instruction cache missed"),
  CACHE ("LLC-loads", LL, READ, ACCESS, "Reads from the last-level cache"),
  CACHE ("LLC-load-misses",
         LL,
         READ,
         MISS,
         "Reads that the last-level cache missed: waits for main memory"),
  CACHE ("LLC-stores", LL, WRITE, ACCESS, "Writes to the last-level cache"),
  CACHE ("LLC-store-misses", LL, WRITE, MISS, "Writes that the last-level cache missed"),
  CACHE ("LLC-prefetches", LL, PREFETCH, ACCESS, "Prefetches into the last-level cache"),
  CACHE ("LLC-prefetch-misses", LL, PREFETCH, MISS, "Prefetches that the last-level cache missed"),
  CACHE ("dTLB-loads", DTLB, READ, ACCESS, "Reads that looked up a data address translation"),
  CACHE ("dTLB-load-misses",
         DTLB,
         READ,
         MISS,
         "Reads whose address translation was not cached: walks of the page table"),
  CACHE ("dTLB-stores", DTLB, WRITE, ACCESS, "Writes that looked up a data address translation"),
  CACHE ("dTLB-store-misses", DTLB, WRITE, MISS, "Writes whose address translation was not cached"),
  CACHE ("dTLB-prefetches",
         DTLB,
         PREFETCH,
         ACCESS,
         "Prefetches that looked up a data address translation"),
  CACHE ("dTLB-prefetch-misses",
         DTLB,
         PREFETCH,
         MISS,
         "Prefetches whose address translation was not cached"),
  CACHE ("iTLB-loads", ITLB, READ, ACCESS, "Lookups of the address translation of instructions"),
  CACHE ("iTLB-load-misses",
         ITLB,
         READ,
         MISS,
         "Instruction fetches whose address translation was not cached"),
  CACHE ("branch-loads", BPU, READ, ACCESS, "Lookups of the branch predictor"),
  CACHE ("branch-load-misses", BPU, READ, MISS, "Lookups that the branch predictor missed"),
  CACHE ("node-loads", NODE, READ, ACCESS, "Reads of main memory, by the node's controller"),
  CACHE ("node-load-misses", NODE, READ, MISS, "Reads of the memory of another NUMA node"),
  CACHE ("node-stores", NODE, WRITE, ACCESS, "Writes to main memory, by the node's controller"),
  CACHE ("node-store-misses", NODE, WRITE, MISS, "Writes to the memory of another NUMA node"),
  CACHE ("node-prefetches", NODE, PREFETCH, ACCESS, "Prefetches from main memory"),
  CACHE ("node-prefetch-misses",
         NODE,
         PREFETCH,
         MISS,
         "Prefetches from the memory of another NUMA node"),
};

enum { N_EVENTS = sizeof events / sizeof *events };

const ProfGenericEvent *
prof_generic_events (size_t *ret_n)
{
  *ret_n = N_EVENTS;
  return events;
}

static bool
is_named (const char *candidate, const char *name, size_t n)
{
  return candidate != NULL && strlen (candidate) == n && strncasecmp (candidate, name, n) == 0;
}

const ProfGenericEvent *
prof_generic_event_find (const char *name, size_t n)
{
  for (size_t i = 0; i < N_EVENTS; i++)
    if (is_named (events[i].name, name, n) || is_named (events[i].alias, name, n))
      return &events[i];
  return NULL;
}

const ProfGenericEvent *
prof_generic_event_find_config (uint32_t type, uint64_t config)
{
  for (size_t i = 0; i < N_EVENTS; i++)
    if (events[i].type == type && events[i].config == config)
      return &events[i];
  return NULL;
}
