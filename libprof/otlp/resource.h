/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/otlp.h>
#include <prof/session.h>

#include "base/vec.h"
#include "otlp/own-process.h"

/* What is known of the program that profiles are of: attributes of the semantic conventions 1.44.
 * The first of those with the same key stays, so that what is added first has precedence. Owns its
 * strings. Once memory is short, is_failed is set: ask at the end. */
typedef struct {
  PROF_VEC (ProfOtlpAttribute) attributes;
  bool is_failed;
} ProfOtlpResource;

void prof_otlp_resource_finish (ProfOtlpResource *resource);

/* In one allocation; NULL: out of memory. */
ProfOtlpAttribute *prof_otlp_attributes_copy (const ProfOtlpAttribute *attributes, size_t n);

/* An empty or missing value is left out. */
void prof_otlp_resource_add (ProfOtlpResource *resource, const char *key, const char *value);
void prof_otlp_resource_add_number (ProfOtlpResource *resource, const char *key, int64_t number);
void prof_otlp_resource_add_all (ProfOtlpResource *resource,
                                 const ProfOtlpAttribute *attributes,
                                 size_t n_attributes);

/* The variables of the OpenTelemetry specification: OTEL_SERVICE_NAME has precedence over what
 * OTEL_RESOURCE_ATTRIBUTES says of service.name. The latter is left out as a whole when any of it
 * is malformed. Both may be NULL. */
void prof_otlp_resource_add_environment (ProfOtlpResource *resource,
                                         const char *service_name,
                                         const char *attributes);

/* What a session says of the program that was recorded. `own` is for what else is known of the
 * machine when that is the same one. */
void prof_otlp_resource_add_session (ProfOtlpResource *resource,
                                     const ProfSession *session,
                                     const ProfOwnProcess *own);
/* This process. */
void prof_otlp_resource_add_own (ProfOtlpResource *resource, const ProfOwnProcess *own);

/* service.name must be there: unknown_service:EXECUTABLE, as the specification has it. */
void prof_otlp_resource_add_service_name (ProfOtlpResource *resource);
