/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/saturate.h"
#include "profile/profile-remap.h"
#include "profile/profile-rows.h"

int
prof_remap_add_value_types (ProfRemap *remap)
{
  prof_vec_foreach (source, &remap->from->value_types) {
    ProfValueType type = *source;
    int r = prof_remap_strings (remap, (uint32_t *[]){ &type.type, &type.unit, NULL });
    if (r < 0)
      return r;
    if (prof_vec_push (&remap->to->value_types, type) < 0)
      return -ENOMEM;
  }
  return 0;
}

int
prof_remap_add_comments (ProfRemap *remap)
{
  ProfProfile *to = remap->to;
  prof_vec_foreach (comment, &remap->from->comments) {
    int string = prof_remap_string (remap, *comment);
    if (string < 0)
      return string;
    if (to->comments.n >= INT32_MAX)
      return -EOVERFLOW;
    if (prof_vec_push (&to->comments, (uint32_t)string) < 0)
      return -ENOMEM;
    uint32_t row = (uint32_t)to->comments.n - 1;
    int found = prof_row_index_intern (&to->comment_index, to, &prof_comment_kind, row);
    if (found != (int)row)
      to->comments.n--;
    if (found < 0)
      return found;
  }
  return 0;
}

int
prof_remap_copy_description (ProfRemap *remap)
{
  const ProfProfile *from = remap->from;
  ProfProfile *to = remap->to;
  to->period_type = from->period_type;
  to->period = from->period;
  to->time_ns = from->time_ns;
  to->duration_ns = from->duration_ns;
  to->drop_frames = from->drop_frames;
  to->keep_frames = from->keep_frames;
  to->doc_url = from->doc_url;
  uint32_t *strings[] = {
    &to->period_type.type, &to->period_type.unit, &to->drop_frames,
    &to->keep_frames,      &to->doc_url,          NULL,
  };
  return prof_remap_strings (remap, strings);
}

int
prof_remap_add_sessions (ProfRemap *remap)
{
  const uint8_t *bytes = remap->from->session_bytes.items;
  prof_vec_foreach (session, &remap->from->sessions) {
    if (prof_profile_append_session_bytes (remap->to, bytes + session->start, session->n_bytes) < 0)
      return -ENOMEM;
  }
  return 0;
}

int
prof_remap_copy_header (ProfRemap *remap)
{
  ProfProfile *to = remap->to;
  to->default_sample_type = remap->from->default_sample_type;
  int r = prof_remap_strings (remap, (uint32_t *[]){ &to->default_sample_type, NULL });
  if (r == 0)
    r = prof_remap_add_value_types (remap);
  if (r == 0)
    r = prof_remap_copy_description (remap);
  if (r == 0)
    r = prof_remap_add_comments (remap);
  return r == 0 ? prof_remap_add_sessions (remap) : r;
}

/* Sets a string that the profile has not. */
static int
complete (ProfRemap *remap, uint32_t *string, uint32_t source)
{
  int to = *string == 0 ? prof_remap_string (remap, source) : (int)*string;
  if (to >= 0)
    *string = (uint32_t)to;
  return to < 0 ? to : 0;
}

int
prof_remap_merge_header (ProfRemap *remap)
{
  const ProfProfile *from = remap->from;
  ProfProfile *to = remap->to;
  if (from->period > to->period)
    to->period = from->period;
  if (to->time_ns == 0 || (from->time_ns != 0 && from->time_ns < to->time_ns))
    to->time_ns = from->time_ns;
  to->duration_ns = prof_add_saturated (to->duration_ns, from->duration_ns);
  int r = complete (remap, &to->doc_url, from->doc_url);
  if (r == 0)
    r = complete (remap, &to->default_sample_type, from->default_sample_type);
  if (r == 0)
    r = prof_remap_add_comments (remap);
  return r == 0 ? prof_remap_add_sessions (remap) : r;
}
