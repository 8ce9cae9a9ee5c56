/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/transport.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "otlp/curl.h"
#include "otlp/request-body.h"
#include "otlp/transport-failure.h"

PROF_DEFINE_CLEANUP (ProfOtlpTransport *, prof_otlp_transport_free)

enum { POLL_MS = 50, NS_PER_MS = 1000000 };

struct ProfOtlpTransport {
  const ProfOtlpConfig *config; /* borrowed */
  const ProfCurl *curl;
  CURLM *multi;
  CURL *easy;
  struct curl_slist *headers;
  char error[CURL_ERROR_SIZE];
  ProfRequestBody body;
  ProfReply reply;
};

static bool
is_grpc (const ProfOtlpTransport *transport)
{
  return transport->config->protocol == PROF_OTLP_GRPC;
}

/* ---- life ---- */

static int
add_header (ProfOtlpTransport *transport, const char *field)
{
  struct curl_slist *grown = transport->curl->slist_append (transport->headers, field);
  if (grown == NULL)
    return -ENOMEM;
  transport->headers = grown;
  return 0;
}

static int
add_headers (ProfOtlpTransport *transport, const char *const *fields)
{
  int r = 0;
  for (size_t i = 0; fields[i] != NULL && r == 0; i++)
    r = add_header (transport, fields[i]);
  return r;
}

/* A field without a value is one that curl is not to send. */
static int
make_headers (ProfOtlpTransport *transport)
{
  static const char *const of_grpc[] = { "Content-Type: application/grpc", "TE: trailers", NULL };
  static const char *const of_http[] = { "Content-Type: application/x-protobuf", NULL };
  static const char *const of_both[] = { "Expect:", "Accept:", NULL };
  int r = add_headers (transport, of_both);
  if (r == 0)
    r = add_headers (transport, is_grpc (transport) ? of_grpc : of_http);
  if (r == 0 && transport->config->has_gzip)
    r = add_header (transport,
                    is_grpc (transport) ? "grpc-encoding: gzip" : "Content-Encoding: gzip");
  if (r == 0)
    r = add_headers (transport, (const char *const *)transport->config->headers);
  return r;
}

static size_t
take_header (char *line, size_t size, size_t n, void *user_data)
{
  ProfOtlpTransport *transport = user_data;
  return prof_reply_add_line (&transport->reply, line, size * n) == 0 ? size * n : 0;
}

static size_t
take_body (char *bytes, size_t size, size_t n, void *user_data)
{
  ProfOtlpTransport *transport = user_data;
  return prof_reply_add_body (&transport->reply, bytes, size * n) == 0 ? size * n : 0;
}

static bool
has_tls (const ProfOtlpTransport *transport)
{
  return strncmp (transport->config->url, "https:", 6) == 0;
}

/* http:// has no way to agree on HTTP/2, which gRPC needs. */
static long
choose_http_version (const ProfOtlpTransport *transport)
{
  if (has_tls (transport))
    return CURL_HTTP_VERSION_2TLS;
  return is_grpc (transport) ? CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE : CURL_HTTP_VERSION_1_1;
}

/* Before 8.0.0 a second request with prior knowledge over one connection fails
 * (https://github.com/curl/curl/pull/10643). */
static bool
can_keep_connection (const ProfOtlpTransport *transport)
{
  return !is_grpc (transport) || has_tls (transport)
         || transport->curl->version_info (CURLVERSION_NOW)->version_num >= 0x080000;
}

#define SET(option, value)                                                                         \
  (r = r != CURLE_OK ? r : transport->curl->easy_setopt (easy, (option), (value)))

