// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright the libprof authors
//
// Answers that no collector gives, on both ports: plain HTTP/1.1, and HTTP/2 as gRPC uses it.
'use strict';
const http = require('http');
const http2 = require('http2');
const settings = require('./settings');

const CHUNK = Buffer.alloc(64 << 10, 'x');
const PROTOBUF = { 'Content-Type': 'application/x-protobuf' };
const GRPC = { ':status': 200, 'content-type': 'application/grpc' };

// Until the other side has had enough.
function writeForever(stream) {
  stream.on('error', () => {});
  const write = () => {
    while (!stream.destroyed && stream.write(CHUNK));
  };
  stream.on('drain', write);
  write();
}

const HTTP = {
  close: (response) => response.socket.destroy(),
  'cut-body': (response) => {
    response.writeHead(200, { ...PROTOBUF, 'Content-Length': 1000 });
    response.write(Buffer.alloc(10), () => response.socket.destroy());
  },
  'cut-error': (response) => {
    response.writeHead(503, { ...PROTOBUF, 'Content-Length': 1000 });
    response.write(Buffer.alloc(10), () => response.socket.destroy());
  },
  'giant-headers': (response) => {
    const lines = Array.from({ length: 100 }, (_, i) => [`X-Line-${i}`, 'x'.repeat(1000)]);
    response.writeHead(200, Object.fromEntries(lines));
    response.end();
  },
  'giant-line': (response) => {
    response.writeHead(200, { 'X-Line': 'x'.repeat(200000) });
    response.end();
  },
  'endless-headers': (response) => {
    const { socket } = response;
    socket.write('HTTP/1.1 200 OK\r\n');
    const line = Buffer.from(`X-Line: ${'x'.repeat(1000)}\r\n`);
    socket.on('error', () => {});
    const write = () => {
      while (!socket.destroyed && socket.write(line));
    };
    socket.on('drain', write);
    write();
  },
  'endless-body': (response) => {
    response.writeHead(200, PROTOBUF);
    writeForever(response);
  },
  'wrong-frames': (response) => {
    response.writeHead(200, PROTOBUF);
    response.end(Buffer.from('ff'.repeat(20), 'hex'));
  },
  'web-page': (response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end('<html><body>Hello</body></html>');
  },
  redirect: (response) => {
    response.writeHead(307, { Location: 'http://127.0.0.1:1/secret' });
    response.end();
  },
  'no-http': (response) => response.socket.end('220 mail.example ESMTP\r\n'),
};

const HTTP2 = {
  close: (stream) => stream.session.destroy(),
  'cut-body': (stream) => {
    stream.respond(GRPC);
    stream.write(Buffer.alloc(3), () => stream.session.destroy());
  },
  'cut-error': (stream) => stream.close(http2.constants.NGHTTP2_REFUSED_STREAM),
  'giant-headers': (stream) => {
    const lines = Array.from({ length: 100 }, (_, i) => [`x-line-${i}`, 'x'.repeat(1000)]);
    stream.respond({ ...GRPC, ...Object.fromEntries(lines) });
    stream.end();
  },
  'giant-line': (stream) => {
    stream.respond({ ...GRPC, 'x-line': 'x'.repeat(200000) });
    stream.end();
  },
  'endless-body': (stream) => {
    stream.respond(GRPC);
    writeForever(stream);
  },
  'wrong-frames': (stream) => {
    stream.respond(GRPC, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(Buffer.from('00ffffffff0000', 'hex'));
  },
  'web-page': (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'text/html' });
    stream.end('<html><body>Hello</body></html>');
  },
  redirect: (stream) => {
    stream.respond({ ':status': 307, location: 'http://127.0.0.1:1/secret' });
    stream.end();
  },
};

function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, settings.host, () => resolve(server.address().port));
  });
}

// Resolves to the ports, of gRPC and of HTTP.
module.exports = function startMisbehaving() {
  const name = settings.misbehaviour;
  const plain = http.createServer((request, response) => {
    request.on('end', () => HTTP[name](response));
    request.resume();
  });
  const framed = http2.createServer({ maxSendHeaderBlockLength: 1 << 20 });
  framed.on('sessionError', () => {});
  framed.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.on('end', () => (HTTP2[name] || HTTP2.close)(stream));
    stream.resume();
  });
  return Promise.all([listen(framed, settings.grpcPort), listen(plain, settings.httpPort)]);
};
