/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "model/record-options.h"

G_BEGIN_DECLS

/* What to record, and how: at first as the last time.
 *
 * Signal: record (PyroRecordOptions *options)    valid options; borrowed */
#define PYRO_TYPE_RECORD_PAGE (pyro_record_page_get_type ())
G_DECLARE_FINAL_TYPE (PyroRecordPage, pyro_record_page, PYRO, RECORD_PAGE, AdwBin)

GtkWidget *pyro_record_page_new (void);
/* What is chosen now. */
PyroRecordOptions *pyro_record_page_get_options (PyroRecordPage *self);

G_END_DECLS
