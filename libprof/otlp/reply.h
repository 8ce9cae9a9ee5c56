/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"

enum {
  PROF_MAX_REPLY_HEADER_BYTES = 64 << 10, /* of all lines together */
  PROF_MAX_REPLY_BODY_BYTES = 4 << 20,
};

typedef enum {
  PROF_CONTENT_UNKNOWN, /* or not said */
  PROF_CONTENT_PROTOBUF,
  PROF_CONTENT_GRPC,
  PROF_CONTENT_TEXT,
  PROF_CONTENT_HTML,
} ProfContent;

/* What has come of an answer over HTTP. Zero-initialized is nothing. */
typedef struct {
  unsigned http_major, http_status; /* 0: no status line has come */
  bool has_header;                  /* to its end */
  ProfContent content;
  bool has_grpc_status;
  unsigned grpc_status;
  char grpc_message[1024]; /* decoded, cut */
  char retry_after[64];
  bool has_retry_info; /* of grpc-status-details-bin */
  uint64_t retry_info_ns;
  size_t n_header_bytes;
  bool is_too_big; /* what lies beyond the bounds is not here */
  PROF_VEC (uint8_t) body;
} ProfReply;

/* A line of the header or of the trailer, with or without its end. 0; -EFBIG; -ENOMEM. A status
 * line begins the answer anew: an interim one (1xx) may come before it. */
int prof_reply_add_line (ProfReply *reply, const char *line, size_t n);
/* 0; -EFBIG; -ENOMEM. */
int prof_reply_add_body (ProfReply *reply, const void *bytes, size_t n);
/* Empties it; the body's memory stays for the next answer. */
void prof_reply_reset (ProfReply *reply);
void prof_reply_finish (ProfReply *reply);
