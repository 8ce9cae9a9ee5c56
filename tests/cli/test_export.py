#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""prof export and prof record --export, with a collector of OTLP/HTTP that takes everything; what
arrives is tested in tests/otlp."""
import json
import os
import sys
import tempfile
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from harness import check, prof, run, run_cases_of
from profile_bytes import ProfileBytes

NOWHERE = 'http://localhost:1'
SECRET = 'open-sesame'


class Collector(HTTPServer):
    """Answers as `answers` says, a list of (status, headers, body), and then with success."""

    def __init__(self, answers):
        super().__init__(('127.0.0.1', 0), Handler)
        self.answers, self.requests = list(answers), []
        self.endpoint = f'http://localhost:{self.server_port}'


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        self.server.requests.append((self.path, dict(self.headers), body))
        answers = self.server.answers
        status, headers, content = answers.pop(0) if answers else (200, {}, b'')
        self.send_response(status)
        for name, value in {'Content-Length': len(content), **headers}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@contextmanager
def collecting(*answers):
    with Collector(answers) as collector:
        thread = threading.Thread(target=collector.serve_forever, kwargs={'poll_interval': 0.01})
        thread.start()
        try:
            yield collector
        finally:
            collector.shutdown()
            thread.join()


@contextmanager
def files(*names):
    """A directory with profiles of these names."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        for file in names:
            profile = ProfileBytes(time_ns=10**18, duration_ns=10**9)
            profile.add(['main', 'work'], 7)
            profile.save(directory / file)
        yield directory


def test_files():
    with collecting() as collector, files('a', 'b') as directory:
        a, b = directory / 'a', directory / 'b'
        result = prof('export', a, b, '--endpoint', collector.endpoint)
        lines = result.stdout.splitlines()
        check([line.split(', ')[:2] for line in lines]
              == [[f'{a}: sent', '1 request'], [f'{b}: sent', '1 request']], lines)
        check(not result.stderr, result.stderr)
        paths = [path for path, _, _ in collector.requests]
        check(paths == ['/v1development/profiles'] * 2, paths)
        check(not prof('export', '-q', a, '-e', collector.endpoint).stdout, '-q is not quiet')


def test_without_libcurl():
    with files('a') as directory:
        for library in 'libcurl.so.4', 'libcurl-gnutls.so.4':
            (directory / library).write_text('no library')
        others = os.environ.get('LD_LIBRARY_PATH', '')
        env = {**os.environ, 'LD_LIBRARY_PATH': f'{directory}:{others}'}
        result = prof('export', directory / 'a', '-e', NOWHERE, env=env, status=1)
        check('libcurl could not be loaded' in result.stderr, result.stderr)
        check('install libcurl' in result.stderr, result.stderr)
        needed = run(['ldd', os.environ['PROF']]).stdout
        check('libelf' in needed and 'libcurl' not in needed, needed)


def test_json():
    with collecting() as collector, files('a') as directory:
        result = prof('export', '--json', directory / 'a', '-e', collector.endpoint)
        (profile,) = json.loads(result.stdout)['profiles']
        check(profile.pop('bytes') > 100, 'no bytes')
        expected = {'file': f'{directory}/a', 'sent': True, 'requests': 1, 'retries': 0,
                    'rejected_profiles': 0}
        check(profile == expected, profile)


def test_standard_input():
    with collecting() as collector, files('a') as directory:
        with open(directory / 'a', 'rb') as file:
            result = prof('export', '-', '-e', collector.endpoint, stdin=file)
        check(result.stdout.startswith('standard input: sent'), result.stdout)


def test_environment():
    with collecting() as collector, files('a') as directory:
        env = {**os.environ, 'OTEL_EXPORTER_OTLP_ENDPOINT': collector.endpoint + '/base',
               'OTEL_EXPORTER_OTLP_HEADERS': f'X-Key={SECRET}'}
        prof('export', directory / 'a', env=env)
        path, headers, _ = collector.requests[0]
        check(path == '/base/v1development/profiles', path)
        check(headers['X-Key'] == SECRET, headers)


