#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright the libprof authors
"""The transport of OTLP against receivers that take, refuse, and misbehave: what became of the
request, and the sentence that says so."""
import email.utils
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from cutting_proxy import CuttingProxy
from harness import check, run, run_cases_of
from otlp_receiver import OtlpReceiver
from profile_bytes import bytes_field
from request_bytes import REQUEST

GRPC_HINT = 'it may be no port of gRPC (4317 for most)'
# With 2 MB of a field that nobody knows.
BIG_REQUEST = REQUEST + bytes_field(1000, bytes(2000000))
FEATURE_GATE = '--feature-gates=service.profilesSupport'


def send_from_driver(endpoint, protocol, request=REQUEST, environment=None, **settings):
    """Runs send-otlp; the process that ended."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(request)
        file.flush()
        settings = {'endpoint': endpoint, 'protocol': protocol, **settings}
        words = [f'{name}={value}' for name, value in settings.items()]
        command = [os.environ['SEND_OTLP'], file.name, *words]
        return run(command, env={**os.environ, **(environment or {})})


def send(endpoint, protocol, **settings):
    """The answers, one for each time that the request was sent."""
    result = send_from_driver(endpoint, protocol, **settings)
    check(result.returncode == 0, f'send-otlp: {result.returncode}: {result.stderr}')
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    check(len(answers) == int(settings.get('times', 1)), f'{len(answers)} answers')
    return answers


def get_endpoints(receiver):
    return [('grpc', receiver.grpc), ('http', receiver.http)]


def expect(answer, outcome, code='', words='', **more):
    check(answer['outcome'] == outcome, f'not {outcome}: {answer}')
    check(answer['code'] == code, f'not {code}: {answer}')
    check(words in answer['message'], f'not "{words}": {answer}')
    for name, value in more.items():
        check(answer[name] == value, f'not {name} {value}: {answer}')
    if outcome != 'taken':
        check(answer['message'].startswith("Can't export to http"), f'where to? {answer}')


def expect_both(switches, outcome, codes, words, settings=None, **more):
    """Sends over gRPC and HTTP; `codes` and `words` of each, or of both."""
    codes = codes if isinstance(codes, tuple) else (codes, codes)
    words = words if isinstance(words, tuple) else (words, words)
    with OtlpReceiver(**switches) as receiver:
        for i, (protocol, endpoint) in enumerate(get_endpoints(receiver)):
            (answer,) = send(endpoint, protocol, **(settings or {}))
            expect(answer, outcome, codes[i], words[i], **more)
        return receiver.finish()


def expect_taken(switches, settings=None):
    requests = expect_both({'STRICT': 1, **switches}, 'taken', '', '', settings)
    check([request['violations'] for request in requests] == [[], []], f'{requests}')
    check([request['bytes'] for request in requests] == [len(REQUEST)] * 2, f'{requests}')
    return [request['meta'] for request in requests]


# ---- what is sent ----


def test_success():
    for meta in expect_taken({}):
        check(meta['user-agent'].startswith('OTel-OTLP-Exporter-C/'), meta)
        check('expect' not in meta and 'accept' not in meta, meta)


def test_compression():
    _, http = expect_taken({}, {'compression': 'gzip'})
    check(http['content-encoding'] == 'gzip', http)
    grpc, http = expect_taken({}, {'compression': 'none'})
    check('content-encoding' not in http and int(http['content-length']) == len(REQUEST), http)
    check(int(grpc['content-length']) == len(REQUEST) + 5, grpc)


def test_deadline():
    grpc, _ = expect_taken({}, {'timeout_ms': 7000000})
    check(6000000 < grpc['deadline_ms'] <= 7000000, grpc)


def test_login():
    expect_taken({'BEARER_TOKEN': 'sesame'}, {'bearer_token': 'sesame'})
    expect_taken({'BASIC_AUTH': 'ann:se:same'}, {'user': 'ann', 'password': 'se:same'})
    for meta in expect_taken({}, {'header': 'X-Scope-OrgID: tenant 1'}):
        check(meta['x-scope-orgid'] == 'tenant 1', meta)


def test_refused_login():
    expect_both(
        {'BEARER_TOKEN': 'sesame'}, 'failed', 'EACCES', 'give a bearer token',
        {'bearer_token': 'wrong'},
    )
    for switches, settings in [
        ({'BEARER_TOKEN': 'sesame'}, {'bearer_token': 'hush-hush'}),
        ({'BASIC_AUTH': 'ann:sesame'}, {'user': 'ann', 'password': 'hush-hush'}),
        ({'BEARER_TOKEN': 'sesame'}, {'header': 'Authorization: hush-hush'}),
    ]:
        with OtlpReceiver(**switches) as receiver:
            for protocol, endpoint in get_endpoints(receiver):
                result = send_from_driver(endpoint, protocol, **settings)
                check('hush' not in result.stdout + result.stderr, 'the secret is printed')


def test_connection_is_kept():
    with OtlpReceiver(TLS=1) as receiver:
        settings = {'ca_file': receiver.certificate('ca.pem'), 'times': 3}
        for protocol, endpoint in get_endpoints(receiver):
            for answer in send(endpoint, protocol, **settings):
                expect(answer, 'taken')
        peers = {request['meta'].get('peer') for request in receiver.finish()[:3]}
        check(len(peers) == 1, f'gRPC had several connections: {peers}')


def test_proxy_of_the_environment_is_asked():
    with OtlpReceiver() as receiver:
        environment = {'http_proxy': receiver.http}
        (answer,) = send('http://collector.invalid', 'http', environment=environment)
        # It gets the whole address, which is no path that it knows.
        expect(answer, 'failed', 'ENOENT', '404')


# ---- what the collector answers ----


def test_failures_that_pass():
    names = 'CANCELLED DEADLINE_EXCEEDED ABORTED OUT_OF_RANGE UNAVAILABLE DATA_LOSS'
    for code in names.split():
        grpc_errno = 'ETIMEDOUT' if code == 'DEADLINE_EXCEEDED' else 'EAGAIN'
        expect_both(
            {'ALWAYS_CODE': code}, 'retry', (grpc_errno, 'EAGAIN'),
            (f'it answered {code} (always {code})', '503 Service Unavailable'), retry_after_ms=0,
        )


def test_failures_for_good():
    for code, codes, words in [
        ('UNKNOWN', 'EIO', ('UNKNOWN', '500 Internal Server Error')),
        ('INVALID_ARGUMENT', 'EBADMSG', ('INVALID_ARGUMENT', '400 Bad Request')),
        ('INTERNAL', 'EIO', ('INTERNAL', '500')),
        ('PERMISSION_DENIED', 'EACCES', 'may not send profiles'),
        ('UNAUTHENTICATED', 'EACCES', 'give a bearer token'),
        ('UNIMPLEMENTED', ('EOPNOTSUPP', 'ENOENT'), FEATURE_GATE),
    ]:
        expect_both({'ALWAYS_CODE': code}, 'failed', codes, words)


def test_retry_after():
    with OtlpReceiver(FAIL_FIRST=3, FAIL_RETRY_AFTER='7') as receiver:
        answers = send(receiver.grpc, 'grpc') + send(receiver.http, 'http', times=3)
        for answer in answers[:3]:
            expect(answer, 'retry', 'EAGAIN', 'try later', retry_after_ms=7000)
        expect(answers[3], 'taken')
    date = email.utils.formatdate(time.time() + 3600, usegmt=True)
    with OtlpReceiver(FAIL_FIRST=1, FAIL_RETRY_AFTER=date) as receiver:
        (answer,) = send(receiver.http, 'http')
        check(answer['outcome'] == 'retry', answer)
        check(3000000 < answer['retry_after_ms'] <= 3600000, answer)


def test_exhausted():
    with OtlpReceiver(EXHAUST_FIRST=2, EXHAUST_RETRY_MS=1250) as receiver:
        answers = send(receiver.grpc, 'grpc') + send(receiver.http, 'http')
        expect(answers[0], 'retry', 'EAGAIN', 'slow down', retry_after_ms=1250)
        expect(answers[1], 'retry', 'EAGAIN', '429 Too Many Requests', retry_after_ms=2000)
    with OtlpReceiver(EXHAUST_FIRST=2, EXHAUST_NO_RETRYINFO=1) as receiver:
        answers = send(receiver.grpc, 'grpc') + send(receiver.http, 'http')
        expect(answers[0], 'failed', 'EMSGSIZE', 'max_request_bytes')
        expect(answers[1], 'retry', 'EAGAIN', '429', retry_after_ms=0)


def test_partial_success():
    switches = {'PARTIAL_REJECTED': 2, 'PARTIAL_MESSAGE': 'too "old"'}
    expect_both(switches, 'taken', '', 'rejected 2 profiles: too "old"', n_rejected=2)
    expect_both({'PARTIAL_MESSAGE': 'soon full'}, 'taken', '', 'and warns: soon full', n_rejected=0)


def test_messages_are_decoded():
    switches = {'ALWAYS_CODE': 'INTERNAL', 'ERROR_MESSAGE': '100 % für \u2603'}
    expect_both(switches, 'failed', 'EIO', '(100 % für \u2603)')


def test_too_big():
    switches = {'MAX_RECV': 50}
    expect_both(switches, 'failed', 'EMSGSIZE', ('RESOURCE_EXHAUSTED', '413 Content Too Large'))
    expect_both(switches, 'failed', 'EMSGSIZE', 'max_request_bytes', {'compression': 'none'})


def test_wrong_layout():
    for layout in ['1.9', '1.8']:
        expect_both({'LAYOUT': layout}, 'wrong layout', ('EIO', 'EBADMSG'), 'use 1.9')


def test_wrong_path():
    with OtlpReceiver(HTTP_PATH='/profiles') as receiver:
        (answer,) = send(receiver.http, 'http')
        expect(answer, 'failed', 'ENOENT', 'check the path')
        (answer,) = send(receiver.http + '/profiles', 'http')
        expect(answer, 'taken')


# ---- no answer ----


def test_timeout():
    switches = {'DELAY_MS': 60000}
    expect_both(switches, 'retry', 'ETIMEDOUT', 'no answer within 2 s', {'timeout_ms': 2000})


def test_cancel():
    expect_both({'DELAY_MS': 60000}, 'retry', 'ECANCELED', 'cancelled', {'cancelled': 1})


def test_nothing_there():
    with OtlpReceiver() as receiver:
        receiver.stop()
        for protocol, endpoint in get_endpoints(receiver):
            (answer,) = send(endpoint, protocol)
            expect(answer, 'retry', 'ECONNREFUSED', 'is the collector running')
    (answer,) = send('http://collector.invalid', 'http')
    expect(answer, 'retry', 'EHOSTUNREACH', 'collector.invalid; is the name right?')


def test_wrong_port():
    with OtlpReceiver() as receiver:
        (answer,) = send(receiver.http, 'grpc')
        expect(answer, 'retry', 'ECONNRESET', GRPC_HINT)
        (answer,) = send(receiver.grpc, 'http')
        expect(answer, 'failed', 'EPROTONOSUPPORT', 'try the protocol grpc, or port 4318')
    with OtlpReceiver(TLS=1) as receiver:
        ca_file = receiver.certificate('ca.pem')
        (answer,) = send(receiver.http, 'grpc', ca_file=ca_file)
        expect(answer, 'failed', 'EPROTONOSUPPORT', 'it has no HTTP/2')
        (answer,) = send(receiver.grpc, 'http', ca_file=ca_file)
        expect(answer, 'failed', 'EPROTONOSUPPORT', 'try the protocol grpc, or port 4318')


# ---- TLS ----


def test_tls():
    with OtlpReceiver(TLS=1) as receiver:
        for protocol, endpoint in get_endpoints(receiver):
            (answer,) = send(endpoint, protocol, ca_file=receiver.certificate('ca.pem'))
            expect(answer, 'taken')
            (answer,) = send(endpoint, protocol)
            expect(answer, 'failed', 'EKEYREJECTED', 'give the certificate of the CA that signed it')
            (answer,) = send(endpoint, protocol, ca_file=receiver.certificate('client.pem'))
            expect(answer, 'failed', 'EKEYREJECTED', 'is not trusted')
            plain = endpoint.replace('https', 'http')
            (answer,) = send(plain, protocol)
            expect(answer, 'retry', 'ECONNRESET', 'or want https://')


def test_files_that_are_wrong():
    with OtlpReceiver(TLS=1) as receiver:
        ca_file, own = receiver.certificate('ca.pem'), str(Path(__file__))
        for settings in [
            {'ca_file': own},
            {'ca_file': ca_file, 'certificate_file': own},
            {'ca_file': ca_file, 'certificate_file': ca_file},
        ]:
            (answer,) = send(receiver.http, 'http', **settings)
            expect(answer, 'failed', 'EINVAL', 'are these files PEM')
    result = send_from_driver('https://localhost', 'http', ca_file='/nonexistent/ca.pem')
    check(result.returncode == 1 and "can't read /nonexistent/ca.pem" in result.stderr, result)


def test_plain_port():
    with OtlpReceiver() as receiver:
        for protocol, endpoint in get_endpoints(receiver):
            (answer,) = send(endpoint.replace('http:', 'https:'), protocol)
            expect(answer, 'failed', 'EPROTONOSUPPORT', 'it speaks no TLS at this port')


def test_mutual_tls():
    with OtlpReceiver(TLS=1, TLS_CLIENT_AUTH=1) as receiver:
        ca_file = receiver.certificate('ca.pem')
        certificate = {
            'certificate_file': receiver.certificate('client.pem'),
            'key_file': receiver.certificate('client.key'),
        }
        for protocol, endpoint in get_endpoints(receiver):
            (answer,) = send(endpoint, protocol, ca_file=ca_file, **certificate)
            expect(answer, 'taken')
            # The alert that says so may be lost with the connection.
            (answer,) = send(endpoint, protocol, ca_file=ca_file)
            check(answer['outcome'] in ('failed', 'retry'), answer)
            check('a certificate of the client' in answer['message'], answer)


# ---- who misbehaves ----


def test_connection_is_cut():
    expect_both({'MISBEHAVE': 'close'}, 'retry', 'ECONNRESET', 'the connection broke')
    # A status is an answer, even if the rest is lost; gRPC's comes last.
    with OtlpReceiver(MISBEHAVE='cut-body') as receiver:
        (answer,) = send(receiver.http, 'http')
        expect(answer, 'taken', '', "the rest of its answer can't be read")
        (answer,) = send(receiver.grpc, 'grpc')
        expect(answer, 'retry', 'ECONNRESET', 'the connection broke')
    switches = {'MISBEHAVE': 'cut-error'}
    expect_both(switches, 'retry', ('ECONNRESET', 'EAGAIN'), ('the connection broke', '503'))


def expect_cut_and_taken(endpoint, port, protocol, **settings):
    """The first connection breaks amid the request."""
    with CuttingProxy(port, n_cut=1, after_bytes=100000) as proxy:
        settings = {'compression': 'none', 'request': BIG_REQUEST, 'times': 2, **settings}
        answers = send(endpoint.replace(str(port), str(proxy.port)), protocol, **settings)
    expect(answers[0], 'retry', 'ECONNRESET')
    expect(answers[1], 'taken')


def test_request_is_cut():
    with OtlpReceiver() as receiver:
        expect_cut_and_taken(receiver.grpc, receiver.grpc_port, 'grpc')
        expect_cut_and_taken(receiver.http, receiver.http_port, 'http')
        check(len(receiver.finish()) == 2, 'not each request once')
    with OtlpReceiver(TLS=1) as receiver:
        ca_file = receiver.certificate('ca.pem')
        expect_cut_and_taken(receiver.grpc, receiver.grpc_port, 'grpc', ca_file=ca_file)
        expect_cut_and_taken(receiver.http, receiver.http_port, 'http', ca_file=ca_file)
        check(len(receiver.finish()) == 2, 'not each request once')


def test_answers_without_end():
    bound = 'its answer is longer than 64 KiB of header or 4 MiB of body'
    for name in ['giant-headers', 'endless-body']:
        expect_both({'MISBEHAVE': name}, 'failed', 'EPROTO', bound)
    with OtlpReceiver(MISBEHAVE='endless-headers') as receiver:
        (answer,) = send(receiver.http, 'http')
        expect(answer, 'failed', 'EPROTO', bound)
    with OtlpReceiver(MISBEHAVE='giant-line') as receiver:
        (answer,) = send(receiver.http, 'http')
        expect(answer, 'failed', 'ENOMEM', 'a line of more than 100 kB')


def test_wrong_frames():
    words = "took the profiles, but the rest of its answer can't be read"
    expect_both({'MISBEHAVE': 'wrong-frames'}, 'taken', '', words)


def test_no_collector():
    words = ('HTTP 200 and no status of gRPC', 'it answered with a web page')
    expect_both({'MISBEHAVE': 'web-page'}, 'failed', ('EIO', 'EPROTO'), words)
    words = ('HTTP 307 and no status of gRPC', 'redirects are not followed')
    expect_both({'MISBEHAVE': 'redirect'}, 'failed', ('EIO', 'EREMCHG'), words)
    with OtlpReceiver(MISBEHAVE='no-http') as receiver:
        (answer,) = send(receiver.http, 'http')
        expect(answer, 'failed', 'EPROTONOSUPPORT', 'what it sends is no HTTP/1.1')
        (answer,) = send(receiver.http, 'grpc')
        check(answer['outcome'] == 'retry' or 'no HTTP/2' in answer['message'], answer)


if __name__ == '__main__':
    sys.exit(run_cases_of(globals()))
