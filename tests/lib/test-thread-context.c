/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/trace.h>

#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests.h"

/* What a profiler outside reads of a program that uses libprof.so, byte by byte as OTEP 4719 and
 * OTEP 4947 lay it down; with nothing of libprof on the reading side. */

static const ProfTraceLink link_of_thread = {
  .trace_id = { 0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd, 0x84, 0x48, 0xeb, 0x21, 0x1c, 0x80,
                0x31, 0x9c },
  .span_id = { 0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31 },
  .flags = 1,
};

/* ---- the program ---- */

typedef struct {
  pid_t tid;
  uint64_t variable; /* the address of the thread's otel_thread_ctx_v1 */
} Told;

static int told_fd;

static void
tell (void)
{
  void **variable = dlsym (RTLD_DEFAULT, "otel_thread_ctx_v1");
  Told told = { gettid (), (uintptr_t)variable };
  if (variable == NULL || write (told_fd, &told, sizeof told) != sizeof told)
    _exit (1);
}

static void *
run_thread (void *data)
{
  prof_trace_set_current (&link_of_thread);
  tell ();
  while (pause () < 0)
    continue;
  return data;
}

/* Two threads: the first has had a span, but has none now. */
static _Noreturn void
run_program (void)
{
  static const ProfOtlpAttribute attribute = { .key = "service.name", .value = "shop" };
  pthread_t thread;
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  prof_trace_set_current (&link_of_thread);
  prof_trace_set_current (NULL);
  if (prof_process_context_publish (&attribute, 1, NULL) < 0)
    _exit (1);
  tell ();
  pthread_create (&thread, NULL, run_thread, NULL);
  for (;;)
    pause ();
}

/* ---- the profiler ---- */

static void
read_memory (pid_t pid, uint64_t address, void *bytes, size_t n)
{
  struct iovec local = { bytes, n }, remote = { (void *)(uintptr_t)address, n };
  assert_int_equal (process_vm_readv (pid, &local, 1, &remote, 1, 0), n);
}

static uint64_t
read_word (pid_t pid, uint64_t address)
{
  uint64_t word;
  read_memory (pid, address, &word, sizeof word);
  return word;
}

/* A record may only be read while its thread is stopped. */
static void
stop_thread (pid_t tid)
{
  int status;
  if (ptrace (PTRACE_SEIZE, tid, NULL, NULL) < 0) {
    print_message ("skipped: ptrace: %s\n", strerror (errno));
    skip ();
  }
  assert_int_equal (ptrace (PTRACE_INTERRUPT, tid, NULL, NULL), 0);
  assert_int_equal (waitpid (tid, &status, __WALL), tid);
  assert_true (WIFSTOPPED (status));
}

static uint64_t
find_process_context (pid_t pid)
{
  char path[64], line[512];
  uint64_t start, found = 0;
  snprintf (path, sizeof path, "/proc/%d/maps", (int)pid);
  FILE *maps = fopen (path, "r");
  assert_non_null (maps);
  while (fgets (line, sizeof line, maps) != NULL)
    if (strstr (line, "OTEL_CTX") != NULL && sscanf (line, "%" SCNx64, &start) == 1)
      found = start;
  fclose (maps);
  return found;
}

typedef struct {
  pid_t pid;
  Told main, thread;
} Program;

static int
start_program (void **state)
{
  static Program program;
  int fds[2];
  if (pipe (fds) < 0)
    return -1;
  told_fd = fds[1];
  program.pid = fork ();
  if (program.pid == 0)
    run_program ();
  close (fds[1]);
  bool is_told = read (fds[0], &program.main, sizeof program.main) == sizeof program.main
                 && read (fds[0], &program.thread, sizeof program.thread) == sizeof program.thread;
  close (fds[0]);
  *state = &program;
  return is_told ? 0 : -1;
}

static int
end_program (void **state)
{
  Program *program = *state;
  int status;
  kill (program->pid, SIGKILL);
  while (waitpid (program->pid, &status, 0) == program->pid && !WIFSIGNALED (status))
    continue;
  return 0;
}

static void
test_the_context_of_the_process (void **state)
{
  const Program *program = *state;
  static const char expected[]
      = "\x0a\x18\x0a\x16\x0a\x0cservice.name\x12\x06\x0a\x04shop"
        "\x12\x2e\x0a\x1athreadlocal.schema_version\x12\x10\x0a\x0etlsdesc_v1_dev"
        "\x12\x23\x0a\x1dthreadlocal.attribute_key_map\x12\x02\x2a\x00";
  uint8_t header[32], payload[sizeof expected - 1];
  uint64_t address = find_process_context (program->pid);
  assert_int_not_equal (address, 0);
  read_memory (program->pid, address, header, sizeof header);
  static const uint32_t numbers[] = { 2, sizeof expected - 1 };
  assert_memory_equal (header, "OTEL_CTX", 8);
  assert_memory_equal (header + 8, numbers, sizeof numbers);
  assert_int_not_equal (read_word (program->pid, address + 16), 0);
  read_memory (program->pid, read_word (program->pid, address + 24), payload, sizeof payload);
  assert_memory_equal (payload, expected, sizeof payload);
}

static void
test_the_context_of_a_thread (void **state)
{
  const Program *program = *state;
  stop_thread (program->thread.tid);
  uint64_t record = read_word (program->pid, program->thread.variable);
  assert_int_not_equal (record, 0);
  uint8_t bytes[28];
  read_memory (program->pid, record, bytes, sizeof bytes);
  static const uint8_t expected[28]
      = { 0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd, 0x84, 0x48, 0xeb, 0x21, 0x1c, 0x80,
          0x31, 0x9c, 0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31, 1,    1,    0,    0 };
  assert_memory_equal (bytes, expected, sizeof expected);
  ptrace (PTRACE_DETACH, program->thread.tid, NULL, NULL);
}

static void
test_a_thread_without_a_span (void **state)
{
  const Program *program = *state;
  stop_thread (program->main.tid);
  assert_int_equal (read_word (program->pid, program->main.variable), 0);
  ptrace (PTRACE_DETACH, program->main.tid, NULL, NULL);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_the_context_of_the_process),
    cmocka_unit_test (test_the_context_of_a_thread),
    cmocka_unit_test (test_a_thread_without_a_span),
  };
  return cmocka_run_group_tests (tests, start_program, end_program);
}
