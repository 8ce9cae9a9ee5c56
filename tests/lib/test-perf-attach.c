/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "capture/perf-session-private.h"
#include "recorded.h"

enum { N_SPAWNED = 32, N_AT_ONCE = 4, BURN_MS = 20, PERIOD_NS = 500000 };

static const char *const cpu_clock[] = { "cpu-clock", NULL };
static const ProfPerfSessionConfig config
    = { .events = cpu_clock, .period = PERIOD_NS, .inherit = true };

/* Shared with the process that is attached to. */
typedef struct {
  struct {
    pid_t tid;
    uint64_t start_ns, cpu_ns;
  } threads[N_SPAWNED];
  atomic_uint n_started;
  atomic_bool is_attached;
  pid_t grandchild;
} Target;

static Target *target;

static void *
burn_and_tell (void *user_data)
{
  unsigned i = (unsigned)(uintptr_t)user_data;
  target->threads[i].tid = gettid ();
  target->threads[i].start_ns = prof_monotonic_ns ();
  atomic_fetch_add (&target->n_started, 1);
  burn_ms (BURN_MS);
  target->threads[i].cpu_ns = prof_clock_ns (CLOCK_THREAD_CPUTIME_ID);
  return NULL;
}

/* Starts threads as fast as they end, always a few at once; half of them once it is attached to. */
static void
spawn_threads (void)
{
  pthread_t threads[N_AT_ONCE];
  for (unsigned i = 0; i < N_SPAWNED; i++) {
    while (i == N_SPAWNED / 2 && !atomic_load (&target->is_attached))
      sched_yield ();
    if (i >= N_AT_ONCE)
      pthread_join (threads[i % N_AT_ONCE], NULL);
    pthread_create (&threads[i % N_AT_ONCE], NULL, burn_and_tell, (void *)(uintptr_t)i);
  }
  for (unsigned i = 0; i < N_AT_ONCE; i++)
    pthread_join (threads[i], NULL);
}

