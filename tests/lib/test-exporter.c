/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/exporter-private.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "profile-fixture.h"

/* The exporter's queue and thread, with a collector that answers as a test wants. */

enum { MAX_SENT = 64 };

static struct {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  ProfOtlpOutcome outcomes[MAX_SENT]; /* by number of the request; TAKEN if not set */
  bool is_held;                       /* it answers nothing */
  bool raises_sigpipe;
  size_t n_sent, n_open;
  int64_t ids[MAX_SENT];
  char resource[4096]; /* bytes of the last request's beginning */
} collector = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

/* A profile is known by its start. */
static int64_t
find_id (const uint8_t *bytes, size_t n_bytes)
{
  for (int64_t id = 1000001; id < 1000001 + MAX_SENT; id++)
    if (memmem (bytes, n_bytes, &id, sizeof id) != NULL)
      return id - 1000000;
  return 0;
}

static int
open_fake (const ProfOtlpConfig *config, ProfOtlpTransport **ret, ProfError *reterr)
{
  (void)config, (void)reterr;
  collector.n_open++;
  *ret = (ProfOtlpTransport *)&collector;
  return 0;
}

static ProfOtlpTransport *
close_fake (ProfOtlpTransport *transport)
{
  collector.n_open -= transport != NULL;
  return NULL;
}

static void
send_fake (ProfOtlpTransport *transport,
           const uint8_t *bytes,
           size_t n_bytes,
           uint64_t timeout_ns,
           const atomic_bool *cancel,
           ProfOtlpAnswer *ret)
{
  (void)transport;
  assert_true (timeout_ns > 0);
  *ret = (ProfOtlpAnswer){ 0 };
  if (collector.raises_sigpipe)
    raise (SIGPIPE);
  pthread_mutex_lock (&collector.lock);
  size_t number = collector.n_sent++;
  ret->outcome = collector.outcomes[number];
  collector.ids[number] = find_id (bytes, n_bytes);
  memcpy (collector.resource, bytes,
          n_bytes < sizeof collector.resource ? n_bytes : sizeof collector.resource);
  pthread_cond_broadcast (&collector.changed);
  while (collector.is_held && !*cancel) {
    pthread_mutex_unlock (&collector.lock);
    usleep (1000);
    pthread_mutex_lock (&collector.lock);
  }
  pthread_mutex_unlock (&collector.lock);
  if (ret->outcome != PROF_OTLP_TAKEN) {
    ret->code = -EIO;
    strcpy (ret->message, "it failed");
  }
}

static const ProfTransportFuncs fake_funcs = { open_fake, send_fake, close_fake };

static const char *
get_nothing (const char *name)
{
  (void)name;
  return NULL;
}

static const char *
get_disabled (const char *name)
{
  return strcmp (name, "OTEL_SDK_DISABLED") == 0 ? "true" : NULL;
}

static ProfExporter *
make_exporter_with (ProfExporterConfig config, const char *(*get_env) (const char *name))
{
  ProfExporter *exporter;
  memset (collector.outcomes, 0, sizeof collector.outcomes);
  collector.is_held = collector.raises_sigpipe = false;
  collector.n_sent = 0;
  assert_int_equal (prof_exporter_new_with (&config, &fake_funcs, get_env, &exporter, NULL), 0);
  return exporter;
}

static ProfExporter *
make_exporter (size_t max_queued, size_t max_batch)
{
  ProfExporterConfig config = PROF_EXPORTER_CONFIG_INIT;
  config.batch = (ProfBatchConfig){ max_queued, max_batch, 3600 * (uint64_t)1000000000 };
  return make_exporter_with (config, get_nothing);
}

static void
close_exporter (ProfExporter *exporter)
{
  assert_null (prof_exporter_free (exporter));
  assert_int_equal (collector.n_open, 0);
}

static ProfProfile *
make_profile (int64_t id)
{
  ProfProfile *profile = new_cpu_profile ();
  const int64_t values[] = { 1, 10 };
  assert_true (prof_profile_add_sample (profile, NULL, 0, values) >= 0);
  prof_profile_set_time (profile, 1000000 + id, 1);
  return profile;
}

