/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/answer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"
#include "otlp/clean-text.h"
#include "otlp/response.h"
#include "otlp/retry-after.h"

static const uint64_t ns_per_s = 1000000000;

/* What a status says of the request. */
typedef struct {
  unsigned status;
  const char *name;
  ProfOtlpOutcome outcome;
  int code;
  const char *remedy; /* NULL: the collector's own words must do */
} Meaning;

static const char login[]
    = N_ ("give a bearer token, or user and password, that the collector knows");
static const char rights[]
    = N_ ("this token, user or client certificate may not send profiles there");
static const char size[]
    = N_ ("make requests smaller (max_request_bytes), or let the collector take "
          "bigger ones (max_recv_msg_size_mib)");
static const char pipeline[]
    = N_ ("it takes no profiles: a Collector needs "
          "--feature-gates=service.profilesSupport and a pipeline of profiles");
static const char path[] = N_ ("check the path, /v1development/profiles for most; a Collector also "
                               "needs --feature-gates=service.profilesSupport and a pipeline of "
                               "profiles");
static const char content[] = N_ ("it may be a port of gRPC: try the protocol grpc, or port 4318");
static const char redirect[] = N_ ("redirects are not followed: give the address that it leads to");

/* By number: https://grpc.io/docs/guides/status-codes. */
static const Meaning grpc_meanings[] = {
  { 0, "OK", PROF_OTLP_TAKEN, 0, NULL },
  { 1, "CANCELLED", PROF_OTLP_RETRY, -EAGAIN, NULL },
  { 2, "UNKNOWN", PROF_OTLP_FAILED, -EIO, NULL },
  { 3, "INVALID_ARGUMENT", PROF_OTLP_FAILED, -EBADMSG, NULL },
  { 4, "DEADLINE_EXCEEDED", PROF_OTLP_RETRY, -ETIMEDOUT, NULL },
  { 5, "NOT_FOUND", PROF_OTLP_FAILED, -ENOENT, NULL },
  { 6, "ALREADY_EXISTS", PROF_OTLP_FAILED, -EEXIST, NULL },
  { 7, "PERMISSION_DENIED", PROF_OTLP_FAILED, -EACCES, rights },
  { 8, "RESOURCE_EXHAUSTED", PROF_OTLP_FAILED, -EMSGSIZE, size },
  { 9, "FAILED_PRECONDITION", PROF_OTLP_FAILED, -EIO, NULL },
  { 10, "ABORTED", PROF_OTLP_RETRY, -EAGAIN, NULL },
  { 11, "OUT_OF_RANGE", PROF_OTLP_RETRY, -EAGAIN, NULL },
  { 12, "UNIMPLEMENTED", PROF_OTLP_FAILED, -EOPNOTSUPP, pipeline },
  { 13, "INTERNAL", PROF_OTLP_FAILED, -EIO, NULL },
  { 14, "UNAVAILABLE", PROF_OTLP_RETRY, -EAGAIN, NULL },
  { 15, "DATA_LOSS", PROF_OTLP_RETRY, -EAGAIN, NULL },
  { 16, "UNAUTHENTICATED", PROF_OTLP_FAILED, -EACCES, login },
};

static const Meaning http_meanings[] = {
  { 301, "Moved Permanently", PROF_OTLP_FAILED, -EREMCHG, redirect },
  { 302, "Found", PROF_OTLP_FAILED, -EREMCHG, redirect },
  { 307, "Temporary Redirect", PROF_OTLP_FAILED, -EREMCHG, redirect },
  { 308, "Permanent Redirect", PROF_OTLP_FAILED, -EREMCHG, redirect },
  { 400, "Bad Request", PROF_OTLP_FAILED, -EBADMSG, NULL },
  { 401, "Unauthorized", PROF_OTLP_FAILED, -EACCES, login },
  { 403, "Forbidden", PROF_OTLP_FAILED, -EACCES, rights },
  { 404, "Not Found", PROF_OTLP_FAILED, -ENOENT, path },
  { 405, "Method Not Allowed", PROF_OTLP_FAILED, -ENOENT, path },
  { 413, "Content Too Large", PROF_OTLP_FAILED, -EMSGSIZE, size },
  { 415, "Unsupported Media Type", PROF_OTLP_FAILED, -EPROTONOSUPPORT, content },
  { 429, "Too Many Requests", PROF_OTLP_RETRY, -EAGAIN, NULL },
  { 500, "Internal Server Error", PROF_OTLP_FAILED, -EIO, NULL },
  { 502, "Bad Gateway", PROF_OTLP_RETRY, -EAGAIN, NULL },
  { 503, "Service Unavailable", PROF_OTLP_RETRY, -EAGAIN, NULL },
  { 504, "Gateway Timeout", PROF_OTLP_RETRY, -ETIMEDOUT, NULL },
};

/* The collector's words, cut. */
typedef struct {
  char text[1024];
} Words;

