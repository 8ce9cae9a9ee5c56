/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/reply.h"

#include <stdio.h>
#include <strings.h>

#include "base/cleanup.h"
#include "otlp/base64.h"
#include "otlp/percent-encoding.h"
#include "otlp/response.h"

static void
set_content (ProfReply *reply, const char *value, size_t n)
{
  static const struct {
    const char *prefix;
    ProfContent content;
  } types[] = {
    { "application/x-protobuf", PROF_CONTENT_PROTOBUF },
    { "application/grpc", PROF_CONTENT_GRPC },
    { "text/html", PROF_CONTENT_HTML },
    { "text/", PROF_CONTENT_TEXT },
  };
  reply->content = PROF_CONTENT_UNKNOWN;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    size_t n_prefix = strlen (types[i].prefix);
    if (n >= n_prefix && strncasecmp (value, types[i].prefix, n_prefix) == 0) {
      reply->content = types[i].content;
      return;
    }
  }
}

static size_t
copy (char *ret, size_t size, const char *value, size_t n)
{
  n = n < size ? n : size - 1;
  memcpy (ret, value, n);
  ret[n] = '\0';
  return n;
}

/* A status that is no number is UNKNOWN. */
static void
set_grpc_status (ProfReply *reply, const char *value, size_t n)
{
  enum { UNKNOWN = 2 };
  unsigned status = 0;
  for (size_t i = 0; i < n; i++) {
    bool is_digit = value[i] >= '0' && value[i] <= '9' && status < 1000;
    status = is_digit ? status * 10 + (unsigned)(value[i] - '0') : 1000;
  }
  reply->has_grpc_status = true;
  reply->grpc_status = n == 0 || status >= 1000 ? UNKNOWN : status;
}

static void
set_grpc_message (ProfReply *reply, const char *value, size_t n)
{
  n = copy (reply->grpc_message, sizeof reply->grpc_message, value, n);
  n = prof_percent_decode (reply->grpc_message, n);
  reply->grpc_message[n] = '\0';
}

/* Details that can't be read are none. */
static int
set_details (ProfReply *reply, const char *value, size_t n)
{
  cleanup (prof_free) uint8_t *bytes = malloc (n + 1);
  if (bytes == NULL)
    return -ENOMEM;
  ProfRpcStatus status;
  ptrdiff_t n_bytes = prof_base64_decode (value, n, bytes);
  if (n_bytes >= 0 && prof_rpc_status_parse ((ProfWire){ bytes, bytes + n_bytes }, &status) == 0) {
    reply->has_retry_info = status.has_retry_info;
    reply->retry_info_ns = status.retry_after_ns;
  }
  return 0;
}

static int
set_field (ProfReply *reply, const char *name, size_t n_name, const char *value, size_t n)
{
#define IS(text) (n_name == sizeof text - 1 && strncasecmp (name, text, n_name) == 0)
  if (IS ("content-type"))
    set_content (reply, value, n);
  else if (IS ("grpc-status"))
    set_grpc_status (reply, value, n);
  else if (IS ("grpc-message"))
    set_grpc_message (reply, value, n);
  else if (IS ("retry-after"))
    copy (reply->retry_after, sizeof reply->retry_after, value, n);
  else if (IS ("grpc-status-details-bin"))
    return set_details (reply, value, n);
#undef IS
  return 0;
}

/* "HTTP/1.1 200 OK", "HTTP/2 200". */
static void
begin_answer (ProfReply *reply, const char *line, size_t n)
{
  char text[16];
  size_t n_header_bytes = reply->n_header_bytes;
  prof_reply_reset (reply);
  reply->n_header_bytes = n_header_bytes;
  copy (text, sizeof text, line, n);
  if (sscanf (text, "HTTP/%1u%*[.0-9] %3u", &reply->http_major, &reply->http_status) != 2
      && sscanf (text, "HTTP/%1u %3u", &reply->http_major, &reply->http_status) != 2)
    reply->http_major = reply->http_status = 0;
}

static bool
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

int
prof_reply_add_line (ProfReply *reply, const char *line, size_t n)
{
  reply->n_header_bytes += n;
  if (reply->n_header_bytes > PROF_MAX_REPLY_HEADER_BYTES) {
    reply->is_too_big = true;
    return -EFBIG;
  }
  while (n > 0 && is_space (line[n - 1]))
    n--;
  if (n >= 5 && memcmp (line, "HTTP/", 5) == 0) {
    begin_answer (reply, line, n);
    return 0;
  }
  reply->has_header |= n == 0;
  const char *separator = memchr (line, ':', n), *end = line + n;
  if (separator == NULL)
    return 0;
  const char *value = separator + 1;
  while (value < end && is_space (*value))
    value++;
  return set_field (reply, line, (size_t)(separator - line), value, (size_t)(end - value));
}

int
prof_reply_add_body (ProfReply *reply, const void *bytes, size_t n)
{
  if (n > PROF_MAX_REPLY_BODY_BYTES - reply->body.n) {
    reply->is_too_big = true;
    return -EFBIG;
  }
  return prof_vec_append (&reply->body, (const uint8_t *)bytes, n);
}

void
prof_reply_reset (ProfReply *reply)
{
  ProfReply empty = { 0 };
  empty.body.items = reply->body.items;
  empty.body.n_allocated = reply->body.n_allocated;
  *reply = empty;
}

void
prof_reply_finish (ProfReply *reply)
{
  prof_vec_clear (&reply->body);
}
