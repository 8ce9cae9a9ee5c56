/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "trace/process-context.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <prof/trace.h>

#include "engine/context-watch.h"
#include "tests.h"

static const ProfOtlpAttribute attributes[]
    = { { .key = "service.name", .value = "shop" }, { .key = "n", .number = 300 } };

/* The threads' part, which is always the same. */
#define THREADS                                                                                    \
  "\x12\x2e\x0a\x1athreadlocal.schema_version\x12\x10\x0a\x0etlsdesc_v1_dev"                       \
  "\x12\x23\x0a\x1dthreadlocal.attribute_key_map\x12\x02\x2a\x00"

static void
test_bytes_as_specified (void **state)
{
  (void)state;
  static const char expected[]
      = "\x0a\x22\x0a\x16\x0a\x0cservice.name\x12\x06\x0a\x04shop\x0a\x08\x0a\x01n\x12\x03\x18\xac"
        "\x02" THREADS;
  ProfWireBuffer buffer = { .is_failed = false };
  prof_process_context_encode (attributes, 2, &buffer);
  assert_false (buffer.is_failed);
  assert_int_equal (buffer.bytes.n, sizeof expected - 1);
  assert_memory_equal (buffer.bytes.items, expected, sizeof expected - 1);
  prof_vec_clear (&buffer.bytes);
}

/* "key=value " of all that was decoded; "bad": not a context. */
static void
assert_decodes (const void *bytes, size_t n, const char *expected)
{
  ProfContextAttributes decoded = { 0 };
  char text[512] = "";
  int r = prof_process_context_decode (bytes, n, &decoded);
  prof_vec_foreach (attribute, &decoded) {
    snprintf (text + strlen (text), sizeof text - strlen (text), "%s=%s ", attribute->key,
              attribute->value);
  }
  assert_string_equal (r < 0 ? "bad" : text, expected);
  assert_true (r == 0 || r == -EBADMSG);
  prof_context_attributes_finish (&decoded);
}

#define assert_bytes_decode(bytes, expected) assert_decodes (bytes, sizeof (bytes) - 1, expected)

static void
test_decoding (void **state)
{
  (void)state;
  assert_decodes (NULL, 0, "");
  assert_bytes_decode ("\x0a\x22\x0a\x16\x0a\x0cservice.name\x12\x06\x0a\x04shop"
                       "\x0a\x08\x0a\x01n\x12\x03\x18\xac\x02" THREADS,
                       "service.name=shop n=300 ");
  assert_bytes_decode ("\x0a\x09\x0a\x07\x0a\x01x\x12\x02\x10\x01", "x=true ");
  assert_bytes_decode ("\x0a\x10\x0a\x0e\x0a\x01x\x12\x09\x21\0\0\0\0\0\0\xe0\x3f", "x=0.5 ");
  /* The first of two, a list, bytes, no value, no key. */
  assert_bytes_decode (
      "\x0a\x14\x0a\x08\x0a\x01x\x12\x03\x0a\x01y\x0a\x08\x0a\x01x\x12\x03\x0a\x01z", "x=y ");
  assert_bytes_decode ("\x0a\x09\x0a\x07\x0a\x01x\x12\x02\x2a\x00", "");
  assert_bytes_decode ("\x0a\x0a\x0a\x08\x0a\x01x\x12\x03\x3a\x01y", "");
  assert_bytes_decode ("\x0a\x05\x0a\x03\x0a\x01x", "");
  assert_bytes_decode ("\x0a\x07\x0a\x05\x12\x03\x0a\x01y", "");
  /* No UTF-8: a cut character, an overlong one, a surrogate, NUL. */
  assert_bytes_decode ("\x0a\x0a\x0a\x08\x0a\x01x\x12\x03\x0a\x01\xc3", "");
  assert_bytes_decode ("\x0a\x0b\x0a\x09\x0a\x01x\x12\x04\x0a\x02\xc0\x80", "");
  assert_bytes_decode ("\x0a\x0c\x0a\x0a\x0a\x01x\x12\x05\x0a\x03\xed\xa0\x80", "");
  assert_bytes_decode ("\x0a\x0a\x0a\x08\x0a\x01x\x12\x03\x0a\x01\0", "");
  assert_bytes_decode ("\x0a\x0d\x0a\x0b\x0a\x01x\x12\x06\x0a\x04\xf0\x9f\x92\xa1",
                       "x=\xf0\x9f\x92\xa1 ");
  assert_bytes_decode ("\x0a\x05\x0a\x07\x0a\x01x", "bad");
  assert_bytes_decode ("\x0a\x0a\x0a\x08\x0a\x01x\x12\x03\x0a\x02y", "bad");
  assert_bytes_decode ("\xff", "bad");
}

