#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""How prof record starts, ends and treats its command; what the profile says about programs is
tested in test_programs.py."""
import gzip
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from harness import Skip, check, need, prof, run, run_cases_of
from waiting import (PATIENCE_S, record_until_samples, wait_until, wait_until_attached,
                     wait_until_stopped)

PROF = os.environ['PROF']
SPIN = 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done'


class Directory(tempfile.TemporaryDirectory):
    """Temporary, with the path of a profile to be."""

    def __enter__(self):
        super().__enter__()
        self.path = Path(self.name)
        self.out = self.path / 'out.pb.gz'
        return self

    def record(self, *arguments, **options):
        return prof('record', '-o', self.out, *arguments, **options)

    def report(self, *arguments):
        return json.loads(prof('report', '--json', *arguments, self.out).stdout)

    @property
    def recording(self):
        return self.report()['recordings'][0]

    def start(self, *arguments, **options):
        command = [PROF, 'record', '-o', str(self.out), *map(str, arguments)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                **options)


def need_rights():
    checks = json.loads(prof('doctor', '--json').stdout)['checks']
    own = next(c for c in checks if c['id'] == 'own-process')
    if own['status'] == 'missing':
        raise Skip(f'own programs can not be profiled here: {own["detail"]}')


def end_of(process, status):
    out, err = process.communicate(timeout=PATIENCE_S)
    check(process.returncode == status, f'exited {process.returncode}, not {status}:\n{out}{err}')
    return err


def test_command():
    with Directory() as directory:
        result = directory.record('--', 'sh', '-c', SPIN)
        check(re.search(r'^prof: [\d,]+ samples? in .* [\d,]+ lost, .* written to .*out\.pb\.gz \(',
                        result.stderr, re.M), result.stderr)
        check('\r' not in result.stderr, 'a progress line without a terminal')
        recording = directory.recording
        check(recording['command'] == ['sh', '-c', SPIN] and recording['samples'] > 0, recording)
        check(recording['events'][0]['frequency_hz'] == 999, recording)
        check(os.listdir(directory.name) == ['out.pb.gz'], os.listdir(directory.name))


def test_exit_status_is_passed_on():
    with Directory() as directory:
        directory.record('sh', '-c', 'exit 3', status=3)
        directory.record('sh', '-c', 'kill -KILL $$', status=137)
        check(directory.out.exists(), 'no profile')


def test_default_name():
    with Directory() as directory:
        for name in 'a', 'b':
            prof('record', '/bin/true', cwd=directory.name)
        names = os.listdir(directory.name)
        check(len(names) == 2 and all(re.fullmatch(r'prof-true-\d{8}-\d{6}(-\d)?\.pb\.gz', n)
                                      for n in names), names)
        check('true' in prof('report', cwd=directory.name).stdout, 'report does not find it')


def test_duration_is_over_before_the_command():
    """The command ends when it sees the profile, so the profile is not waiting for the command."""
    with Directory() as directory:
        directory.record('-d', '100ms', 'sh', '-c', f'until [ -s {directory.out} ]; do :; done; exit 9',
                         status=9)
        check(directory.recording['duration_ns'] >= 100_000_000, directory.recording)


def test_signal_ends_recording_and_command():
    for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
        with Directory() as directory:
            script = f'trap "exit 42" {number.name[3:]}; touch {directory.path}/ready; while :; do :; done'
            process = directory.start('bash', '-c', script)
            wait_until((directory.path / 'ready').exists, 'the command')
            process.send_signal(number)
            end_of(process, 42)
            check(directory.recording['samples'] >= 0, 'no profile')


def test_two_signals_of_one_cause():
    """As timeout(1) sends them, to prof and to its group: prof, stopped, gets both at once."""
    with Directory() as directory:
        process = directory.start('sh', '-c', f'touch {directory.path}/ready; while :; do :; done',
                                  start_new_session=True)
        wait_until((directory.path / 'ready').exists, 'the command')
        process.send_signal(signal.SIGSTOP)
        wait_until_stopped(process.pid)
        process.send_signal(signal.SIGINT)
        os.killpg(process.pid, signal.SIGTERM)
        process.send_signal(signal.SIGCONT)
        end_of(process, 143)
        check(directory.recording, 'no profile')


def test_second_signal_leaves_at_once():
    with Directory() as directory:
        script = f'trap "" TERM; echo $$ > {directory.path}/pid; while :; do :; done'
        process = directory.start('bash', '-c', script)
        wait_until(lambda: (directory.path / 'pid').exists() and (directory.path / 'pid').read_text(),
                   'the command')
        try:
            process.terminate()
            wait_until(directory.out.exists, 'the profile')
            wait_until(lambda: process.poll() is not None or process.terminate(), 'the end')
            check(process.returncode == 143, process.returncode)
        finally:
            os.kill(int((directory.path / 'pid').read_text()), signal.SIGKILL)
            process.communicate()


def test_running_process():
    with Directory() as directory, subprocess.Popen(['sh', '-c', 'while :; do :; done']) as target:
        try:
            directory.record('-p', target.pid, '-d', '10ms')
            check(directory.recording['pids'] == [target.pid], directory.recording)
            record_until_samples(PROF, 'record', '-o', directory.out, '-p', str(target.pid))
            check(directory.recording['samples'] > 0, directory.recording)
            process = directory.start('-p', target.pid)
            wait_until_attached(process)
            process.terminate()
            end_of(process, 0)
            check(target.poll() is None, 'the signal went to the target')
        finally:
            target.kill()


def test_end_of_a_running_process():
    with Directory() as directory, subprocess.Popen(['sh', '-c', 'read x; ' + SPIN],
                                                    stdin=subprocess.PIPE) as target:
        process = directory.start('-p', target.pid)
        wait_until_attached(process)
        target.communicate(b'\n')
        end_of(process, 0)
        check(directory.recording['pids'] == [target.pid], directory.recording)


def test_whole_system():
    with Directory() as directory:
        result = run([PROF, 'record', '-o', directory.out, '-a', '-d', '100ms'])
        if result.returncode != 0:
            check(result.stderr.count('\n') == 1, result.stderr)
            raise Skip('the whole system can not be profiled here')
        check(directory.recording['system_wide'], directory.recording)


def test_standard_output():
    """The command's own output must not get into the profile."""
    with Directory() as directory:
        with open(directory.out, 'wb') as file:
            result = prof('record', '-o', '-', 'sh', '-c', f'echo hello; {SPIN}', stdout=file)
        check('hello' in result.stderr, result.stderr)
        check(directory.recording['command'][0] == 'sh', 'no profile')


