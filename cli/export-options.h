/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/exporter.h>

#include "cleanup.h"
#include "option.h"
#include "parse.h"
#include "text.h"

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

extern const OptionType export_protocol_type, export_layout_type, export_compression_type,
    export_header_type, export_attribute_type, export_timeout_type;

/* Where and how to send: rows of a command that has ExportOptions at that offset. */
#define EXPORT_VALUE(base, field) ((base) + offsetof (ExportOptions, field))
/* clang-format off */
#define EXPORT_CONNECTION_OPTIONS(base)                                                            \
  { "endpoint", 'e', &option_string, EXPORT_VALUE (base, endpoint), "URL",                         \
    N_ ("where the collector is: http(s)://HOST:PORT (default: the environment's, else "           \
    "http://localhost:4318, or :4317 with gRPC)") },                                               \
  { "protocol", 0, &export_protocol_type, EXPORT_VALUE (base, protocol), "NAME",                   \
    N_ ("http (default) or grpc") },                                                               \
  { "resource", 'r', &export_attribute_type, EXPORT_VALUE (base, resource), "KEY=VALUE",           \
    N_ ("say more of what was profiled, as service.name=shop; may be repeated") },                 \
  { "header", 'H', &export_header_type, EXPORT_VALUE (base, headers), "NAME: VALUE",               \
    N_ ("send this header; may be repeated. Others see command lines: a secret is better in a "    \
    "file") },                                                                                     \
  { "header-file", 0, &option_string, EXPORT_VALUE (base, header_file), "FILE",                    \
    N_ ("send the headers of this file, one to a line") },                                         \
  { "bearer-file", 0, &option_string, EXPORT_VALUE (base, bearer_file), "FILE",                    \
    N_ ("authenticate with the token in this file") },                                             \
  { "user-file", 0, &option_string, EXPORT_VALUE (base, user_file), "FILE",                        \
    N_ ("authenticate with the USER:PASSWORD in this file") },                                     \
  { "ca", 0, &option_string, EXPORT_VALUE (base, ca_file), "FILE",                                 \
    N_ ("trust these certificates, PEM (default: the system's)") },                                \
  { "cert", 0, &option_string, EXPORT_VALUE (base, certificate_file), "FILE",                      \
    N_ ("show this certificate to the collector, PEM") },                                          \
  { "key", 0, &option_string, EXPORT_VALUE (base, key_file), "FILE",                               \
    N_ ("the key of --cert, PEM") },                                                               \
  { "compression", 0, &export_compression_type, EXPORT_VALUE (base, compression), "HOW",           \
    N_ ("gzip (default) or none") },                                                               \
  { "timeout", 0, &export_timeout_type, EXPORT_VALUE (base, timeout_ns), "TIME",                   \
    N_ ("wait so long for each answer (default: 10s)") },                                          \
  { "layout", 0, &export_layout_type, EXPORT_VALUE (base, layout), "VERSION",                      \
    N_ ("send the messages of this version of OTLP: 1.10, 1.9 or 1.8 (default: 1.10, and older "   \
    "ones when the collector says that it does not understand)") },                                \
  { "timestamps", 0, &option_switch, EXPORT_VALUE (base, timestamps), NULL,                        \
    N_ ("send the time of each sample, which not every receiver takes") }
/* clang-format on */

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
int export_options_get (const char *command, ExportOptions *chosen, ExportConfig *ret);
void export_config_clear (ExportConfig *config);
static inline void
export_config_clear_p (ExportConfig *config)
{
  export_config_clear (config);
}

void export_options_clear (void *values);
