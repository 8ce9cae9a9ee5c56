/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/pfm-event.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <perfmon/pfmlib.h>
#include <perfmon/pfmlib_perf_event.h>

static void
initialize (void)
{
  pfm_initialize ();
}

static void
initialize_once (void)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once (&once, initialize);
}

static int
visit_umasks (ProfPfmEvent *event, int index, int n_attributes, ProfPfmFunc func, void *user_data)
{
  for (int i = 0; i < n_attributes; i++) {
    pfm_event_attr_info_t info = { .size = sizeof info };
    if (pfm_get_event_attr_info (index, i, PFM_OS_PERF_EVENT_EXT, &info) != PFM_SUCCESS
        || info.type != PFM_ATTR_UMASK)
      continue;
    event->umask = info.name;
    event->umask_description = info.desc != NULL ? info.desc : "";
    int r = func (event, user_data);
    if (r < 0)
      return r;
  }
  return 0;
}

static int
visit_pmu (const pfm_pmu_info_t *pmu, ProfPfmFunc func, void *user_data)
{
  int r = 0;
  for (int i = pmu->first_event; i >= 0 && r >= 0; i = pfm_get_event_next (i)) {
    pfm_event_info_t info = { .size = sizeof info };
    if (pfm_get_event_info (i, PFM_OS_PERF_EVENT_EXT, &info) != PFM_SUCCESS)
      continue;
    ProfPfmEvent event = { .pmu = pmu->name,
                           .name = info.name,
                           .description = info.desc != NULL ? info.desc : "",
                           .umask_description = "",
                           .counts_threads = pmu->type != PFM_PMU_TYPE_UNCORE };
    r = func (&event, user_data);
    if (r >= 0)
      r = visit_umasks (&event, i, info.nattrs, func, user_data);
  }
  return r;
}

static bool
is_wanted (const pfm_pmu_info_t *pmu, const char *name)
{
  if (strcmp (pmu->name, "perf") == 0 || strcmp (pmu->name, "perf_raw") == 0)
    return false;
  return name != NULL ? strcasecmp (pmu->name, name) == 0 : pmu->is_present;
}

int
prof_pfm_foreach (const char *pmu, ProfPfmFunc func, void *user_data)
{
  initialize_once ();
  int r = pmu != NULL ? -ENODEV : 0;
  for (int i = PFM_PMU_NONE; i < PFM_PMU_MAX; i++) {
    pfm_pmu_info_t info = { .size = sizeof info };
    if (pfm_get_pmu_info ((pfm_pmu_t)i, &info) != PFM_SUCCESS || !is_wanted (&info, pmu))
      continue;
    r = visit_pmu (&info, func, user_data);
    if (r < 0)
      break;
  }
  return r;
}

int
prof_pfm_encode (const char *name, struct perf_event_attr *attr)
{
  initialize_once ();
  struct perf_event_attr encoded = { .size = sizeof encoded };
  pfm_perf_encode_arg_t arg = { .attr = &encoded, .size = sizeof arg };
  int r = pfm_get_os_event_encoding (name, PFM_PLM0 | PFM_PLM3 | PFM_PLMH, PFM_OS_PERF_EVENT_EXT,
                                     &arg);
  if (r != PFM_SUCCESS)
    return r;
  if (arg.cpu >= 0)
    return PFM_ERR_ATTR; /* which CPUs count is not for the name to say */
  encoded.size = sizeof encoded;
  *attr = encoded;
  return 0;
}
