/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/answer.h"

#include <errno.h>
#include <string.h>

#include "pprof-fields.h"
#include "tests.h"

static const char target[] = "http://a.example:1";

static void
add_lines (ProfReply *reply, const char *const *lines)
{
  for (size_t i = 0; lines[i] != NULL; i++)
    assert_int_equal (prof_reply_add_line (reply, lines[i], strlen (lines[i])), 0);
}

#define ADD_LINES(reply, ...) add_lines (reply, (const char *const[]){ __VA_ARGS__, NULL })

/* Reads the reply, which then is empty. */
static ProfOtlpAnswer
read_reply (ProfReply *reply, ProfOtlpProtocol protocol)
{
  ProfOtlpAnswer answer;
  assert_true (prof_otlp_answer_is_known (reply, protocol));
  prof_otlp_answer_read (&answer, reply, protocol, target, 784111777 - 60);
  prof_reply_finish (reply);
  *reply = (ProfReply){ 0 };
  return answer;
}

static void
assert_answer (const ProfOtlpAnswer *answer, ProfOtlpOutcome outcome, int code, const char *words)
{
  assert_int_equal (answer->outcome, outcome);
  assert_int_equal (answer->code, code);
  if (strstr (answer->message, words) == NULL)
    fail_msg ("\"%s\" is not in \"%s\"", words, answer->message);
  if (outcome != PROF_OTLP_TAKEN)
    assert_ptr_equal (strstr (answer->message, "Can't export to http://a.example:1: "),
                      answer->message);
}

static void
assert_grpc (const char *status, ProfOtlpOutcome outcome, int code, const char *words)
{
  ProfReply reply = { 0 };
  ADD_LINES (&reply, "HTTP/2 200 \r\n", "content-type: application/grpc\r\n", status,
             "grpc-message: %e2%98%83 100%\r\n", "\r\n");
  ProfOtlpAnswer answer = read_reply (&reply, PROF_OTLP_GRPC);
  assert_answer (&answer, outcome, code, words);
  assert_non_null (strstr (answer.message, "(\u2603 100%)"));
}

static void
test_grpc_statuses (void **state)
{
  (void)state;
  assert_grpc ("grpc-status: 1", PROF_OTLP_RETRY, -EAGAIN, "CANCELLED");
  assert_grpc ("grpc-status: 2", PROF_OTLP_FAILED, -EIO, "UNKNOWN");
  assert_grpc ("grpc-status: 3", PROF_OTLP_FAILED, -EBADMSG, "INVALID_ARGUMENT");
  assert_grpc ("grpc-status: 4", PROF_OTLP_RETRY, -ETIMEDOUT, "DEADLINE_EXCEEDED");
  assert_grpc ("grpc-status: 5", PROF_OTLP_FAILED, -ENOENT, "NOT_FOUND");
  assert_grpc ("grpc-status: 6", PROF_OTLP_FAILED, -EEXIST, "ALREADY_EXISTS");
  assert_grpc ("grpc-status: 7", PROF_OTLP_FAILED, -EACCES, "may not send profiles");
  assert_grpc ("grpc-status: 8", PROF_OTLP_FAILED, -EMSGSIZE, "make requests smaller");
  assert_grpc ("grpc-status: 9", PROF_OTLP_FAILED, -EIO, "FAILED_PRECONDITION");
  assert_grpc ("grpc-status: 10", PROF_OTLP_RETRY, -EAGAIN, "ABORTED");
  assert_grpc ("grpc-status: 11", PROF_OTLP_RETRY, -EAGAIN, "OUT_OF_RANGE");
  assert_grpc ("grpc-status: 12", PROF_OTLP_FAILED, -EOPNOTSUPP,
               "--feature-gates=service.profilesSupport");
  assert_grpc ("grpc-status: 13", PROF_OTLP_FAILED, -EIO, "INTERNAL");
  assert_grpc ("grpc-status: 14", PROF_OTLP_RETRY, -EAGAIN, "UNAVAILABLE");
  assert_grpc ("grpc-status: 15", PROF_OTLP_RETRY, -EAGAIN, "DATA_LOSS");
  assert_grpc ("grpc-status: 16", PROF_OTLP_FAILED, -EACCES, "give a bearer token");
  assert_grpc ("grpc-status: 17", PROF_OTLP_FAILED, -EIO, "UNKNOWN");
  assert_grpc ("Grpc-Status:\t99999999999999999999", PROF_OTLP_FAILED, -EIO, "UNKNOWN");
  assert_grpc ("grpc-status: -1", PROF_OTLP_FAILED, -EIO, "UNKNOWN");
  assert_grpc ("grpc-status:", PROF_OTLP_FAILED, -EIO, "UNKNOWN");
}

