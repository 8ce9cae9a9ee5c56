/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "capture/tracepoint.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* The bytes are the text of an id file, and then the name of a tracepoint, which must not lead out
 * of the directory that it is looked up in. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  uint64_t id;
  const char *text = (const char *)data;
  if (prof_tracepoint_parse_id (text, size, &id) == 0 && size == 0)
    abort ();
  int root_fd = open ("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (prof_tracepoint_read_id (root_fd, text, size, &id) == 0)
    abort ();
  close (root_fd);
  return 0;
}