def test_protocol_has_two_names():
    for name in 'http', 'http/protobuf':
        with collecting() as collector, files('a') as directory:
            prof('export', directory / 'a', '-e', collector.endpoint, '--protocol', name)
            check(len(collector.requests) == 1, collector.requests)


def test_disabled():
    with collecting() as collector, files('a') as directory:
        env = {**os.environ, 'OTEL_SDK_DISABLED': 'true'}
        result = prof('export', directory / 'a', '-e', collector.endpoint, env=env, status=1)
        check('OTEL_SDK_DISABLED' in result.stderr and not collector.requests, result)


def test_resource():
    with collecting() as collector, files('a') as directory:
        env = {**os.environ, 'OTEL_RESOURCE_ATTRIBUTES': 'service.name=no,team=blue'}
        prof('export', directory / 'a', '-e', collector.endpoint, '--compression', 'none',
             '-r', 'service.name=shop', '--resource', 'k=a=b', env=env)
        body = collector.requests[0][2]
        for part in b'shop', b'a=b', b'blue', b'work':
            check(part in body, f'{part} is not in {body}')
        check(b'process.pid' not in body, 'the profile is taken for one of prof itself')


def test_malformed_resource():
    """Told, and left out as a whole (OpenTelemetry, "Resource SDK"); the rest is sent."""
    for text in f'{SECRET},team=blue', f'team=blue,k={SECRET}%zz', f'team=blue,={SECRET}':
        with collecting() as collector, files('a') as directory:
            env = {**os.environ, 'OTEL_RESOURCE_ATTRIBUTES': text}
            result = prof('export', directory / 'a', '-e', collector.endpoint, '--compression', 'none',
                          env=env)
            check('OTEL_RESOURCE_ATTRIBUTES in the environment is not used' in result.stderr, result)
            check(SECRET not in result.stderr, result)
            check(b'blue' not in collector.requests[0][2], 'a part of it is sent')


def test_login():
    with files('a') as directory:
        secret = directory / 'secret'
        for text, option, expected in [
            (f'{SECRET}\n', '--bearer-file', f'Bearer {SECRET}'),
            ('ann:open-sesame\n', '--user-file', 'Basic YW5uOm9wZW4tc2VzYW1l'),
            (f'X-A: b\r\n\nAuthorization: {SECRET}\n', '--header-file', SECRET),
        ]:
            secret.write_text(text)
            with collecting() as collector:
                result = prof('export', directory / 'a', '-e', collector.endpoint, option, secret,
                              '-H', 'X-Scope-OrgID: team, 1')
                headers = collector.requests[0][1]
                check(headers['Authorization'] == expected, headers)
                check(headers['X-Scope-OrgID'] == 'team, 1', headers)
                check(SECRET not in result.stdout + result.stderr, 'the secret is printed')


def test_secrets_are_not_printed():
    with files('a') as directory:
        secret = directory / 'secret'
        for text, option in [(f'{SECRET}\x01x', '--bearer-file'), (f'{SECRET}', '--header-file'),
                             (f'{SECRET}', '--user-file'), ('\n \n', '--bearer-file')]:
            secret.write_text(text)
            result = run([os.environ['PROF'], 'export', directory / 'a', '-e', NOWHERE, option, secret])
            check(result.returncode in (1, 2) and result.stderr, result)
            check(SECRET not in result.stdout + result.stderr, f'{option}: {result}')
            if option == '--header-file':
                check(str(secret) in result.stderr, result.stderr)
        result = prof('export', directory / 'a', '-H', f'{SECRET}\n: x', status=2)
        check(SECRET not in result.stderr, result.stderr)


