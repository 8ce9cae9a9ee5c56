/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>

#include "base/vec.h"

/* A message as it goes over the wire; its memory stays for the next one. Zero-initialized is
 * empty. */
typedef struct {
  PROF_VEC (uint8_t) bytes;
} ProfRequestBody;

/* Compresses the message, and puts gRPC's prefix before it. -ENOMEM; -EMSGSIZE: above 1 GiB. */
int prof_request_body_make (
    ProfRequestBody *body, const uint8_t *message, size_t n, bool is_framed, bool has_gzip);
void prof_request_body_finish (ProfRequestBody *body);
