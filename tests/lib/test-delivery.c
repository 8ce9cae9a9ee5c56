/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/delivery.h"

#include <errno.h>
#include <string.h>

#include "profile-fixture.h"

static const uint64_t SECOND = 1000000000;

/* Small requests, so that one profile needs several. */
static ProfProfile *
make_big_profile (void)
{
  ProfProfile *profile = new_cpu_profile ();
  for (int i = 0; i < 100; i++) {
    char name[64];
    snprintf (name, sizeof name, "a function with a name that takes some room %d", i);
    ProfFunction function = { .name = add_string (profile, name) };
    const ProfLine line = { .function = (uint32_t)prof_profile_add_function (profile, &function) };
    const ProfLocation location = { .address = (uint64_t)i };
    const uint32_t row = (uint32_t)prof_profile_add_location (profile, &location, &line, 1);
    const int64_t values[] = { 1, 10 };
    assert_true (prof_profile_add_sample (profile, &row, 1, values) >= 0);
  }
  return profile;
}

static void
begin (ProfOtlpDelivery *delivery, ProfProfile *profile, size_t max_bytes)
{
  ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
  options.max_bytes = max_bytes;
  const ProfOtlpDeliveryStart start = { .max_retry_ns = 300 * SECOND };
  assert_int_equal (prof_otlp_delivery_init (delivery, profile, &options, &start, NULL), 0);
}

static ProfOtlpDeliveryState
answer_with (ProfOtlpDelivery *delivery, ProfOtlpOutcome outcome)
{
  ProfOtlpAnswer answer = { .outcome = outcome, .code = -EIO };
  ProfOtlpDeliveryWait wait;
  return prof_otlp_delivery_take_answer (delivery, &answer, 0, &wait);
}

static void
test_one_request (void **state)
{
  (void)state;
  ProfProfile *profile = make_big_profile ();
  ProfOtlpDelivery delivery;
  begin (&delivery, profile, 0);
  assert_true (delivery.n_request_bytes > 4500);
  assert_int_equal (answer_with (&delivery, PROF_OTLP_TAKEN), PROF_DELIVERY_DONE);
  prof_otlp_delivery_finish (&delivery);
  prof_profile_unref (profile);
}

static void
test_refused (void **state)
{
  (void)state;
  ProfProfile *profile = make_big_profile ();
  ProfOtlpDelivery delivery;
  begin (&delivery, profile, 0);
  assert_int_equal (answer_with (&delivery, PROF_OTLP_FAILED), PROF_DELIVERY_FAILED);
  prof_otlp_delivery_finish (&delivery);
  prof_profile_unref (profile);
}

/* A request that failed is sent again as it was; those before it are not. */
static void
test_resumes_at_the_request_that_failed (void **state)
{
  (void)state;
  ProfProfile *profile = make_big_profile ();
  ProfOtlpDelivery delivery;
  begin (&delivery, profile, 2000);
  assert_int_equal (answer_with (&delivery, PROF_OTLP_TAKEN), PROF_DELIVERY_SEND);
  uint8_t second[4000];
  size_t n_second = delivery.n_request_bytes;
  assert_in_range (n_second, 1, sizeof second);
  memcpy (second, delivery.request, n_second);
  for (int i = 0; i < 3; i++) {
    assert_int_equal (answer_with (&delivery, PROF_OTLP_RETRY), PROF_DELIVERY_WAIT);
    assert_int_equal (delivery.n_request_bytes, n_second);
    assert_memory_equal (delivery.request, second, n_second);
  }
  size_t n_more = 0;
  while (answer_with (&delivery, PROF_OTLP_TAKEN) == PROF_DELIVERY_SEND)
    n_more++;
  assert_in_range (n_more, 1, 10);
  prof_otlp_delivery_finish (&delivery);
  prof_profile_unref (profile);
}

static void
test_waits_grow_up_to_30_s (void **state)
{
  (void)state;
  ProfOtlpBackoff backoff = prof_otlp_backoff_new (1);
  double expected = 1e9;
  for (int i = 0; i < 20; i++) {
    uint64_t wait_ns = prof_otlp_backoff_next (&backoff);
    assert_in_range (wait_ns, (uint64_t)(0.499 * expected), (uint64_t)(1.501 * expected));
    expected = expected * 1.5 < 30e9 ? expected * 1.5 : 30e9;
  }
}

static void
test_waits_differ (void **state)
{
  (void)state;
  ProfOtlpBackoff a = prof_otlp_backoff_new (1), b = prof_otlp_backoff_new (2);
  assert_true (prof_otlp_backoff_next (&a) != prof_otlp_backoff_next (&b));
}

