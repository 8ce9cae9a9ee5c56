/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/exporter.h>

#include "model/collector.h"
#include "model/secrets.h"

G_BEGIN_DECLS

/* The exporter that the collector describes. `secrets` are by PyroSecretPurpose; NULL: nothing
 * will be sent. It opens files: call it in a worker. NULL with a sentence. */
ProfExporter *pyro_exporter_open (PyroCollector *collector,
                                  const char *const *secrets,
                                  guint64 max_retry_ns,
                                  GError **error);

G_END_DECLS
