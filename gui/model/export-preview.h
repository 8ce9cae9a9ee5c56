/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/profile.h>

#include "model/collector.h"

G_BEGIN_DECLS

/* What would be sent of a profile, as text of a few lines: sample types, samples, requests, and the
 * attributes that go along. A worker encodes the profile for it. */
void pyro_export_preview_async (PyroCollector *collector,
                                ProfProfile *profile,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* NULL with a sentence. */
char *pyro_export_preview_finish (GAsyncResult *result, GError **error);

G_END_DECLS
