/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/wire.h"

/* What a collector sends back, as messages. Texts point into the bytes. */

/* google.rpc.Status, and the google.rpc.RetryInfo in its details. */
typedef struct {
  int32_t code;
  ProfWire message;
  bool has_retry_info;
  uint64_t retry_after_ns;
} ProfRpcStatus;

/* ExportProfilesServiceResponse.partial_success. */
typedef struct {
  int64_t n_rejected;
  ProfWire message;
} ProfPartialSuccess;

/* Both: 0 or -EBADMSG. */
int prof_rpc_status_parse (ProfWire wire, ProfRpcStatus *ret);
int prof_partial_success_parse (ProfWire wire, ProfPartialSuccess *ret);