/* Of several the last one counts: servers repeat it in the trailers. */
static void
test_grpc_success (void **state)
{
  (void)state;
  static const uint8_t frame[] = { 0, 0, 0, 0, 7, MESSAGE (1, NUMBER (1, 2), MESSAGE (2, 'x')) };
  ProfReply reply = { 0 };
  ADD_LINES (&reply, "HTTP/2 200", "grpc-status: 14", "");
  assert_int_equal (prof_reply_add_body (&reply, frame, sizeof frame), 0);
  ADD_LINES (&reply, "grpc-status: 0", "grpc-message: OK", "");
  ProfOtlpAnswer answer = read_reply (&reply, PROF_OTLP_GRPC);
  assert_answer (&answer, PROF_OTLP_TAKEN, 0, "http://a.example:1 rejected 2 profiles: x");
  assert_int_equal (answer.n_rejected, 2);
}

static void
test_wrong_frames (void **state)
{
  (void)state;
  static const struct {
    uint8_t bytes[8];
    size_t n;
  } frames[] = {
    { { 0 }, 0 },
    { { 0, 0, 0, 0 }, 4 },
    { { 1, 0, 0, 0, 0 }, 5 },
    { { 0, 0, 0, 0, 1 }, 5 },
    { { 0, 0, 0, 0, 0, 0 }, 6 },
    { { 0, 255, 255, 255, 255, 0 }, 6 },
    { { 0, 0, 0, 0, 1, 255 }, 6 },
  };
  for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
    ProfReply reply = { 0 };
    ADD_LINES (&reply, "HTTP/2 200", "");
    assert_int_equal (prof_reply_add_body (&reply, frames[i].bytes, frames[i].n), 0);
    ADD_LINES (&reply, "grpc-status: 0");
    ProfOtlpAnswer answer = read_reply (&reply, PROF_OTLP_GRPC);
    assert_answer (&answer, PROF_OTLP_TAKEN, 0, "the rest of its answer can't be read");
  }
}

/* RetryInfo of 1.25 s in a google.rpc.Status, as base64, with padding and without. */
#define DETAILS "grpc-status-details-bin: "
static const char details[] = DETAILS
    "CAgSBHNsb3caNQoodHlwZS5nb29nbGVhcGlzLmNvbS9nb29nbGUucnBjLlJldHJ5SW5mbxIJCgcIARCA5Zp3";
static const char padded_details[] = DETAILS
    "CAgSBXNsb3chGjUKKHR5cGUuZ29vZ2xlYXBpcy5jb20vZ29vZ2xlLnJwYy5SZXRyeUluZm8SCQoHCAEQgOWadw"
    "==";
static const char unpadded_details[] = DETAILS
    "CAgSBXNsb3chGjUKKHR5cGUuZ29vZ2xlYXBpcy5jb20vZ29vZ2xlLnJwYy5SZXRyeUluZm8SCQoHCAEQgOWadw";

static void
assert_retry_info (const char *status, const char *line, uint64_t expected_ns)
{
  ProfReply reply = { 0 };
  ADD_LINES (&reply, "HTTP/2 200", status, line);
  ProfOtlpAnswer answer = read_reply (&reply, PROF_OTLP_GRPC);
  assert_int_equal (answer.outcome, PROF_OTLP_RETRY);
  assert_int_equal (answer.code, -EAGAIN);
  assert_int_equal (answer.retry_after_ns, expected_ns);
}

static void
test_retry_info (void **state)
{
  (void)state;
  assert_retry_info ("grpc-status: 8", details, 1250000000);
  assert_retry_info ("grpc-status: 8", padded_details, 1250000000);
  assert_retry_info ("grpc-status: 8", unpadded_details, 1250000000);
  assert_retry_info ("grpc-status: 14", details, 1250000000);
  assert_retry_info ("grpc-status: 14", "X: y", 0);
  assert_retry_info ("grpc-status: 14", DETAILS "CAgSB!", 0);
  assert_retry_info ("grpc-status: 14", DETAILS, 0);
}

