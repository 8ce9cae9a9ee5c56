/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "shapes.h"

/* Runs code out of files that no loader would take: run-mapped SEGMENT SIZE FUNCTION FILE...
 * maps SIZE bytes at SEGMENT of each file, and calls what is FUNCTION bytes into them. The function
 * may call nothing outside of its segment. */

static FRAME int
run_file (const char *path, off_t segment, size_t size, size_t function)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return -1;
  uint8_t *code = mmap (NULL, size, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, segment);
  close (fd);
  if (code == MAP_FAILED)
    return -1;
  ((void (*) (void)) (uintptr_t)(code + function)) ();
  return munmap (code, size);
}

int
main (int argc, char **argv)
{
  if (argc < 5)
    return 2;
  for (int i = 4; i < argc; i++)
    if (run_file (argv[i], strtol (argv[1], NULL, 0), strtoul (argv[2], NULL, 0),
                  strtoul (argv[3], NULL, 0))
        < 0) {
      perror (argv[i]);
      return 1;
    }
  return 0;
}
