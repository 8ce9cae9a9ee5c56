// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright the libprof authors
'use strict';
const fs = require('fs');
const path = require('path');
const grpc = require('@grpc/grpc-js');
const findFaults = require('./conformance');
const settings = require('./settings');

let nCalls = 0;
let nTaken = 0;
let firstTime = null;

const print = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);

function fail(name, message, more) {
  return { code: grpc.status[name], message: settings.errorMessage || message, ...more };
}

function toMs(seconds) {
  return /^\d+(\.\d+)?$/.test(seconds || '') ? Math.round(Number(seconds) * 1000) : undefined;
}

function checkLogin(authorization) {
  const { bearerToken, basicAuth } = settings;
  const basic = basicAuth && Buffer.from(basicAuth).toString('base64');
  if (bearerToken && authorization !== `Bearer ${bearerToken}`)
    return fail('UNAUTHENTICATED', 'missing or wrong bearer token');
  if (basic && authorization !== `Basic ${basic}`)
    return fail('UNAUTHENTICATED', 'basic auth required');
  return null;
}

// Whether it is the profile of the first call, which has another ID each time that it is sent.
function isFirst(profiles) {
  const time = String(profiles[0]?.time_unix_nano);
  firstTime ??= time;
  return time === firstTime;
}

// What becomes of call n: null is success.
function decide(n, authorization, profiles, faults) {
  const { nFailed, nExhausted, exhaustRetryMs: retryMs, failRetryAfter: retryAfter } = settings;
  const refusal = checkLogin(authorization);
  if (refusal) return refusal;
  if (settings.alwaysCode) return fail(settings.alwaysCode, `always ${settings.alwaysCode}`);
  if (settings.firstProfileCode && isFirst(profiles))
    return fail(settings.firstProfileCode, 'not this profile');
  if (n <= nFailed)
    return fail(settings.failCode, `try later (${n})`, { retryAfter, retryMs: toMs(retryAfter) });
  if (n <= nFailed + nExhausted) {
    const seconds = retryMs === undefined ? undefined : String(Math.ceil(retryMs / 1000));
    return fail('RESOURCE_EXHAUSTED', 'slow down', { retryMs, retryAfter: seconds });
  }
  if (settings.isStrict && faults.length)
    return fail('INVALID_ARGUMENT', faults.slice(0, 5).join('; '));
  return null;
}

// Bytes as hex, so that IDs can be read.
function toPrintable(value) {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(toPrintable);
  if (!value || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, toPrintable(v)]));
}

function dump(n, bytes) {
  fs.mkdirSync(settings.dumpDirectory, { recursive: true });
  const name = `${String(n).padStart(3, '0')}.pb`;
  fs.writeFileSync(path.join(settings.dumpDirectory, name), bytes);
}

// Takes a request, prints it, and returns null or {code, message, retryMs, retryAfter}.
function judge(transport, meta, authorization, bytes, request) {
  const n = ++nCalls;
  const violations = findFaults(request);
  const profiles = (request.resource_profiles || []).flatMap((resource) =>
    (resource.scope_profiles || []).flatMap((scope) => scope.profiles || []),
  );
  const verdict = decide(n, authorization, profiles, violations);
  if (settings.dumpDirectory) dump(n, bytes);
  print({
    event: 'request',
    n,
    transport,
    meta,
    bytes: bytes.length,
    profiles: profiles.length,
    samples: profiles.reduce((sum, profile) => sum + (profile.samples || []).length, 0),
    result: verdict ? grpc.status[verdict.code] : 'OK',
    violations,
    request: toPrintable(request),
  });
  return verdict;
}

function getResponse() {
  const { partialRejected, partialMessage } = settings;
  if (partialRejected === undefined && partialMessage === undefined) return {};
  return {
    partial_success: {
      rejected_profiles: partialRejected || '0',
      error_message: partialMessage || '',
    },
  };
}

function countTaken() {
  nTaken += 1;
  if (nTaken === settings.exitAfter) setTimeout(() => process.exit(0), 50);
}

function wait(then) {
  if (settings.delayMs) setTimeout(then, settings.delayMs);
  else then();
}

module.exports = { print, judge, getResponse, countTaken, wait };
