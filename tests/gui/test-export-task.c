/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "../layout/flame-profile.h"
#include "model/export-preview.h"
#include "model/export-task.h"

static const FlameSample samples[] = { { "main;work;leaf", 7 }, { "main;work", 3 }, { NULL, 0 } };

static void
take_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static void
iterate_until_set (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

/* Nothing listens on port 1. */
static PyroCollector *
make_collector (void)
{
  PyroCollector *collector = pyro_collector_new (NULL);
  g_object_set (collector, "name", "dead", "endpoint", "http://localhost:1", NULL);
  return collector;
}

/* NULL: cancelled at once. */
static char *
run (PyroExportTask *task, PyroSecrets *secrets, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  pyro_export_task_run_async (task, secrets, cancellable, take_result, &result);
  iterate_until_set (&result);
  return pyro_export_task_run_finish (task, result, error);
}

static void
assert_fails (PyroCollector *collector, const char *expected)
{
  g_autoptr (PyroSecrets) secrets = pyro_secrets_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PyroExportTask) task = pyro_export_task_new (collector, NULL);
  assert_null (run (task, secrets, NULL, &error));
  if (strstr (error->message, expected) == NULL)
    fail_msg ("not “%s”, but “%s”", expected, error->message);
}

static void
a_dead_port_is_told (void **state)
{
  g_autoptr (PyroCollector) collector = make_collector ();
  assert_fails (collector, "localhost:1");
}

static void
mistakes_are_told (void **state)
{
  static const struct {
    const char *property, *value, *expected;
  } mistakes[] = {
    { "endpoint", "", "Enter where the collector is." },
    { "endpoint", "ftp://host", "http://localhost:4318" },
    { "endpoint", "http://", "http://localhost:4318" },
    { "resource", "a=b c", "The resource attributes: “c” is no NAME=value." },
    { "resource", "'a=b", "The resource attributes: a quotation mark" },
    { "ca-file", "/nothing/here.pem", "/nothing/here.pem" },
    { "key-file", "/dev/null", "certificate" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (mistakes); i++) {
    g_autoptr (PyroCollector) collector = make_collector ();
    g_object_set (collector, mistakes[i].property, mistakes[i].value, NULL);
    assert_fails (collector, mistakes[i].expected);
  }
}

static void
missing_secrets_are_told (void **state)
{
  g_autoptr (PyroCollector) collector = make_collector ();
  g_object_set (collector, "authentication", PYRO_AUTHENTICATION_TOKEN, NULL);
  assert_fails (collector, "Enter the token that the collector wants.");
  g_object_set (collector, "authentication", PYRO_AUTHENTICATION_PASSWORD, NULL);
  assert_fails (collector, "Enter the user that the collector wants.");
}

static void
headers_are_checked_without_being_told (void **state)
{
  g_autoptr (PyroCollector) collector = make_collector ();
  g_autoptr (PyroSecrets) secrets = pyro_secrets_new ();
  g_autoptr (GError) error = NULL;
  pyro_secrets_store (secrets, pyro_collector_get_id (collector), PYRO_SECRET_HEADERS, "label",
                      "X-Key='open \"sesame");
  g_autoptr (PyroExportTask) task = pyro_export_task_new (collector, NULL);
  assert_null (run (task, secrets, NULL, &error));
  assert_true (g_str_has_prefix (error->message, "The headers: "));
  assert_null (strstr (error->message, "sesame"));
}

static void
cancelling_ends_it (void **state)
{
  g_autoptr (PyroCollector) collector = make_collector ();
  g_autoptr (PyroSecrets) secrets = pyro_secrets_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  ProfProfile *profile = make_flame_profile (samples);
  g_autoptr (PyroExportTask) task = pyro_export_task_new (collector, profile);
  prof_profile_unref (profile);
  pyro_export_task_run_async (task, secrets, cancellable, take_result, &result);
  g_autofree char *progress = g_strdup ("");
  while (result == NULL && strstr (progress, "trying again") == NULL) {
    g_main_context_iteration (NULL, FALSE);
    g_free (progress);
    progress = pyro_export_task_describe (task);
  }
  g_cancellable_cancel (cancellable);
  iterate_until_set (&result);
  assert_null (pyro_export_task_run_finish (task, result, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

static char *
preview (PyroCollector *collector, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  ProfProfile *profile = make_flame_profile (samples);
  pyro_export_preview_async (collector, profile, NULL, take_result, &result);
  prof_profile_unref (profile);
  iterate_until_set (&result);
  return pyro_export_preview_finish (result, error);
}

static void
what_would_be_sent_is_told (void **state)
{
  g_autoptr (PyroCollector) collector = make_collector ();
  g_object_set (collector, "resource", "service.name=shop 'team=a b'", "authentication",
                PYRO_AUTHENTICATION_TOKEN, NULL);
  g_autofree char *text = preview (collector, NULL);
  static const char *const lines[] = { "Sample types: ", "\nSamples: 2\n", "\nRequests: 1, ",
                                       "\nservice.name: shop", "\nteam: a b" };
  for (size_t i = 0; i < G_N_ELEMENTS (lines); i++)
    if (strstr (text, lines[i]) == NULL)
      fail_msg ("no “%s” in “%s”", lines[i], text);
}

static void
what_can_not_be_sent_is_told_before (void **state)
{
  g_autoptr (PyroCollector) collector = make_collector ();
  g_autoptr (GError) error = NULL;
  g_object_set (collector, "resource", "shop", NULL);
  assert_null (preview (collector, &error));
  assert_string_equal (error->message, "The resource attributes: “shop” is no NAME=value.");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (a_dead_port_is_told),
    cmocka_unit_test (mistakes_are_told),
    cmocka_unit_test (missing_secrets_are_told),
    cmocka_unit_test (headers_are_checked_without_being_told),
    cmocka_unit_test (cancelling_ends_it),
    cmocka_unit_test (what_would_be_sent_is_told),
    cmocka_unit_test (what_can_not_be_sent_is_told_before),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
