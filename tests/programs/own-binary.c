/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "shapes.h"

/* Does to its own binary what a recorder does not expect: "delete" it, "replace" it by another file
 * or "unmap" its code. burn_before < main, then burn_after < main; after "unmap" the rest runs in a
 * copy outside of every file. */

static FRAME void
burn_before (void)
{
  BURN_MS (500);
}

static FRAME void
burn_after (void)
{
  BURN_MS (500);
}

static int
replace (const char *path)
{
  char other[4096];
  snprintf (other, sizeof other, "%s.new", path);
  FILE *file = fopen (other, "w");
  if (file == NULL)
    return 1;
  fputs ("no program\n", file);
  fclose (file);
  return rename (other, path);
}

/* Position-independent, calls nothing: works wherever it is copied to. */
static FRAME __attribute__ ((section ("movable"), noreturn)) void
unmap_and_burn (void *start, size_t size)
{
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "0"(11L /* munmap */), "D"(start), "S"(size)
                   : "rcx", "r11", "memory");
  BURN_MS (500);
  for (;;)
    __asm__ volatile("syscall" : "=a"(result) : "0"(231L /* exit_group */), "D"(0L) : "rcx", "r11");
}

extern const uint8_t __start_movable[], __stop_movable[];

static int
find_code (struct dl_phdr_info *info, size_t size, void *user_data)
{
  (void)size;
  uintptr_t *range = user_data;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW (Phdr) *header = &info->dlpi_phdr[i];
    if (header->p_type == PT_LOAD && (header->p_flags & PF_X)) {
      range[0] = (info->dlpi_addr + header->p_vaddr) & ~(uintptr_t)4095;
      range[1] = (info->dlpi_addr + header->p_vaddr + header->p_memsz + 4095) & ~(uintptr_t)4095;
    }
  }
  return 1; /* the first is the program itself */
}

static int
unmap (void)
{
  size_t size = (size_t)(__stop_movable - __start_movable);
  void *copy
      = mmap (NULL, size, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (copy == MAP_FAILED)
    return 1;
  memcpy (copy, __start_movable, size);
  uintptr_t range[2] = { 0, 0 };
  dl_iterate_phdr (find_code, range);
  uintptr_t go_on = (uintptr_t)unmap_and_burn - (uintptr_t)__start_movable + (uintptr_t)copy;
  ((void (*) (void *, size_t))go_on) ((void *)range[0], range[1] - range[0]);
  return 1;
}

int
main (int argc, char **argv)
{
  if (argc != 2)
    return 2;
  burn_before ();
  int result = strcmp (argv[1], "delete") == 0    ? unlink (argv[0])
               : strcmp (argv[1], "replace") == 0 ? replace (argv[0])
                                                  : unmap ();
  burn_after ();
  return result;
}
