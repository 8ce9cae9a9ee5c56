/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdatomic.h>

#include <prof/error.h>

#include "otlp/answer.h"
#include "otlp/exporter-config.h"

/* One connection to a collector. The only part that knows curl. One thread's. */
typedef struct ProfOtlpTransport ProfOtlpTransport;

/* `config` is borrowed until free. -ENOMEM, -EINVAL with a sentence (a certificate that cannot be
 * read). */
int prof_otlp_transport_new (const ProfOtlpConfig *config,
                             ProfOtlpTransport **ret,
                             ProfError *reterr);
/* Sends a request (an ExportProfilesServiceRequest; compressed here as configured) and waits for
 * the answer, for timeout_ns at most, or until `*cancel` is true (checked at least ten times a
 * second). Keeps the connection. */
void prof_otlp_transport_send (ProfOtlpTransport *transport,
                               const uint8_t *bytes,
                               size_t n_bytes,
                               uint64_t timeout_ns,
                               const atomic_bool *cancel,
                               ProfOtlpAnswer *ret);
ProfOtlpTransport *prof_otlp_transport_free (ProfOtlpTransport *transport);
