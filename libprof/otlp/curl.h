/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <curl/curl.h>
#include <prof/error.h>

/* libcurl, opened when the first exporter needs it: with all the libraries that it needs itself it
 * takes a process 5 ms to start and 4 MB, and most processes that profile never export. */

#define PROF_CURL_FUNCTIONS(X)                                                                     \
  X (easy_cleanup)                                                                                 \
  X (easy_getinfo)                                                                                 \
  X (easy_init)                                                                                    \
  X (easy_setopt)                                                                                  \
  X (easy_strerror)                                                                                \
  X (global_init)                                                                                  \
  X (multi_add_handle)                                                                             \
  X (multi_cleanup)                                                                                \
  X (multi_info_read)                                                                              \
  X (multi_init)                                                                                   \
  X (multi_perform)                                                                                \
  X (multi_poll)                                                                                   \
  X (multi_remove_handle)                                                                          \
  X (slist_append)                                                                                 \
  X (slist_free_all)                                                                               \
  X (version_info)

/* Its functions, without their "curl_". */
typedef struct {
#define DECLARE(name) typeof (curl_##name) *name;
  PROF_CURL_FUNCTIONS (DECLARE)
#undef DECLARE
} ProfCurl;

/* From any thread. *ret stays valid: it is never closed. -ELIBACC: there is none, or one that lacks
 * a function; *reterr says which. */
int prof_curl_open (const ProfCurl **ret, ProfError *reterr);