static void
assert_no_grpc (const char *line, ProfOtlpOutcome outcome, int code, const char *words)
{
  ProfReply reply = { 0 };
  ADD_LINES (&reply, line, "");
  ProfOtlpAnswer answer = read_reply (&reply, PROF_OTLP_GRPC);
  assert_answer (&answer, outcome, code, words);
}

static void
test_no_grpc_server (void **state)
{
  (void)state;
  assert_no_grpc ("HTTP/2 400", PROF_OTLP_FAILED, -EIO, "HTTP 400 and no status of gRPC");
  assert_no_grpc ("HTTP/2 401", PROF_OTLP_FAILED, -EACCES, "UNAUTHENTICATED");
  assert_no_grpc ("HTTP/2 403", PROF_OTLP_FAILED, -EACCES, "PERMISSION_DENIED");
  assert_no_grpc ("HTTP/2 404", PROF_OTLP_FAILED, -EOPNOTSUPP, "UNIMPLEMENTED");
  assert_no_grpc ("HTTP/2 429", PROF_OTLP_RETRY, -EAGAIN, "UNAVAILABLE");
  assert_no_grpc ("HTTP/2 503", PROF_OTLP_RETRY, -EAGAIN, "UNAVAILABLE");
  assert_no_grpc ("HTTP/2 500", PROF_OTLP_FAILED, -EIO, "UNKNOWN");
  assert_no_grpc ("HTTP/1.1 200 OK", PROF_OTLP_FAILED, -EPROTONOSUPPORT, "has no HTTP/2");
  assert_no_grpc ("HTTP/1.1 404 Not Found", PROF_OTLP_FAILED, -EPROTONOSUPPORT, "has no HTTP/2");
}

static void
assert_http (const char *line, ProfOtlpOutcome outcome, int code, const char *words)
{
  static const char body[] = "  wrong\nhere ";
  ProfReply reply = { 0 };
  ADD_LINES (&reply, line, "Content-Type: text/plain; charset=utf-8", "");
  assert_int_equal (prof_reply_add_body (&reply, body, strlen (body)), 0);
  ProfOtlpAnswer answer = read_reply (&reply, PROF_OTLP_HTTP);
  assert_answer (&answer, outcome, code, words);
  assert_non_null (strstr (answer.message, "(wrong here)"));
}

static void
test_http_statuses (void **state)
{
  (void)state;
  assert_http ("HTTP/1.1 302 Found", PROF_OTLP_FAILED, -EREMCHG, "redirects are not followed");
  assert_http ("HTTP/1.1 400 Bad", PROF_OTLP_FAILED, -EBADMSG, "400 Bad Request");
  assert_http ("HTTP/1.1 401", PROF_OTLP_FAILED, -EACCES, "give a bearer token");
  assert_http ("HTTP/1.1 403", PROF_OTLP_FAILED, -EACCES, "may not send profiles");
  assert_http ("HTTP/1.0 404 Not Found", PROF_OTLP_FAILED, -ENOENT, "check the path");
  assert_http ("HTTP/1.1 405", PROF_OTLP_FAILED, -ENOENT, "check the path");
  assert_http ("HTTP/1.1 413", PROF_OTLP_FAILED, -EMSGSIZE, "make requests smaller");
  assert_http ("HTTP/2 415", PROF_OTLP_FAILED, -EPROTONOSUPPORT, "try the protocol grpc");
  assert_http ("HTTP/1.1 429", PROF_OTLP_RETRY, -EAGAIN, "429 Too Many Requests");
  assert_http ("HTTP/1.1 500", PROF_OTLP_FAILED, -EIO, "500 Internal Server Error");
  assert_http ("HTTP/1.1 501", PROF_OTLP_FAILED, -EIO, "it answered 501 (");
  assert_http ("HTTP/1.1 502", PROF_OTLP_RETRY, -EAGAIN, "502 Bad Gateway");
  assert_http ("HTTP/1.1 503", PROF_OTLP_RETRY, -EAGAIN, "503 Service Unavailable");
  assert_http ("HTTP/1.1 504", PROF_OTLP_RETRY, -ETIMEDOUT, "504 Gateway Timeout");
}

static void
assert_retry_after (const char *line, uint64_t expected_ns)
{
  ProfReply reply = { 0 };
  ADD_LINES (&reply, "HTTP/1.1 503 Service Unavailable", line, "");
  ProfOtlpAnswer answer = read_reply (&reply, PROF_OTLP_HTTP);
  assert_answer (&answer, PROF_OTLP_RETRY, -EAGAIN, "503");
  assert_int_equal (answer.retry_after_ns, expected_ns);
}

