/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

/* What the library exports; nothing else of it is visible. */
#define PROF_API __attribute__ ((visibility ("default")))

#ifdef __cplusplus
extern "C" {
#endif

/* What went wrong, for a person. Allocated by the caller, never needs freeing:
 * `ProfError error = PROF_ERROR_INIT;`. Filled only when a function fails. */
typedef struct {
  int code;          /* negative errno, the same value the function returned */
  char message[512]; /* one English sentence: what was tried, why it failed, what to try */
} ProfError;

/* No error. */
#define PROF_ERROR_INIT                                                                            \
  {                                                                                                \
    0, ""                                                                                          \
  }

/* How urgent a message of the log is. */
typedef enum {
  PROF_LOG_DEBUG,   /* of interest to who looks for a fault */
  PROF_LOG_WARNING, /* what the user may want to change */
} ProfLogLevel;

/* May be called from any thread that the library runs in. `message` is borrowed for the call. */
typedef void (*ProfLogFunc) (ProfLogLevel level, const char *message, void *user_data);

/* Sets the only global of the library: where its messages go. The library never prints; without
 * a handler messages are dropped. Set it before other threads use the library; NULL resets. */
PROF_API void prof_set_log_func (ProfLogFunc func, void *user_data);

#ifdef __cplusplus
}
#endif
