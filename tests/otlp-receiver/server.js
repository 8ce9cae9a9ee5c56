#!/usr/bin/env node
// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright the libprof authors
'use strict';
const settings = require('./settings');
const startGrpc = require('./grpc');
const startHttp = require('./http');
const startMisbehaving = require('./misbehave');
const loadTls = require('./tls');
const { print } = require('./verdict');

async function main() {
  const tls = loadTls();
  const [grpc, http] = settings.misbehaviour
    ? await startMisbehaving()
    : await Promise.all([startGrpc(tls), startHttp(tls)]);
  print({
    event: 'listening',
    pid: process.pid,
    host: settings.host,
    grpc,
    http,
    tls: tls ? tls.directory : false,
    layout: settings.layout,
  });
}

// What is printed may still be on its way through a full pipe.
process.on('SIGTERM', () => process.stdout.write('', () => process.exit(0)));
main().catch((error) => {
  print({ event: 'error', error: String(error) });
  process.exit(1);
});
