/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those before it. */
#include <cmocka.h>
#include <sys/stat.h>

#include "model/collectors.h"

static char *
get_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "pyrograph", "collectors.ini", NULL);
}

static void
write_file (const char *text, gssize length)
{
  g_autofree char *path = get_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_mkdir_with_parents (folder, 0700);
  assert_true (g_file_set_contents (path, text, length, NULL));
}

static int
remove_file (void **state)
{
  g_autofree char *path = get_path ();
  g_unlink (path);
  return 0;
}

static guint
count (PyroCollectors *collectors)
{
  return g_list_model_get_n_items (pyro_collectors_get_list (collectors));
}

static PyroCollector *
get (PyroCollectors *collectors, guint position)
{
  g_autoptr (PyroCollector) collector
      = g_list_model_get_item (pyro_collectors_get_list (collectors), position);
  return collector; /* the list holds it */
}

static void
assert_text (PyroCollector *collector, PyroCollectorText which, const char *expected)
{
  assert_string_equal (pyro_collector_get_text (collector, which), expected);
}

static void
they_are_kept (void **state)
{
  g_autoptr (PyroCollectors) collectors = pyro_collectors_load ();
  assert_int_equal (count (collectors), 0);
  assert_null (pyro_collectors_get_last (collectors));
  PyroCollector *first = pyro_collectors_add (collectors);
  PyroCollector *second = pyro_collectors_add (collectors);
  assert_text (first, PYRO_COLLECTOR_NAME, "Collector");
  assert_text (second, PYRO_COLLECTOR_NAME, "Collector 2");
  g_object_set (second, "name", "tëam = [x]", "endpoint", "https://c:4317", "protocol", 1,
                "authentication", PYRO_AUTHENTICATION_PASSWORD, "user", "me", "compresses", FALSE,
                "ca-file", "/a;b\\c", "resource", "service.name=shop 'a=b c'", NULL);
  pyro_collectors_set_last (collectors, second);
  assert_true (pyro_collectors_save (collectors, NULL));

  g_autoptr (PyroCollectors) again = pyro_collectors_load ();
  assert_int_equal (count (again), 2);
  PyroCollector *last = pyro_collectors_get_last (again);
  assert_ptr_equal (last, get (again, 1));
  assert_string_equal (pyro_collector_get_id (last), pyro_collector_get_id (second));
  assert_text (last, PYRO_COLLECTOR_NAME, "tëam = [x]");
  assert_text (last, PYRO_COLLECTOR_ENDPOINT, "https://c:4317");
  assert_text (last, PYRO_COLLECTOR_USER, "me");
  assert_text (last, PYRO_COLLECTOR_CA_FILE, "/a;b\\c");
  assert_text (last, PYRO_COLLECTOR_RESOURCE, "service.name=shop 'a=b c'");
  assert_int_equal (pyro_collector_get_protocol (last), 1);
  assert_int_equal (pyro_collector_get_authentication (last), PYRO_AUTHENTICATION_PASSWORD);
  assert_false (pyro_collector_get_compresses (last));

  pyro_collectors_remove (again, last);
  assert_null (pyro_collectors_get_last (again));
  assert_int_equal (count (again), 1);
}

static void
only_the_user_reads_the_file (void **state)
{
  g_autofree char *path = get_path ();
  write_file ("", 0);
  g_chmod (path, 0644);
  g_autoptr (PyroCollectors) collectors = pyro_collectors_load ();
  pyro_collectors_add (collectors);
  assert_true (pyro_collectors_save (collectors, NULL));
  GStatBuf status;
  assert_int_equal (g_stat (path, &status), 0);
  assert_int_equal (status.st_mode & 0777, 0600);
}

static void
no_secret_is_in_the_file (void **state)
{
  g_autoptr (PyroCollectors) collectors = pyro_collectors_load ();
  PyroCollector *collector = pyro_collectors_add (collectors);
  g_object_set (collector, "endpoint", "https://me:hunter2@host:4317/p?a@b", NULL);
  PyroSecrets *secrets = pyro_collectors_get_secrets (collectors);
  for (guint purpose = 0; purpose < PYRO_N_SECRETS; purpose++)
    pyro_secrets_store (secrets, pyro_collector_get_id (collector), purpose, "label", "hunter2");
  assert_true (pyro_collectors_save (collectors, NULL));
  g_autofree char *path = get_path ();
  g_autofree char *text = NULL;
  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  assert_null (strstr (text, "hunter2"));
  assert_non_null (strstr (text, "endpoint=https://host:4317/p?a@b"));
}

