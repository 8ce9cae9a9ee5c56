/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/transport-failure.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "otlp/clean-text.h"

/* What the functions below write about. */
typedef struct {
  const ProfTransportFailure *failure;
  const ProfOtlpConfig *config;
  char text[160]; /* curl's words, as one line */
  ProfOtlpAnswer *ret;
} Failed;

static void
explain_connect (const Failed *failed)
{
  int error = failed->failure->os_error != 0 ? failed->failure->os_error : ECONNREFUSED;
  prof_otlp_answer_set (failed->ret, PROF_OTLP_RETRY, -error, failed->config->target,
                        "can't connect: %s; is the collector running, and are host and port right "
                        "(4317 for gRPC, 4318 for HTTP)?",
                        strerror (error));
}

static void
explain_timeout (const Failed *failed)
{
  double timeout_s = (double)failed->failure->timeout_ns / 1e9;
  if (failed->failure->was_sent)
    prof_otlp_answer_set (failed->ret, PROF_OTLP_RETRY, -ETIMEDOUT, failed->config->target,
                          "no answer within %g s; is the collector overloaded? Else give it more "
                          "time",
                          timeout_s);
  else
    prof_otlp_answer_set (failed->ret, PROF_OTLP_RETRY, -ETIMEDOUT, failed->config->target,
                          "no connection within %g s; are host and port right, and does a firewall "
                          "let them through?",
                          timeout_s);
}

/* What breaks connections without a word. */
static const char *
get_hint (const ProfOtlpConfig *config)
{
  if (strncmp (config->url, "https:", 6) != 0)
    return config->protocol == PROF_OTLP_GRPC
               ? _ ("; if it stays so, it may be no port of gRPC (4317 for most), or want https://")
               : _ (
                   "; if it stays so, it may be no port of HTTP (4318 for most), or want https://");
  return config->certificate_file == NULL
             ? _ ("; if it stays so, it may want a certificate of the client")
             : _ ("; if it stays so, it may not know the certificate of the client");
}

static void
explain_cut (const Failed *failed)
{
  const char *target = failed->config->target;
  if (strstr (failed->text, "certificate required") != NULL
      || strstr (failed->text, "bad certificate") != NULL)
    prof_otlp_answer_set (failed->ret, PROF_OTLP_FAILED, -EACCES, target,
                          "it wants a certificate of the client that it knows (%s); give one, "
                          "with its key",
                          failed->text);
  else
    prof_otlp_answer_set (failed->ret, PROF_OTLP_RETRY, -ECONNRESET, target,
                          "the connection broke before the answer (%s)%s", failed->text,
                          get_hint (failed->config));
}

static void
explain_handshake (const Failed *failed)
{
  const char *target = failed->config->target;
  if (strstr (failed->text, "wrong version number") != NULL
      || strstr (failed->text, "packet length too long") != NULL)
    prof_otlp_answer_set (failed->ret, PROF_OTLP_FAILED, -EPROTONOSUPPORT, target,
                          "it speaks no TLS at this port; give an address that begins with "
                          "http://, or the port of TLS");
  else if (strstr (failed->text, "alert") != NULL)
    prof_otlp_answer_set (failed->ret, PROF_OTLP_FAILED, -EACCES, target,
                          "it refuses the TLS connection (%s); it may want a certificate of the "
                          "client",
                          failed->text);
  else
    prof_otlp_answer_set (failed->ret, PROF_OTLP_RETRY, -ECONNRESET, target,
                          "the TLS connection failed (%s)", failed->text);
}

static void
explain_wrong_protocol (const Failed *failed)
{
  bool is_grpc = failed->config->protocol == PROF_OTLP_GRPC;
  prof_otlp_answer_set (failed->ret, PROF_OTLP_FAILED, -EPROTONOSUPPORT, failed->config->target,
                        "what it sends is no HTTP/%s; %s", is_grpc ? "2" : "1.1",
                        is_grpc
                            ? _ ("is it a port of gRPC (4317 for most)?")
                            : _ ("it may be a port of gRPC: try the protocol grpc, or port 4318"));
}

static void
explain_memory (const Failed *failed)
{
  prof_otlp_answer_set (failed->ret, PROF_OTLP_FAILED, -ENOMEM, failed->config->target,
                        "out of memory, or a line of more than 100 kB in the answer's header");
}

void
prof_transport_failure_explain (const ProfTransportFailure *failure,
                                const ProfOtlpConfig *config,
                                ProfOtlpAnswer *ret)
{
  Failed failed = { .failure = failure, .config = config, .ret = ret };
  prof_clean_text (failed.text, sizeof failed.text, failure->text, strlen (failure->text));
  switch (failure->code) {
  case CURLE_COULDNT_CONNECT:
    explain_connect (&failed);
    break;
  case CURLE_OPERATION_TIMEDOUT:
    explain_timeout (&failed);
    break;
  case CURLE_SSL_CONNECT_ERROR:
    explain_handshake (&failed);
    break;
  case CURLE_UNSUPPORTED_PROTOCOL:
  case CURLE_WEIRD_SERVER_REPLY:
    explain_wrong_protocol (&failed);
    break;
  case CURLE_OUT_OF_MEMORY:
  case CURLE_WRITE_ERROR:
    explain_memory (&failed);
    break;
  case CURLE_COULDNT_RESOLVE_HOST:
  case CURLE_COULDNT_RESOLVE_PROXY:
    prof_otlp_answer_set (ret, PROF_OTLP_RETRY, -EHOSTUNREACH, config->target,
                          "%s; is the name right?", failed.text);
    break;
  case CURLE_PEER_FAILED_VERIFICATION:
    prof_otlp_answer_set (ret, PROF_OTLP_FAILED, -EKEYREJECTED, config->target,
                          "its certificate is not trusted (%s); give the certificate of the CA "
                          "that "
                          "signed it, and the name that it is made out to as host",
                          failed.text);
    break;
  case CURLE_SSL_CERTPROBLEM:
  case CURLE_SSL_CACERT_BADFILE:
    prof_otlp_answer_set (ret, PROF_OTLP_FAILED, -EINVAL, config->target,
                          "%s; are these files PEM, and does the key belong to the certificate?",
                          failed.text);
    break;
  case CURLE_ABORTED_BY_CALLBACK:
    prof_otlp_answer_set (ret, PROF_OTLP_RETRY, -ECANCELED, config->target, "cancelled");
    break;
  default: /* of sending, receiving and HTTP/2 */
    explain_cut (&failed);
  }
}
