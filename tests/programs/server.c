/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shapes.h"

/* The `./server` of the manual: handles requests, of which each burns CPU, allocates, and leaves a
 * session behind. server N [MS]: so many requests (0: without end), each parsed in so many ms. */

enum { N_REQUESTS = 60, REQUEST_BYTES = 1 << 20, SESSION_BYTES = 256 << 10 };

static void *sessions[N_REQUESTS];

FRAME static void
parse_request (char *request, unsigned ms)
{
  memset (request, 'a', REQUEST_BYTES);
  BURN_MS (ms);
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
handle_request (unsigned number, unsigned parse_ms)
{
  char *request = malloc (REQUEST_BYTES);
  if (request == NULL)
    return;
  parse_request (request, parse_ms);
  compress_answer ();
  open_session (number);
  free (request);
}

int
main (int argc, char **argv)
{
  unsigned n_requests = argc > 1 ? (unsigned)atoi (argv[1]) : N_REQUESTS;
  unsigned parse_ms = argc > 2 ? (unsigned)atoi (argv[2]) : 2;
  for (unsigned i = 0; n_requests == 0 || i < n_requests; i++)
    handle_request (i, parse_ms);
  return 0;
}
