/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/exporter-setting.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "otlp/base64.h"
#include "otlp/header-list.h"

static const ProfSettingNames headers_names = PROF_SETTING_NAMES ("headers", "HEADERS");

static int
set_authorization (const ProfSettingReader *reader,
                   ProfHeaderList *list,
                   const char *setting,
                   char *value)
{
  const char *reason;
  if (value == NULL)
    return prof_setting_fail_of_memory (reader);
  int r = prof_header_list_set (list, "Authorization", value, strlen (value), &reason);
  return r == -EINVAL ? prof_setting_fail (reader, setting, reason)
         : r < 0      ? prof_setting_fail_of_memory (reader)
                      : 0;
}

static int
add_bearer_token (const ProfSettingReader *reader, ProfHeaderList *list)
{
  cleanup (prof_free) char *value = NULL;
  if (*reader->from->bearer_token == '\0')
    return prof_setting_fail (reader, "bearer_token", "is empty");
  if (asprintf (&value, "Bearer %s", reader->from->bearer_token) < 0)
    value = NULL;
  return set_authorization (reader, list, "bearer_token", value);
}

static char *
encode_basic (const char *user, const char *password)
{
  cleanup (prof_free) char *plain = NULL;
  static const char scheme[] = "Basic ";
  int n = asprintf (&plain, "%s:%s", user, password != NULL ? password : "");
  if (n < 0) {
    plain = NULL;
    return NULL;
  }
  char *value = malloc (strlen (scheme) + prof_base64_get_size ((size_t)n));
  if (value != NULL) {
    memcpy (value, scheme, strlen (scheme));
    prof_base64_encode (plain, (size_t)n, value + strlen (scheme));
  }
  return value;
}

static int
add_authentication (const ProfSettingReader *reader, ProfHeaderList *list)
{
  const ProfExporterConfig *from = reader->from;
  if (from->bearer_token != NULL && (from->user != NULL || from->password != NULL))
    return prof_setting_fail (reader, "bearer_token",
                              "comes with a user or a password; give one of the two");
  if (from->password != NULL && from->user == NULL)
    return prof_setting_fail (reader, "password", "comes without a user");
  if (from->bearer_token != NULL)
    return add_bearer_token (reader, list);
  if (from->user == NULL)
    return 0;
  if (strchr (from->user, ':') != NULL)
    return prof_setting_fail (reader, "user",
                              "holds a ':', which basic authentication can't tell from its end");
  cleanup (prof_free) char *value = encode_basic (from->user, from->password);
  return set_authorization (reader, list, "user", value);
}

static int
add_fields (const ProfSettingReader *reader, ProfHeaderList *list, const char *const *fields)
{
  for (size_t i = 0; fields != NULL && fields[i] != NULL; i++) {
    const char *reason;
    int r = prof_header_list_add_field (list, fields[i], &reason);
    if (r == -EINVAL)
      return prof_error_set (reader->reterr, r, "Can't export with header %zu: it %s", i + 1,
                             _ (reason));
    if (r < 0)
      return prof_setting_fail_of_memory (reader);
  }
  return 0;
}

static int
collect_headers (const ProfSettingReader *reader, ProfHeaderList *list)
{
  ProfSetting setting = prof_setting_find (reader, NULL, &headers_names);
  if (setting.text != NULL) {
    const char *reason;
    int r = prof_header_list_add_pairs (list, setting.text, &reason);
    if (r == -EINVAL)
      return prof_error_set (reader->reterr, r, "Can't export with a header of %s: it %s",
                             setting.name, _ (reason));
    if (r < 0)
      return prof_setting_fail_of_memory (reader);
  }
  int r = add_fields (reader, list, reader->from->headers);
  return r < 0 ? r : add_authentication (reader, list);
}

int
prof_setting_read_headers (const ProfSettingReader *reader)
{
  ProfHeaderList list = { 0 };
  int r = collect_headers (reader, &list);
  if (r == 0 && (reader->config->headers = prof_header_list_take (&list)) == NULL)
    r = prof_setting_fail_of_memory (reader);
  prof_header_list_finish (&list);
  return r;
}
