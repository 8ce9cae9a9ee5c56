/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "privileges.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>

#include "message.h"

#define BIT(capability) (UINT64_C (1) << (capability))

/* Events and their rings; processes and their files, as they see them; the addresses of the
 * kernel's functions; /proc/PID/map_files. */
static const uint64_t for_recording = BIT (CAP_PERFMON) | BIT (CAP_IPC_LOCK) | BIT (CAP_SYS_PTRACE)
                                      | BIT (CAP_DAC_READ_SEARCH) | BIT (CAP_SYSLOG)
                                      | BIT (CAP_CHECKPOINT_RESTORE);

/* The profile in a directory of another user, in place of that user's file; a signal for a command
 * that has become another user's. */
static const uint64_t for_the_caller = BIT (CAP_DAC_OVERRIDE) | BIT (CAP_FOWNER) | BIT (CAP_KILL);

typedef struct __user_cap_data_struct Sets[_LINUX_CAPABILITY_U32S_3];

static uint64_t
get_permitted (const Sets sets)
{
  return sets[0].permitted | (uint64_t)sets[1].permitted << 32;
}

/* capabilities(7): before Linux 5.9 CAP_SYS_ADMIN stood for what has a name of its own now. */
static uint64_t
choose_kept (uint64_t permitted)
{
  uint64_t kept = for_recording | for_the_caller;
  if ((permitted & BIT (CAP_CHECKPOINT_RESTORE)) == 0)
    kept |= BIT (CAP_SYS_ADMIN);
  return kept & permitted;
}

static int
keep (struct __user_cap_header_struct *header, Sets sets, uint64_t kept)
{
  for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
    sets[i].permitted = (uint32_t)(kept >> 32 * i);
    sets[i].effective &= sets[i].permitted;
    sets[i].inheritable &= sets[i].permitted;
  }
  return (int)syscall (SYS_capset, header, sets);
}

/* core(5): unlike 0, this also holds for a program that takes cores; it is less than any core. */
static int
forbid_core (void)
{
  struct rlimit limit;
  if (getrlimit (RLIMIT_CORE, &limit) < 0)
    return -1;
  if (limit.rlim_max > 1)
    limit.rlim_max = 1;
  limit.rlim_cur = limit.rlim_max;
  return setrlimit (RLIMIT_CORE, &limit);
}

void
privileges_drop (void)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  Sets sets;
  if (syscall (SYS_capget, &header, sets) < 0)
    return;
  uint64_t permitted = get_permitted (sets);
  /* ptrace(2): without this one, who looks at a process must have all that the process has. */
  if ((permitted & BIT (CAP_SYS_PTRACE)) == 0)
    return;
  if (keep (&header, sets, choose_kept (permitted)) < 0 || forbid_core () < 0
      || prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
    message ("can't give up the rights that a recording does not need: %s", strerror (errno));
}
