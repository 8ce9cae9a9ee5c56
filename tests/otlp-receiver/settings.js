// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright the libprof authors
'use strict';

// The switches, from the environment; all are optional. README.md says what each does.
const text = (name, otherwise) => process.env[name] || otherwise;
const number = (name, otherwise) => Number(text(name, otherwise));
const flag = (name) => Boolean(process.env[name]);

module.exports = {
  host: text('OTLP_HOST', '127.0.0.1'),
  grpcPort: number('OTLP_GRPC_PORT', 4317),
  httpPort: number('OTLP_HTTP_PORT', 4318),
  httpPath: text('HTTP_PATH', '/v1development/profiles'),
  layout: text('LAYOUT', '1.11'),
  isStrict: flag('STRICT'),
  maxBytes: number('MAX_RECV', 4 << 20),
  delayMs: number('DELAY_MS', 0),
  dumpDirectory: text('DUMP_DIR'),
  exitAfter: number('EXIT_AFTER', 0),

  nFailed: number('FAIL_FIRST', 0),
  failCode: text('FAIL_CODE', 'UNAVAILABLE'),
  failRetryAfter: text('FAIL_RETRY_AFTER'),
  nExhausted: number('EXHAUST_FIRST', 0),
  exhaustRetryMs: flag('EXHAUST_NO_RETRYINFO') ? undefined : number('EXHAUST_RETRY_MS', 250),
  alwaysCode: text('ALWAYS_CODE'),
  firstProfileCode: text('FIRST_PROFILE_CODE'),
  errorMessage: text('ERROR_MESSAGE'),
  partialRejected: text('PARTIAL_REJECTED'),
  partialMessage: text('PARTIAL_MESSAGE'),

  bearerToken: text('BEARER_TOKEN'),
  basicAuth: text('BASIC_AUTH'),
  hasTls: flag('TLS'),
  tlsDirectory: text('TLS_DIR'),
  wantsClient: flag('TLS_CLIENT_AUTH'),

  misbehaviour: text('MISBEHAVE'),
};
