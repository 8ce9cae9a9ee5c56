/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <stdio.h>

#include <prof/doctor.h>

#include "cleanup.h"
#include "command.h"
#include "json.h"
#include "message.h"
#include "terminal.h"
#include "text.h"

DEFINE_CLEANUP (ProfDoctor, prof_doctor_free)

typedef struct {
  bool json;
} DoctorOptions;

static const Option options[] = {
  { "json", 0, &option_switch, offsetof (DoctorOptions, json), NULL, N_ ("print JSON") },
  { NULL },
};

static const struct {
  const char *word; /* in JSON */
  const char *mark; /* in text */
  Style style;
} statuses[] = {
  [PROF_CHECK_OK] = { "ok", N_ ("ok"), STYLE_GREEN },
  [PROF_CHECK_LIMITED] = { "limited", N_ ("limited"), STYLE_YELLOW },
  [PROF_CHECK_MISSING] = { "missing", N_ ("no"), STYLE_RED },
};

static void
print_json (const ProfCheck *checks, size_t n)
{
  Json json = JSON_INIT (stdout);
  json_begin_object (&json, NULL);
  json_begin_array (&json, "checks");
  for (size_t i = 0; i < n; i++) {
    json_begin_object (&json, NULL);
    json_add_string (&json, "id", checks[i].id);
    json_add_string (&json, "title", checks[i].title);
    json_add_string (&json, "status", statuses[checks[i].status].word);
    json_add_string (&json, "detail", checks[i].detail);
    json_add_string (&json, "remedy", checks[i].remedy);
    json_end_object (&json);
  }
  json_end_array (&json);
  json_end_object (&json);
}

static void
print_check (const ProfCheck *check)
{
  printf ("%s%s%s %s\n", style_begin (statuses[check->status].style),
          cell (-8, _ (statuses[check->status].mark)).text, style_end (), check->title);
  if (check->detail[0] != '\0')
    printf ("         %s\n", check->detail);
  if (check->remedy[0] != '\0')
    printf ("         -> %s\n", check->remedy);
}

static void
print_list (const ProfCheck *checks, size_t n)
{
  size_t n_limits = 0;
  for (size_t i = 0; i < n; i++) {
    print_check (&checks[i]);
    n_limits += checks[i].status != PROF_CHECK_OK;
  }
  if (n_limits == 0)
    printf ("\n%s\n", _ ("Everything can be profiled here."));
  else
    printf (_ ("\n%zu of %zu are limited; after each arrow stands what helps.\n"), n_limits, n);
}

static int
run (void *values, char **operands, size_t n_operands)
{
  (void)operands, (void)n_operands;
  const DoctorOptions *chosen = values;
  cleanup (prof_doctor_free) ProfDoctor *doctor = NULL;
  ProfError error = PROF_ERROR_INIT;
  if (prof_doctor_new (&doctor, &error) < 0)
    return fail (&error);
  size_t n;
  const ProfCheck *checks = prof_doctor_get_checks (doctor, &n);
  if (chosen->json)
    print_json (checks, n);
  else
    print_list (checks, n);
  return STATUS_OK;
}

const Command command_doctor = {
  .name = "doctor",
  .summary = N_ ("show what can be profiled here, and how to lift each limit"),
  .usage = "[--json]",
  .description
  = N_ ("Tries what this user may profile on this machine: own processes, those of others, the "
        "kernel, hardware counters and more. Says for each limit what lifts it. Nothing is "
        "changed. The exit status is 0 whatever is found.\n"),
  .examples = N_ ("  prof doctor\n"
                  "  sudo prof doctor              what root could profile\n"
                  "  prof doctor --json\n"),
  .options = options,
  .values_size = sizeof (DoctorOptions),
  .operands = N_ ("no argument"),
  .run = run,
};