/* In one call for each. */
static int
queue (ProfExporter *exporter, int64_t first_id, int64_t last_id)
{
  int n_dropped = 0;
  for (int64_t id = first_id; id <= last_id; id++) {
    ProfProfile *profile = make_profile (id);
    int r = prof_exporter_export_batch (exporter, &profile, 1);
    assert_true (r >= 0);
    n_dropped += r;
    prof_profile_unref (profile);
  }
  return n_dropped;
}

static void
wait_for_requests (size_t n)
{
  pthread_mutex_lock (&collector.lock);
  while (collector.n_sent < n)
    pthread_cond_wait (&collector.changed, &collector.lock);
  pthread_mutex_unlock (&collector.lock);
}

static void
let_go (void)
{
  pthread_mutex_lock (&collector.lock);
  collector.is_held = false;
  pthread_mutex_unlock (&collector.lock);
}

static ProfExporterStats
get_stats (ProfExporter *exporter)
{
  ProfExporterStats stats = PROF_EXPORTER_STATS_INIT;
  prof_exporter_get_stats (exporter, &stats);
  return stats;
}

static int
export_one (ProfExporter *exporter, ProfError *reterr)
{
  ProfProfile *profile = make_profile (1);
  int r = prof_exporter_export (exporter, profile, reterr);
  prof_profile_unref (profile);
  return r;
}

static void
test_export_waits_for_the_answer (void **state)
{
  (void)state;
  ProfExporter *exporter = make_exporter (4, 1);
  assert_int_equal (export_one (exporter, NULL), 0);
  assert_int_equal (collector.n_sent, 1);
  ProfExporterStats stats = get_stats (exporter);
  assert_int_equal (stats.n_exported, 1);
  assert_int_equal (stats.n_requests, 1);
  assert_true (stats.n_bytes > 0);
  assert_string_equal (stats.last_error, "");
  close_exporter (exporter);
}

static void
test_export_that_is_refused (void **state)
{
  (void)state;
  ProfExporter *exporter = make_exporter (4, 1);
  ProfError error = PROF_ERROR_INIT;
  collector.outcomes[0] = PROF_OTLP_FAILED;
  assert_int_equal (export_one (exporter, &error), -EIO);
  assert_string_equal (error.message, "it failed");
  ProfExporterStats stats = get_stats (exporter);
  assert_int_equal (stats.n_failed, 1);
  assert_int_equal (stats.n_exported, 0);
  assert_string_equal (stats.last_error, "it failed");
  close_exporter (exporter);
}

static void
test_batch_is_sent_in_order (void **state)
{
  (void)state;
  ProfExporter *exporter = make_exporter (8, 3);
  assert_int_equal (queue (exporter, 1, 3), 0);
  wait_for_requests (3);
  assert_int_equal (queue (exporter, 4, 4), 0);
  assert_int_equal (prof_exporter_shutdown (exporter, 60 * (uint64_t)1000000000, NULL), 0);
  for (int64_t i = 0; i < 4; i++)
    assert_int_equal (collector.ids[i], i + 1);
  ProfExporterStats stats = get_stats (exporter);
  assert_int_equal (stats.n_exported, 4);
  assert_int_equal (stats.n_queued, 0);
  close_exporter (exporter);
}

static void
test_delay_ends_the_wait_for_a_batch (void **state)
{
  (void)state;
  ProfExporterConfig config = PROF_EXPORTER_CONFIG_INIT;
  config.batch = (ProfBatchConfig){ 64, 64, 1000000 };
  ProfExporter *exporter = make_exporter_with (config, get_nothing);
  queue (exporter, 1, 1);
  wait_for_requests (1);
  close_exporter (exporter);
}