def test_command_inherits_what_prof_was_given():
    """Signals ignored and blocked, and the limit of open files."""
    with Directory() as directory:
        script = 'ulimit -Sn; ulimit -Hn; grep -E "^Sig(Blk|Ign)" /proc/self/status'

        def prepare():
            resource.setrlimit(resource.RLIMIT_NOFILE, (100, 2000))
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])

        alone = run(['sh', '-c', script], preexec_fn=prepare).stdout
        check(alone.startswith('100\n2000\n'), alone)
        recorded = directory.record('sh', '-c', script, preexec_fn=prepare).stdout
        check(recorded == alone, f'{recorded} is not {alone}')


def test_directory_and_environment():
    with Directory() as directory:
        result = directory.record('--cwd', '/', '--env', 'NEW=a=b', '--env', 'GONE', 'sh', '-c',
                                  'pwd; echo "$NEW,$GONE,$KEPT"',
                                  env={**os.environ, 'GONE': 'x', 'KEPT': 'y'})
        check(result.stdout == '/\na=b,,y\n', result.stdout)


def test_labels_can_be_left_out():
    with Directory() as directory:
        script = ['sh', '-c', SPIN]
        directory.record(*script)
        for label in 'thread=', 'tid=', 'pid=', 'end_timestamp_ns=':
            check(directory.report('--label', label)['total'] > 0, f'{label} lacks')
        directory.record('--no-thread-names', '--no-thread-ids', '--no-timestamps', *script)
        check(directory.report()['total'] > 0, 'no samples')
        for label in 'thread=', 'tid=', 'pid=', 'end_timestamp_ns=':
            check(directory.report('--label', label)['total'] == 0, f'{label} is there')


def test_several_events():
    with Directory() as directory:
        directory.record('-e', 'cpu-clock,page-faults', '-e', 'task-clock', 'sh', '-c', SPIN)
        names = [event['name'] for event in directory.recording['events']]
        check(names == ['cpu-clock', 'page-faults', 'task-clock'], names)
        check(directory.report('--type', 'page-faults')['total'] > 0, 'no page faults')


