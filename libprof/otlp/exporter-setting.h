/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "otlp/exporter-config.h"

/* Where settings come from and go to. */
typedef struct {
  ProfOtlpConfig *config;
  const ProfExporterConfig *from;
  const char *(*get_env) (const char *name);
  ProfError *reterr;
} ProfSettingReader;

typedef enum {
  PROF_SETTING_FROM_API,
  PROF_SETTING_FROM_SIGNAL,  /* the variable of profiles alone */
  PROF_SETTING_FROM_GENERAL, /* of all signals */
  PROF_SETTING_FROM_NOWHERE,
} ProfSettingOrigin;

/* What a setting is called in each place. */
typedef struct {
  const char *of_api, *of_signal, *of_general;
} ProfSettingNames;

#define PROF_SETTING_NAMES(of_api, suffix)                                                         \
  {                                                                                                \
    of_api, "OTEL_EXPORTER_OTLP_PROFILES_" suffix, "OTEL_EXPORTER_OTLP_" suffix                    \
  }

/* A text and, for messages, the name of the setting that it is from. */
typedef struct {
  ProfSettingOrigin origin;
  const char *name, *text; /* NULL of PROF_SETTING_FROM_NOWHERE */
} ProfSetting;

/* `of_api`: what the API's configuration says, or NULL. An empty variable counts as none. */
ProfSetting prof_setting_find (const ProfSettingReader *reader,
                               const char *of_api,
                               const ProfSettingNames *names);

/* Both set reterr. Returns -EINVAL; `reason` stands after "it " and holds no secret. */
int prof_setting_fail (const ProfSettingReader *reader, const char *setting, const char *reason);
/* Returns -ENOMEM. */
int prof_setting_fail_of_memory (const ProfSettingReader *reader);

/* Set url and target, once the protocol is known. 0, -EINVAL, -ENOMEM. */
int prof_setting_read_endpoint (const ProfSettingReader *reader);
/* Sets headers. 0, -EINVAL, -ENOMEM. */
int prof_setting_read_headers (const ProfSettingReader *reader);