static void
test_full_queue_drops_the_oldest (void **state)
{
  (void)state;
  ProfExporter *exporter = make_exporter (2, 1);
  collector.is_held = true;
  queue (exporter, 1, 1);
  wait_for_requests (1);
  assert_int_equal (queue (exporter, 2, 5), 2);
  ProfExporterStats stats = get_stats (exporter);
  assert_int_equal (stats.n_queued, 3);
  assert_int_equal (stats.n_dropped, 2);
  let_go ();
  assert_int_equal (prof_exporter_shutdown (exporter, 60 * (uint64_t)1000000000, NULL), 0);
  assert_int_equal (collector.n_sent, 3);
  assert_int_equal (collector.ids[0], 1);
  assert_int_equal (collector.ids[1], 4);
  assert_int_equal (collector.ids[2], 5);
  close_exporter (exporter);
}

static void
test_shutdown_ends_in_time (void **state)
{
  (void)state;
  ProfExporter *exporter = make_exporter (8, 1);
  ProfError error = PROF_ERROR_INIT;
  collector.is_held = true;
  queue (exporter, 1, 3);
  wait_for_requests (1);
  assert_int_equal (prof_exporter_shutdown (exporter, 0, &error), -ETIMEDOUT);
  assert_non_null (strstr (error.message, " profiles were dropped"));
  ProfExporterStats stats = get_stats (exporter);
  assert_int_equal (stats.n_dropped + stats.n_exported, 3);
  assert_int_equal (stats.n_queued, 0);
  assert_int_equal (collector.n_sent, 1);
  close_exporter (exporter);
}

static void
test_no_profile_is_refused (void **state)
{
  (void)state;
  ProfExporter *exporter = make_exporter (8, 1);
  ProfError error = PROF_ERROR_INIT;
  ProfProfile *none = NULL;
  assert_int_equal (prof_exporter_export (exporter, none, &error), -EINVAL);
  assert_string_equal (error.message, "prof_exporter_export: profile is NULL");
  assert_int_equal (prof_exporter_export_batch (exporter, &none, 1), -EINVAL);
  ProfExporterStats stats = PROF_EXPORTER_STATS_INIT;
  prof_exporter_get_stats (exporter, &stats);
  assert_int_equal (stats.n_queued + stats.n_failed + stats.n_dropped, 0);
  close_exporter (exporter);
}

static void
test_nothing_is_taken_after_shutdown (void **state)
{
  (void)state;
  ProfExporter *exporter = make_exporter (8, 1);
  assert_int_equal (prof_exporter_shutdown (exporter, 0, NULL), 0);
  ProfProfile *profile = make_profile (1);
  assert_int_equal (prof_exporter_export_batch (exporter, &profile, 1), -ESHUTDOWN);
  assert_int_equal (prof_exporter_export (exporter, profile, NULL), -ESHUTDOWN);
  prof_profile_unref (profile);
  close_exporter (exporter);
}

static void
test_free_cancels (void **state)
{
  (void)state;
  ProfExporter *exporter = make_exporter (8, 1);
  collector.is_held = true;
  queue (exporter, 1, 5);
  wait_for_requests (1);
  close_exporter (exporter);
  assert_int_equal (collector.n_sent, 1);
}

/* The wait between tries is the exporter's own idea, and shutdown is in a hurry. */
static void
test_retry (void **state)
{
  (void)state;
  ProfExporter *exporter = make_exporter (8, 1);
  collector.outcomes[0] = PROF_OTLP_RETRY;
  queue (exporter, 1, 1);
  wait_for_requests (1);
  assert_int_equal (prof_exporter_shutdown (exporter, 60 * (uint64_t)1000000000, NULL), 0);
  assert_int_equal (collector.n_sent, 2);
  assert_int_equal (collector.ids[1], 1);
  ProfExporterStats stats = get_stats (exporter);
  assert_int_equal (stats.n_retries, 1);
  assert_int_equal (stats.n_exported, 1);
  assert_string_equal (stats.last_error, "it failed");
  close_exporter (exporter);
}

static void
test_layout_is_remembered (void **state)
{
  (void)state;
  ProfExporter *exporter = make_exporter (8, 1);
  collector.outcomes[0] = PROF_OTLP_WRONG_LAYOUT;
  assert_int_equal (export_one (exporter, NULL), 0);
  assert_int_equal (collector.n_sent, 2);
  assert_int_equal (exporter->layout, PROF_OTLP_LAYOUT_1_9);
  assert_int_equal (export_one (exporter, NULL), 0);
  assert_int_equal (collector.n_sent, 3);
  close_exporter (exporter);
}

