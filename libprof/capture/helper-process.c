/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/helper-process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "capture/helper-request.h"

static const char helper_path[] = PROF_LIBEXECDIR "/prof-helper";
/* Not found by PATH: it is to ask for a password. */
static const char pkexec_path[] = "/usr/bin/pkexec";

/* pkexec(1). */
enum { STATUS_DISMISSED = 126, STATUS_REFUSED = 127 };

/* ---- finding ---- */

static int
try_file (const char *path, int mode)
{
  return access (path, mode) < 0 ? -errno : 0;
}

/* Where PolicyKit looks for actions; before version 124 in the last one only. */
static int
try_action (void)
{
  static const char *const places[] = {
    "/etc/polkit-1/actions/org.libprof.policy",
    "/run/polkit-1/actions/org.libprof.policy",
    "/usr/local/share/polkit-1/actions/org.libprof.policy",
    "/usr/share/polkit-1/actions/org.libprof.policy",
  };
  int r = -ENOENT;
  for (size_t i = 0; r < 0 && i < sizeof places / sizeof *places; i++)
    r = try_file (places[i], R_OK);
  return r;
}

void
prof_helper_parts_find (ProfHelperParts *ret)
{
  ret->helper = try_file (helper_path, X_OK);
  ret->pkexec = try_file (pkexec_path, X_OK);
  ret->action = try_action ();
}

bool
prof_helper_parts_are_whole (const ProfHelperParts *parts)
{
  return parts->helper == 0 && parts->pkexec == 0 && parts->action == 0;
}

const char *
prof_helper_get_path (void)
{
  return helper_path;
}

/* ---- starting ---- */

/* As a shell would start it, whatever this process does with signals. */
static int
set_signals (posix_spawnattr_t *attributes)
{
  sigset_t none, all;
  sigemptyset (&none);
  sigfillset (&all);
  int r = posix_spawnattr_setsigmask (attributes, &none);
  if (r == 0)
    r = posix_spawnattr_setsigdefault (attributes, &all);
  if (r == 0)
    r = posix_spawnattr_setflags (attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  return r;
}

static int
set_files (posix_spawn_file_actions_t *files, int socket_fd)
{
  int r = posix_spawn_file_actions_adddup2 (files, socket_fd, STDIN_FILENO);
  for (int fd = STDOUT_FILENO; r == 0 && fd <= STDERR_FILENO; fd++)
    r = posix_spawn_file_actions_addopen (files, fd, "/dev/null", O_WRONLY, 0);
  return r;
}

/* 0 or a positive errno, as of posix_spawn(3). */
static int
spawn_pkexec (int socket_fd, bool uses_terminal, pid_t *ret_pid)
{
  const char *with_terminal[] = { pkexec_path, helper_path, NULL };
  const char *without[] = { pkexec_path, "--disable-internal-agent", helper_path, NULL };
  const char **argv = uses_terminal ? with_terminal : without;
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  int r = posix_spawn_file_actions_init (&files);
  if (r != 0)
    return r;
  r = posix_spawnattr_init (&attributes);
  if (r == 0) {
    r = set_files (&files, socket_fd);
    if (r == 0)
      r = set_signals (&attributes);
    if (r == 0)
      r = posix_spawn (ret_pid, pkexec_path, &files, &attributes, (char **)argv, environ);
    posix_spawnattr_destroy (&attributes);
  }
  posix_spawn_file_actions_destroy (&files);
  return r;
}

/* What it said before it closed the socket. */
static int
report_end (pid_t pid, ProfError *reterr)
{
  int status = 0;
  pid_t ended;
  do
    ended = waitpid (pid, &status, 0);
  while (ended < 0 && errno == EINTR);
  int code = ended == pid && WIFEXITED (status) ? WEXITSTATUS (status) : -1;
  if (code == STATUS_DISMISSED)
    return prof_error_set (reterr, -EACCES,
                           "Can't record: the administrator's consent was not given.");
  if (code == STATUS_REFUSED)
    return prof_error_set (reterr, -EACCES,
                           "Can't record: PolicyKit did not consent to %s, or there was nobody to "
                           "ask; try from a terminal or a desktop session, or ask the "
                           "administrator for a rule.",
                           PROF_HELPER_ACTION);
  return prof_error_set (reterr, -EPIPE,
                         "Can't record: %s, which opens the events, ended at once (status %d); try "
                         "to install it again.",
                         helper_path, code);
}

static int
report_missing (const ProfHelperParts *parts, ProfError *reterr)
{
  if (parts->pkexec < 0)
    return prof_error_set (reterr, -ENOENT,
                           "Can't ask for an administrator's consent: there is no pkexec; try: "
                           "sudo apt install pkexec");
  if (parts->helper < 0)
    return prof_error_set (reterr, -ENOENT,
                           "Can't record with an administrator's consent: there is no %s; install "
                           "libprof completely.",
                           helper_path);
  return prof_error_set (reterr, -ENOENT,
                         "Can't ask for an administrator's consent: PolicyKit has no "
                         "org.libprof.policy in /usr/share/polkit-1/actions; install libprof with "
                         "--prefix=/usr.");
}

int
prof_helper_start (bool uses_terminal, ProfHelperChannel *ret, ProfError *reterr)
{
  ProfHelperParts parts;
  int fds[2];
  pid_t pid;
  prof_helper_parts_find (&parts);
  if (!prof_helper_parts_are_whole (&parts))
    return report_missing (&parts, reterr);
  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
    return prof_error_set (reterr, -errno, "Can't start %s: %s.", helper_path, strerror (errno));
  int r = spawn_pkexec (fds[1], uses_terminal, &pid);
  close (fds[1]);
  if (r != 0) {
    close (fds[0]);
    return prof_error_set (reterr, -r, "Can't start %s: %s.", pkexec_path, strerror (r));
  }
  r = prof_helper_channel_init (ret, fds[0], pid);
  return r < 0 ? report_end (pid, reterr) : 0;
}

int
prof_helper_connect (int socket_fd, ProfHelperChannel *ret, ProfError *reterr)
{
  int fd = fcntl (socket_fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (fd < 0)
    return prof_error_set (reterr, -errno, "Can't use descriptor %d for prof-helper: %s.",
                           socket_fd, strerror (errno));
  int r = prof_helper_channel_init (ret, fd, 0);
  if (r < 0)
    return prof_error_set (reterr, r,
                           "Can't record: no prof-helper answers at descriptor %d: it has ended, "
                           "or is none.",
                           socket_fd);
  return 0;
}