static void
test_attributes_are_bounded (void **state)
{
  (void)state;
  ProfOtlpAttribute many[200];
  char keys[200][8];
  for (int i = 0; i < 200; i++) {
    snprintf (keys[i], sizeof keys[i], "k%d", i);
    many[i] = (ProfOtlpAttribute){ .key = keys[i], .number = i };
  }
  ProfWireBuffer buffer = { .is_failed = false };
  ProfContextAttributes decoded;
  prof_process_context_encode (many, 200, &buffer);
  assert_int_equal (prof_process_context_decode (buffer.bytes.items, buffer.bytes.n, &decoded), 0);
  assert_int_equal (decoded.n, PROF_CONTEXT_MAX_ATTRIBUTES);
  assert_string_equal (decoded.items[127].value, "127");
  prof_context_attributes_finish (&decoded);
  prof_vec_clear (&buffer.bytes);
}

/* ---- fetching ---- */

/* A process of 256 bytes: the header at 0x1000. */
typedef struct {
  uint8_t bytes[256];
  unsigned n_reads, n_changes; /* the first reads that see a change */
} Memory;

static int
read_memory (void *user_data, uint64_t address, void *bytes, size_t n)
{
  Memory *memory = user_data;
  if (address < 0x1000 || address - 0x1000 > sizeof memory->bytes
      || n > sizeof memory->bytes - (address - 0x1000))
    return -EFAULT;
  ProfContextHeader *header = (ProfContextHeader *)memory->bytes;
  if (memory->n_reads++ < memory->n_changes)
    header->published_ns++;
  memcpy (bytes, memory->bytes + (address - 0x1000), n);
  return 0;
}

static Memory
make_memory (unsigned n_changes)
{
  Memory memory = { .n_changes = n_changes };
  ProfContextHeader header = { .signature = "OTEL_CTX",
                               .version = 2,
                               .n_payload_bytes = 5,
                               .published_ns = 1,
                               .payload = 0x1040 };
  memcpy (memory.bytes, &header, sizeof header);
  memcpy (memory.bytes + 0x40, "bytes", 5);
  return memory;
}

static int
fetch (Memory *memory)
{
  ProfContextBytes bytes = { 0 };
  int r = prof_process_context_fetch (read_memory, memory, 0x1000, &bytes);
  if (r == 0) {
    assert_int_equal (bytes.n, 5);
    assert_memory_equal (bytes.items, "bytes", 5);
  }
  prof_vec_clear (&bytes);
  return r;
}

static void
test_fetching (void **state)
{
  (void)state;
  Memory memory = make_memory (0);
  assert_int_equal (fetch (&memory), 0);
  assert_int_equal (memory.n_reads, 3);
  memory = make_memory (6); /* changes in two tries */
  assert_int_equal (fetch (&memory), 0);
  memory = make_memory (100);
  assert_int_equal (fetch (&memory), -EAGAIN);
  assert_int_equal (memory.n_reads, 9);
}

static void
test_bad_headers (void **state)
{
  (void)state;
  Memory memory = make_memory (0);
  ProfContextHeader *header = (ProfContextHeader *)memory.bytes;
  header->published_ns = 0;
  assert_int_equal (fetch (&memory), -EAGAIN);
  header->published_ns = 1;
  header->version = 1;
  assert_int_equal (fetch (&memory), -ENOENT);
  header->version = 2;
  header->signature[7] = 'x';
  assert_int_equal (fetch (&memory), -ENOENT);
  header->signature[7] = 'X';
  header->payload = 0x10ff;
  assert_int_equal (fetch (&memory), -EFAULT);
  header->payload = 0x1040;
  header->n_payload_bytes = PROF_CONTEXT_MAX_BYTES + 1;
  assert_int_equal (fetch (&memory), -EMSGSIZE);
}

/* ---- publishing ---- */

static void
assert_published (pid_t pid, const char *expected)
{
  ProfContextBytes bytes = { 0 };
  int r = prof_process_context_read (pid, &bytes);
  if (expected == NULL)
    assert_int_equal (r, -ENOENT);
  else
    assert_decodes (bytes.items, bytes.n, expected);
  prof_vec_clear (&bytes);
}

