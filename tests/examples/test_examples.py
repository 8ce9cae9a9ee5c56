#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Runs each example and asserts what it prints and writes."""
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from gzip import decompress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from harness import Skip, check, plain_name, prof, run, run_cases_of
from profile_bytes import ProfileBytes
from waiting import PATIENCE_S

SECOND = 1_000_000_000

# Burns CPU time, and ends, once a line has come in.
WAIT = "print('ready', flush=True); sys.stdin.readline()"
BUSY = f"""
import sys, time
{WAIT}
while time.process_time() < 0.5:
    sum(range(1000))
"""


# Why these may not have been built.
OPTIONAL = {
    'glib-main-loop': 'GLib (libglib2.0-dev) lacks',
    'memory': "a sanitizer's allocator is in the place of libprof-heap's",
}


def example(name):
    path = Path(os.environ['EXAMPLES'], name)
    if not path.exists() and name in OPTIONAL:
        raise Skip(f'the example {name} is not built: {OPTIONAL[name]}')
    return path


def check_status(name, status, stderr):
    if status != 0 and 'perf_event_paranoid' in stderr:
        raise Skip('this user may not profile')
    check(status == 0, f'{name} exited {status}:\n{stderr}')


def run_example(name, *arguments):
    result = run([example(name), *arguments])
    check_status(name, result.returncode, result.stderr)
    return result.stdout.splitlines()


@contextmanager
def started(command, **options):
    """A process that is gone afterwards, whatever happens."""
    with subprocess.Popen([str(word) for word in command], encoding='utf-8',
                          stdin=subprocess.PIPE, **options) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def started_busy():
    """BUSY, from when it waits for its line."""
    with started([sys.executable, '-c', BUSY], stdout=subprocess.PIPE) as busy:
        check(busy.stdout.readline() == 'ready\n', 'Python does not start')
        yield busy


@contextmanager
def scratch():
    with tempfile.TemporaryDirectory() as directory:
        yield Path(directory)


def report(path, *options):
    return json.loads(prof('report', '--json', *options, path).stdout)


def functions_of(path, *options):
    return {plain_name(row['name']): row for row in report(path, *options)['functions']}


def check_cpu(name):
    with scratch() as directory:
        path = directory / 'cpu.pb.gz'
        primes, samples = run_example(name, path)
        check(int(primes.removesuffix(' primes')) > 1228, primes)
        check(int(re.fullmatch(r'(\d+) samples, \d+ lost', samples)[1]) > 10, samples)
        functions = functions_of(path)
        check(functions['count_primes']['self'] > 0, functions)
        check('profile_work' not in functions or functions['profile_work']['self'] == 0, functions)


def test_cpu():
    check_cpu('cpu')


def test_cpu_as_cpp():
    check_cpu('cpu-cpp')


def test_memory():
    with scratch() as directory:
        path = directory / 'memory.pb.gz'
        [line] = run_example('memory', path)
        # Of 1,000 blocks of 4,000 bytes each second is freed; the rest is what else went on.
        allocated, in_use = map(int, re.fullmatch(r'(\d+) bytes allocated, (\d+) in use', line).groups())
        check(allocated - in_use >= 2_000_000 and in_use >= 2_000_000, line)
        inlined = functions_of(path, '--type', 'inuse_space')
        check(inlined['fill_cache']['total'] == 2_000_000, inlined)
        held = run_example('heap', path)
        check('2000000  fill_cache' in ' '.join(held), held)


def test_trace():
    with scratch() as directory:
        path = directory / 'trace.pb.gz'
        [id_] = run_example('trace', path)
        check(re.fullmatch('[0-9a-f]{32}', id_), id_)
        total = report(path)['total']
        parts = [report(path, '--label', f'trace_id={letter * 32}')['total'] for letter in 'abc']
        check(sum(parts) == total and all(part > 0 for part in parts), (total, parts))


class Collector(BaseHTTPRequestHandler):
    """Takes what is sent by OTLP over HTTP; an empty answer says that it took all."""

    requests = []
    status = 200

    def do_POST(self):
        body = decompress(self.rfile.read(int(self.headers['Content-Length'])))
        self.requests.append((self.path, self.headers['Content-Type'], body))
        self.send_response(self.status)
        self.send_header('Content-Type', 'application/x-protobuf')
        self.send_header('Content-Length', '0')
        self.end_headers()

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass


