// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright the libprof authors
'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');
const { execFileSync } = require('child_process');
const settings = require('./settings');

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

function makeCertificates(directory) {
  const openssl = (...args) => execFileSync('openssl', args, { cwd: directory, stdio: 'ignore' });
  const ca = ['-subj', '/CN=CA of the receiver', '-keyout', 'ca.key', '-out', 'ca.pem'];
  openssl('req', '-x509', ...KEY, '-days', '30', ...ca);
  const extensions = {
    server: 'subjectAltName=DNS:localhost,IP:127.0.0.1',
    client: 'extendedKeyUsage=clientAuth',
  };
  for (const [name, extension] of Object.entries(extensions)) {
    const [key, request, out] = ['key', 'csr', 'pem'].map((suffix) => `${name}.${suffix}`);
    fs.writeFileSync(path.join(directory, `${name}.ext`), `${extension}\n`);
    openssl('req', ...KEY, '-subj', `/CN=${name}`, '-keyout', key, '-out', request);
    const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
    const more = ['-days', '30', '-extfile', `${name}.ext`, '-out', out];
    openssl('x509', '-req', '-in', request, ...signer, ...more);
  }
}

// Returns null without TLS.
module.exports = function loadTls() {
  if (!settings.hasTls) return null;
  const directory =
    settings.tlsDirectory || fs.mkdtempSync(path.join(os.tmpdir(), 'otlp-receiver-'));
  fs.mkdirSync(directory, { recursive: true });
  if (!fs.existsSync(path.join(directory, 'client.pem'))) makeCertificates(directory);
  const read = (name) => fs.readFileSync(path.join(directory, name));
  return { directory, ca: read('ca.pem'), cert: read('server.pem'), key: read('server.key') };
};
