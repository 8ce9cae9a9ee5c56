/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/curl.h"
#include "otlp/transport-failure.h"

#include <errno.h>
#include <string.h>

#include "tests.h"

static char plain_url[] = "http://a.example/x", tls_url[] = "https://a.example/x";
static char target[] = "http://a.example/x", file[] = "client.pem";

static const ProfOtlpConfig http = { .url = plain_url, .target = target };
static const ProfOtlpConfig grpc
    = { .url = plain_url, .target = target, .protocol = PROF_OTLP_GRPC };
static const ProfOtlpConfig https = { .url = tls_url, .target = target };
static const ProfOtlpConfig mutual = { .url = tls_url, .target = target, .certificate_file = file };

static void
assert_explained (const ProfOtlpConfig *config,
                  ProfTransportFailure failure,
                  ProfOtlpOutcome outcome,
                  int code,
                  const char *sentence)
{
  ProfOtlpAnswer answer;
  char expected[512] = "Can't export to http://a.example/x: ";
  strcat (expected, sentence);
  const ProfCurl *curl;
  assert_int_equal (prof_curl_open (&curl, NULL), 0);
  if (failure.text == NULL)
    failure.text = curl->easy_strerror (failure.code);
  prof_transport_failure_explain (&failure, config, &answer);
  assert_string_equal (answer.message, expected);
  assert_int_equal (answer.outcome, outcome);
  assert_int_equal (answer.code, code);
}

#define FAILURE(...)                                                                               \
  (ProfTransportFailure)                                                                           \
  {                                                                                                \
    __VA_ARGS__                                                                                    \
  }

static void
test_connecting (void **state)
{
  (void)state;
  assert_explained (&http, FAILURE (CURLE_COULDNT_CONNECT, .os_error = EHOSTUNREACH),
                    PROF_OTLP_RETRY, -EHOSTUNREACH,
                    "can't connect: No route to host; is the collector running, and are host and "
                    "port right (4317 for gRPC, 4318 for HTTP)?");
  assert_explained (&http, FAILURE (CURLE_COULDNT_CONNECT), PROF_OTLP_RETRY, -ECONNREFUSED,
                    "can't connect: Connection refused; is the collector running, and are host and "
                    "port right (4317 for gRPC, 4318 for HTTP)?");
  assert_explained (&http,
                    FAILURE (CURLE_COULDNT_RESOLVE_HOST, "Could not resolve host: a.example"),
                    PROF_OTLP_RETRY, -EHOSTUNREACH,
                    "Could not resolve host: a.example; is the name right?");
}

static void
test_time (void **state)
{
  (void)state;
  assert_explained (&http, FAILURE (CURLE_OPERATION_TIMEDOUT, .timeout_ns = 2500000000),
                    PROF_OTLP_RETRY, -ETIMEDOUT,
                    "no connection within 2.5 s; are host and port right, and does a firewall let "
                    "them through?");
  assert_explained (&http,
                    FAILURE (CURLE_OPERATION_TIMEDOUT, .timeout_ns = 10000000000, .was_sent = true),
                    PROF_OTLP_RETRY, -ETIMEDOUT,
                    "no answer within 10 s; is the collector overloaded? Else give it more time");
  assert_explained (&http, FAILURE (CURLE_ABORTED_BY_CALLBACK), PROF_OTLP_RETRY, -ECANCELED,
                    "cancelled");
}

static void
test_cut_connections (void **state)
{
  (void)state;
  assert_explained (&http, FAILURE (CURLE_GOT_NOTHING, "Empty reply from server"), PROF_OTLP_RETRY,
                    -ECONNRESET,
                    "the connection broke before the answer (Empty reply from server); if it stays "
                    "so, it may be no port of HTTP (4318 for most), or want https://");
  assert_explained (&grpc, FAILURE (CURLE_HTTP2), PROF_OTLP_RETRY, -ECONNRESET,
                    "the connection broke before the answer (Error in the HTTP2 framing layer); if "
                    "it stays so, it may be no port of gRPC (4317 for most), or want https://");
  assert_explained (&https, FAILURE (CURLE_RECV_ERROR, "Connection reset\nby peer"),
                    PROF_OTLP_RETRY, -ECONNRESET,
                    "the connection broke before the answer (Connection reset by peer); if it "
                    "stays so, it may want a certificate of the client");
  assert_explained (&mutual, FAILURE (CURLE_SEND_ERROR, "Broken pipe"), PROF_OTLP_RETRY,
                    -ECONNRESET,
                    "the connection broke before the answer (Broken pipe); if it stays so, it may "
                    "not know the certificate of the client");
}

static void
test_tls (void **state)
{
  (void)state;
  assert_explained (&https, FAILURE (CURLE_RECV_ERROR, "tlsv13 alert certificate required"),
                    PROF_OTLP_FAILED, -EACCES,
                    "it wants a certificate of the client that it knows (tlsv13 alert certificate "
                    "required); give one, with its key");
  assert_explained (&https, FAILURE (CURLE_SSL_CONNECT_ERROR, "sslv3 alert handshake failure"),
                    PROF_OTLP_FAILED, -EACCES,
                    "it refuses the TLS connection (sslv3 alert handshake failure); it may want a "
                    "certificate of the client");
  assert_explained (&https, FAILURE (CURLE_SSL_CONNECT_ERROR, "wrong version number"),
                    PROF_OTLP_FAILED, -EPROTONOSUPPORT,
                    "it speaks no TLS at this port; give an address that begins with http://, or "
                    "the port of TLS");
  assert_explained (&https, FAILURE (CURLE_SSL_CONNECT_ERROR, "SSL_ERROR_SYSCALL"), PROF_OTLP_RETRY,
                    -ECONNRESET, "the TLS connection failed (SSL_ERROR_SYSCALL)");
  assert_explained (&https, FAILURE (CURLE_PEER_FAILED_VERIFICATION, "expired"), PROF_OTLP_FAILED,
                    -EKEYREJECTED,
                    "its certificate is not trusted (expired); give the certificate of the CA "
                    "that signed it, and the name that it is made out to as host");
  assert_explained (&https, FAILURE (CURLE_SSL_CERTPROBLEM, "no start line"), PROF_OTLP_FAILED,
                    -EINVAL,
                    "no start line; are these files PEM, and does the key belong to the "
                    "certificate?");
}

static void
test_other_servers (void **state)
{
  (void)state;
  assert_explained (&http, FAILURE (CURLE_UNSUPPORTED_PROTOCOL, "Received HTTP/0.9"),
                    PROF_OTLP_FAILED, -EPROTONOSUPPORT,
                    "what it sends is no HTTP/1.1; it may be a port of gRPC: try the protocol "
                    "grpc, or port 4318");
  assert_explained (&grpc, FAILURE (CURLE_WEIRD_SERVER_REPLY), PROF_OTLP_FAILED, -EPROTONOSUPPORT,
                    "what it sends is no HTTP/2; is it a port of gRPC (4317 for most)?");
  assert_explained (&http, FAILURE (CURLE_OUT_OF_MEMORY), PROF_OTLP_FAILED, -ENOMEM,
                    "out of memory, or a line of more than 100 kB in the answer's header");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_connecting),      cmocka_unit_test (test_time),
    cmocka_unit_test (test_cut_connections), cmocka_unit_test (test_tls),
    cmocka_unit_test (test_other_servers),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
