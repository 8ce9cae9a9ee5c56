/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* Programs that live under limits. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "blocks.h"

static int
run_address_space (char **arguments)
{
  struct rlimit limit = { 400 << 20, 400 << 20 };
  if (setrlimit (RLIMIT_AS, &limit) < 0)
    return 1;
  execl (arguments[0], arguments[0], "address-space-inside", NULL);
  return 1;
}

static int
run_address_space_inside (char **arguments)
{
  (void)arguments;
  allocate (MAIN_SIZE, 10, 5);
  errno = 0;
  return malloc (500 << 20) != NULL || errno != ENOMEM;
}

#define ALLOW(number)                                                                              \
  BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

#define LOAD_NUMBER BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr))
#define KILL BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)

static int
set_filter (struct sock_filter *filter, size_t n)
{
  struct sock_fprog program = { (unsigned short)n, filter };
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
    return -1;
  return prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static int
recurse (int depth)
{
  volatile char frame[20000] = { 0 };
  allocate (MAIN_SIZE, 1, 1);
  return depth > 0 ? recurse (depth - 1) + frame[depth] : 0;
}

/* All system calls kill but the last. */
static int
run_strict (char **arguments)
{
  (void)arguments;
  static struct sock_filter filter[] = { LOAD_NUMBER, ALLOW (SYS_exit_group), KILL };
  allocate (MAIN_SIZE, 1, 1);
  if (set_filter (filter, sizeof filter / sizeof *filter) < 0)
    return 77;
  recurse (99);
  return 0;
}

static void *
run_thread (void *argument)
{
  recurse (20);
  return argument;
}

/* What a program with threads needs at the least. */
static int
run_filtered (char **arguments)
{
  (void)arguments;
  static struct sock_filter filter[] = {
    LOAD_NUMBER,
    ALLOW (SYS_exit),
    ALLOW (SYS_exit_group),
    ALLOW (SYS_futex),
    ALLOW (SYS_brk),
    ALLOW (SYS_mmap),
    ALLOW (SYS_munmap),
    ALLOW (SYS_mprotect),
    ALLOW (SYS_madvise),
    ALLOW (SYS_clone3),
    ALLOW (SYS_rt_sigprocmask),
    ALLOW (SYS_set_robust_list),
    ALLOW (SYS_rseq),
    ALLOW (SYS_gettid),
    ALLOW (SYS_rt_sigaction),
    ALLOW (SYS_prlimit64),
    ALLOW (SYS_getpid),
    ALLOW (SYS_openat),
    ALLOW (SYS_read),
    ALLOW (SYS_getrandom),
    ALLOW (SYS_sched_getaffinity),
    KILL,
  };
  if (set_filter (filter, sizeof filter / sizeof *filter) < 0)
    return 77;
  pthread_t thread;
  allocate (MAIN_SIZE, 1000, 500);
  return pthread_create (&thread, NULL, run_thread, NULL) || pthread_join (thread, NULL);
}

int
main (int argc, char **argv)
{
  (void)argc;
  static const Case cases[] = {
    { "address-space", run_address_space },
    { "address-space-inside", run_address_space_inside },
    { "strict", run_strict },
    { "filtered", run_filtered },
  };
  return RUN_CASE (cases, argv);
}
