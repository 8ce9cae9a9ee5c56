/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/exporter-config.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "tests.h"

#define GRPC_PATH "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export"
#define PROFILES "OTEL_EXPORTER_OTLP_PROFILES_"
#define GENERAL "OTEL_EXPORTER_OTLP_"

/* Pairs of name and value, ended by NULL. */
static const char *const *environment;

static const char *
get_env (const char *name)
{
  for (size_t i = 0; environment[i] != NULL; i += 2)
    if (strcmp (environment[i], name) == 0)
      return environment[i + 1];
  return NULL;
}

#define ENVIRONMENT(...) (environment = (const char *const[]){ __VA_ARGS__, NULL })
#define NO_ENVIRONMENT() (environment = (const char *const[]){ NULL })

static const ProfExporterConfig nothing = PROF_EXPORTER_CONFIG_INIT;

static void
assert_config (ProfOtlpConfig *config, const ProfExporterConfig *from)
{
  ProfError error = PROF_ERROR_INIT;
  int r = prof_otlp_config_init (config, from, get_env, &error);
  if (r != 0)
    fail_msg ("%s", error.message);
}

static void
assert_url (const ProfExporterConfig *from, const char *url, const char *target)
{
  ProfOtlpConfig config;
  assert_config (&config, from);
  assert_string_equal (config.url, url);
  assert_string_equal (config.target, target);
  prof_otlp_config_done (&config);
}

static void
assert_refused (const ProfExporterConfig *from, const char *words)
{
  ProfOtlpConfig config;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_otlp_config_init (&config, from, get_env, &error), -EINVAL);
  prof_otlp_config_done (&config);
  assert_int_equal (error.code, -EINVAL);
  if (strstr (error.message, words) == NULL)
    fail_msg ("\"%s\" is not in \"%s\"", words, error.message);
  assert_null (strstr (error.message, "sesame"));
}

static void
test_defaults (void **state)
{
  (void)state;
  NO_ENVIRONMENT ();
  ProfOtlpConfig config;
  assert_config (&config, &nothing);
  assert_false (config.is_disabled);
  assert_int_equal (config.protocol, PROF_OTLP_HTTP);
  assert_string_equal (config.url, "http://localhost:4318/v1development/profiles");
  assert_int_equal (config.timeout_ns, 10000000000);
  assert_int_equal (config.max_retry_ns, 300000000000);
  assert_null (config.headers[0]);
  assert_null (config.ca_file);
  assert_null (config.certificate_file);
  assert_null (config.key_file);
  assert_true (config.has_gzip);
  assert_false (config.has_layout);
  assert_int_equal (config.layout, PROF_OTLP_LAYOUT_1_10);
  assert_int_equal (config.max_request_bytes, 4000000);
  assert_int_equal (config.batch.max_queued, 64);
  assert_int_equal (config.batch.max_batch, 8);
  assert_int_equal (config.batch.max_delay_ns, 5000000000);
  assert_null (config.resource);
  prof_otlp_config_done (&config);
  ENVIRONMENT (GENERAL "PROTOCOL", "grpc");
  assert_url (&nothing, "http://localhost:4317" GRPC_PATH, "http://localhost:4317");
}

