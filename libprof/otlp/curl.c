/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/curl.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>

#include "base/error.h"

static ProfCurl curl;

static bool
find_functions (void *library)
{
#define FIND(name) (*(void **)&curl.name = dlsym (library, "curl_" #name)) != NULL &&
  return PROF_CURL_FUNCTIONS (FIND) true;
#undef FIND
}

/* The flavours of Debian have the same functions. */
static void *
open_library (void)
{
  void *library = dlopen ("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  return library != NULL ? library : dlopen ("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
}

static int
open_curl (ProfError *reterr)
{
  void *library = open_library ();
  if (library == NULL || !find_functions (library))
    return prof_error_set (reterr, -ELIBACC,
                           "Can't export: libcurl could not be loaded (%s); install libcurl 7.88 "
                           "or "
                           "later (Debian's package libcurl4)",
                           dlerror ());
  if (curl.global_init (CURL_GLOBAL_DEFAULT) != CURLE_OK)
    return prof_error_set (reterr, -ENOMEM, "Can't export: out of memory for libcurl");
  return 0;
}

int
prof_curl_open (const ProfCurl **ret, ProfError *reterr)
{
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static bool is_open;
  pthread_mutex_lock (&lock);
  int r = is_open ? 0 : open_curl (reterr);
  is_open = r == 0;
  pthread_mutex_unlock (&lock);
  *ret = &curl;
  return r;
}