def test_collector_that_fails():
    busy = (503, {'Retry-After': '0'}, b'')
    with collecting(busy) as collector, files('a') as directory:
        result = prof('export', directory / 'a', '-e', collector.endpoint)
        check('tried again 1 time\n' in result.stdout, result.stdout)
        check('trying again' in result.stderr, result.stderr)
        bodies = {body for _, _, body in collector.requests}
        check(len(collector.requests) == 2 and len(bodies) == 1, 'not the same request again')
    with collecting(busy) as collector, files('a') as directory:
        result = prof('export', directory / 'a', '-e', collector.endpoint, '--retry-for', '0',
                      status=1)
        check('503' in result.stderr and not result.stdout, result)
    with collecting((400, {}, b'')) as collector, files('a', 'b') as directory:
        result = prof('export', directory / 'a', directory / 'b', '-e', collector.endpoint, status=1)
        check(f'{directory}/a' in result.stderr and f'{directory}/b: sent' in result.stdout, result)


def test_older_collector():
    wrong = b'\x08\x0d\x12\x2dproto: wrong wireType = 2 for field LinkIndex..'[:49]
    answer = (400, {'Content-Type': 'application/x-protobuf'}, wrong)
    with collecting(answer) as collector, files('a', 'b') as directory:
        prof('export', directory / 'a', directory / 'b', '-e', collector.endpoint)
        check(len(collector.requests) == 3, 'the layout is not remembered')


def test_partial_success():
    # partial_success { rejected_profiles: 1, error_message: "too old" }
    answer = (200, {'Content-Type': 'application/x-protobuf'}, b'\x0a\x0b\x08\x01\x12\x07too old')
    with collecting(answer) as collector, files('a') as directory:
        result = prof('export', directory / 'a', '-e', collector.endpoint)
        check('1 rejected by the collector' in result.stdout, result.stdout)
        check('too old' in result.stderr, result.stderr)
        check(len(collector.requests) == 1, 'a partial success is tried again')


def test_nobody_there():
    with files('a') as directory:
        result = prof('export', directory / 'a', '-e', NOWHERE, '--retry-for', '0', status=1)
        check('Connection refused' in result.stderr and 'collector running' in result.stderr, result)
        result = prof('export', '--json', directory / 'a', directory / 'none', '-e', NOWHERE,
                      '--retry-for', '0', status=1)
        first, second = json.loads(result.stdout)['profiles']
        check(not first['sent'] and 'refused' in first['error'], first)
        check(not second['sent'] and second['error'], second)


def test_mistakes():
    for arguments, words in [
        (['export'], 'at least one profile'),
        (['export', 'a', '--protocol', 'udp'], 'http or grpc'),
        (['export', 'a', '--layout', '2'], '1.10, 1.9 or 1.8'),
        (['export', 'a', '--compression', 'zip'], 'gzip or none'),
        (['export', 'a', '--resource', 'x'], 'KEY=VALUE'),
        (['export', 'a', '--timeout', '0'], 'a duration'),
        (['export', 'a', '--cert', 'x'], '--cert and --key'),
        (['export', 'a', '--bearer-file', 'x', '--user-file', 'y'], 'exclude each other'),
        (['export', 'a', '-e', 'localhost:4317'], 'http:// or https://'),
        (['record', '--export', 'ftp://localhost', '--', 'true'], 'another scheme than http'),
    ]:
        result = prof(*arguments, status=2)
        check(words in result.stderr, f'{arguments}: {result.stderr}')


def test_record():
    with collecting() as collector, files() as directory:
        out = directory / 'out.pb.gz'
        result = prof('record', '-o', out, '--export', collector.endpoint, '--', 'sh', '-c',
                      'i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done; exit 3', status=3)
        check('sent to the collector' in result.stderr and out.exists(), result)
        check(len(collector.requests) == 1, collector.requests)


def test_record_keeps_what_is_not_taken():
    with collecting((403, {}, b'')) as collector, files() as directory:
        out = directory / 'out.pb.gz'
        result = prof('record', '-o', out, '--export', collector.endpoint, '--', 'true', status=1)
        check('403' in result.stderr and f'prof export {out}' in result.stderr, result.stderr)
        prof('export', out, '-e', collector.endpoint)
        check(len(collector.requests) == 2, collector.requests)


sys.exit(run_cases_of(globals()))
