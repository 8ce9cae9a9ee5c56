#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright the libprof authors
"""The exporter against receivers: what was recorded arrives whole, once, and by all the rules."""
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from harness import check, need, prof, read_profile, run_cases_of
from otlp_receiver import PATIENCE_S, OtlpReceiver
from profile_bytes import ProfileBytes

# Times are left out by default.
LEFT_OUT = {'end_timestamp_ns', 'freed_timestamp_ns'}


@contextmanager
def scratch():
    with tempfile.TemporaryDirectory(prefix='prof-export-') as name:
        yield Path(name)


def export(receiver, protocol, *arguments, **options):
    endpoint = receiver.grpc if protocol == 'grpc' else receiver.http
    result = prof('export', '--json', '-e', endpoint, '--protocol', protocol, *arguments, **options)
    return json.loads(result.stdout)['profiles']


def export_one(receiver, protocol, *arguments, **options):
    (profile,) = export(receiver, protocol, *arguments, **options)
    return profile


def check_rules(requests):
    for request in requests:
        check(request['violations'] == [], request['violations'])


# ---- what a request says ----


class Tables:
    def __init__(self, request):
        self.tables = request['dictionary']

    def string(self, index):
        return self.tables['string_table'][index or 0]

    def attributes(self, row):
        return dict(self.attribute(index) for index in row.get('attribute_indices', []))

    def attribute(self, index):
        row = self.tables['attribute_table'][index]
        value = row['value']
        unit = self.string(row.get('unit_strindex'))
        text = value['string_value'] if 'string_value' in value else str(value.get('int_value'))
        return self.string(row['key_strindex']), f'{text} {unit}' if unit else text

    def stack(self, index):
        """Functions, leaf first."""
        row = self.tables['stack_table'][index or 0]
        return tuple(name for i in row.get('location_indices', []) for name in self.names(i))

    def names(self, location):
        row = self.tables['location_table'][location]
        functions = [self.tables['function_table'][line['function_index']]
                     for line in row.get('lines', [])]
        return [self.string(function.get('name_strindex')) for function in functions] or ['']


def read_requests(requests):
    """{sample type: {(stack, labels): value}} of all requests together."""
    sums = {}
    for request in requests:
        tables = Tables(request['request'])
        for profile in list_profiles(request):
            name = tables.string(profile['sample_type']['type_strindex'])
            rows = sums.setdefault(name, Counter())
            for sample in profile.get('samples', []):
                labels = frozenset(tables.attributes(sample).items())
                key = tables.stack(sample.get('stack_index')), labels
                rows[key] += sum(map(int, sample['values']))
    return sums


def list_profiles(request):
    return [profile for resource in request['request']['resource_profiles']
            for scope in resource['scope_profiles'] for profile in scope['profiles']]


def read_resource(request):
    attributes = request['request']['resource_profiles'][0]['resource']['attributes']
    return {row['key']: next(iter(row['value'].values())) for row in attributes}


def read_file(path):
    """The same of a file, as google/pprof reads it."""
    profile = read_profile(path)
    sums = {}
    for i, name in enumerate(profile.sample_types):
        rows = sums.setdefault(name.split('/')[0], Counter())
        for sample in profile.samples:
            labels = frozenset((k, v) for k, v in sample.labels.items() if k not in LEFT_OUT)
            rows[tuple(frame.name for frame in sample.frames), labels] += sample.values[i]
    return {name: +rows for name, rows in sums.items()}


def check_arrival(path, *options):
    expected = read_file(path)
    for protocol in 'grpc', 'http':
        with OtlpReceiver(STRICT=1) as receiver:
            export_one(receiver, protocol, path, *options)
            requests = receiver.finish()
            check_rules(requests)
            found = read_requests(requests)
            check(found.keys() == expected.keys(), f'{found.keys()}, not {expected.keys()}')
            for name, rows in expected.items():
                check(found[name] == rows, f'{name}: {list((found[name] - rows).items())[:3]}, not '
                                           f'{list((rows - found[name]).items())[:3]}')
    return requests


# ---- real profiles ----


def record(path, *options):
    need('xz')
    prof('record', '-q', '-o', path, *options, '--', 'xz', '-T2', '-kc', os.environ['PROF'],
         stdout=subprocess.DEVNULL)
    return path


def test_cpu_profile_arrives():
    with scratch() as directory:
        requests = check_arrival(record(directory / 'cpu.pb.gz'))
        resource = read_resource(requests[0])
        check(resource['service.name'] == 'unknown_service:xz', resource)
        check(resource['os.type'] == 'linux' and 'process.pid' not in resource, resource)
        first = list_profiles(requests[0])[0]
        tables = Tables(requests[0]['request'])
        check(tables.string(first['sample_type']['type_strindex']) == 'cpu', first['sample_type'])
        check_build_ids(tables)


