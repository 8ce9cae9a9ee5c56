/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdlib.h>
#include <string.h>

#include "otlp/answer.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
require (int is_true)
{
  if (!is_true)
    abort ();
}

static bool
is_sentence (const char *text)
{
  for (; *text != '\0'; text++)
    if ((unsigned char)*text < ' ' || *text == 0x7f)
      return false;
  return true;
}

static void
check_answer (const ProfReply *reply, ProfOtlpProtocol protocol)
{
  ProfOtlpAnswer answer;
  prof_otlp_answer_is_known (reply, protocol);
  prof_otlp_answer_read (&answer, reply, protocol, "http://a.example", 1000000000);
  require (memchr (answer.message, '\0', sizeof answer.message) != NULL);
  require (is_sentence (answer.message) && answer.n_rejected >= 0);
  require (answer.outcome == PROF_OTLP_TAKEN ? answer.code == 0
                                             : answer.code < 0 && *answer.message != '\0');
  require (answer.outcome == PROF_OTLP_RETRY || answer.retry_after_ns == 0);
  require (answer.retry_after_ns <= 86403000000000);
}

/* Lines of a header, and behind an empty one the body. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  ProfReply reply = { 0 };
  const char *text = (const char *)data, *end = text + size;
  while (text < end) {
    const char *newline = memchr (text, '\n', (size_t)(end - text));
    size_t n = newline != NULL ? (size_t)(newline + 1 - text) : (size_t)(end - text);
    if (prof_reply_add_line (&reply, text, n) < 0)
      break;
    text += n;
    if (n <= 2)
      break;
  }
  require (prof_reply_add_body (&reply, text, (size_t)(end - text)) == 0);
  check_answer (&reply, PROF_OTLP_GRPC);
  check_answer (&reply, PROF_OTLP_HTTP);
  prof_reply_finish (&reply);
  return 0;
}
