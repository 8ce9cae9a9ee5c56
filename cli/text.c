/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "text.h"

#include <locale.h>
#include <stdlib.h>

void
text_open (void)
{
  const char *elsewhere = getenv ("PROF_LOCALEDIR");
  setlocale (LC_CTYPE, "");
  setlocale (LC_MESSAGES, "");
  bindtextdomain ("prof", elsewhere != NULL ? elsewhere : PROF_LOCALEDIR);
  textdomain ("prof");
}

const char *
translate (const char *text)
{
  return gettext (text);
}
