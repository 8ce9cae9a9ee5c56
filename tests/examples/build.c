/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* Makes a profile of what a program measured itself, here of requests to a server: build FILE */
#include <prof/prof.h>

#include <stdio.h>

/* Rows are added from the inside out: texts, functions of texts, locations of functions, samples of
 * locations. Each function returns the number of its row, or a negative errno. A mapping is what
 * viewers show as the module. */
static int
add_module (ProfProfile *profile, const char *name)
{
  int text = prof_profile_add_string (profile, name);
  ProfMapping mapping = { 0, 0, 0, (uint32_t)text, 0, true, true, true, false };
  return text < 0 ? text : prof_profile_add_mapping (profile, &mapping);
}

static int
add_frame (ProfProfile *profile, const char *name, const char *filename, int64_t line)
{
  int name_text = prof_profile_add_string (profile, name);
  int file_text = prof_profile_add_string (profile, filename);
  if (name_text < 0 || file_text < 0)
    return name_text < 0 ? name_text : file_text;
  ProfFunction row = { (uint32_t)name_text, (uint32_t)name_text, (uint32_t)file_text, 0 };
  int function = prof_profile_add_function (profile, &row);
  if (function < 0)
    return function;
  ProfLine place = { (uint32_t)function, line, 0 };
  int module = add_module (profile, "shop");
  if (module < 0)
    return module;
  ProfLocation location = { .mapping = (uint32_t)module }; /* it need not have an address */
  return prof_profile_add_location (profile, &location, &place, 1);
}

/* Equal rows are one: it does no harm to add the caller again and again. */
static int
add_request (ProfProfile *profile, const char *handler, const char *user, const int64_t *values)
{
  int leaf = add_frame (profile, handler, "handlers.py", 12);
  int caller = add_frame (profile, "serve", "server.py", 40);
  if (leaf < 0 || caller < 0)
    return leaf < 0 ? leaf : caller;
  uint32_t stack[] = { (uint32_t)leaf, (uint32_t)caller };
  int sample = prof_profile_add_sample (profile, stack, 2, values);
  if (sample < 0)
    return sample;
  int r = prof_profile_add_label (profile, (uint32_t)sample, "user", user);
  if (r >= 0)
    r = prof_profile_add_number_label (profile, (uint32_t)sample, "status", 200, NULL);
  return r;
}

static int
build (ProfProfile *profile)
{
  static const int64_t search[] = { 1, 30000000 }, index[] = { 1, 2000000 };
  int r = prof_profile_add_value_type (profile, "requests", "count");
  if (r >= 0)
    r = prof_profile_add_value_type (profile, "time", "nanoseconds");
  if (r >= 0)
    r = add_request (profile, "search", "ada", search);
  if (r >= 0)
    r = add_request (profile, "search", "grace", search);
  if (r >= 0)
    r = add_request (profile, "index", "ada", index);
  return r;
}

int
main (int argc, char **argv)
{
  ProfProfile *profile = NULL;
  ProfError error = { 0, "There is not enough memory." };
  int r = prof_profile_new (&profile);
  if (r >= 0)
    r = build (profile);
  if (r >= 0)
    r = prof_pprof_save (profile, argc > 1 ? argv[1] : "build.pb.gz", &error);
  if (r < 0)
    fprintf (stderr, "%s\n", error.message);
  prof_profile_unref (profile);
  return r < 0;
}