static void
test_what_the_collector_asks_for_comes_first (void **state)
{
  (void)state;
  ProfProfile *profile = make_big_profile ();
  ProfOtlpDelivery delivery;
  begin (&delivery, profile, 0);
  ProfOtlpAnswer answer = { .outcome = PROF_OTLP_RETRY, .retry_after_ns = 60 * SECOND };
  ProfOtlpDeliveryWait wait;
  assert_int_equal (prof_otlp_delivery_take_answer (&delivery, &answer, 5 * SECOND, &wait),
                    PROF_DELIVERY_WAIT);
  assert_int_equal (wait.earliest_ns, 65 * SECOND);
  assert_in_range (wait.until_ns, 65 * SECOND + SECOND / 2, 65 * SECOND + SECOND * 3 / 2);
  prof_otlp_delivery_finish (&delivery);
  prof_profile_unref (profile);
}

static void
test_gives_up_when_the_time_is_over (void **state)
{
  (void)state;
  ProfProfile *profile = make_big_profile ();
  ProfOtlpDelivery delivery;
  begin (&delivery, profile, 0);
  ProfOtlpAnswer answer = { .outcome = PROF_OTLP_RETRY, .code = -ECONNREFUSED };
  strcpy (answer.message, "Connection refused");
  ProfOtlpDeliveryWait wait;
  assert_int_equal (prof_otlp_delivery_take_answer (&delivery, &answer, 298 * SECOND, &wait),
                    PROF_DELIVERY_WAIT);
  assert_int_equal (prof_otlp_delivery_take_answer (&delivery, &answer, 299.9 * SECOND, &wait),
                    PROF_DELIVERY_FAILED);
  assert_int_equal (answer.code, -ECONNREFUSED);
  assert_string_equal (answer.message, "Connection refused (tried for 299 s)");
  prof_otlp_delivery_finish (&delivery);
  prof_profile_unref (profile);
}

/* A collector that asks for more than there is, or for nonsense, is not waited for. */
static void
test_gives_up_when_asked_to_wait_too_long (void **state)
{
  (void)state;
  ProfProfile *profile = make_big_profile ();
  ProfOtlpDelivery delivery;
  const uint64_t asked[] = { 301 * SECOND, UINT64_MAX };
  for (int i = 0; i < 2; i++) {
    begin (&delivery, profile, 0);
    ProfOtlpAnswer answer = { .outcome = PROF_OTLP_RETRY, .retry_after_ns = asked[i] };
    ProfOtlpDeliveryWait wait;
    assert_int_equal (prof_otlp_delivery_take_answer (&delivery, &answer, SECOND, &wait),
                      PROF_DELIVERY_FAILED);
    prof_otlp_delivery_finish (&delivery);
  }
  prof_profile_unref (profile);
}

/* A big profile may take its time, as long as it gets on. */
static void
test_each_request_has_its_time (void **state)
{
  (void)state;
  ProfProfile *profile = make_big_profile ();
  ProfOtlpDelivery delivery;
  begin (&delivery, profile, 2000);
  ProfOtlpAnswer answer = { .outcome = PROF_OTLP_TAKEN };
  ProfOtlpDeliveryWait wait;
  assert_int_equal (prof_otlp_delivery_take_answer (&delivery, &answer, 1000 * SECOND, &wait),
                    PROF_DELIVERY_SEND);
  answer.outcome = PROF_OTLP_RETRY;
  assert_int_equal (prof_otlp_delivery_take_answer (&delivery, &answer, 1200 * SECOND, &wait),
                    PROF_DELIVERY_WAIT);
  assert_int_equal (prof_otlp_delivery_take_answer (&delivery, &answer, 1300 * SECOND, &wait),
                    PROF_DELIVERY_FAILED);
  prof_otlp_delivery_finish (&delivery);
  prof_profile_unref (profile);
}

/* The number of requests that a profile takes from where `delivery` stands. */
static size_t
count_rest (ProfOtlpDelivery *delivery)
{
  size_t n = 1;
  while (answer_with (delivery, PROF_OTLP_TAKEN) == PROF_DELIVERY_SEND)
    n++;
  return n;
}

