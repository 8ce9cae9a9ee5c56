/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <curl/curl.h>

#include "otlp/answer.h"
#include "otlp/exporter-config.h"

/* A request that brought no answer. */
typedef struct {
  CURLcode code;
  const char *text; /* curl's words */
  int os_error;     /* 0: none */
  bool was_sent;    /* there was a connection to send it on */
  uint64_t timeout_ns;
} ProfTransportFailure;

/* Why, and what to change. */
void prof_transport_failure_explain (const ProfTransportFailure *failure,
                                     const ProfOtlpConfig *config,
                                     ProfOtlpAnswer *ret);
