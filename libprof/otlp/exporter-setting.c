/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/exporter-setting.h"

#include <errno.h>

#include "base/error.h"
#include "base/text.h"

ProfSetting
prof_setting_find (const ProfSettingReader *reader,
                   const char *of_api,
                   const ProfSettingNames *names)
{
  if (of_api != NULL)
    return (ProfSetting){ PROF_SETTING_FROM_API, names->of_api, of_api };
  const char *text = reader->get_env (names->of_signal);
  if (text != NULL && *text != '\0')
    return (ProfSetting){ PROF_SETTING_FROM_SIGNAL, names->of_signal, text };
  text = reader->get_env (names->of_general);
  if (text != NULL && *text != '\0')
    return (ProfSetting){ PROF_SETTING_FROM_GENERAL, names->of_general, text };
  return (ProfSetting){ PROF_SETTING_FROM_NOWHERE, NULL, NULL };
}

int
prof_setting_fail (const ProfSettingReader *reader, const char *setting, const char *reason)
{
  return prof_error_set (reader->reterr, -EINVAL, "Can't export with this %s: it %s", setting,
                         _ (reason));
}

int
prof_setting_fail_of_memory (const ProfSettingReader *reader)
{
  return prof_error_set (reader->reterr, -ENOMEM, "Can't set up the export: out of memory");
}