static void
test_retry_after (void **state)
{
  (void)state;
  assert_retry_after ("Retry-After: 7", 7000000000);
  assert_retry_after ("retry-after:7  \r\n", 7000000000);
  assert_retry_after ("Retry-After: Sun, 06 Nov 1994 08:49:37 GMT", 60000000000);
  assert_retry_after ("Retry-After: soon", 0);
  assert_retry_after ("Retry-Later: 7", 0);
}

static void
test_http_status_message (void **state)
{
  (void)state;
  static const uint8_t body[] = { NUMBER (1, 3), MESSAGE (2, 'b', 'a', 'd', '\n') };
  ProfReply reply = { 0 };
  ADD_LINES (&reply, "HTTP/1.1 400 Bad Request", "content-type: application/x-protobuf", "");
  assert_int_equal (prof_reply_add_body (&reply, body, sizeof body), 0);
  ProfOtlpAnswer answer = read_reply (&reply, PROF_OTLP_HTTP);
  assert_string_equal (answer.message,
                       "Can't export to http://a.example:1: it answered 400 Bad Request (bad)");
  ADD_LINES (&reply, "HTTP/1.1 400 Bad Request", "content-type: application/x-protobuf", "");
  assert_int_equal (prof_reply_add_body (&reply, "\xff", 1), 0);
  answer = read_reply (&reply, PROF_OTLP_HTTP);
  assert_string_equal (answer.message,
                       "Can't export to http://a.example:1: it answered 400 Bad Request");
  ADD_LINES (&reply, "HTTP/1.1 400 Bad Request", "content-type: text/html", "");
  assert_int_equal (prof_reply_add_body (&reply, "<p>", 3), 0);
  answer = read_reply (&reply, PROF_OTLP_HTTP);
  assert_string_equal (answer.message,
                       "Can't export to http://a.example:1: it answered 400 Bad Request");
}

static void
assert_http_success (const char *type, const char *body, ProfOtlpOutcome outcome, const char *words)
{
  ProfReply reply = { 0 };
  ADD_LINES (&reply, "HTTP/1.1 100 Continue", "", "HTTP/1.1 200 OK", type, "");
  assert_int_equal (prof_reply_add_body (&reply, body, strlen (body)), 0);
  ProfOtlpAnswer answer = read_reply (&reply, PROF_OTLP_HTTP);
  assert_answer (&answer, outcome, outcome == PROF_OTLP_TAKEN ? 0 : -EPROTO, words);
  if (*words == '\0')
    assert_string_equal (answer.message, "");
}

static void
test_http_success (void **state)
{
  (void)state;
  assert_http_success ("Content-Type: application/x-protobuf", "", PROF_OTLP_TAKEN, "");
  assert_http_success ("Content-Type: application/x-protobuf", "\n\4\22\2ab", PROF_OTLP_TAKEN,
                       "took the profiles and warns: ab");
  assert_http_success ("Content-Type: application/x-protobuf", "\n\377", PROF_OTLP_TAKEN,
                       "can't be read");
  assert_http_success ("Server: x", "", PROF_OTLP_TAKEN, "");
  assert_http_success ("Content-Type: text/plain", "fine", PROF_OTLP_TAKEN, "");
  assert_http_success ("Content-Type: text/html", "<p>", PROF_OTLP_FAILED, "web page");
}

static void
test_wrong_layout (void **state)
{
  (void)state;
  ProfReply reply = { 0 };
  ADD_LINES (&reply, "HTTP/2 200", "grpc-status: 13",
             "grpc-message: proto: wrong wireType = 2 for field LinkIndex");
  ProfOtlpAnswer answer = read_reply (&reply, PROF_OTLP_GRPC);
  assert_answer (&answer, PROF_OTLP_WRONG_LAYOUT, -EIO, "use 1.9");
  static const char body[] = "proto: wrong wireType = 0 for field Values";
  ADD_LINES (&reply, "HTTP/1.1 400 Bad Request", "content-type: text/plain", "");
  assert_int_equal (prof_reply_add_body (&reply, body, strlen (body)), 0);
  answer = read_reply (&reply, PROF_OTLP_HTTP);
  assert_answer (&answer, PROF_OTLP_WRONG_LAYOUT, -EBADMSG, "use 1.9");
}