/* Without CURLOPT_QUICK_EXIT, who gives up waits for the resolver's thread. */
static CURLcode
set_behaviour (ProfOtlpTransport *transport)
{
  CURL *easy = transport->easy;
  CURLcode r = CURLE_OK;
  SET (CURLOPT_NOSIGNAL, 1L);
  SET (CURLOPT_QUICK_EXIT, 1L);
  SET (CURLOPT_PROTOCOLS_STR, "http,https");
  SET (CURLOPT_HTTP_VERSION, choose_http_version (transport));
  SET (CURLOPT_FORBID_REUSE, can_keep_connection (transport) ? 0L : 1L);
  SET (CURLOPT_HTTPPROXYTUNNEL, is_grpc (transport) ? 1L : 0L);
  SET (CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  SET (CURLOPT_HEADERFUNCTION, take_header);
  SET (CURLOPT_HEADERDATA, transport);
  SET (CURLOPT_WRITEFUNCTION, take_body);
  SET (CURLOPT_WRITEDATA, transport);
  SET (CURLOPT_ERRORBUFFER, transport->error);
  return r;
}

static CURLcode
set_address (ProfOtlpTransport *transport)
{
  const ProfOtlpConfig *config = transport->config;
  CURL *easy = transport->easy;
  CURLcode r = CURLE_OK;
  SET (CURLOPT_URL, config->url);
  SET (CURLOPT_POST, 1L);
  SET (CURLOPT_USERAGENT, "OTel-OTLP-Exporter-C/" PROF_VERSION);
  if (config->ca_file != NULL)
    SET (CURLOPT_CAINFO, config->ca_file);
  if (config->certificate_file != NULL)
    SET (CURLOPT_SSLCERT, config->certificate_file);
  if (config->key_file != NULL)
    SET (CURLOPT_SSLKEY, config->key_file);
  return r;
}

int
prof_otlp_transport_new (const ProfOtlpConfig *config, ProfOtlpTransport **ret, ProfError *reterr)
{
  const ProfCurl *curl;
  int opened = prof_curl_open (&curl, reterr);
  if (opened < 0)
    return opened;
  cleanup (prof_otlp_transport_free) ProfOtlpTransport *transport = calloc (1, sizeof *transport);
  if (transport == NULL)
    return prof_error_set (reterr, -ENOMEM, "Can't export to %s: out of memory", config->target);
  transport->config = config;
  transport->curl = curl;
  transport->multi = transport->curl->multi_init ();
  transport->easy = transport->curl->easy_init ();
  if (transport->multi == NULL || transport->easy == NULL || make_headers (transport) < 0)
    return prof_error_set (reterr, -ENOMEM, "Can't export to %s: out of memory", config->target);
  CURLcode r = set_behaviour (transport);
  if (r == CURLE_OK)
    r = set_address (transport);
  if (r == CURLE_OUT_OF_MEMORY)
    return prof_error_set (reterr, -ENOMEM, "Can't export to %s: out of memory", config->target);
  if (r != CURLE_OK)
    return prof_error_set (reterr, -EINVAL,
                           "Can't export to %s: libcurl lacks something (%s); use one with HTTP/2 "
                           "and TLS",
                           config->target, transport->curl->easy_strerror (r));
  *ret = steal (&transport);
  return 0;
}

ProfOtlpTransport *
prof_otlp_transport_free (ProfOtlpTransport *transport)
{
  if (transport == NULL)
    return NULL;
  transport->curl->easy_cleanup (transport->easy);
  transport->curl->multi_cleanup (transport->multi);
  transport->curl->slist_free_all (transport->headers);
  prof_request_body_finish (&transport->body);
  prof_reply_finish (&transport->reply);
  free (transport);
  return NULL;
}

/* ---- sending ---- */

/* CURLE_ABORTED_BY_CALLBACK: cancelled. */
static CURLcode
run (ProfOtlpTransport *transport, const atomic_bool *cancel)
{
  int n_running, n_messages;
  for (;;) {
    if (transport->curl->multi_perform (transport->multi, &n_running) != CURLM_OK)
      return CURLE_OUT_OF_MEMORY;
    CURLMsg *message = transport->curl->multi_info_read (transport->multi, &n_messages);
    if (message != NULL && message->msg == CURLMSG_DONE)
      return message->data.result;
    if (atomic_load (cancel))
      return CURLE_ABORTED_BY_CALLBACK;
    transport->curl->multi_poll (transport->multi, NULL, 0, POLL_MS, NULL);
  }
}

static CURLcode
perform (ProfOtlpTransport *transport, const atomic_bool *cancel)
{
  transport->error[0] = '\0';
  prof_reply_reset (&transport->reply);
  if (transport->curl->multi_add_handle (transport->multi, transport->easy) != CURLM_OK)
    return CURLE_OUT_OF_MEMORY;
  CURLcode r = run (transport, cancel);
  transport->curl->multi_remove_handle (transport->multi, transport->easy);
  return r;
}

/* At most eight digits (gRPC over HTTP/2, "Timeout"). */
static void
format_grpc_timeout (char *ret, size_t size, uint64_t timeout_ms)
{
  if (timeout_ms < 100000000)
    snprintf (ret, size, "grpc-timeout: %um", (unsigned)timeout_ms);
  else
    snprintf (ret, size, "grpc-timeout: %uS", (unsigned)(timeout_ms / 1000));
}

static CURLcode
set_request (ProfOtlpTransport *transport, struct curl_slist *headers, uint64_t timeout_ms)
{
  CURL *easy = transport->easy;
  CURLcode r = CURLE_OK;
  SET (CURLOPT_HTTPHEADER, headers);
  SET (CURLOPT_POSTFIELDS, (const char *)transport->body.bytes.items);
  SET (CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)transport->body.bytes.n);
  SET (CURLOPT_TIMEOUT_MS, (long)timeout_ms);
  SET (CURLOPT_CONNECTTIMEOUT_MS, (long)timeout_ms);
  return r;
}

