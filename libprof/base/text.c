/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/text.h"

#include <libintl.h>
#include <pthread.h>
#include <stdlib.h>

#define DOMAIN "libprof"

static void
bind_catalog (void)
{
  const char *elsewhere = secure_getenv ("PROF_LOCALEDIR");
  bindtextdomain (DOMAIN, elsewhere != NULL ? elsewhere : PROF_LOCALEDIR);
  bind_textdomain_codeset (DOMAIN, "UTF-8");
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

const char *
prof_text (const char *text)
{
  pthread_once (&once, bind_catalog);
  return *text != '\0' ? dgettext (DOMAIN, text) : text; /* "" means the catalog's head */
}

const char *
prof_text_of (const char *one, const char *many, unsigned long n)
{
  pthread_once (&once, bind_catalog);
  return dngettext (DOMAIN, one, many, n);
}