static void
test_https_is_wanted (void **state)
{
  (void)state;
  ProfReply reply = { 0 };
  static const char body[] = "Client sent an HTTP request to an HTTPS server.";
  ADD_LINES (&reply, "HTTP/1.0 400 Bad Request", "");
  assert_int_equal (prof_reply_add_body (&reply, body, strlen (body)), 0);
  ProfOtlpAnswer answer = read_reply (&reply, PROF_OTLP_HTTP);
  assert_answer (&answer, PROF_OTLP_FAILED, -EBADMSG, "begins with https://");
}

static void
test_what_is_known (void **state)
{
  (void)state;
  ProfReply reply = { 0 };
  assert_false (prof_otlp_answer_is_known (&reply, PROF_OTLP_HTTP));
  assert_false (prof_otlp_answer_is_known (&reply, PROF_OTLP_GRPC));
  ADD_LINES (&reply, "HTTP/1.1 100 Continue", "");
  assert_false (prof_otlp_answer_is_known (&reply, PROF_OTLP_HTTP));
  ADD_LINES (&reply, "HTTP/1.1 200 OK");
  assert_false (prof_otlp_answer_is_known (&reply, PROF_OTLP_HTTP));
  ADD_LINES (&reply, "");
  assert_true (prof_otlp_answer_is_known (&reply, PROF_OTLP_HTTP));
  ADD_LINES (&reply, "HTTP/2 200", "content-type: application/grpc", "");
  assert_false (prof_otlp_answer_is_known (&reply, PROF_OTLP_GRPC));
  ADD_LINES (&reply, "grpc-status: 0");
  assert_true (prof_otlp_answer_is_known (&reply, PROF_OTLP_GRPC));
}

static void
test_bounds (void **state)
{
  (void)state;
  enum { CHUNK = 1 << 20 };
  static char line[1024], chunk[CHUNK];
  ProfReply reply = { 0 };
  memset (line, 'x', sizeof line);
  for (unsigned i = 0; i < 64; i++)
    assert_int_equal (prof_reply_add_line (&reply, line, sizeof line), 0);
  assert_int_equal (prof_reply_add_line (&reply, line, 1), -EFBIG);
  ProfOtlpAnswer answer = read_reply (&reply, PROF_OTLP_GRPC);
  assert_answer (&answer, PROF_OTLP_FAILED, -EPROTO, "64 KiB of header or 4 MiB of body");
  for (unsigned i = 0; i < 4; i++)
    assert_int_equal (prof_reply_add_body (&reply, chunk, CHUNK), 0);
  assert_int_equal (prof_reply_add_body (&reply, chunk, 1), -EFBIG);
  answer = read_reply (&reply, PROF_OTLP_HTTP);
  assert_answer (&answer, PROF_OTLP_FAILED, -EPROTO, "is it a collector?");
}

/* Status lines do not start the count of bytes anew. */
static void
test_endless_interim_answers (void **state)
{
  (void)state;
  ProfReply reply = { 0 };
  unsigned n = 0;
  while (prof_reply_add_line (&reply, "HTTP/1.1 100 Continue", 21) == 0)
    n++;
  assert_int_equal (n, (64 << 10) / 21);
  assert_true (reply.is_too_big);
}

static void
test_long_texts_are_cut (void **state)
{
  (void)state;
  static char line[2048] = "grpc-message: ";
  ProfReply reply = { 0 };
  memset (line + strlen (line), 'y', sizeof line - strlen (line));
  ADD_LINES (&reply, "HTTP/2 200", "grpc-status: 16");
  assert_int_equal (prof_reply_add_line (&reply, line, sizeof line), 0);
  ProfOtlpAnswer answer = read_reply (&reply, PROF_OTLP_GRPC);
  assert_answer (&answer, PROF_OTLP_FAILED, -EACCES, "yyy); give a bearer token");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_grpc_statuses),
    cmocka_unit_test (test_grpc_success),
    cmocka_unit_test (test_wrong_frames),
    cmocka_unit_test (test_retry_info),
    cmocka_unit_test (test_no_grpc_server),
    cmocka_unit_test (test_http_statuses),
    cmocka_unit_test (test_retry_after),
    cmocka_unit_test (test_http_status_message),
    cmocka_unit_test (test_http_success),
    cmocka_unit_test (test_wrong_layout),
    cmocka_unit_test (test_https_is_wanted),
    cmocka_unit_test (test_what_is_known),
    cmocka_unit_test (test_bounds),
    cmocka_unit_test (test_endless_interim_answers),
    cmocka_unit_test (test_long_texts_are_cut),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