/* A process that runs `func` as soon as it is told to go by a byte; it ends with the test. */
static pid_t
start_target (void (*func) (void), int *ret_go)
{
  int go[2];
  target = mmap (NULL, sizeof *target, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  assert_ptr_not_equal (target, MAP_FAILED);
  assert_int_equal (pipe (go), 0);
  pid_t pid = fork ();
  assert_true (pid >= 0);
  if (pid == 0) {
    char byte;
    prctl (PR_SET_PDEATHSIG, SIGKILL);
    if (read (go[0], &byte, 1) == 1)
      func ();
    _exit (0);
  }
  close (go[0]);
  *ret_go = go[1];
  return pid;
}

static void
attach (ProfPerfSession *session, pid_t pid, pid_t except_tid)
{
  ProfError error = PROF_ERROR_INIT;
  if (prof_perf_session_attach (session, pid, except_tid, &error) < 0)
    fail_msg ("%s", error.message);
}

static void
finish (ProfPerfSession *session, Recorded *recorded)
{
  prof_perf_session_free (session);
  free (recorded->rows);
  munmap (target, sizeof *target);
}

/* No thread is sampled twice, and those that started after the attach are sampled whole. */
static void
check_threads (const Recorded *recorded, uint64_t attached_ns)
{
  enum { SLACK_NS = 4 * PERIOD_NS };
  for (unsigned i = 0; i < N_SPAWNED; i++) {
    uint64_t cpu_ns = target->threads[i].cpu_ns;
    uint64_t sampled_ns = recorded_thread_ns (recorded, (uint32_t)target->threads[i].tid);
    if (sampled_ns > cpu_ns * 3 / 2 + SLACK_NS)
      fail_msg ("thread %u used %lu ns, and %lu were sampled", i, cpu_ns, sampled_ns);
    if (target->threads[i].start_ns > attached_ns && sampled_ns + SLACK_NS < cpu_ns / 2)
      fail_msg ("thread %u used %lu ns, but %lu were sampled", i, cpu_ns, sampled_ns);
  }
}

static void
test_threads_that_start_meanwhile (void **state)
{
  (void)state;
  ProfPerfSession *session = session_of (&config);
  Recorded recorded = { .n = 0 };
  int go;
  pid_t pid = start_target (spawn_threads, &go);
  assert_int_equal (write (go, "", 1), 1);
  while (atomic_load (&target->n_started) < N_AT_ONCE + 1)
    sched_yield ();
  attach (session, pid, 0);
  uint64_t attached_ns = prof_monotonic_ns ();
  atomic_store (&target->is_attached, true);
  assert_int_equal (waitpid (pid, NULL, 0), pid);
  recorded_read (&recorded, session);
  check_threads (&recorded, attached_ns);
  assert_true (prof_perf_session_has_ended (session));
  close (go);
  finish (session, &recorded);
}

static void
test_all_threads_that_are_there (void **state)
{
  (void)state;
  ProfPerfSession *session = session_of (&config);
  Recorded recorded = { .n = 0 };
  int go;
  pid_t pid = start_target (spawn_threads, &go);
  attach (session, pid, 0); /* to the one thread, from which the others inherit */
  atomic_store (&target->is_attached, true);
  assert_int_equal (write (go, "", 1), 1);
  assert_int_equal (waitpid (pid, NULL, 0), pid);
  recorded_read (&recorded, session);
  check_threads (&recorded, 0);
  assert_int_equal (recorded_count (&recorded, PROF_RECORD_FORK, (uint32_t)pid), N_SPAWNED);
  close (go);
  finish (session, &recorded);
}

/* A thread and a process of its own. */
static void
spawn_thread_and_process (void)
{
  pthread_t thread;
  pid_t child = fork ();
  if (child == 0) {
    burn_ms (BURN_MS);
    _exit (0);
  }
  target->grandchild = child;
  pthread_create (&thread, NULL, burn_and_tell, NULL);
  pthread_join (thread, NULL);
  waitpid (child, NULL, 0);
}

static void
test_threads_but_not_children (void **state)
{
  (void)state;
  for (int inherit = 0; inherit <= 1; inherit++) {
    ProfPerfSessionConfig wanted = config;
    wanted.inherit = inherit;
    ProfPerfSession *session = session_of (&wanted);
    Recorded recorded = { .n = 0 };
    int go;
    pid_t pid = start_target (spawn_thread_and_process, &go);
    attach (session, pid, 0);
    assert_int_equal (write (go, "", 1), 1);
    assert_int_equal (waitpid (pid, NULL, 0), pid);
    recorded_read (&recorded, session);
    assert_true (recorded_thread_ns (&recorded, (uint32_t)target->threads[0].tid) > 0);
    size_t n_children
        = recorded_count (&recorded, PROF_RECORD_SAMPLE, (uint32_t)target->grandchild);
    assert_int_equal (n_children > 0, inherit);
    close (go);
    finish (session, &recorded);
  }
}

typedef struct {
  int started[2], go[2];
  pid_t tid;
  uint64_t cpu_ns;
} Waiting;

static void *
wait_and_burn (void *user_data)
{
  Waiting *waiting = user_data;
  char byte;
  waiting->tid = gettid ();
  assert_int_equal (write (waiting->started[1], "", 1), 1);
  assert_int_equal (read (waiting->go[0], &byte, 1), 1);
  burn_ms (BURN_MS);
  waiting->cpu_ns = prof_clock_ns (CLOCK_THREAD_CPUTIME_ID);
  return NULL;
}

/* What attaching does when it can't know whether a thread inherited; this one did. */
static void
test_a_doubtful_thread_is_not_counted_twice (void **state)
{
  (void)state;
  ProfPerfSession *session = session_of (&config);
  Recorded recorded = { .n = 0 };
  Waiting waiting;
  pthread_t thread;
  char byte;
  assert_int_equal (pipe (waiting.started), 0);
  assert_int_equal (pipe (waiting.go), 0);
  attach (session, getpid (), 0);
  pthread_create (&thread, NULL, wait_and_burn, &waiting);
  assert_int_equal (read (waiting.started[0], &byte, 1), 1);
  ProfSessionTarget doubtful = { .tid = waiting.tid, .is_doubtful = true };
  assert_int_equal (prof_session_open (session, &doubtful, NULL), 0);
  assert_int_equal (prof_perf_session_enable (session), 0);
  assert_int_equal (write (waiting.go[1], "", 1), 1);
  pthread_join (thread, NULL);
  recorded_read (&recorded, session);

  uint64_t all_ns = 0, sampled_ns = recorded_thread_ns (&recorded, (uint32_t)waiting.tid);
  for (size_t i = 0; i < recorded.n; i++)
    if (recorded.rows[i].tid == (uint32_t)waiting.tid)
      all_ns += recorded.rows[i].period;
  assert_in_range (sampled_ns, 1, waiting.cpu_ns * 3 / 2);
  assert_in_range (all_ns, sampled_ns * 3 / 2, sampled_ns * 3);
  for (int i = 0; i < 2; i++) {
    close (waiting.started[i]);
    close (waiting.go[i]);
  }
  prof_perf_session_free (session);
  free (recorded.rows);
}

static void *
burn_own (void *user_data)
{
  *(pid_t *)user_data = gettid ();
  burn_ms (BURN_MS);
  return NULL;
}

static void
test_its_own_process_but_one_thread (void **state)
{
  (void)state;
  ProfPerfSession *session = session_of (&config);
  Recorded recorded = { .n = 0 };
  pthread_t thread;
  pid_t tid;
  attach (session, getpid (), 0);
  pthread_create (&thread, NULL, burn_own, &tid);
  pthread_join (thread, NULL);
  prof_perf_session_disable (session);
  recorded_read (&recorded, session);
  assert_true (recorded_thread_ns (&recorded, (uint32_t)tid) > 0);
  prof_perf_session_free (session);
  free (recorded.rows);

  /* Without this thread there is none. */
  ProfError error = PROF_ERROR_INIT;
  session = session_of (&config);
  assert_int_equal (prof_perf_session_attach (session, getpid (), gettid (), &error), -ESRCH);
  prof_perf_session_free (session);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_threads_that_start_meanwhile),
    cmocka_unit_test (test_all_threads_that_are_there),
    cmocka_unit_test (test_threads_but_not_children),
    cmocka_unit_test (test_a_doubtful_thread_is_not_counted_twice),
    cmocka_unit_test (test_its_own_process_but_one_thread),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