static const Meaning *
find_meaning (const Meaning *meanings, size_t n, unsigned status)
{
  for (size_t i = 0; i < n; i++)
    if (meanings[i].status == status)
      return &meanings[i];
  return NULL;
}

#define FIND(meanings, status) find_meaning (meanings, sizeof meanings / sizeof *meanings, status)

void
prof_otlp_answer_set (ProfOtlpAnswer *ret,
                      ProfOtlpOutcome outcome,
                      int code,
                      const char *target,
                      const char *format,
                      ...)
{
  *ret = (ProfOtlpAnswer){ .outcome = outcome, .code = code };
  int n = snprintf (ret->message, sizeof ret->message, _ ("Can't export to %.100s: "), target);
  va_list args;
  va_start (args, format);
  vsnprintf (ret->message + n, sizeof ret->message - (size_t)n, _ (format), args);
  va_end (args);
}

static void
set_refused (ProfOtlpAnswer *ret, const Meaning *meaning, const Words *words, const char *target)
{
  char said[160];
  prof_clean_text (said, sizeof said, words->text, strlen (words->text));
  const char *remedy = meaning->remedy;
  ProfOtlpOutcome outcome = meaning->outcome;
  if (outcome == PROF_OTLP_FAILED && strstr (words->text, "wrong wireType") != NULL) {
    outcome = PROF_OTLP_WRONG_LAYOUT;
    remedy = N_ ("it reads another layout of profiles: use 1.9 for one older than March 2026");
  } else if (strstr (words->text, "HTTPS") != NULL) {
    remedy = N_ ("give an address that begins with https://");
  }
  prof_otlp_answer_set (ret, outcome, meaning->code, target, "it answered %s%s%s%s%s%s",
                        meaning->name, *said != '\0' ? " (" : "", said, *said != '\0' ? ")" : "",
                        remedy != NULL ? "; " : "", remedy != NULL ? _ (remedy) : "");
}

/* ---- success ---- */

static void
warn_unreadable (ProfOtlpAnswer *ret, const char *target)
{
  snprintf (ret->message, sizeof ret->message,
            _ ("%.100s took the profiles, but the rest of its answer can't be read"), target);
}

static void
set_taken (ProfOtlpAnswer *ret, ProfWire message, const char *target)
{
  *ret = (ProfOtlpAnswer){ .outcome = PROF_OTLP_TAKEN };
  ProfPartialSuccess partial;
  if (prof_partial_success_parse (message, &partial) < 0) {
    warn_unreadable (ret, target);
    return;
  }
  char said[300];
  prof_clean_text (said, sizeof said, partial.message.next,
                   (size_t)(partial.message.end - partial.message.next));
  ret->n_rejected = partial.n_rejected;
  if (partial.n_rejected > 0)
    snprintf (ret->message, sizeof ret->message,
              prof_text_of ("%.100s rejected %lld profile%s%s", "%.100s rejected %lld profiles%s%s",
                            (unsigned long)partial.n_rejected),
              target, (long long)partial.n_rejected, *said != '\0' ? ": " : "", said);
  else if (*said != '\0')
    snprintf (ret->message, sizeof ret->message, _ ("%.100s took the profiles and warns: %s"),
              target, said);
}

/* ---- gRPC ---- */

/* The one message of an answer: a flag, which says that it is not compressed, the length, the most
 * significant byte first, and the bytes. */
static bool
take_frame (const ProfReply *reply, ProfWire *ret)
{
  const uint8_t *bytes = reply->body.items;
  size_t n = reply->body.n;
  if (n < 5 || bytes[0] != 0)
    return false;
  uint32_t n_message
      = (uint32_t)bytes[1] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 8 | bytes[4];
  *ret = (ProfWire){ bytes + 5, bytes + n };
  return n_message == n - 5;
}

/* For an answer of something that is no gRPC server (gRPC, "HTTP to gRPC Status Code Mapping"). */
static unsigned
get_grpc_status (const ProfReply *reply)
{
  if (reply->has_grpc_status)
    return reply->grpc_status;
  switch (reply->http_status) {
  case 400:
  case 431:
    return 13;
  case 401:
    return 16;
  case 403:
    return 7;
  case 404:
    return 12;
  case 429:
  case 502:
  case 503:
  case 504:
    return 14;
  default:
    return 2;
  }
}

