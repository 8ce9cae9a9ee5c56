/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "model/event.h"
#include "model/json.h"

static const char answer[]
    = "{\"events\": ["
      "{\"name\": \"cpu-clock\", \"description\": \"the timer\", \"countable\": true, \"reason\": "
      "\"\"},"
      "{\"name\": \"page-faults\", \"description\": \"\", \"countable\": true, \"reason\": \"\"},"
      "{\"name\": \"llc-misses\", \"description\": \"far\", \"countable\": false, \"reason\": "
      "\"none\"},"
      "7]}";

/* A line for each event: its name, a bar, its text. */
static void
assert_list (const char *json, const char *chosen, const char *expected)
{
  g_autoptr (GVariant) events = json != NULL ? pyro_json_read (json, NULL) : NULL;
  g_autoptr (GListModel) list = pyro_event_list_new (events, chosen);
  g_autoptr (GString) lines = g_string_new (NULL);
  for (guint i = 0; i < g_list_model_get_n_items (list); i++) {
    g_autoptr (PyroEvent) event = g_list_model_get_item (list, i);
    g_autofree char *text = NULL;
    g_object_get (event, "text", &text, NULL);
    g_string_append_printf (lines, "%s|%s\n", pyro_event_get_name (event), text);
  }
  assert_string_equal (lines->str, expected);
}

#define DEFAULT "|Processor cycles, or the kernel’s timer\n"

static void
what_can_be_counted_is_listed (void **state)
{
  assert_list (answer, "", DEFAULT "cpu-clock|cpu-clock: the timer\npage-faults|page-faults\n");
}

static void
what_is_chosen_is_listed_in_any_case (void **state)
{
  assert_list (answer, "llc-misses",
               DEFAULT "cpu-clock|cpu-clock: the timer\npage-faults|page-faults\n"
                       "llc-misses|llc-misses: none\n");
  assert_list (NULL, "sched:sched_switch", DEFAULT "sched:sched_switch|sched:sched_switch\n");
  assert_list ("{}", "", DEFAULT);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (what_can_be_counted_is_listed),
    cmocka_unit_test (what_is_chosen_is_listed_in_any_case),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
