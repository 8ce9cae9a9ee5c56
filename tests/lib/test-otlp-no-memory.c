/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <string.h>

#include "failing-allocations.h"
#include "otlp/request-body.h"
#include "otlp/transport.h"

static const char *
get_env (const char *name)
{
  return strcmp (name, "OTEL_EXPORTER_OTLP_HEADERS") == 0 ? "a=b,c=d,e=f" : NULL;
}

static const char *const fields[] = { "G: h", "A: i", NULL };
static const ProfOtlpAttribute resource = { "service.name", "shop", 0 };
static const ProfExporterConfig full = {
  .size = sizeof full,
  .user = "ann",
  .password = "sesame",
  .headers = fields,
  .resource = &resource,
  .n_resource = 1,
};

static int
make_config (void *data)
{
  ProfOtlpConfig config;
  ProfError error = PROF_ERROR_INIT;
  (void)data;
  int r = prof_otlp_config_init (&config, &full, get_env, &error);
  prof_otlp_config_done (&config);
  assert_int_equal (error.code, r);
  return r;
}

static void
test_config (void **state)
{
  (void)state;
  assert_true (fail_each (make_config, NULL) > 6);
}

static int
make_transport (void *data)
{
  ProfOtlpTransport *transport = NULL;
  ProfError error = PROF_ERROR_INIT;
  int r = prof_otlp_transport_new (data, &transport, &error);
  prof_otlp_transport_free (transport);
  assert_int_equal (error.code, r);
  return r;
}

static void
test_transport (void **state)
{
  (void)state;
  ProfOtlpConfig config;
  assert_int_equal (prof_otlp_config_init (&config, &full, get_env, NULL), 0);
  assert_true (fail_each (make_transport, &config) > 0);
  prof_otlp_config_done (&config);
}

static int
make_body (void *data)
{
  static const uint8_t message[100];
  ProfRequestBody body = { 0 };
  int r = prof_request_body_make (&body, message, sizeof message, true, *(bool *)data);
  prof_request_body_finish (&body);
  return r;
}

static void
test_body (void **state)
{
  (void)state;
  assert_true (fail_each (make_body, &(bool){ true }) > 1);
  assert_true (fail_each (make_body, &(bool){ false }) > 1);
}

static int
read_reply (void *data)
{
  static const char details[] = "grpc-status-details-bin: CAgSBHNsb3c=";
  ProfReply reply = { 0 };
  (void)data;
  int r = prof_reply_add_line (&reply, details, strlen (details));
  if (r == 0)
    r = prof_reply_add_body (&reply, details, sizeof details);
  prof_reply_finish (&reply);
  return r;
}

static void
test_reply (void **state)
{
  (void)state;
  assert_true (fail_each (read_reply, NULL) > 1);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_config),
    cmocka_unit_test (test_transport),
    cmocka_unit_test (test_body),
    cmocka_unit_test (test_reply),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
