/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <prof/exporter.h>

#include "cleanup.h"

DEFINE_CLEANUP (ProfExporter, prof_exporter_free)

/* Sends profiles to a collector one after the other, and shows on standard error how it goes. */
typedef struct {
  ProfExporter *exporter;
  const char *name; /* of what is sent now */
  bool is_quiet, has_line;
  char warning[512]; /* what the collector said of what it took */
} Sender;

typedef struct {
  uint64_t n_requests, n_retries, n_bytes, n_rejected_profiles;
} SenderResult;

/* STATUS_OK, or another one after a message. `config`: but for what Sender itself decides. */
int sender_open (Sender *sender, const ProfExporterConfig *config, bool is_quiet);
void sender_close (Sender *sender);
static inline void
sender_close_p (Sender *sender)
{
  sender_close (sender);
}

/* 0, or a negative errno with a sentence. */
int sender_send (
    Sender *sender, const char *name, ProfProfile *profile, SenderResult *ret, ProfError *reterr);
