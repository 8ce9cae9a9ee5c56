/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/error.h"

gboolean
pyro_set_error (GError **error, const ProfError *reason)
{
  g_autofree char *sentence = g_utf8_make_valid (reason->message, -1);
  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (-reason->code), sentence);
  return FALSE;
}