static void
collect_messages (const char *message, bool will_retry, void *user_data)
{
  char *messages = user_data;
  strcat (messages, message);
  strcat (messages, will_retry ? "+" : ".");
}

static void
test_func_is_told_of_each_try (void **state)
{
  (void)state;
  char messages[256] = "";
  ProfExporter *exporter = make_exporter (8, 1);
  prof_exporter_set_func (exporter, collect_messages, messages);
  collector.outcomes[1] = PROF_OTLP_RETRY;
  collector.outcomes[2] = PROF_OTLP_FAILED;
  assert_int_equal (export_one (exporter, NULL), 0);
  queue (exporter, 2, 2);
  wait_for_requests (2);
  assert_int_equal (prof_exporter_shutdown (exporter, 60 * (uint64_t)1000000000, NULL), 0);
  assert_string_equal (messages, ".it failed+it failed.");
  close_exporter (exporter);
}

static bool
was_sent (const char *text)
{
  return memmem (collector.resource, sizeof collector.resource, text, strlen (text)) != NULL;
}

static void
test_resource (void **state)
{
  (void)state;
  const ProfOtlpAttribute attribute = { "service.version", "1.2.3", 0 };
  ProfExporterConfig config = PROF_EXPORTER_CONFIG_INIT;
  config.resource = &attribute;
  config.n_resource = 1;
  ProfExporter *exporter = make_exporter_with (config, get_nothing);
  assert_int_equal (export_one (exporter, NULL), 0);
  assert_true (was_sent ("1.2.3"));
  assert_true (was_sent ("unknown_service:test-exporter"));
  assert_true (was_sent ("process.pid"));
  close_exporter (exporter);
}

static const char *
find_attribute (const ProfOtlpAttribute *attributes, size_t n, const char *key)
{
  for (size_t i = 0; i < n; i++)
    if (strcmp (attributes[i].key, key) == 0)
      return attributes[i].value != NULL ? attributes[i].value : "a number";
  return NULL;
}

static void
test_resource_is_told_before (void **state)
{
  (void)state;
  const ProfOtlpAttribute given[] = { { "service.version", "1.2.3", 0 }, { "shard", NULL, 7 } };
  ProfExporterConfig config = PROF_EXPORTER_CONFIG_INIT;
  config.resource = given;
  config.n_resource = 2;
  ProfExporter *exporter = make_exporter_with (config, get_nothing);
  ProfProfile *profile = make_profile (1);
  ProfOtlpAttribute *attributes;
  size_t n;
  assert_int_equal (prof_exporter_get_resource (exporter, NULL, &attributes, &n, NULL), -EINVAL);
  assert_int_equal (prof_exporter_get_resource (exporter, profile, &attributes, &n, NULL), 0);
  assert_string_equal (find_attribute (attributes, n, "service.version"), "1.2.3");
  assert_string_equal (find_attribute (attributes, n, "service.name"),
                       "unknown_service:test-exporter");
  assert_string_equal (find_attribute (attributes, n, "shard"), "a number");
  assert_int_equal (attributes[1].number, 7);
  free (attributes);
  assert_int_equal (collector.n_sent, 0);
  prof_profile_unref (profile);
  close_exporter (exporter);
}

/* What a relay sends is not said to be of its own process. */
static void
test_relay (void **state)
{
  (void)state;
  ProfExporterConfig config = PROF_EXPORTER_CONFIG_INIT;
  config.is_relay = true;
  ProfExporter *exporter = make_exporter_with (config, get_nothing);
  memset (collector.resource, 0, sizeof collector.resource);
  assert_int_equal (export_one (exporter, NULL), 0);
  assert_true (was_sent ("unknown_service"));
  assert_false (was_sent ("test-exporter"));
  assert_false (was_sent ("process.pid"));
  close_exporter (exporter);
}