static void
take_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static char *
look_up (PyroSecrets *secrets, const char *collector, PyroSecretPurpose purpose)
{
  g_autoptr (GAsyncResult) result = NULL;
  pyro_secrets_lookup_async (secrets, collector, purpose, take_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return pyro_secrets_lookup_finish (secrets, result);
}

/* There is no session bus here. */
static void
without_a_keyring_secrets_stay_in_memory (void **state)
{
  g_autoptr (PyroSecrets) secrets = pyro_secrets_new ();
  assert_false (pyro_secrets_is_session_only (secrets));
  g_autofree char *none = look_up (secrets, "a", PYRO_SECRET_AUTHENTICATION);
  assert_string_equal (none, "");
  assert_true (pyro_secrets_is_session_only (secrets));
  pyro_secrets_store (secrets, "a", PYRO_SECRET_AUTHENTICATION, "label", "one");
  pyro_secrets_store (secrets, "b", PYRO_SECRET_AUTHENTICATION, "label", "two");
  pyro_secrets_store (secrets, "b", PYRO_SECRET_HEADERS, "label", "A=b");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_autofree char *one = look_up (secrets, "a", PYRO_SECRET_AUTHENTICATION);
  assert_string_equal (one, "one");
  g_autofree char *headers = look_up (secrets, "b", PYRO_SECRET_HEADERS);
  assert_string_equal (headers, "A=b");
  pyro_secrets_store (secrets, "b", PYRO_SECRET_HEADERS, "label", "");
  g_autofree char *emptied = look_up (secrets, "b", PYRO_SECRET_HEADERS);
  assert_string_equal (emptied, "");
  pyro_secrets_forget (secrets, "b");
  g_autofree char *forgotten = look_up (secrets, "b", PYRO_SECRET_AUTHENTICATION);
  assert_string_equal (forgotten, "");
}

static void
what_can_not_be_used_is_left_out (void **state)
{
  g_autofree char *long_name = g_strnfill (5000, 'x');
  g_autofree char *text
      = g_strdup_printf ("[collectors]\nlast=b\n[other]\nname=other\n[collector ]\nname=no id\n"
                         "[collector a]\nname=%s\nendpoint=a\\nb\nprotocol=7\nauthentication=-1\n"
                         "compresses=maybe\nuser=\xff\xfe\nca-file=/ok\n[collector b]\n",
                         long_name);
  write_file (text, -1);
  g_autoptr (PyroCollectors) collectors = pyro_collectors_load ();
  assert_int_equal (count (collectors), 2);
  PyroCollector *collector = get (collectors, 0);
  assert_text (collector, PYRO_COLLECTOR_NAME, "");
  assert_text (collector, PYRO_COLLECTOR_ENDPOINT, "a b");
  assert_text (collector, PYRO_COLLECTOR_USER, "");
  assert_text (collector, PYRO_COLLECTOR_CA_FILE, "/ok");
  assert_int_equal (pyro_collector_get_protocol (collector), 0);
  assert_int_equal (pyro_collector_get_authentication (collector), PYRO_AUTHENTICATION_NONE);
  assert_true (pyro_collector_get_compresses (collector));
  assert_string_equal (pyro_collector_get_id (pyro_collectors_get_last (collectors)), "b");
}

static void
a_damaged_file_is_set_aside (void **state)
{
  static const char *const texts[] = { "no key file", "[collector a]\nname=x\n=\n", "\xff\x00[" };
  g_autofree char *path = get_path ();
  g_autofree char *aside = g_strconcat (path, ".damaged", NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++) {
    write_file (texts[i], -1);
    g_autoptr (PyroCollectors) collectors = pyro_collectors_load ();
    assert_int_equal (count (collectors), 0);
    pyro_collectors_add (collectors);
    assert_true (pyro_collectors_save (collectors, NULL));
    g_autofree char *kept = NULL;
    assert_true (g_file_get_contents (aside, &kept, NULL, NULL));
    assert_string_equal (kept, texts[i]);
    g_autoptr (PyroCollectors) again = pyro_collectors_load ();
    assert_int_equal (count (again), 1);
  }
}

static void
a_file_that_is_too_big_or_no_file_is_not_read (void **state)
{
  g_autofree char *path = get_path ();
  g_autofree char *big = g_strnfill (2 << 20, '\n');
  write_file (big, -1);
  g_autoptr (PyroCollectors) collectors = pyro_collectors_load ();
  assert_int_equal (count (collectors), 0);
  g_unlink (path);
  assert_int_equal (mkfifo (path, 0600), 0);
  g_autoptr (PyroCollectors) of_fifo = pyro_collectors_load ();
  assert_int_equal (count (of_fifo), 0);
}

static void
what_can_not_be_saved_is_told (void **state)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = get_path ();
  g_autofree char *below = g_build_filename (path, "x", NULL);
  g_unlink (path);
  g_autoptr (PyroCollectors) collectors = pyro_collectors_load ();
  g_mkdir_with_parents (below, 0700);
  assert_false (pyro_collectors_save (collectors, &error));
  assert_true (g_str_has_prefix (error->message, "The collectors were not saved: "));
  g_rmdir (below);
  g_rmdir (path);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_teardown (they_are_kept, remove_file),
    cmocka_unit_test_teardown (only_the_user_reads_the_file, remove_file),
    cmocka_unit_test_teardown (no_secret_is_in_the_file, remove_file),
    cmocka_unit_test_teardown (without_a_keyring_secrets_stay_in_memory, remove_file),
    cmocka_unit_test_teardown (what_can_not_be_used_is_left_out, remove_file),
    cmocka_unit_test_teardown (a_damaged_file_is_set_aside, remove_file),
    cmocka_unit_test_teardown (a_file_that_is_too_big_or_no_file_is_not_read, remove_file),
    cmocka_unit_test_teardown (what_can_not_be_saved_is_told, remove_file),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
