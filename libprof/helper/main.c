/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "helper/confine.h"
#include "helper/server.h"

/* prof-helper: opens perf events for a recorder without rights, once PolicyKit has let pkexec start
 * it. Standard input is the recorder's socket. */

enum { LONGEST_ANSWER_S = 5 };

static int
fail (const char *why)
{
  fprintf (stderr, "prof-helper: %s\n", why);
  return EXIT_FAILURE;
}

/* What is opened later must not become standard output or error. */
static int
fill_standard_files (void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl (fd, F_GETFD) < 0 && (fd == STDIN_FILENO || open ("/dev/null", O_RDWR) != fd))
      return -EBADF;
  return 0;
}

/* A socket whose other end was made by the user that PolicyKit was asked for. */
static bool
is_socket_of (int fd, uid_t uid, gid_t *ret_gid)
{
  int domain, type;
  struct ucred peer;
  socklen_t n_domain = sizeof domain, n_type = sizeof type, n_peer = sizeof peer;
  if (getsockopt (fd, SOL_SOCKET, SO_DOMAIN, &domain, &n_domain) < 0 || domain != AF_UNIX
      || getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &n_type) < 0 || type != SOCK_SEQPACKET
      || getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &n_peer) < 0 || peer.uid != uid)
    return false;
  *ret_gid = peer.gid;
  return true;
}

/* Not with rights that its file gives: then whoever starts it would say for whom. */
static bool
is_started_by_root (void)
{
  return getuid () == 0 && geteuid () == 0 && getauxval (AT_SECURE) == 0;
}

/* The descriptor's flags are shared with whoever has the same one, and not trusted to stay. */
static int
prepare_socket (int fd)
{
  struct timeval longest = { .tv_sec = LONGEST_ANSWER_S };
  int flags = fcntl (fd, F_GETFL);
  if (flags < 0 || fcntl (fd, F_SETFL, flags & ~O_NONBLOCK) < 0)
    return -errno;
  return setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof longest) < 0 ? -errno : 0;
}

int
main (int argc, char **argv)
{
  (void)argv;
  ProfServer server = { .socket_fd = STDIN_FILENO };
  if (fill_standard_files () < 0)
    return EXIT_FAILURE;
  if (argc != 1)
    return fail ("takes no arguments: prof starts it");
  const char *uid = getenv ("PKEXEC_UID");
  if (!is_started_by_root () || uid == NULL || !prof_parse_uid (uid, &server.uid))
    return fail ("is started by prof, through pkexec");
  gid_t gid;
  if (!is_socket_of (STDIN_FILENO, server.uid, &gid) || prepare_socket (STDIN_FILENO) < 0)
    return fail ("standard input is no socket of the user's recorder");
  if (prof_confine (server.uid, gid) < 0)
    return fail ("can't give up the rights that it does not need");
  int r = prof_server_run (&server);
  prof_server_finish (&server);
  return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
