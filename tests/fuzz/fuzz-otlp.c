/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/otlp.h>

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "otlp/otlp-read.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
require (int is_true)
{
  if (!is_true)
    abort ();
}

static int
read_bytes (const void *data, size_t size, ProfProfile ***ret, size_t *ret_n)
{
  ProfOtlpLimits limits = PROF_OTLP_LIMITS_INIT;
  ProfError error = PROF_ERROR_INIT;
  limits.raw_bytes = 16 << 20;
  limits.row_bytes = 64 << 20;
  limits.labels = limits.frames = 1 << 20;
  int fd = memfd_create ("input", MFD_CLOEXEC);
  require (fd >= 0 && write (fd, data, size) == (ssize_t)size && lseek (fd, 0, SEEK_SET) == 0);
  int r = prof_otlp_read_limited (fd, &limits, ret, ret_n, &error);
  close (fd);
  require (r == 0 ? error.message[0] == '\0' : error.code == r && error.message[0] != '\0');
  return r;
}

/* A dump of what was read can be read, but for links that are no links. */
static void
check_again (ProfProfile *profile)
{
  ProfOtlpEncoder *encoder;
  ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
  ProfProfile **profiles;
  const uint8_t *bytes;
  size_t n;
  options.max_bytes = 0;
  options.has_timestamps = true;
  require (prof_otlp_encoder_new (profile, &options, &encoder, NULL) == 0);
  require (prof_otlp_encoder_next (encoder, &bytes, &n) == 1);
  require (read_bytes (bytes, n, &profiles, &n) == 0 && n > 0);
  prof_profiles_free (profiles, n);
  prof_otlp_encoder_free (encoder);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  ProfProfile **profiles;
  size_t n;
  prof_otlp_is_dump (data, size);
  if (read_bytes (data, size, &profiles, &n) < 0)
    return 0;
  for (size_t i = 0; i < n; i++)
    check_again (profiles[i]);
  prof_profiles_free (profiles, n);
  return 0;
}