def test_delay_and_sampling():
    with Directory() as directory:
        result = directory.record('--delay', '1h', 'sh', '-c', SPIN)
        check('no samples' in result.stderr and directory.recording['samples'] == 0, result.stderr)
        check('cut short' not in result.stderr, result.stderr)
        directory.record('--sampling', 'never', 'sh', '-c', SPIN)
        recording = directory.recording
        check(directory.report()['total'] == 0 and recording['refused'] > 0, recording)
        check(recording['sampling'] == 'never', recording)


def test_names_are_kept():
    need_rights()
    with Directory() as directory:
        names, default = directory.path / 'names', directory.path / 'default'
        environment = {**os.environ, 'XDG_CACHE_HOME': str(default)}
        functions = []
        for options in [['--symbol-cache', names]] * 2 + [['--no-symbol-cache']]:
            directory.record(*options, 'sh', '-c', SPIN, env=environment)
            functions.append({f['name'] for f in directory.report()['functions']})
        check(functions[0] & functions[1] & functions[2], functions)
        check(list(names.iterdir()), 'nothing was kept')
        check(names.stat().st_mode & 0o777 == 0o700, names.stat())
        check(not default.exists(), 'a cache that nobody asked for')
        directory.record('sh', '-c', SPIN, env=environment)
        check(list((default / 'prof').iterdir()), 'nothing was kept in the usual place')
        for kept in (default / 'prof').iterdir():
            kept.write_bytes(kept.read_bytes()[:-1] + b'?')
        directory.record('sh', '-c', SPIN, env=environment)
        check(functions[2] & {f['name'] for f in directory.report()['functions']}, functions)


def test_quiet():
    with Directory() as directory:
        check(directory.record('-q', 'true').stderr == '', 'not quiet')


def test_progress_on_a_terminal():
    need('script')
    with Directory() as directory:
        stop = directory.path / 'stop'
        command = f"'{PROF}' record -o '{directory.out}' sh -c 'until [ -e {stop} ]; do :; done'"
        with subprocess.Popen(['script', '-qec', command, '/dev/null'], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, text=True) as process:
            text = wait_for_progress(process.stdout)
            stop.touch()
            check(text != '', 'no line of progress: ' + process.communicate(timeout=PATIENCE_S)[0])


def wait_for_progress(lines):
    """Text ends lines at carriage returns too."""
    pattern = r'\x1b\[K\[prof\] \d+ s, [1-9][\d,]* samples \([\d,]+/s\), [\d,]+ lost'
    return next((line for line in lines if re.search(pattern, line)), '')


def test_mistakes():
    for arguments, expected in [
        ([], 'what to record'),
        (['-a', 'ls'], 'exclude each other'),
        (['-a', '-p', '1'], 'exclude each other'),
        (['-F', 'fast', 'ls'], '--frequency'),
        (['-F', '0', 'ls'], '--frequency'),
        (['-F', '1000001', 'ls'], '--frequency'),
        (['-c', '0', 'ls'], '--period'),
        (['-F', '10', '--period', '10', 'ls'], '--period'),
        (['--unwind', 'magic', 'ls'], '--unwind'),
        (['--sampling', 'rate:-1', 'ls'], '--sampling'),
        (['-d', 'long', 'ls'], '--duration'),
        (['-p', 'init'], '--pid'),
        (['-e', '', 'ls'], '--event'),
        (['--env', '=x', 'ls'], '--env'),
        (['--cwd', '/', '-p', '1'], '--cwd'),
        (['--stack-size', '1G', 'ls'], '--stack-size'),
        (['--stack-size', '100k', 'ls'], '--stack-size'),
        (['--stack-size', '7', 'ls'], '--stack-size'),
        (['--max-depth', '0', 'ls'], '--max-depth'),
        (['--max-depth', '8193', 'ls'], '--max-depth'),
        (['-o'], '--output'),
    ]:
        result = prof('record', *arguments, status=2)
        check(expected in result.stderr and '--help' in result.stderr, f'{arguments}: {result.stderr}')


