/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/exporter.h>

#include "cleanup.h"
#include "option.h"
#include "parse.h"

/* As given on the command line. */
typedef struct {
  const char *endpoint;
  unsigned protocol, layout; /* 0: not given; else 1 more than the library's number */
  StringList headers, resource;
  const char *header_file, *bearer_file, *user_file;
  const char *ca_file, *certificate_file, *key_file;
  const char *compression;
  bool timestamps;
  uint64_t timeout_ns, retry_ns;
  bool json, quiet;
} ExportOptions;

extern const Option export_options[];
extern const ExportOptions export_defaults;

/* As the library wants it. Owns what it points to, but for the options' own texts. */
typedef struct {
  ProfExporterConfig config;
  StringList headers;
  ProfOtlpAttribute *resource;
  char *bearer_token, *user;
} ExportConfig;

/* STATUS_OK, or another one after a message; clear in any case. */
int export_options_get (ExportOptions *chosen, ExportConfig *ret);
void export_config_clear (ExportConfig *config);
static inline void
export_config_clear_p (ExportConfig *config)
{
  export_config_clear (config);
}

void export_options_clear (void *values);