static void
test_publishing (void **state)
{
  (void)state;
  ProfError error = PROF_ERROR_INIT;
  prof_process_context_clear ();
  assert_published (getpid (), NULL);
  assert_int_equal (prof_process_context_publish (attributes, 2, &error), 0);
  assert_published (getpid (), "service.name=shop n=300 ");
  assert_int_equal (prof_process_context_publish (attributes, 1, &error), 0);
  assert_published (getpid (), "service.name=shop ");
  assert_int_equal (prof_process_context_publish (NULL, 0, &error), 0);
  assert_published (getpid (), "");
  prof_process_context_clear ();
  assert_published (getpid (), NULL);
  assert_int_equal (prof_process_context_publish (attributes, 1, &error), 0);
  assert_published (getpid (), "service.name=shop ");
  prof_process_context_clear ();
}

static void
test_what_cannot_be_published (void **state)
{
  (void)state;
  ProfError error = PROF_ERROR_INIT;
  ProfOtlpAttribute bad[] = { { .key = "a", .value = "b" }, { .key = "", .value = "c" } };
  assert_int_equal (prof_process_context_publish (bad, 2, &error), -EINVAL);
  assert_non_null (strstr (error.message, "attribute 1 has no key"));
  char *long_value = calloc (1, PROF_CONTEXT_MAX_BYTES);
  memset (long_value, 'x', PROF_CONTEXT_MAX_BYTES - 1);
  bad[0].value = long_value;
  assert_int_equal (prof_process_context_publish (bad, 1, &error), -EMSGSIZE);
  assert_non_null (strstr (error.message, "65536 bytes"));
  free (long_value);
  assert_published (getpid (), NULL);
}

/* A child has published nothing, and may publish for itself. */
static void
test_fork (void **state)
{
  (void)state;
  int to_parent[2], status;
  char byte;
  assert_int_equal (pipe (to_parent), 0);
  assert_int_equal (prof_process_context_publish (attributes, 1, NULL), 0);
  pid_t child = fork ();
  if (child == 0) {
    ProfContextBytes bytes = { 0 };
    bool is_clean = prof_process_context_read (getpid (), &bytes) == -ENOENT;
    is_clean &= prof_process_context_publish (attributes + 1, 1, NULL) == 0;
    is_clean &= write (to_parent[1], "", 1) == 1;
    pause ();
    _exit (is_clean ? 0 : 1);
  }
  assert_int_equal (read (to_parent[0], &byte, 1), 1);
  assert_published (child, "n=300 ");
  assert_published (getpid (), "service.name=shop ");
  kill (child, SIGKILL);
  assert_int_equal (waitpid (child, &status, 0), child);
  close (to_parent[0]);
  close (to_parent[1]);
  prof_process_context_clear ();
}

static void
test_watching (void **state)
{
  (void)state;
  ProfContextWatch watch = { 0 };
  pid_t pids[] = { 0x7fffffff, getpid () };
  assert_true (prof_context_watch_is_due (&watch, 0));
  prof_context_watch_look (&watch, 1000, pids, 2);
  assert_int_equal (watch.payload.n, 0);
  assert_false (prof_context_watch_is_due (&watch, 1000));
  assert_int_equal (prof_process_context_publish (attributes, 1, NULL), 0);
  prof_context_watch_look (&watch, 200000000, pids, 2);
  ProfContextBytes copy;
  assert_int_equal (prof_context_watch_copy (&watch, &copy), 0);
  assert_decodes (copy.items, copy.n, "service.name=shop ");
  prof_vec_clear (&copy);
  prof_process_context_clear ();
  /* What was seen stays. */
  for (int i = 0; i < 20; i++)
    prof_context_watch_look (&watch, 0, pids, 2);
  assert_int_not_equal (watch.payload.n, 0);
  assert_int_equal (watch.next_ns, 10000000000u);
  prof_context_watch_finish (&watch);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_bytes_as_specified),
    cmocka_unit_test (test_decoding),
    cmocka_unit_test (test_attributes_are_bounded),
    cmocka_unit_test (test_fetching),
    cmocka_unit_test (test_bad_headers),
    cmocka_unit_test (test_publishing),
    cmocka_unit_test (test_what_cannot_be_published),
    cmocka_unit_test (test_fork),
    cmocka_unit_test (test_watching),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
