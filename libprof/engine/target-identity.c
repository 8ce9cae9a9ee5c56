/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/target-identity.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/read-file.h"

enum { MAX_TEXT_BYTES = 1024 * 1024 };

static void
read_container_id (pid_t pid, char ret[PROF_CONTAINER_ID_SIZE])
{
  char path[64];
  cleanup (prof_free) char *text = NULL;
  size_t n;
  snprintf (path, sizeof path, "/proc/%d/cgroup", pid);
  if (prof_read_file (path, MAX_TEXT_BYTES, &text, &n) < 0
      || !prof_container_id_find_in_cgroup (text, ret))
    ret[0] = '\0';
}

void
prof_target_identity_read (pid_t pid, ProfTargetIdentity *ret)
{
  char path[64];
  ProfTargetIdentity found = { 0 };
  snprintf (path, sizeof path, "/proc/%d/exe", pid);
  if (readlink (path, found.executable, sizeof found.executable - 1) < 0)
    found.executable[0] = '\0';
  char *deleted = strstr (found.executable, " (deleted)");
  if (deleted != NULL)
    *deleted = '\0';
  read_container_id (pid, found.container_id);
  *ret = found;
}

static int
add (ProfContextAttributes *attributes, const char *key, const char *value)
{
  prof_vec_foreach (attribute, attributes)
    if (strcmp (attribute->key, key) == 0)
      return 0;
  if (*value == '\0')
    return 0;
  cleanup (prof_free) char *key_copy = strdup (key);
  cleanup (prof_free) char *value_copy = strdup (value);
  if (key_copy == NULL || value_copy == NULL
      || prof_vec_push (attributes, (ProfSessionAttribute){ key_copy, value_copy }) < 0)
    return -ENOMEM;
  (void)steal (&key_copy), (void)steal (&value_copy);
  return 0;
}

int
prof_target_identity_add (const ProfTargetIdentity *identity, ProfContextAttributes *attributes)
{
  const char *slash = strrchr (identity->executable, '/');
  int r = slash != NULL ? add (attributes, "process.executable.name", slash + 1) : 0;
  if (r == 0)
    r = add (attributes, "process.executable.path", identity->executable);
  if (r == 0)
    r = add (attributes, "container.id", identity->container_id);
  return r;
}
