/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/trace.h>

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "trace/process-context.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8u
#endif
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static ProfContextHeader *header; /* NULL: nothing is published */
static uint8_t *payload;

/* The child has not the mapping. */
static void
begin_child (void)
{
  pthread_mutex_init (&lock, NULL);
  header = NULL;
  free (steal (&payload));
}

static void
prepare (void)
{
  pthread_atfork (NULL, NULL, begin_child);
}

static int
open_memory (void)
{
  int fd = memfd_create (PROF_CONTEXT_NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
  if (fd < 0 && errno == EINVAL)
    fd = memfd_create (PROF_CONTEXT_NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  return fd < 0 ? -errno : fd;
}

static int
map_header (ProfContextHeader **ret)
{
  cleanup (prof_close) int fd = open_memory ();
  if (fd < 0)
    return fd;
  if (ftruncate (fd, sizeof *header) < 0)
    return -errno;
  void *mapping = mmap (NULL, sizeof *header, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  if (mapping == MAP_FAILED)
    return -errno;
  madvise (mapping, sizeof *header, MADV_DONTFORK);
  *ret = mapping;
  return 0;
}

/* The order is the specification's: a reader that sees the time before and after its reading
 * unchanged, and not 0, has read what belongs together. */
static void
fill_header (ProfContextHeader *to, const uint8_t *bytes, size_t n_bytes)
{
  uint64_t before_ns = atomic_load (&to->published_ns), now_ns = prof_clock_ns (CLOCK_BOOTTIME);
  atomic_store (&to->published_ns, 0);
  memcpy (to->signature, PROF_CONTEXT_NAME, sizeof to->signature);
  to->version = PROF_CONTEXT_VERSION;
  to->n_payload_bytes = (uint32_t)n_bytes;
  to->payload = (uintptr_t)bytes;
  atomic_store (&to->published_ns, now_ns > before_ns ? now_ns : before_ns + 1);
  /* Fails where the kernel gives no names to anonymous memory; the memfd has it anyway. */
  prctl (PR_SET_VMA, PR_SET_VMA_ANON_NAME, to, sizeof *to, PROF_CONTEXT_NAME);
}

/* Takes over `bytes` on success. */
static int
publish (uint8_t *bytes, size_t n_bytes)
{
  pthread_once (&once, prepare);
  pthread_mutex_lock (&lock);
  int r = header != NULL ? 0 : map_header (&header);
  if (r == 0) {
    fill_header (header, bytes, n_bytes);
    free (payload);
    payload = bytes;
  }
  pthread_mutex_unlock (&lock);
  return r;
}

int
prof_process_context_publish (const ProfOtlpAttribute *attributes,
                              size_t n_attributes,
                              ProfError *reterr)
{
  ProfWireBuffer buffer = { .is_failed = false };
  for (size_t i = 0; i < n_attributes; i++)
    if (attributes[i].key == NULL || attributes[i].key[0] == '\0')
      return prof_error_set (reterr, -EINVAL,
                             "Can't publish the process context: attribute %zu has no key", i);
  prof_process_context_encode (attributes, n_attributes, &buffer);
  int r = buffer.is_failed ? -ENOMEM : buffer.bytes.n > PROF_CONTEXT_MAX_BYTES ? -EMSGSIZE : 0;
  if (r == 0)
    r = publish (buffer.bytes.items, buffer.bytes.n);
  if (r == 0)
    return 0;
  prof_vec_clear (&buffer.bytes);
  if (r == -EMSGSIZE)
    return prof_error_set (reterr, r,
                           "Can't publish the process context: its attributes need more than the "
                           "%d bytes that readers take",
                           PROF_CONTEXT_MAX_BYTES);
  return prof_error_set (reterr, r, "Can't publish the process context: %s%s", strerror (-r),
                         prof_error_get_remedy (r));
}

void
prof_process_context_clear (void)
{
  pthread_mutex_lock (&lock);
  if (header != NULL) {
    atomic_store (&header->published_ns, 0);
    munmap (header, sizeof *header);
    header = NULL;
    free (steal (&payload));
  }
  pthread_mutex_unlock (&lock);
}
