// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright the libprof authors
'use strict';
const grpc = require('@grpc/grpc-js');
const schema = require('./schema');
const settings = require('./settings');
const { judge, getResponse, countTaken, wait } = require('./verdict');

const bytesOf = new WeakMap();

// What it throws would not reach the other side.
function deserialize(bytes) {
  try {
    const request = schema.decodeRequest(bytes);
    bytesOf.set(request, bytes);
    return request;
  } catch (error) {
    return error;
  }
}

function describe(call) {
  const deadline = call.getDeadline();
  return {
    peer: call.getPeer(),
    deadline_ms: deadline === Infinity ? null : Math.round(deadline - Date.now()),
    ...call.metadata.getMap(),
  };
}

function handle(call, callback) {
  if (call.request instanceof Error) {
    callback({ code: grpc.status.INTERNAL, details: call.request.message });
    return;
  }
  const authorization = call.metadata.get('authorization').map(String).pop();
  const bytes = bytesOf.get(call.request);
  const verdict = judge('grpc', describe(call), authorization, bytes, call.request);
  wait(() => {
    if (!verdict) {
      callback(null, getResponse());
      countTaken();
      return;
    }
    const { code, message, retryMs } = verdict;
    const metadata = new grpc.Metadata();
    if (retryMs !== undefined)
      metadata.set('grpc-status-details-bin', schema.encodeStatus(code, message, retryMs));
    callback({ code, details: message, metadata });
  });
}

function makeCredentials(tls) {
  if (!tls) return grpc.ServerCredentials.createInsecure();
  const pair = { private_key: tls.key, cert_chain: tls.cert };
  const ca = settings.wantsClient ? tls.ca : null;
  return grpc.ServerCredentials.createSsl(ca, [pair], settings.wantsClient);
}

// Resolves to the port.
module.exports = function startGrpc(tls) {
  const server = new grpc.Server({ 'grpc.max_receive_message_length': settings.maxBytes });
  const { service } = schema;
  const Export = { ...service.Export, requestDeserialize: deserialize };
  server.addService({ Export }, { Export: handle });
  const address = `${settings.host}:${settings.grpcPort}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, makeCredentials(tls), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
};