static void
test_disabled_by_the_environment (void **state)
{
  (void)state;
  const ProfExporterConfig config = PROF_EXPORTER_CONFIG_INIT;
  ProfExporter *exporter = make_exporter_with (config, get_disabled);
  assert_int_equal (export_one (exporter, NULL), 0);
  assert_int_equal (queue (exporter, 1, 2), 0);
  assert_int_equal (collector.n_sent, 0);
  assert_int_equal (get_stats (exporter).n_dropped, 3);
  close_exporter (exporter);
}

/* With a thread that is busy in the parent: its lock may be held at any time. */
static void
test_child_of_fork (void **state)
{
  (void)state;
  ProfExporter *exporter = make_exporter (8, 1);
  collector.is_held = true;
  queue (exporter, 1, 2);
  wait_for_requests (1);
  ProfProfile *profile = make_profile (3);
  pid_t pid = fork ();
  if (pid == 0) {
    ProfExporterStats stats = PROF_EXPORTER_STATS_INIT;
    prof_exporter_get_stats (exporter, &stats);
    bool is_good = prof_exporter_export_batch (exporter, &profile, 1) == -EOWNERDEAD
                   && prof_exporter_export (exporter, profile, NULL) == -EOWNERDEAD
                   && prof_exporter_shutdown (exporter, 0, NULL) == -EOWNERDEAD
                   && prof_exporter_free (exporter) == NULL;
    _exit (is_good ? 0 : 1);
  }
  int status;
  assert_int_equal (waitpid (pid, &status, 0), pid);
  assert_int_equal (status, 0);
  prof_profile_unref (profile);
  let_go ();
  assert_int_equal (prof_exporter_shutdown (exporter, 60 * (uint64_t)1000000000, NULL), 0);
  assert_int_equal (get_stats (exporter).n_exported, 2);
  close_exporter (exporter);
}

static volatile sig_atomic_t n_signals;

static void
count_signal (int number)
{
  (void)number;
  n_signals++;
}

static void
test_no_sigpipe_reaches_the_program (void **state)
{
  (void)state;
  ProfExporter *exporter = make_exporter (8, 1);
  void (*before) (int) = signal (SIGPIPE, count_signal);
  collector.raises_sigpipe = true;
  assert_int_equal (export_one (exporter, NULL), 0);
  queue (exporter, 1, 1);
  assert_int_equal (prof_exporter_shutdown (exporter, 60 * (uint64_t)1000000000, NULL), 0);
  assert_int_equal (n_signals, 0);
  raise (SIGPIPE);
  assert_int_equal (n_signals, 1);
  signal (SIGPIPE, before);
  close_exporter (exporter);
}

static void
test_wrong_configuration (void **state)
{
  (void)state;
  ProfExporterConfig config = PROF_EXPORTER_CONFIG_INIT;
  ProfExporter *exporter;
  ProfError error = PROF_ERROR_INIT;
  config.endpoint = "no such thing";
  assert_int_equal (prof_exporter_new (&config, &exporter, &error), -EINVAL);
  assert_true (error.message[0] != '\0');
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_export_waits_for_the_answer),
    cmocka_unit_test (test_export_that_is_refused),
    cmocka_unit_test (test_batch_is_sent_in_order),
    cmocka_unit_test (test_delay_ends_the_wait_for_a_batch),
    cmocka_unit_test (test_full_queue_drops_the_oldest),
    cmocka_unit_test (test_shutdown_ends_in_time),
    cmocka_unit_test (test_no_profile_is_refused),
    cmocka_unit_test (test_nothing_is_taken_after_shutdown),
    cmocka_unit_test (test_free_cancels),
    cmocka_unit_test (test_retry),
    cmocka_unit_test (test_layout_is_remembered),
    cmocka_unit_test (test_func_is_told_of_each_try),
    cmocka_unit_test (test_resource),
    cmocka_unit_test (test_resource_is_told_before),
    cmocka_unit_test (test_relay),
    cmocka_unit_test (test_disabled_by_the_environment),
    cmocka_unit_test (test_child_of_fork),
    cmocka_unit_test (test_no_sigpipe_reaches_the_program),
    cmocka_unit_test (test_wrong_configuration),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
