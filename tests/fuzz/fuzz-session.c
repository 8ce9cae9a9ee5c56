/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/session.h>

#include <stdlib.h>
#include <string.h>

#include "profile/profile-tables.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Bytes that are a session are encoded again and must give an equal session: equal when encoded. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  ProfProfile *profile;
  ProfSession *first, *second;
  if (prof_profile_new (&profile) < 0
      || prof_profile_append_session_bytes (profile, data, size) < 0)
    abort ();
  if (prof_profile_get_session (profile, 0, &first, NULL) == 0) {
    if (prof_profile_add_session (profile, first) < 0
        || prof_profile_get_session (profile, 1, &second, NULL) < 0
        || prof_profile_add_session (profile, second) < 0)
      abort ();
    const ProfBytesRange *ranges = profile->sessions.items;
    if (ranges[1].n_bytes != ranges[2].n_bytes)
      abort ();
    if (ranges[1].n_bytes > 0
        && memcmp (profile->session_bytes.items + ranges[1].start,
                   profile->session_bytes.items + ranges[2].start, ranges[1].n_bytes)
               != 0)
      abort ();
    prof_session_free (first);
    prof_session_free (second);
  }
  prof_profile_unref (profile);
  return 0;
}