def check_build_ids(tables):
    by_name = {tables.string(row.get('filename_strindex')): tables.attributes(row)
               for row in tables.tables['mapping_table']}
    xz = next(ids for name, ids in by_name.items() if name.endswith('/xz'))
    check(len(xz['process.executable.build_id.gnu']) == 40, xz)
    check(len(xz['process.executable.build_id.htlhash']) == 32, xz)


def test_heap_profile_arrives():
    with scratch() as directory:
        check_arrival(record(directory / 'heap.pb.gz', '--heap', '--heap-rate', '64k'))


def test_cpu_and_heap_profile_arrives():
    with scratch() as directory:
        check_arrival(record(directory / 'both.pb.gz', '--heap', '--cpu'))


def test_profile_with_times_keeps_its_sums():
    with scratch() as directory:
        check_arrival(record(directory / 'cpu.pb.gz'), '--timestamps')


def test_record_and_export():
    need('xz')
    with scratch() as directory, OtlpReceiver(STRICT=1) as receiver:
        env = {**os.environ, 'OTEL_EXPORTER_OTLP_PROTOCOL': 'grpc', 'OTEL_SERVICE_NAME': 'shop'}
        path = directory / 'cpu.pb.gz'
        prof('record', '-o', path, '--export', receiver.grpc, '--', 'xz', '-kc',
             os.environ['PROF'], env=env, stdout=subprocess.DEVNULL)
        requests = receiver.finish()
        check_rules(requests)
        check(read_requests(requests) == read_file(path), 'the file says something else')
        check(read_resource(requests[0])['service.name'] == 'shop', read_resource(requests[0]))


def test_the_first_interrupt_ends_the_tries_of_record():
    with scratch() as directory:
        path = directory / 'cpu.pb.gz'
        process = subprocess.Popen(
            [os.environ['PROF'], 'record', '-o', path, '--export', 'http://localhost:1', '--', 'true'],
            stderr=subprocess.PIPE, encoding='utf-8')
        try:
            while 'trying again' not in (line := process.stderr.readline()):
                check(line, 'prof record has ended')
            check("the profile: can't export" in line, line)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=PATIENCE_S)
        finally:
            process.kill()
        check(process.returncode == 128 + signal.SIGINT, process.returncode)
        check(f'send it again with: prof export {path}' in errors, errors)
        check(path.stat().st_size > 0, 'the profile is not kept')


# ---- ways to get there ----


def make_profile(directory):
    profile = ProfileBytes(time_ns=10**18, duration_ns=10**9)
    profile.add(['main', ('work', '/no/such/file', 'work.c', 3)], 7)
    return profile.save(directory / 'small.pb.gz')


def check_way(switches, options, n_retries=0):
    with scratch() as directory:
        path = make_profile(directory)
        for protocol in 'grpc', 'http':
            with OtlpReceiver(STRICT=1, **switches) as receiver:
                words = [word(receiver) if callable(word) else word for word in options(directory)]
                result = export_one(receiver, protocol, path, *words)
                check(result['sent'] and result['retries'] == n_retries, result)
                requests = receiver.finish()
                check(len(requests) == n_retries + 1, f'{len(requests)} requests')
                check_rules(requests)


def write_file(path, text):
    path.write_text(text, 'utf-8')
    return path


def pem(name):
    return lambda receiver: receiver.certificate(name)


def test_login():
    check_way({'BEARER_TOKEN': 'sesame'},
              lambda d: ['--bearer-file', write_file(d / 'token', 'sesame\n')])
    check_way({'BASIC_AUTH': 'ann:sesame'},
              lambda d: ['--user-file', write_file(d / 'user', 'ann:sesame\n')])


def test_tls():
    check_way({'TLS': 1}, lambda _: ['--ca', pem('ca.pem')])
    check_way({'TLS': 1, 'TLS_CLIENT_AUTH': 1},
              lambda _: ['--ca', pem('ca.pem'), '--cert', pem('client.pem'),
                         '--key', pem('client.key'), '--compression', 'none'])


def test_failures_that_pass():
    check_way({'FAIL_FIRST': 3}, lambda _: [], n_retries=3)


def test_what_the_collector_asks_for_is_waited_for():
    check_way({'EXHAUST_FIRST': 1}, lambda _: [], n_retries=1)
    check_way({'FAIL_FIRST': 1, 'FAIL_RETRY_AFTER': 1}, lambda _: [], n_retries=1)


def test_refusals_are_not_tried_again():
    with scratch() as directory:
        path = make_profile(directory)
        for switches, words in [
            ({'EXHAUST_FIRST': 1, 'EXHAUST_NO_RETRYINFO': 1}, 'slow down'),
            ({'ALWAYS_CODE': 'PERMISSION_DENIED', 'ERROR_MESSAGE': 'no, 100 % no'}, 'no, 100 % no'),
        ]:
            with OtlpReceiver(**switches) as receiver:
                result = export_one(receiver, 'grpc', path, status=1)
                check(not result['sent'] and words in result['error'], result)
                check(len(receiver.finish()) == 1, 'it was tried again')