static void
test_endpoint_of_the_api (void **state)
{
  (void)state;
  NO_ENVIRONMENT ();
  static const struct {
    const char *endpoint, *url;
  } cases[] = {
    { "http://a.example:1", "http://a.example:1/v1development/profiles" },
    { "http://a.example/", "http://a.example/v1development/profiles" },
    { "HTTPS://a.example", "https://a.example/v1development/profiles" },
    { "http://a.example/x", "http://a.example/x" },
    { "http://a.example/x/", "http://a.example/x/" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    ProfExporterConfig from = { .size = sizeof from, .endpoint = cases[i].endpoint };
    assert_url (&from, cases[i].url, cases[i].url);
  }
  ProfExporterConfig from = { .size = sizeof from, .endpoint = "http://a.example/x?key=sesame" };
  assert_url (&from, "http://a.example/x?key=sesame", "http://a.example/x");
}

static void
test_endpoint_of_the_environment (void **state)
{
  (void)state;
  ENVIRONMENT (GENERAL "ENDPOINT", "http://a.example:1");
  assert_url (&nothing, "http://a.example:1/v1development/profiles",
              "http://a.example:1/v1development/profiles");
  ENVIRONMENT (GENERAL "ENDPOINT", "http://a.example/otlp/");
  assert_url (&nothing, "http://a.example/otlp/v1development/profiles",
              "http://a.example/otlp/v1development/profiles");
  ENVIRONMENT (GENERAL "ENDPOINT", "http://a.example", PROFILES "ENDPOINT", "http://b.example/x");
  assert_url (&nothing, "http://b.example/x", "http://b.example/x");
  ENVIRONMENT (PROFILES "ENDPOINT", "http://b.example");
  assert_url (&nothing, "http://b.example/", "http://b.example/");
  ENVIRONMENT (GENERAL "ENDPOINT", "http://a.example", PROFILES "ENDPOINT", "");
  assert_url (&nothing, "http://a.example/v1development/profiles",
              "http://a.example/v1development/profiles");
  ProfExporterConfig from = { .size = sizeof from, .endpoint = "http://c.example/y" };
  assert_url (&from, "http://c.example/y", "http://c.example/y");
}

static void
test_endpoint_of_grpc (void **state)
{
  (void)state;
  ProfExporterConfig from
      = { .size = sizeof from, .has_protocol = true, .protocol = PROF_OTLP_GRPC };
  ENVIRONMENT (GENERAL "ENDPOINT", "http://a.example:1/");
  assert_url (&from, "http://a.example:1" GRPC_PATH, "http://a.example:1");
  ENVIRONMENT (GENERAL "ENDPOINT", "a.example:1");
  assert_url (&from, "https://a.example:1" GRPC_PATH, "https://a.example:1");
  ENVIRONMENT (GENERAL "ENDPOINT", "a.example:1", GENERAL "INSECURE", "True");
  assert_url (&from, "http://a.example:1" GRPC_PATH, "http://a.example:1");
  ENVIRONMENT (GENERAL "ENDPOINT", "a.example:1", GENERAL "INSECURE", "true", PROFILES "INSECURE",
               "false");
  assert_url (&from, "https://a.example:1" GRPC_PATH, "https://a.example:1");
  ENVIRONMENT (GENERAL "ENDPOINT", "https://a.example:1", GENERAL "INSECURE", "true");
  assert_url (&from, "https://a.example:1" GRPC_PATH, "https://a.example:1");
  ENVIRONMENT (GENERAL "ENDPOINT", "http://a.example/x");
  assert_refused (&from, "has a path, which gRPC does not take");
}

static void
test_wrong_endpoints (void **state)
{
  (void)state;
  NO_ENVIRONMENT ();
  ProfExporterConfig from = { .size = sizeof from, .endpoint = "localhost:4318" };
  assert_refused (&from, "this endpoint: it does not begin with http://");
  from.endpoint = "";
  assert_refused (&from, "write it like http://localhost:4318");
  from.endpoint = "http://ann:sesame@a.example";
  assert_refused (&from, "settings of their own");
  ENVIRONMENT (GENERAL "ENDPOINT", "http://ann:sesame@a.example");
  assert_refused (&nothing, "this OTEL_EXPORTER_OTLP_ENDPOINT: it holds a user or a password");
  ENVIRONMENT (GENERAL "ENDPOINT", "http://a.example/x?key=sesame");
  assert_refused (&nothing, "has a query");
  ENVIRONMENT (PROFILES "ENDPOINT", "sesame\n");
  assert_refused (&nothing, "this OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT: it holds a space");
}

static void
test_protocol (void **state)
{
  (void)state;
  ProfOtlpConfig config;
  ENVIRONMENT (GENERAL "PROTOCOL", "grpc", PROFILES "PROTOCOL", "http/protobuf");
  assert_config (&config, &nothing);
  assert_int_equal (config.protocol, PROF_OTLP_HTTP);
  prof_otlp_config_done (&config);
  ENVIRONMENT (PROFILES "PROTOCOL", "http/json");
  assert_refused (&nothing, "http/json, which libprof does not speak");
  ProfExporterConfig from
      = { .size = sizeof from, .has_protocol = true, .protocol = PROF_OTLP_GRPC };
  assert_config (&config, &from);
  assert_int_equal (config.protocol, PROF_OTLP_GRPC);
  prof_otlp_config_done (&config);
  from.protocol = (ProfOtlpProtocol)7;
  assert_refused (&from, "is no ProfOtlpProtocol");
  ENVIRONMENT (GENERAL "PROTOCOL", "sesame");
  assert_refused (&nothing, "this OTEL_EXPORTER_OTLP_PROTOCOL: it is not known");
}

static void
test_layout (void **state)
{
  (void)state;
  ProfOtlpConfig config;
  ENVIRONMENT (GENERAL "PROTOCOL", "");
  ProfExporterConfig from = { .size = sizeof from, .layout = (ProfOtlpLayout)3 };
  assert_config (&config, &from); /* has_layout is not set */
  assert_int_equal (config.layout, PROF_OTLP_LAYOUT_1_10);
  prof_otlp_config_done (&config);
  from.has_layout = true;
  assert_refused (&from, "this layout: it is no ProfOtlpLayout");
}

static void
assert_headers (const ProfExporterConfig *from, const char *expected)
{
  ProfOtlpConfig config;
  char joined[256] = "";
  assert_config (&config, from);
  for (size_t i = 0; config.headers[i] != NULL; i++) {
    strcat (joined, i > 0 ? "|" : "");
    strcat (joined, config.headers[i]);
  }
  prof_otlp_config_done (&config);
  assert_string_equal (joined, expected);
}

static void
test_headers (void **state)
{
  (void)state;
  static const char *const fields[] = { "B: 3", "C: 4", NULL };
  ProfExporterConfig from = { .size = sizeof from };
  ENVIRONMENT (GENERAL "HEADERS", "a=0,x=y", PROFILES "HEADERS", "a=1%202,b=2");
  assert_headers (&from, "a: 1 2|b: 2");
  from.headers = fields;
  assert_headers (&from, "a: 1 2|B: 3|C: 4");
  ENVIRONMENT (GENERAL "HEADERS", "authorization=Bearer x");
  from.headers = NULL;
  from.bearer_token = "sesame";
  assert_headers (&from, "Authorization: Bearer sesame");
  from.bearer_token = NULL;
  from.user = "Aladdin";
  from.password = "open sesame";
  assert_headers (&from, "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  from.password = NULL;
  assert_headers (&from, "Authorization: Basic QWxhZGRpbjo=");
}

static void
test_wrong_headers (void **state)
{
  (void)state;
  static const char *const fields[] = { "A: 1", "B: sesame\r\nHost: x", NULL };
  NO_ENVIRONMENT ();
  ProfExporterConfig from = { .size = sizeof from, .headers = fields };
  assert_refused (&from, "header 2: it has a value with a newline");
  from = (ProfExporterConfig){ .size = sizeof from, .bearer_token = "sesame\n" };
  assert_refused (&from, "this bearer_token: it has a value with a newline");
  from.bearer_token = "";
  assert_refused (&from, "this bearer_token: it is empty");
  from.bearer_token = "sesame";
  from.user = "ann";
  assert_refused (&from, "give one of the two");
  from = (ProfExporterConfig){ .size = sizeof from, .user = "a:b", .password = "sesame" };
  assert_refused (&from, "this user: it holds a ':'");
  from.user = NULL;
  assert_refused (&from, "this password: it comes without a user");
  ENVIRONMENT (GENERAL "HEADERS", "a=1,sesame");
  assert_refused (&nothing, "a header of OTEL_EXPORTER_OTLP_HEADERS: it has no '='");
}

static void
test_timeout (void **state)
{
  (void)state;
  ProfOtlpConfig config;
  ENVIRONMENT (GENERAL "TIMEOUT", "1", PROFILES "TIMEOUT", "1500");
  assert_config (&config, &nothing);
  assert_int_equal (config.timeout_ns, 1500000000);
  prof_otlp_config_done (&config);
  ProfExporterConfig from = { .size = sizeof from, .timeout_ns = 7 };
  assert_config (&config, &from);
  assert_int_equal (config.timeout_ns, 7);
  prof_otlp_config_done (&config);
  static const char *const wrong[]
      = { "0", "-1", "10s", " 5", "1.5", "2147483648", "99999999999999999999999" };
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    ENVIRONMENT (GENERAL "TIMEOUT", wrong[i]);
    assert_refused (&nothing, "this OTEL_EXPORTER_OTLP_TIMEOUT: it is no number of milliseconds");
  }
}

static void
test_compression (void **state)
{
  (void)state;
  ProfOtlpConfig config;
  ENVIRONMENT (GENERAL "COMPRESSION", "none");
  assert_config (&config, &nothing);
  assert_false (config.has_gzip);
  prof_otlp_config_done (&config);
  ProfExporterConfig from = { .size = sizeof from, .compression = "gzip" };
  assert_config (&config, &from);
  assert_true (config.has_gzip);
  prof_otlp_config_done (&config);
  from.compression = "zstd";
  assert_refused (&from, "this compression: it is not known; use gzip or none");
}

static void
test_files (void **state)
{
  (void)state;
  ProfOtlpConfig config;
  ENVIRONMENT (GENERAL "CERTIFICATE", "/dev/null", GENERAL "CLIENT_CERTIFICATE", "/dev/zero",
               GENERAL "CLIENT_KEY", "/dev/full");
  assert_config (&config, &nothing);
  assert_string_equal (config.ca_file, "/dev/null");
  assert_string_equal (config.certificate_file, "/dev/zero");
  assert_string_equal (config.key_file, "/dev/full");
  prof_otlp_config_done (&config);
  ProfExporterConfig from = { .size = sizeof from, .ca_file = "/nonexistent/ca.pem" };
  assert_refused (&from, "this ca_file: can't read /nonexistent/ca.pem: No such file");
  ENVIRONMENT (PROFILES "CERTIFICATE", "/nonexistent");
  assert_refused (&nothing, "this OTEL_EXPORTER_OTLP_PROFILES_CERTIFICATE: can't read");
  NO_ENVIRONMENT ();
  from = (ProfExporterConfig){ .size = sizeof from, .key_file = "/dev/null" };
  assert_refused (&from, "comes without the client's certificate");
}

static void
test_what_the_api_says_is_copied (void **state)
{
  (void)state;
  NO_ENVIRONMENT ();
  char key[] = "service.name", value[] = "shop";
  const ProfOtlpAttribute resource[] = { { key, value, 0 }, { "process.pid", NULL, 7 } };
  ProfExporterConfig from = {
    .size = sizeof from,
    .has_layout = true,
    .layout = PROF_OTLP_LAYOUT_1_9,
    .has_timestamps = true,
    .max_request_bytes = 5,
    .max_retry_ns = 6,
    .batch = { 1, 2, 3 },
    .resource = resource,
    .n_resource = 2,
  };
  ProfOtlpConfig config;
  assert_config (&config, &from);
  memset (key, 'x', sizeof key);
  memset (value, 'x', sizeof value);
  assert_int_equal (config.n_resource, 2);
  assert_string_equal (config.resource[0].key, "service.name");
  assert_string_equal (config.resource[0].value, "shop");
  assert_string_equal (config.resource[1].key, "process.pid");
  assert_null (config.resource[1].value);
  assert_int_equal (config.resource[1].number, 7);
  assert_true (config.has_layout && config.has_timestamps);
  assert_int_equal (config.layout, PROF_OTLP_LAYOUT_1_9);
  assert_int_equal (config.max_request_bytes, 5);
  assert_int_equal (config.max_retry_ns, 6);
  assert_int_equal (config.batch.max_queued, 1);
  assert_int_equal (config.batch.max_batch, 2);
  assert_int_equal (config.batch.max_delay_ns, 3);
  prof_otlp_config_done (&config);
  from.resource = &(const ProfOtlpAttribute){ "", "x", 0 };
  from.n_resource = 1;
  assert_refused (&from, "this resource: it has an attribute without a key");
}

static void
test_disabled (void **state)
{
  (void)state;
  ProfOtlpConfig config;
  ENVIRONMENT ("OTEL_SDK_DISABLED", "TRUE");
  assert_config (&config, &nothing);
  assert_true (config.is_disabled);
  prof_otlp_config_done (&config);
  ENVIRONMENT ("OTEL_SDK_DISABLED", "yes");
  assert_config (&config, &nothing);
  assert_false (config.is_disabled);
  prof_otlp_config_done (&config);
}

static void
test_not_initialized (void **state)
{
  (void)state;
  NO_ENVIRONMENT ();
  ProfExporterConfig from = { 0 };
  assert_refused (&from, "PROF_EXPORTER_CONFIG_INIT");
  assert_refused (NULL, "PROF_EXPORTER_CONFIG_INIT");
  from.size = sizeof from + 1;
  assert_refused (&from, "PROF_EXPORTER_CONFIG_INIT");
}

/* Of a program that was compiled when the struct ended before batch. */
static void
test_smaller_config (void **state)
{
  (void)state;
  NO_ENVIRONMENT ();
  ProfOtlpConfig config;
  ProfExporterConfig from = PROF_EXPORTER_CONFIG_INIT;
  from.size = offsetof (ProfExporterConfig, batch);
  from.timeout_ns = 7;
  from.batch.max_queued = 5;
  assert_config (&config, &from);
  assert_int_equal (config.timeout_ns, 7);
  assert_int_equal (config.batch.max_queued, 64);
  prof_otlp_config_done (&config);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_defaults),
    cmocka_unit_test (test_endpoint_of_the_api),
    cmocka_unit_test (test_endpoint_of_the_environment),
    cmocka_unit_test (test_endpoint_of_grpc),
    cmocka_unit_test (test_wrong_endpoints),
    cmocka_unit_test (test_protocol),
    cmocka_unit_test (test_layout),
    cmocka_unit_test (test_headers),
    cmocka_unit_test (test_wrong_headers),
    cmocka_unit_test (test_timeout),
    cmocka_unit_test (test_compression),
    cmocka_unit_test (test_files),
    cmocka_unit_test (test_what_the_api_says_is_copied),
    cmocka_unit_test (test_disabled),
    cmocka_unit_test (test_not_initialized),
    cmocka_unit_test (test_smaller_config),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
