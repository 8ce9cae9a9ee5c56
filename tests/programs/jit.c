/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "shapes.h"

/* jit_leaf < jit_caller < run_jit < main. The first two are machine code with frame pointers, made
 * at run time, without unwind tables, and named in /tmp/perf-PID.map. */

enum { CALLER_OFFSET = 0, LEAF_OFFSET = 64 };

#if defined(__x86_64__)
static const uint8_t caller_code[] = {
  0x55,                         /* push %rbp */
  0x48, 0x89, 0xe5,             /* mov %rsp, %rbp */
  0xe8, 0x37, 0x00, 0x00, 0x00, /* call LEAF_OFFSET */
  0x5d,                         /* pop %rbp */
  0xc3,                         /* ret */
};
static const uint8_t leaf_code[] = {
  0x55,                                     /* push %rbp */
  0x48, 0x89, 0xe5,                         /* mov %rsp, %rbp */
  0x48, 0xc7, 0xc0, 0x00, 0x94, 0x35, 0x77, /* mov $2000000000, %rax */
  0x48, 0xff, 0xc8,                         /* dec %rax */
  0x75, 0xfb,                               /* jne -5 */
  0x5d,                                     /* pop %rbp */
  0xc3,                                     /* ret */
};
#else
#error "no machine code for this processor"
#endif

static FRAME void
run_jit (const uint8_t *code)
{
  void (*function) (void) = (void (*) (void)) (uintptr_t)code;
  function ();
  KEEP_FRAME;
}

static int
write_map (const char *path, const uint8_t *code)
{
  FILE *map = fopen (path, "w");
  if (map == NULL)
    return 1;
  fprintf (map, "%lx %x jit_caller\n", (unsigned long)(uintptr_t)code + CALLER_OFFSET,
           (unsigned)sizeof caller_code);
  fprintf (map, "%lx %x jit_leaf\n", (unsigned long)(uintptr_t)code + LEAF_OFFSET,
           (unsigned)sizeof leaf_code);
  return fclose (map);
}

int
main (void)
{
  uint8_t *code = mmap (NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (code == MAP_FAILED)
    return 1;
  memcpy (code + CALLER_OFFSET, caller_code, sizeof caller_code);
  memcpy (code + LEAF_OFFSET, leaf_code, sizeof leaf_code);
  if (mprotect (code, 4096, PROT_READ | PROT_EXEC) != 0)
    return 1;

  char path[64];
  snprintf (path, sizeof path, "/tmp/perf-%d.map", getpid ());
  if (write_map (path, code) != 0)
    return 1;
  run_jit (code);
  return 0;
}