static void
test_older_layouts_are_tried (void **state)
{
  (void)state;
  ProfProfile *profile = make_big_profile ();
  ProfOtlpDelivery delivery;
  begin (&delivery, profile, 2000);
  size_t n_all = count_rest (&delivery);
  prof_otlp_delivery_finish (&delivery);

  begin (&delivery, profile, 2000);
  assert_int_equal (answer_with (&delivery, PROF_OTLP_TAKEN), PROF_DELIVERY_SEND);
  assert_int_equal (answer_with (&delivery, PROF_OTLP_WRONG_LAYOUT), PROF_DELIVERY_SEND);
  assert_int_equal (delivery.options.layout, PROF_OTLP_LAYOUT_1_9);
  assert_int_equal (answer_with (&delivery, PROF_OTLP_WRONG_LAYOUT), PROF_DELIVERY_SEND);
  assert_int_equal (delivery.options.layout, PROF_OTLP_LAYOUT_1_8);
  assert_int_equal (count_rest (&delivery), n_all - 1);
  prof_otlp_delivery_finish (&delivery);

  begin (&delivery, profile, 2000);
  for (int i = 0; i < 2; i++)
    assert_int_equal (answer_with (&delivery, PROF_OTLP_WRONG_LAYOUT), PROF_DELIVERY_SEND);
  assert_int_equal (answer_with (&delivery, PROF_OTLP_WRONG_LAYOUT), PROF_DELIVERY_FAILED);
  prof_otlp_delivery_finish (&delivery);
  prof_profile_unref (profile);
}

static void
test_newer_layouts_are_tried_again (void **state)
{
  (void)state;
  ProfProfile *profile = make_big_profile ();
  ProfOtlpDelivery delivery;
  const ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
  const ProfOtlpDeliveryStart start = { .layout = PROF_OTLP_LAYOUT_1_9, .max_retry_ns = SECOND };
  assert_int_equal (prof_otlp_delivery_init (&delivery, profile, &options, &start, NULL), 0);
  assert_int_equal (answer_with (&delivery, PROF_OTLP_WRONG_LAYOUT), PROF_DELIVERY_SEND);
  assert_int_equal (delivery.options.layout, PROF_OTLP_LAYOUT_1_8);
  assert_int_equal (answer_with (&delivery, PROF_OTLP_WRONG_LAYOUT), PROF_DELIVERY_SEND);
  assert_int_equal (delivery.options.layout, PROF_OTLP_LAYOUT_1_10);
  assert_int_equal (answer_with (&delivery, PROF_OTLP_WRONG_LAYOUT), PROF_DELIVERY_FAILED);
  prof_otlp_delivery_finish (&delivery);
  prof_profile_unref (profile);
}

static void
test_a_chosen_layout_stays (void **state)
{
  (void)state;
  ProfProfile *profile = make_big_profile ();
  ProfOtlpDelivery delivery;
  const ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
  const ProfOtlpDeliveryStart start
      = { .layout = PROF_OTLP_LAYOUT_1_9, .has_fixed_layout = true, .max_retry_ns = SECOND };
  assert_int_equal (prof_otlp_delivery_init (&delivery, profile, &options, &start, NULL), 0);
  assert_int_equal (answer_with (&delivery, PROF_OTLP_WRONG_LAYOUT), PROF_DELIVERY_FAILED);
  prof_otlp_delivery_finish (&delivery);
  prof_profile_unref (profile);
}

static void
test_profile_without_types (void **state)
{
  (void)state;
  ProfProfile *profile;
  ProfOtlpDelivery delivery;
  const ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
  const ProfOtlpDeliveryStart start = { .max_retry_ns = SECOND };
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_profile_new (&profile), 0);
  assert_int_equal (prof_otlp_delivery_init (&delivery, profile, &options, &start, &error),
                    -EINVAL);
  assert_non_null (strstr (error.message, "no sample type"));
  prof_otlp_delivery_finish (&delivery);
  prof_profile_unref (profile);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_one_request),
    cmocka_unit_test (test_refused),
    cmocka_unit_test (test_resumes_at_the_request_that_failed),
    cmocka_unit_test (test_waits_grow_up_to_30_s),
    cmocka_unit_test (test_waits_differ),
    cmocka_unit_test (test_what_the_collector_asks_for_comes_first),
    cmocka_unit_test (test_gives_up_when_the_time_is_over),
    cmocka_unit_test (test_gives_up_when_asked_to_wait_too_long),
    cmocka_unit_test (test_each_request_has_its_time),
    cmocka_unit_test (test_older_layouts_are_tried),
    cmocka_unit_test (test_newer_layouts_are_tried_again),
    cmocka_unit_test (test_a_chosen_layout_stays),
    cmocka_unit_test (test_profile_without_types),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