/* What the collector said counts, whatever happened to the connection then. */
static void
read_answer (ProfOtlpTransport *transport, CURLcode code, uint64_t timeout_ns, ProfOtlpAnswer *ret)
{
  const ProfOtlpConfig *config = transport->config;
  const ProfReply *reply = &transport->reply;
  if (code == CURLE_OK || prof_otlp_answer_is_known (reply, config->protocol)) {
    prof_otlp_answer_read (ret, reply, config->protocol, config->target, time (NULL));
    return;
  }
  long os_error = 0;
  curl_off_t sending_us = 0;
  transport->curl->easy_getinfo (transport->easy, CURLINFO_OS_ERRNO, &os_error);
  transport->curl->easy_getinfo (transport->easy, CURLINFO_PRETRANSFER_TIME_T, &sending_us);
  const ProfTransportFailure failure = {
    .code = code,
    .text = *transport->error != '\0' ? transport->error : transport->curl->easy_strerror (code),
    .os_error = (int)os_error,
    .was_sent = sending_us > 0,
    .timeout_ns = timeout_ns,
  };
  prof_transport_failure_explain (&failure, config, ret);
}

void
prof_otlp_transport_send (ProfOtlpTransport *transport,
                          const uint8_t *bytes,
                          size_t n_bytes,
                          uint64_t timeout_ns,
                          const atomic_bool *cancel,
                          ProfOtlpAnswer *ret)
{
  int r = prof_request_body_make (&transport->body, bytes, n_bytes, is_grpc (transport),
                                  transport->config->has_gzip);
  if (r < 0) {
    prof_otlp_answer_set (ret, PROF_OTLP_FAILED, r, transport->config->target, "%s", strerror (-r));
    return;
  }
  uint64_t timeout_ms = timeout_ns / NS_PER_MS;
  timeout_ms = timeout_ms == 0 ? 1 : timeout_ms > INT_MAX ? INT_MAX : timeout_ms;
  char grpc_timeout[32];
  format_grpc_timeout (grpc_timeout, sizeof grpc_timeout, timeout_ms);
  struct curl_slist first = { grpc_timeout, transport->headers };
  CURLcode code
      = set_request (transport, is_grpc (transport) ? &first : transport->headers, timeout_ms);
  if (code == CURLE_OK)
    code = perform (transport, cancel);
  read_answer (transport, code, timeout_ns, ret);
}
