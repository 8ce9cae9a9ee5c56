/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "otlp/container-id.h"

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t n);

static void
check_id (const char *id)
{
  if (strspn (id, "0123456789abcdef") != 64 || id[64] != '\0')
    abort ();
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t n)
{
  char id[PROF_CONTAINER_ID_SIZE];
  char *text = strndup ((const char *)bytes, n);
  if (prof_container_id_find_in_cgroup (text, id))
    check_id (id);
  if (prof_container_id_find_in_mountinfo (text, id))
    check_id (id);
  free (text);
  return 0;
}
