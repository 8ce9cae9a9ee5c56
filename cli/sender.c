/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "sender.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "message.h"
#include "text.h"

static void
clear_line (const Sender *sender)
{
  if (sender->has_line)
    fputs ("\r\033[K", stderr);
}

static void
show_try (const char *text, bool will_retry, void *user_data)
{
  Sender *sender = user_data;
  snprintf (sender->warning, sizeof sender->warning, "%s", text);
  clear_line (sender);
  if (will_retry && !sender->is_quiet)
    note_about (sender->name, text, _ ("; trying again"));
  if (!sender->has_line)
    return;
  ProfExporterStats stats = PROF_EXPORTER_STATS_INIT;
  prof_exporter_get_stats (sender->exporter, &stats);
  fprintf (stderr, _ ("[prof] %s: %" PRIu64 " requests, %" PRIu64 " tries again"), sender->name,
           stats.n_requests, stats.n_retries);
  fflush (stderr);
}

int
sender_open (Sender *sender, const ProfExporterConfig *config, bool is_quiet)
{
  ProfError error = PROF_ERROR_INIT;
  ProfExporterConfig wanted = *config;
  wanted.is_relay = true;
  *sender = (Sender){ .is_quiet = is_quiet, .has_line = !is_quiet && isatty (STDERR_FILENO) };
  int r = prof_exporter_new (&wanted, &sender->exporter, &error);
  if (r < 0) {
    fail (&error);
    return r == -EINVAL ? STATUS_USAGE : STATUS_FAILURE;
  }
  prof_exporter_set_func (sender->exporter, show_try, sender);
  return STATUS_OK;
}

void
sender_close (Sender *sender)
{
  sender->exporter = prof_exporter_free (sender->exporter);
}

int
sender_send (
    Sender *sender, const char *name, ProfProfile *profile, SenderResult *ret, ProfError *reterr)
{
  ProfExporterStats before = PROF_EXPORTER_STATS_INIT, after = PROF_EXPORTER_STATS_INIT;
  sender->name = name;
  sender->warning[0] = '\0';
  prof_exporter_get_stats (sender->exporter, &before);
  int r = prof_exporter_export (sender->exporter, profile, reterr);
  clear_line (sender);
  prof_exporter_get_stats (sender->exporter, &after);
  *ret = (SenderResult){
    .n_requests = after.n_requests - before.n_requests,
    .n_retries = after.n_retries - before.n_retries,
    .n_bytes = after.n_bytes - before.n_bytes,
    .n_rejected_profiles = after.n_rejected_profiles - before.n_rejected_profiles,
  };
  if (r == 0 && after.n_exported == before.n_exported) {
    reterr->code = -ECANCELED;
    snprintf (reterr->message, sizeof reterr->message, "%s",
              _ ("Nothing is sent while OTEL_SDK_DISABLED is true"));
    return -ECANCELED;
  }
  return r;
}