@contextmanager
def collector(**options):
    handler = type('Handler', (Collector,), {'requests': [], **options})
    with HTTPServer(('127.0.0.1', 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f'http://127.0.0.1:{server.server_port}', handler.requests
        finally:
            server.shutdown()
            thread.join()


def test_exporter():
    with scratch() as directory, collector() as (endpoint, requests):
        file = save_collapsed(directory / 'one.pb.gz', 'main;work 5\n')
        check(run_example('exporter', endpoint, file) == ['1 exported, 0 failed, 0 dropped'], requests)
        requests.clear()
        files = [save_collapsed(directory / f'{i}.pb.gz', f'main;work_{i} 5\n') for i in range(3)]
        check(run_example('exporter', endpoint, *files) == ['3 exported, 0 failed, 0 dropped'], requests)
    check(len(requests) == 3, requests)
    for i, (path, kind, body) in enumerate(requests):
        check((path, kind) == ('/v1development/profiles', 'application/x-protobuf'), (path, kind))
        check(f'work_{i}'.encode() in body and b'service.name' in body and b'example' in body, body)


def test_exporter_that_is_refused():
    with scratch() as directory, collector(status=400) as (endpoint, requests):
        file = save_collapsed(directory / '0.pb.gz', 'main 5\n')
        result = run([example('exporter'), endpoint, file])
    check(result.returncode == 1 and '400' in result.stderr, result.stderr)
    check(len(requests) == 1, requests)


def test_strategies():
    lines = run_example('strategies')
    names = [line.split(':')[0] for line in lines]
    check(names == ['always', 'never', 'probabilistic', 'rate', 'adaptive', 'custom', 'adaptive',
                    'probabilistic'], lines)
    check(lines[7] == lines[2], lines)
    check(lines[0] == 'always: 10000 of 10000, which stand for 10000', lines)
    check(lines[1] == 'never: 0 of 10000, which stand for 0', lines)
    check(lines[5] == 'custom: 1000 of 10000, which stand for 10000', lines)
    taken = [int(line.split()[1]) for line in lines[:6]]
    check(taken[2] in range(2300, 2700) and taken[3] in range(495, 511), lines)
    check(taken[4] in range(900, 2500), lines)
    before, after = map(float, re.findall(r'\d\.\d+', lines[6]))
    check(abs(after - before / 2) < 0.0002, lines)
    stands_for = int(lines[2].split()[-1])
    check(stands_for == taken[2] * 4, lines)


def test_command():
    with scratch() as directory:
        path = directory / 'command.pb.gz'
        program = 'kept = bytes(30 << 20)\nfor i in range(3000000): pass\nraise SystemExit(7)'
        lines = run_example('command', path, sys.executable, '-c', program)
        check(lines == ['exit status 7'], lines)
        totals = {t: report(path, '--type', t)['total'] for t in ('cpu', 'alloc_space')}
        check(totals['cpu'] > 0 and totals['alloc_space'] >= 30 << 20, totals)


def check_busy_profile(path):
    """What it burnt is there, most of it in Python's program or library."""
    rows = report(path)['functions']
    total = sum(row['self'] for row in rows)
    own = sum(row['self'] for row in rows if 'python' in Path(row['module']).name)
    check(total > 0.1 * SECOND and own > total / 2, (total, own))


def test_attach():
    with scratch() as directory, started_busy() as busy:
        path = directory / 'attach.pb.gz'
        command = [example('attach'), busy.pid, 3600, path]
        with started(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as attach:
            if attach.stdout.readline() != 'attached\n':
                check_status('attach', attach.wait(), attach.stderr.read())
            busy.communicate('go\n', timeout=PATIENCE_S)
            _, stderr = attach.communicate(timeout=PATIENCE_S)
            check_status('attach', attach.returncode, stderr)
        check_busy_profile(path)


def test_attach_for_a_time():
    with scratch() as directory, started_busy() as busy:
        path = directory / 'attach.pb.gz'
        lines = run_example('attach', busy.pid, 0.01, path)
        check(lines == ['attached'] and busy.poll() is None, lines)
        check(report(path)['total'] == 0, report(path))


def test_attach_to_nothing():
    result = run([example('attach'), 2**22 + 1, 1, '/dev/null'])
    check(result.returncode == 1 and str(2**22 + 1) in result.stderr, result.stderr)


def run_poll(path, busy_input, poll_input):
    with started_busy() as busy:
        command = [example('poll'), busy.pid, path]
        with started(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as loop:
            if loop.stdout.readline() != 'recording\n':
                check_status('poll', loop.wait(), loop.stderr.read())
            if busy_input:
                busy.communicate(busy_input, timeout=PATIENCE_S)
            if poll_input:
                loop.stdin.write(poll_input)
                loop.stdin.flush()
            line = loop.stdout.readline()
            check(loop.wait(PATIENCE_S) == 0, loop.stderr.read())
            return line


def test_poll_until_the_end():
    with scratch() as directory:
        path = directory / 'poll.pb.gz'
        check(run_poll(path, 'go\n', None) == 'the process has ended\n', 'no end')
        check_busy_profile(path)


def test_poll_until_enter():
    with scratch() as directory:
        path = directory / 'poll.pb.gz'
        check(run_poll(path, None, '\n') == 'stopped by Enter\n', 'not by Enter')
        check(report(path)['total'] == 0, report(path))


def test_glib_main_loop():
    with scratch() as directory:
        path = directory / 'glib.pb.gz'
        program = BUSY.replace(WAIT, '')
        lines = run_example('glib-main-loop', path, sys.executable, '-c', program)
        counts = [int(re.fullmatch(r'(\d+) samples', line)[1]) for line in lines]
        check(counts == sorted(counts) and counts[-1] > 10, lines)
        check_busy_profile(path)


def test_build():
    with scratch() as directory:
        path = directory / 'build.pb.gz'
        run_example('build', path)
        rows = {name: (row['self'], row['total'], row['file'], row['module'])
                for name, row in functions_of(path, '--label', 'user=ada').items()}
        check(rows == {'search': (30000000, 30000000, 'handlers.py', 'shop'),
                       'index': (2000000, 2000000, 'handlers.py', 'shop'),
                       'serve': (0, 32000000, 'server.py', 'shop')}, rows)
        check(report(path, '--type', 'requests')['total'] == 3, report(path))


def save_collapsed(path, text):
    prof('convert', '--from', 'collapsed', '-', path, input=text, stdin=None)
    return path


def check_report(name):
    with scratch() as directory:
        old = save_collapsed(directory / 'old.pb.gz', 'main;parse 30\nmain;draw 10\nmain 2\n')
        new = save_collapsed(directory / 'new.pb.gz', 'main;parse 5\nmain;draw 12\nmain 2\n')
        lines = [line.split() for line in run_example(name, old)]
        check(lines == [['samples', 'in', 'count,', '42', 'in', 'all'], ['30', '30', 'parse'],
                        ['10', '10', 'draw'], ['2', '42', 'main']], lines)
        lines = [line.split() for line in run_example(name, old, new)]
        check(lines == [['samples', 'in', 'count,', '-23', 'in', 'all'], ['-25', '-25', 'parse'],
                        ['2', '2', 'draw'], ['0', '-23', 'main']], lines)


def test_report():
    check_report('report')


def test_report_as_cpp():
    check_report('report-cpp')


def test_report_of_nothing():
    result = run([example('report'), '/nonexistent.pb.gz'])
    check(result.returncode == 1 and '/nonexistent.pb.gz' in result.stderr, result.stderr)


def add_blocks(profile, stack, objects, size, start_s, end_s=None):
    labels = {'bytes': (size, 'bytes'), 'end_timestamp_ns': (SECOND + start_s * SECOND, 'nanoseconds')}
    if end_s is not None:
        labels['freed_timestamp_ns'] = (SECOND + end_s * SECOND, 'nanoseconds')
    values = [objects, objects * size]
    profile.add(stack, *values, *(values if end_s is None else [0, 0]), **labels)


def test_heap():
    profile = ProfileBytes([('alloc_objects', 'count'), ('alloc_space', 'bytes'),
                            ('inuse_objects', 'count'), ('inuse_space', 'bytes')], SECOND, 8 * SECOND)
    add_blocks(profile, ['main', 'load', 'malloc'], 10, 100, 1)
    add_blocks(profile, ['main', 'work', 'malloc'], 5, 1000, 3, 5)
    with scratch() as directory:
        lines = run_example('heap', profile.save(directory / 'heap.pb.gz'))
    check([line.split() for line in lines] == [
        ['0.0', 's', '0', 'bytes', 'live,', '0', 'allocated'],
        ['2.0', 's', '1000', 'bytes', 'live,', '1000', 'allocated'],
        ['4.0', 's', '6000', 'bytes', 'live,', '5000', 'allocated'],
        ['6.0', 's', '1000', 'bytes', 'live,', '0', 'allocated'],
        ['8.0', 's', '1000', 'bytes', 'live,', '0', 'allocated'],
        ['peak:', '6000', 'bytes', 'after', '3.0', 's'],
        ['held', 'at', 'the', 'peak:'], ['5000', 'work'], ['1000', 'load'],
        ['leaked:'], ['1000', 'load']], lines)


def test_system_memory():
    total, used, available, own, pressure = run_example('system-memory')
    kib = int(re.search(r'MemTotal:\s+(\d+)', Path('/proc/meminfo').read_text('ascii'))[1])
    check(total == f'total {kib // 1024} MiB', total)
    used_mib = int(re.fullmatch(r'used (\d+) MiB \(\d+\.\d %\)', used)[1])
    available_mib = int(re.match(r'available (\d+) MiB, cached \d+ MiB$', available)[1])
    check(abs(used_mib + available_mib - kib // 1024) <= 1, (total, used, available))
    check(re.fullmatch(r'this process [1-9]\d* KiB, [1-9]\d* page faults', own), own)
    check(re.fullmatch(r'pressure is not known|some task waited \d+\.\d+ % of the last 10 s', pressure),
          pressure)


sys.exit(run_cases_of(globals()))
