/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "otlp/exporter-private.h"

/* The first session speaks for a profile that was merged. A session without a target is of the
 * process that recorded itself. */
void
prof_exporter_find_resource (const ProfExporter *exporter,
                             const ProfProfile *profile,
                             ProfOtlpResource *resource,
                             bool *ret_is_of_here)
{
  ProfSession *session = NULL;
  int r = prof_profile_get_session (profile, 0, &session, NULL);
  resource->is_failed |= r == -ENOMEM;
  prof_otlp_resource_add_all (resource, exporter->resource.attributes.items,
                              exporter->resource.attributes.n);
  bool has_other_target = session != NULL
                          && (session->n_command > 0 || session->n_pids > 0
                              || session->is_system_wide || exporter->config.is_relay);
  if (has_other_target)
    prof_otlp_resource_add_session (resource, session, &exporter->own);
  else if (!exporter->config.is_relay)
    prof_otlp_resource_add_own (resource, &exporter->own);
  *ret_is_of_here = session != NULL ? strcmp (session->host, exporter->own.host) == 0
                                    : !exporter->config.is_relay;
  prof_session_free (session);
  prof_otlp_resource_add_service_name (resource);
}

int
prof_exporter_get_resource (ProfExporter *exporter,
                            ProfProfile *profile,
                            ProfOtlpAttribute **ret,
                            size_t *ret_n,
                            ProfError *reterr)
{
  if (profile == NULL)
    return prof_error_set (reterr, -EINVAL, "prof_exporter_get_resource: profile is NULL");
  bool is_of_here;
  ProfOtlpResource resource = { 0 };
  prof_exporter_find_resource (exporter, profile, &resource, &is_of_here);
  ProfOtlpAttribute *copies
      = resource.is_failed
            ? NULL
            : prof_otlp_attributes_copy (resource.attributes.items, resource.attributes.n);
  size_t n = resource.attributes.n;
  prof_otlp_resource_finish (&resource);
  if (copies == NULL)
    return prof_error_set (reterr, -ENOMEM, "Can't list the resource's attributes: out of memory");
  *ret = copies;
  *ret_n = n;
  return 0;
}