static void
read_grpc (ProfOtlpAnswer *ret, const ProfReply *reply, const char *target)
{
  unsigned status = get_grpc_status (reply);
  if (status == 0) {
    ProfWire message;
    if (take_frame (reply, &message)) {
      set_taken (ret, message, target);
    } else {
      *ret = (ProfOtlpAnswer){ .outcome = PROF_OTLP_TAKEN };
      warn_unreadable (ret, target);
    }
    return;
  }
  const Meaning *known = FIND (grpc_meanings, status);
  Meaning meaning = known != NULL ? *known : grpc_meanings[2];
  if (status == 8 && reply->has_retry_info)
    meaning = (Meaning){ 8, meaning.name, PROF_OTLP_RETRY, -EAGAIN, NULL };
  Words words;
  if (reply->has_grpc_status)
    memcpy (words.text, reply->grpc_message, sizeof words.text);
  else
    snprintf (words.text, sizeof words.text, "HTTP %u and no status of gRPC: is it a port of gRPC?",
              reply->http_status);
  set_refused (ret, &meaning, &words, target);
  if (meaning.outcome == PROF_OTLP_RETRY && reply->has_retry_info)
    ret->retry_after_ns = reply->retry_info_ns;
}

/* ---- HTTP ---- */

/* A google.rpc.Status, as the specification wants it, or plain text, as proxies say it. */
static void
read_http_error (const ProfReply *reply, Words *words, ProfRpcStatus *status)
{
  const uint8_t *bytes = reply->body.items;
  size_t n = reply->body.n;
  *status = (ProfRpcStatus){ 0 };
  ProfWire wire = { bytes, n > 0 ? bytes + n : bytes };
  if (reply->content == PROF_CONTENT_PROTOBUF && prof_rpc_status_parse (wire, status) == 0) {
    bytes = status->message.next;
    n = (size_t)(status->message.end - status->message.next);
  } else if (reply->content == PROF_CONTENT_PROTOBUF || reply->content == PROF_CONTENT_HTML) {
    n = 0;
  }
  prof_clean_text (words->text, sizeof words->text, bytes, n);
}

static void
read_http_success (ProfOtlpAnswer *ret, const ProfReply *reply, const char *target)
{
  ProfWire message = { reply->body.items, prof_vec_end (&reply->body) };
  if (reply->content == PROF_CONTENT_HTML)
    prof_otlp_answer_set (ret, PROF_OTLP_FAILED, -EPROTO, target,
                          "it answered with a web page, which no collector does; check the port "
                          "(4318 for most) and the path");
  else if (reply->content == PROF_CONTENT_PROTOBUF)
    set_taken (ret, message, target);
  else
    *ret = (ProfOtlpAnswer){ .outcome = PROF_OTLP_TAKEN };
}

static Meaning
get_http_meaning (unsigned status, char *name, size_t n_name)
{
  const Meaning *known = FIND (http_meanings, status);
  if (known != NULL) {
    snprintf (name, n_name, "%u %s", status, known->name);
    return (Meaning){ status, name, known->outcome, known->code, known->remedy };
  }
  snprintf (name, n_name, "%u", status);
  return (Meaning){ status, name, PROF_OTLP_FAILED, -EIO, NULL };
}

static void
read_http (ProfOtlpAnswer *ret, const ProfReply *reply, const char *target, int64_t now_s)
{
  if (reply->http_status / 100 == 2) {
    read_http_success (ret, reply, target);
    return;
  }
  char name[48];
  Meaning meaning = get_http_meaning (reply->http_status, name, sizeof name);
  Words words;
  ProfRpcStatus status;
  read_http_error (reply, &words, &status);
  set_refused (ret, &meaning, &words, target);
  if (ret->outcome != PROF_OTLP_RETRY)
    return;
  ret->retry_after_ns
      = *reply->retry_after != '\0'
            ? (uint64_t)prof_parse_retry_after (reply->retry_after, now_s) * ns_per_s
            : status.retry_after_ns;
}

/* ---- both ---- */

bool
prof_otlp_answer_is_known (const ProfReply *reply, ProfOtlpProtocol protocol)
{
  if (reply->is_too_big || reply->has_grpc_status)
    return true;
  bool is_grpc_success
      = protocol == PROF_OTLP_GRPC && reply->http_major >= 2 && reply->http_status < 300;
  return reply->has_header && reply->http_status >= 200 && !is_grpc_success;
}

void
prof_otlp_answer_read (ProfOtlpAnswer *ret,
                       const ProfReply *reply,
                       ProfOtlpProtocol protocol,
                       const char *target,
                       int64_t now_s)
{
  if (reply->is_too_big)
    prof_otlp_answer_set (ret, PROF_OTLP_FAILED, -EPROTO, target,
                          "its answer is longer than %d KiB of header or %d MiB of body; is it a "
                          "collector?",
                          PROF_MAX_REPLY_HEADER_BYTES >> 10, PROF_MAX_REPLY_BODY_BYTES >> 20);
  else if (protocol == PROF_OTLP_HTTP)
    read_http (ret, reply, target, now_s);
  else if (reply->http_major < 2)
    prof_otlp_answer_set (ret, PROF_OTLP_FAILED, -EPROTONOSUPPORT, target,
                          "it has no HTTP/2, which gRPC needs; try the protocol http/protobuf, or "
                          "port 4317");
  else
    read_grpc (ret, reply, target);
}
