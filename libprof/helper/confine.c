/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "helper/confine.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>

/* Few are open at a time, but unix(7) refuses to send one while the user has more than this on
 * their way. */
enum { MAX_FILES = 1024 };

bool
prof_parse_uid (const char *text, uid_t *ret)
{
  size_t n = strspn (text, "0123456789");
  if (n == 0 || n > 10 || text[n] != '\0')
    return false;
  unsigned long long value = strtoull (text, NULL, 10);
  /* The highest number stands for none. */
  if (value >= UINT32_MAX)
    return false;
  *ret = (uid_t)value;
  return true;
}

/* Those of a terminal are not for it: it ends when the recorder does. */
static int
reset_signals (void)
{
  static const int ignored[] = { SIGINT, SIGQUIT, SIGHUP, SIGTSTP };
  sigset_t none;
  for (int number = 1; number < NSIG; number++)
    signal (number, SIG_DFL);
  for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
    signal (ignored[i], SIG_IGN);
  sigemptyset (&none);
  return sigprocmask (SIG_SETMASK, &none, NULL);
}

static int
lower_limit (int resource, rlim_t value)
{
  struct rlimit limit;
  if (getrlimit (resource, &limit) < 0)
    return -1;
  if (limit.rlim_max > value)
    limit.rlim_max = value;
  limit.rlim_cur = limit.rlim_max;
  return setrlimit (resource, &limit);
}

/* CAP_PERFMON: events; CAP_SYS_PTRACE: maps; CAP_IPC_LOCK: rings; CAP_SYSLOG: kernel symbols. */
static int
keep_capabilities (void)
{
  const uint64_t wanted = UINT64_C (1) << CAP_PERFMON | UINT64_C (1) << CAP_SYS_PTRACE
                          | UINT64_C (1) << CAP_IPC_LOCK | UINT64_C (1) << CAP_SYSLOG;
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct words[_LINUX_CAPABILITY_U32S_3];
  if (syscall (SYS_capget, &header, words) < 0)
    return -1;
  for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
    words[i].permitted &= (uint32_t)(wanted >> 32 * i);
    words[i].effective = words[i].permitted;
    words[i].inheritable = 0;
  }
  return syscall (SYS_capset, &header, words) < 0 ? -1 : 0;
}

/* Root's own files are open to root without any capability, so that it must be no longer root. */
static int
change_user (uid_t uid, gid_t gid)
{
  if (prctl (PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 || setgroups (0, NULL) < 0
      || setresgid (gid, gid, gid) < 0 || setresuid (uid, uid, uid) < 0)
    return -1;
  return prctl (PR_SET_KEEPCAPS, 0, 0, 0, 0);
}

int
prof_confine (uid_t uid, gid_t gid)
{
  clearenv ();
  umask (077);
  setsid (); /* fails for the leader of a group: then the terminal's signals are only ignored */
  /* The change of user makes it dumpable again or not as the system likes: last, it is not. */
  bool is_done = chdir ("/") == 0 && close_range (STDERR_FILENO + 1, UINT32_MAX, 0) == 0
                 && reset_signals () == 0 && lower_limit (RLIMIT_CORE, 0) == 0
                 && lower_limit (RLIMIT_NOFILE, MAX_FILES) == 0
                 && prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && change_user (uid, gid) == 0
                 && keep_capabilities () == 0 && prctl (PR_SET_PDEATHSIG, 0, 0, 0, 0) == 0
                 && prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
  return is_done ? 0 : -EPERM;
}
