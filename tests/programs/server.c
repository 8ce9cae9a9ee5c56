/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shapes.h"

/* The `./server` of the manual: handles requests, of which each burns CPU, allocates, and leaves a
 * session behind. server N: so many requests; 0: without end. */

enum { N_REQUESTS = 60, REQUEST_BYTES = 1 << 20, SESSION_BYTES = 256 << 10 };

static void *sessions[N_REQUESTS];

FRAME static void
parse_request (char *request)
{
  memset (request, 'a', REQUEST_BYTES);
  BURN_MS (2);
  KEEP_FRAME;
}

FRAME static void
compress_answer (void)
{
  BURN_MS (4);
  KEEP_FRAME;
}

FRAME static void
open_session (unsigned number)
{
  void **session = &sessions[number % N_REQUESTS];
  free (*session);
  *session = malloc (SESSION_BYTES);
  KEEP_FRAME;
}

FRAME static void
handle_request (unsigned number)
{
  char *request = malloc (REQUEST_BYTES);
  if (request == NULL)
    return;
  parse_request (request);
  compress_answer ();
  open_session (number);
  free (request);
}

int
main (int argc, char **argv)
{
  unsigned n_requests = argc > 1 ? (unsigned)atoi (argv[1]) : N_REQUESTS;
  for (unsigned i = 0; n_requests == 0 || i < n_requests; i++)
    handle_request (i);
  return 0;
}
