/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "otlp/resource.h"

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t n)
{
  ProfOtlpResource resource = { 0 };
  char *text = strndup ((const char *)bytes, n);
  prof_otlp_resource_add_environment (&resource, NULL, text);
  prof_vec_foreach (attribute, &resource.attributes) {
    if (attribute->key[0] == '\0' || attribute->value[0] == '\0')
      abort ();
  }
  prof_otlp_resource_finish (&resource);
  free (text);
  return 0;
}
