/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/container-id.h"

#include <string.h>

enum { N_DIGITS = PROF_CONTAINER_ID_SIZE - 1 };

static const char hex_digits[] = "0123456789abcdef";

static bool
is_id (const char *text, size_t n)
{
  return n >= N_DIGITS && strspn (text, hex_digits) == N_DIGITS;
}

static bool
copy_id (const char *text, char ret[PROF_CONTAINER_ID_SIZE])
{
  memcpy (ret, text, N_DIGITS);
  ret[N_DIGITS] = '\0';
  return true;
}

/* A part of a path without what the runtime puts around: "cri-containerd-", ".scope". */
static bool
find_in_part (const char *part, const char *end, char ret[PROF_CONTAINER_ID_SIZE])
{
  const char *dot = memchr (part, '.', (size_t)(end - part));
  const char *dash = memrchr (part, '-', (size_t)((dot != NULL ? dot : end) - part));
  const char *id = dash != NULL ? dash + 1 : part;
  return is_id (id, (size_t)(end - id)) && copy_id (id, ret);
}

bool
prof_container_id_find_in_cgroup (const char *text, char ret[PROF_CONTAINER_ID_SIZE])
{
  for (const char *slash = strchr (text, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
    if (find_in_part (slash + 1, slash + 1 + strcspn (slash + 1, "/\n"), ret))
      return true;
  return false;
}

/* proc_pid_mountinfo(5): ID, parent, device, root, mount point. */
static bool
find_in_mount (const char *line, const char *end, char ret[PROF_CONTAINER_ID_SIZE])
{
  const char *field = line;
  for (unsigned i = 0; i < 3; i++) {
    field = memchr (field, ' ', (size_t)(end - field));
    if (field++ == NULL)
      return false;
  }
  const char *root_end = memchr (field, ' ', (size_t)(end - field));
  static const char mount_point[] = " /etc/hostname ";
  if (root_end == NULL || (size_t)(end - root_end) < sizeof mount_point - 1
      || memcmp (root_end, mount_point, sizeof mount_point - 1) != 0)
    return false;
  for (const char *part = field; part < root_end; part++)
    if (*part == '/' && is_id (part + 1, (size_t)(root_end - part - 1)))
      return copy_id (part + 1, ret);
  return false;
}

bool
prof_container_id_find_in_mountinfo (const char *text, char ret[PROF_CONTAINER_ID_SIZE])
{
  while (*text != '\0') {
    const char *end = strchrnul (text, '\n');
    if (find_in_mount (text, end, ret))
      return true;
    text = end + (*end == '\n');
  }
  return false;
}
