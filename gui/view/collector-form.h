/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "model/collector.h"
#include "model/secrets.h"

G_BEGIN_DECLS

/* What there is to say of a collector. Changes are the collector's at once; those of secrets when
 * they are committed. */
#define PYRO_TYPE_COLLECTOR_FORM (pyro_collector_form_get_type ())
G_DECLARE_FINAL_TYPE (PyroCollectorForm, pyro_collector_form, PYRO, COLLECTOR_FORM, AdwBin)

/* Commits what was there before. NULL: none. */
void pyro_collector_form_show (PyroCollectorForm *self,
                               PyroCollector *collector,
                               PyroSecrets *secrets);
/* Stores the secrets that were typed. */
void pyro_collector_form_commit (PyroCollectorForm *self);
void pyro_collector_form_focus (PyroCollectorForm *self);

G_END_DECLS
