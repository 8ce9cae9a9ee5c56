/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/answer-key.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/hex.h"
#include "base/read-file.h"

#define MAX_MODULES_BYTES ((size_t)4 << 20)
#define MAX_BOOT_ID_BYTES 64

/* A build ID can be forged, and a file's time of change can't. */
static bool
describe_file (int fd, char *ret, size_t max)
{
  struct stat status;
  if (fd < 0) {
    snprintf (ret, max, "none");
    return true;
  }
  if (fstat (fd, &status) < 0)
    return false;
  snprintf (ret, max, "%" PRIu64 " %" PRId64 ".%09ld %" PRId64 ".%09ld", (uint64_t)status.st_size,
            (int64_t)status.st_mtim.tv_sec, status.st_mtim.tv_nsec, (int64_t)status.st_ctim.tv_sec,
            status.st_ctim.tv_nsec);
  return true;
}

int
prof_answer_key_of_files (
    const ProfModule *module, int debug_fd, int alt_fd, bool wants_lines, char **ret)
{
  char file[128], debug[128], alt[128];
  const char *slash = strrchr (module->path, '/');
  if (module->build_id == NULL || module->fd < 0 || !describe_file (module->fd, file, sizeof file)
      || !describe_file (debug_fd, debug, sizeof debug) || !describe_file (alt_fd, alt, sizeof alt))
    return -ENOENT;
  int n = asprintf (ret, "%s %s lines %d file %s debug %s alt %s", module->build_id,
                    slash != NULL ? slash + 1 : module->path, wants_lines, file, debug, alt);
  return n < 0 ? -ENOMEM : 0;
}

/* ---- the kernel ---- */

static const char *
skip_words (const char *text, unsigned n)
{
  for (; n > 0; n--) {
    text += strcspn (text, " \n");
    text += *text == ' ';
  }
  return text;
}

/* "name size n_users users state address": the users come and go. */
uint64_t
prof_answer_key_hash_modules (const char *proc_modules)
{
  uint64_t hash = 0;
  for (const char *line = proc_modules; *line != '\0';) {
    const char *address = skip_words (line, 5);
    hash = prof_hash_bytes (hash, line, strcspn (line, " \n"));
    hash = prof_hash_bytes (hash, address, strcspn (address, " \n"));
    line += strcspn (line, "\n");
    line += *line == '\n';
  }
  return hash;
}

int
prof_answer_key_of_kernel (char **ret)
{
  cleanup (prof_free) char *boot_id = NULL, *modules = NULL;
  size_t n_bytes;
  int r = prof_read_file ("/proc/sys/kernel/random/boot_id", MAX_BOOT_ID_BYTES, &boot_id, &n_bytes);
  if (r < 0)
    return r;
  boot_id[strcspn (boot_id, "\n")] = '\0';
  r = prof_read_file ("/proc/modules", MAX_MODULES_BYTES, &modules, &n_bytes);
  if (r < 0 && r != -ENOENT) /* a kernel without modules */
    return r;
  uint64_t hash = modules != NULL ? prof_answer_key_hash_modules (modules) : 0;
  return asprintf (ret, "kernel %s modules %016" PRIx64, boot_id, hash) < 0 ? -ENOMEM : 0;
}

void
prof_answer_key_get_name (const char *key, char ret[PROF_ANSWER_KEY_NAME_BYTES])
{
  uint64_t halves[2]
      = { prof_hash_bytes (1, key, strlen (key)), prof_hash_bytes (2, key, strlen (key)) };
  prof_write_hex ((const uint8_t *)halves, sizeof halves, ret);
}