def test_partial_success():
    with scratch() as directory:
        path = make_profile(directory)
        for protocol in 'grpc', 'http':
            with OtlpReceiver(PARTIAL_REJECTED=1, PARTIAL_MESSAGE='too old') as receiver:
                result = export_one(receiver, protocol, path)
                check(result['sent'] and result['rejected_profiles'] == 1, result)
                check('too old' in result['warning'], result)
                check(len(receiver.finish()) == 1, 'it was tried again')


def test_slow_collector():
    with scratch() as directory, OtlpReceiver(DELAY_MS=60000) as receiver:
        path = make_profile(directory)
        for protocol in 'grpc', 'http':
            result = export_one(receiver, protocol, path, '--timeout', '300ms', '--retry-for', '0',
                                status=1)
            check('no answer within 0.3 s' in result['error'], result)


def test_cut_connection():
    with scratch() as directory, OtlpReceiver(MISBEHAVE='close') as receiver:
        path = make_profile(directory)
        for protocol in 'grpc', 'http':
            result = export_one(receiver, protocol, path, '--retry-for', '3s', status=1)
            check(result['retries'] >= 1 and not result['sent'], result)


def test_older_layouts():
    with scratch() as directory:
        path = make_profile(directory)
        for layout in '1.9', '1.8':
            with OtlpReceiver(STRICT=1, LAYOUT=layout) as receiver:
                result = export_one(receiver, 'grpc', path, '--layout', layout)
                check(result['requests'] == 1, result)
        for protocol in 'grpc', 'http':
            with OtlpReceiver(STRICT=1, LAYOUT='1.9') as receiver:
                first, second = export(receiver, protocol, path, path)
                check((first['requests'], second['requests']) == (2, 1), (first, second))
                check_rules(receiver.finish())


# ---- big, and many ----


def make_big_profile(directory):
    """More than one request may hold: functions alone take 6 MB."""
    profile = ProfileBytes(time_ns=10**18, duration_ns=10**9)
    for i in range(3000):
        profile.add(['main', f'a_function_with_a_long_name_{i}_' + 'x' * 1960], i + 1)
    return profile.save(directory / 'big.pb.gz')


def test_big_profile():
    with scratch() as directory:
        path = make_big_profile(directory)
        for protocol, switches in [('grpc', {}), ('http', {'FAIL_FIRST': 1})]:
            with OtlpReceiver(STRICT=1, **switches) as receiver:
                result = export_one(receiver, protocol, path)
                check(result['requests'] - result['retries'] == 2, result)
                requests = receiver.finish()
                check_rules(requests)
                check(all(request['bytes'] <= 4000000 for request in requests), 'too big')
                taken = [request for request in requests if request['result'] == 'OK']
                check(len(taken) == 2, f'{len(taken)} requests were taken')
                ((_, rows),) = read_requests(taken).items()
                check(len(rows) == 3000 and rows.total() == 3000 * 3001 // 2, 'samples lack')


def test_request_that_is_too_big_for_the_collector():
    with scratch() as directory, OtlpReceiver(MAX_RECV=100000) as receiver:
        path = make_big_profile(directory)
        for protocol in 'grpc', 'http':
            result = export_one(receiver, protocol, path, status=1)
            check(result['requests'] == 1 and 'large' in result['error'], result)


def list_ids(requests):
    return [dict(labels)['id'] for request in requests
            for _, labels in read_requests([request])['samples']]


def test_receiver_that_restarts():
    n = 1000
    for protocol in 'grpc', 'http':
        with OtlpReceiver(STRICT=1, EXIT_AFTER=n // 3) as first:
            endpoint = first.grpc if protocol == 'grpc' else first.http
            program = subprocess.Popen([os.environ['EXPORT_MANY'], endpoint, protocol, str(n)],
                                       stdout=subprocess.PIPE, encoding='utf-8')
            first.process.wait()
            before = first.finish()
        ports = {'OTLP_GRPC_PORT': first.grpc_port, 'OTLP_HTTP_PORT': first.http_port}
        with OtlpReceiver(STRICT=1, **ports) as second:
            stats = json.loads(program.communicate()[0])
            check(program.returncode == 0, program.returncode)
            after = second.finish()
        check_rules(before + after)
        check(stats['exported'] == n and stats['failed'] == stats['dropped'] == 0, stats)
        check(stats['requests'] == n + stats['retries'], stats)
        ids, late = list_ids(before), list_ids(after)
        check(set(ids + late) == {str(i) for i in range(n)}, 'profiles lack')
        # Of the last one the exporter may not have had the answer.
        check(len(ids) == len(set(ids)) and len(late) == len(set(late)), 'sent twice')
        check(not set(ids[:-1]) & set(late), 'sent again after a success')


sys.exit(run_cases_of(globals()))