# Publishes a process context (OTEP 4719) by itself.
SERVICE = r'''
import ctypes, os, struct
payload = ctypes.create_string_buffer(b'\n\x18\n\x16\n\x0cservice.name\x12\x06\n\x04shop', 26)
fd = os.memfd_create('OTEL_CTX')
os.ftruncate(fd, 32)
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
mapping = libc.mmap(None, 32, 3, 2, fd, 0)
header = struct.pack('<8sIIQQ', b'OTEL_CTX', 2, 26, 1, ctypes.addressof(payload))
ctypes.memmove(mapping, header, 32)
print('ready', flush=True)
input()
'''


def test_the_resource_of_a_program():
    need_rights()
    with Directory() as directory, subprocess.Popen(
            [sys.executable, '-c', SERVICE], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as service:
        check(service.stdout.readline() == b'ready\n', 'the service does not start')
        directory.record('-p', service.pid, '-d', '100ms')
        program = os.readlink(f'/proc/{service.pid}/exe')
        service.communicate(b'\n', timeout=PATIENCE_S)
        resource = directory.recording['resource']
        check(resource['service.name'] == 'shop', resource)
        check(resource['process.executable.path'] == program, resource)
        check(resource['process.executable.name'] == Path(program).name, resource)
        header = prof('report', directory.out).stdout
        check(re.search(r'^  resource: .*service\.name=shop', header, re.M), header)


def test_a_traceparent_links_the_recording():
    need_rights()
    trace, span = '0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'
    with Directory() as directory:
        directory.record('--', 'sh', '-c', SPIN, env={
            **os.environ, 'TRACEPARENT': f'00-{trace}-{span}-01'})
        profile = gzip.decompress(directory.out.read_bytes())
        for text in 'trace_id', trace, 'span_id', span:
            check(text.encode() in profile, f'{text} is missing')
        directory.record('--', 'sh', '-c', SPIN, env={**os.environ, 'TRACEPARENT': '00-bad'})
        check(b'trace_id' not in gzip.decompress(directory.out.read_bytes()), 'a bad one is taken')


def test_what_can_not_be_recorded():
    with Directory() as directory:
        plain = directory.path / 'plain'
        plain.write_text('text')
        for arguments, expected in [
            (['no-such-command'], 'no-such-command'),
            (['/no/such/command'], '/no/such/command'),
            ([str(plain)], str(plain)),
            (['--cwd', '/no/such/directory', 'ls'], '/no/such/directory'),
            (['-p', '999999999'], '999999999'),
            (['-e', 'no-such-event', 'ls'], 'no-such-event'),
        ]:
            result = directory.record(*arguments, status=1)
            check(expected in result.stderr, f'{arguments}: {result.stderr}')
            check(len(result.stderr.splitlines()) <= 2 and not directory.out.exists(), result.stderr)


def test_output_is_tried_before_the_command_runs():
    with Directory() as directory:
        ran = directory.path / 'ran'
        for out in '/no/such/directory/x', directory.name, '', '/proc/x':
            result = prof('record', '-o', out, 'touch', ran, status=1)
            check(out in result.stderr and not ran.exists(), f'{out}: {result.stderr}')


def test_full_disk():
    result = prof('record', '-o', '/dev/full', 'true', status=1)
    check('No space left' in result.stderr and '/dev/full' in result.stderr, result.stderr)
    with open('/dev/full', 'w', encoding='utf-8') as full:
        result = prof('record', '-o', '-', 'true', status=1, stdout=full)
    check('No space left' in result.stderr, result.stderr)


def test_full_disk_keeps_what_was_there():
    if os.getuid() != 0:
        raise Skip('only root may mount a file system')
    with Directory() as directory:
        if run(['mount', '-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', directory.name]).returncode != 0:
            raise Skip('mounting is not allowed here')
        try:
            directory.out.write_bytes(b'old' * 1000)
            result = directory.record('sh', '-c', SPIN, status=1)
            check('No space left' in result.stderr, result.stderr)
            check(directory.out.read_bytes() == b'old' * 1000, 'the old file is damaged')
            check(os.listdir(directory.name) == ['out.pb.gz'], os.listdir(directory.name))
        finally:
            run(['umount', directory.name])


try:
    need_rights()
except Skip as reason:
    print(f'SKIP: {reason}')
    sys.exit(77)
sys.exit(run_cases_of(globals()))
