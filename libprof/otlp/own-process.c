/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/own-process.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/read-file.h"

enum { MAX_TEXT_BYTES = 1024 * 1024 };

/* RFC 9562, version 4. */
static void
make_uuid (char ret[37])
{
  uint8_t b[16];
  ret[0] = '\0';
  if (getrandom (b, sizeof b, GRND_NONBLOCK) != sizeof b)
    return;
  b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
  b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
  snprintf (ret, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0],
            b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
            b[15]);
}

/* machine-id(5). */
static void
read_host_id (char ret[33])
{
  static const char *const paths[] = { "/etc/machine-id", "/var/lib/dbus/machine-id" };
  ret[0] = '\0';
  for (size_t i = 0; i < sizeof paths / sizeof *paths && ret[0] == '\0'; i++) {
    cleanup (prof_free) char *text = NULL;
    size_t n;
    if (prof_read_file (paths[i], MAX_TEXT_BYTES, &text, &n) == 0
        && strspn (text, "0123456789abcdef") == 32)
      snprintf (ret, 33, "%s", text);
  }
}

static void
read_container_id (char ret[PROF_CONTAINER_ID_SIZE])
{
  cleanup (prof_free) char *cgroup = NULL, *mounts = NULL;
  size_t n;
  if (prof_read_file ("/proc/self/cgroup", MAX_TEXT_BYTES, &cgroup, &n) == 0
      && prof_container_id_find_in_cgroup (cgroup, ret))
    return;
  if (prof_read_file ("/proc/self/mountinfo", MAX_TEXT_BYTES, &mounts, &n) < 0
      || !prof_container_id_find_in_mountinfo (mounts, ret))
    ret[0] = '\0';
}

void
prof_own_process_read (ProfOwnProcess *ret)
{
  struct utsname name;
  *ret = (ProfOwnProcess){ .pid = getpid () };
  if (readlink ("/proc/self/exe", ret->path, sizeof ret->path - 1) < 0)
    ret->path[0] = '\0';
  if (uname (&name) == 0) {
    snprintf (ret->host, sizeof ret->host, "%s", name.nodename);
    snprintf (ret->kernel, sizeof ret->kernel, "%s %s %s", name.sysname, name.release,
              name.machine);
  }
  make_uuid (ret->instance_id);
  read_host_id (ret->host_id);
  read_container_id (ret->container_id);
}
