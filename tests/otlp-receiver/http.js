// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright the libprof authors
'use strict';
const http = require('http');
const https = require('https');
const zlib = require('zlib');
const grpc = require('@grpc/grpc-js');
const schema = require('./schema');
const settings = require('./settings');
const { print, judge, getResponse, countTaken, wait } = require('./verdict');

const { status } = grpc;

// As the Collector does it.
const HTTP_STATUS = new Map([
  [status.CANCELLED, 503],
  [status.DEADLINE_EXCEEDED, 503],
  [status.ABORTED, 503],
  [status.OUT_OF_RANGE, 503],
  [status.UNAVAILABLE, 503],
  [status.DATA_LOSS, 503],
  [status.RESOURCE_EXHAUSTED, 429],
  [status.INVALID_ARGUMENT, 400],
  [status.UNAUTHENTICATED, 401],
  [status.PERMISSION_DENIED, 403],
  [status.UNIMPLEMENTED, 404],
]);

class Failure extends Error {
  constructor(httpStatus, code, message) {
    super(message);
    Object.assign(this, { httpStatus, code });
  }
}

function sendText(response, code, text) {
  response.writeHead(code, { 'Content-Type': 'text/plain' });
  response.end(text);
}

function send(response, isJson, code, body, more) {
  response.writeHead(code, {
    'Content-Type': isJson ? 'application/json' : 'application/x-protobuf',
    'Content-Length': body.length,
    ...more,
  });
  response.end(body);
}

function sendFailure(response, isJson, { httpStatus, code, message, retryMs, retryAfter }) {
  const body = isJson
    ? Buffer.from(JSON.stringify({ code, message }))
    : schema.encodeStatus(code, message, retryMs);
  const more = retryAfter === undefined ? {} : { 'Retry-After': retryAfter };
  send(response, isJson, httpStatus || HTTP_STATUS.get(code) || 500, body, more);
}

function sendSuccess(response, isJson) {
  const answer = getResponse();
  if (!isJson) {
    send(response, isJson, 200, schema.service.Export.responseSerialize(answer));
    return;
  }
  const partial = answer.partial_success;
  const json = partial && {
    partialSuccess: {
      rejectedProfiles: partial.rejected_profiles,
      errorMessage: partial.error_message,
    },
  };
  send(response, isJson, 200, Buffer.from(JSON.stringify(json || {})));
}

function decompress(encoding, body) {
  if (encoding === 'identity') return body;
  if (encoding !== 'gzip')
    throw new Failure(415, status.INVALID_ARGUMENT, `unsupported content-encoding ${encoding}`);
  try {
    return zlib.gunzipSync(body, { maxOutputLength: settings.maxBytes });
  } catch (error) {
    const httpStatus = error.code === 'ERR_BUFFER_TOO_LARGE' ? 413 : 400;
    throw new Failure(httpStatus, status.INVALID_ARGUMENT, error.message);
  }
}

function decode(request, isJson, body) {
  const encoding = (request.headers['content-encoding'] || 'identity').toLowerCase();
  const plain = decompress(encoding, body);
  try {
    const bytes = isJson ? schema.encodeJsonRequest(plain.toString('utf8')) : plain;
    return { bytes, message: schema.decodeRequest(bytes) };
  } catch (error) {
    throw new Failure(400, status.INVALID_ARGUMENT, error.message);
  }
}

function take(request, response, isJson, body) {
  const { bytes, message } = decode(request, isJson, body);
  const { headers, httpVersion } = request;
  const transport = isJson ? 'http/json' : 'http/protobuf';
  const meta = { httpVersion, ...headers };
  const verdict = judge(transport, meta, headers.authorization, bytes, message);
  wait(() => {
    if (verdict) {
      sendFailure(response, isJson, verdict);
      return;
    }
    sendSuccess(response, isJson);
    countTaken();
  });
}

function readBody(request, response, isJson) {
  const chunks = [];
  let size = 0;
  request.on('data', (chunk) => {
    size += chunk.length;
    if (size <= settings.maxBytes) chunks.push(chunk);
  });
  request.on('end', () => {
    try {
      if (size > settings.maxBytes)
        throw new Failure(413, status.RESOURCE_EXHAUSTED, 'request body too large');
      take(request, response, isJson, Buffer.concat(chunks));
    } catch (error) {
      print({ event: 'http-error', error: error.message });
      sendFailure(response, isJson, error);
    }
  });
}

function handle(request, response) {
  const type = (request.headers['content-type'] || '').split(';')[0].trim();
  const isJson = type === 'application/json';
  if (request.url.split('?')[0] !== settings.httpPath) {
    print({ event: 'http-404', url: request.url });
    request.resume();
    sendText(response, 404, '404 page not found\n');
  } else if (request.method !== 'POST') {
    request.resume();
    sendText(response, 405, '405 method not allowed, supported: [POST]');
  } else if (!isJson && type !== 'application/x-protobuf') {
    print({ event: 'http-415', contentType: type });
    request.resume();
    sendText(response, 415, '415 unsupported media type');
  } else {
    readBody(request, response, isJson);
  }
}

// Resolves to the port.
module.exports = function startHttp(tls) {
  const { wantsClient, httpPort, host } = settings;
  const options = { ...tls, requestCert: wantsClient, rejectUnauthorized: wantsClient };
  const server = tls ? https.createServer(options, handle) : http.createServer(handle);
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(httpPort, host, () => resolve(server.address().port));
  });
};
