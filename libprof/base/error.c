/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/error.h"
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static struct {
  ProfLogFunc func;
  void *user_data;
} log_target;

int
prof_error_set (ProfError *error, int code, const char *format, ...)
{
  if (error == NULL)
    return code;
  va_list args;
  va_start (args, format);
  vsnprintf (error->message, sizeof error->message, _ (format), args);
  va_end (args);
  error->code = code;
  return code;
}

const char *
prof_error_get_remedy (int code)
{
  return code == -EMFILE ? _ ("; try: ulimit -n 256") : "";
}

void
prof_set_log_func (ProfLogFunc func, void *user_data)
{
  log_target.func = func;
  log_target.user_data = user_data;
}

void
prof_log (ProfLogLevel level, const char *format, ...)
{
  if (log_target.func == NULL)
    return;
  char message[512];
  va_list args;
  va_start (args, format);
  vsnprintf (message, sizeof message, _ (format), args);
  va_end (args);
  log_target.func (level, message, log_target.user_data);
}
