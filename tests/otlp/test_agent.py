#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""prof agent against a receiver: what arrives, what waits while it is away, what signals do."""
import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from harness import Skip, check, prof, run, run_cases_of
from otlp_receiver import OtlpReceiver

NOWHERE = 'http://localhost:1'
PATIENCE_S = 300
# The shell's own loop: all of its time is spent in the shell.
BUSY = ['sh', '-c', 'while :; do :; done']


@contextmanager
def busy():
    process = subprocess.Popen(BUSY)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class Agent:
    """prof agent on a busy process, as a context; its lines of JSON."""

    def __init__(self, *arguments, spool, interval='200ms', flush='300s', config=None, with_pid=True):
        self.spool, self.config, self.with_pid = Path(spool), config, with_pid
        self.options = ['--spool', spool, '--interval', interval, '--json', '--flush', flush, *arguments]

    def __enter__(self):
        self.target = subprocess.Popen(BUSY)
        arguments = ['--config', self.config] if self.config else self.options
        if self.with_pid and not self.config:
            arguments = ['-p', self.target.pid, *arguments]
        self.process = subprocess.Popen(
            [os.environ['PROF'], 'agent', *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            encoding='utf-8',
        )
        return self

    def __exit__(self, *_):
        for process in self.process, self.target:
            process.kill()
            process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            text = self.process.stderr.read()
            if 'perf_event_paranoid' in text:
                raise Skip(text)
            check(False, f'the agent ended: {text}')
        return json.loads(line)

    def wait_until(self, condition):
        while not condition(status := self.read()):
            continue
        return status

    def finish(self, sig=signal.SIGTERM, status=0):
        """Ends it; what it said on standard error."""
        self.process.send_signal(sig)
        _, text = self.process.communicate(timeout=PATIENCE_S)
        check(self.process.returncode == status, f'{self.process.returncode}: {text}')
        check('Sanitizer' not in text and 'runtime error' not in text, text)
        return text

    def list_spool(self):
        return sorted(path.name for path in self.spool.iterdir())


@contextmanager
def spool():
    with tempfile.TemporaryDirectory() as directory:
        yield Path(directory) / 'spool'


def get_profile(request):
    """The first profile of a request, and the strings of all of it."""
    message = request['request']
    profile = message['resource_profiles'][0]['scope_profiles'][0]['profiles'][0]
    return profile, message['dictionary']['string_table']


def check_requests(requests):
    """All of them are in order, and none is there twice. Profiles have two sample types each."""
    for request in requests:
        check(request['violations'] == [], request['violations'])
    times = [int(get_profile(request)[0]['time_unix_nano']) for request in requests]
    check(times == sorted(set(times)), f'not in order, or twice: {times}')


def test_profiles_arrive():
    with OtlpReceiver(STRICT=1) as receiver, spool() as directory:
        with Agent('-e', receiver.http, '-r', 'service.name=shop', spool=directory) as agent:
            agent.wait_until(lambda status: status['sent'] >= 4)
            text = agent.finish()
            check(agent.list_spool() == [], f'{agent.list_spool()}: {text}')
        requests = receiver.finish()
        check(len(requests) >= 4, requests)
        check_requests(requests)
        strings = get_profile(requests[-1])[1]
        check('shop' in json.dumps(requests[-1]['request']), 'no service.name')
        check(any(string.endswith(('/dash', '/bash', '/busybox')) for string in strings), strings)


def test_grpc():
    with OtlpReceiver(STRICT=1) as receiver, spool() as directory:
        with Agent('-e', receiver.grpc, '--protocol', 'grpc', spool=directory) as agent:
            agent.wait_until(lambda status: status['sent'] >= 2)
            agent.finish()
        check_requests(receiver.finish())


def test_profiles_wait_for_the_receiver():
    with spool() as directory:
        with Agent('-e', NOWHERE, spool=directory, flush='0') as agent:
            agent.wait_until(lambda status: status['waiting'] >= 5)
            text = agent.finish()
            check('connect' in text and 'wait' in text, text)
            n_waiting = len(agent.list_spool())
            check(n_waiting >= 5, agent.list_spool())
        with OtlpReceiver(STRICT=1) as receiver:
            with Agent('-e', receiver.http, spool=directory, interval='1h') as agent:
                receiver.wait_for_requests(n_waiting)
                agent.finish()
                check(agent.list_spool() == [], agent.list_spool())
            requests = receiver.finish()
        check(len(requests) in (n_waiting, n_waiting + 1), f'{len(requests)} of {n_waiting}')
        check_requests(requests)


def test_the_receiver_comes_back():
    with OtlpReceiver() as receiver, spool() as directory:
        port = receiver.http_port
        with Agent('-e', receiver.http, spool=directory) as agent:
            agent.wait_until(lambda status: status['sent'] >= 2)
            before = receiver.finish()
            agent.wait_until(lambda status: status['waiting'] >= 3)
            with OtlpReceiver(OTLP_HTTP_PORT=port) as again:
                agent.wait_until(lambda status: status['waiting'] == 0)
                text = agent.finish()
                after = again.finish()
        check('again' in text, text)
        check_requests(before + after)


def test_the_spool_is_bounded():
    with spool() as directory:
        with Agent('-e', NOWHERE, '--spool-max', '4k', spool=directory, flush='0') as agent:
            status = agent.wait_until(lambda status: status['dropped'] >= 3)
            check(status['waiting_bytes'] <= 4096, status)
            check('the spool is full' in agent.finish(), 'not told')
            # The oldest may be on its way, and is not dropped then.
            size = sum(path.stat().st_size for path in directory.iterdir())
            check(0 < size <= 8192, size)


def test_other_files_of_the_spool():
    with OtlpReceiver() as receiver, spool() as directory:
        directory.mkdir()
        damaged = directory / f'{7:020}.pb.gz'
        damaged.write_bytes(b'no profile')
        (directory / 'notes.txt').write_text('keep')
        with Agent('-e', receiver.http, spool=directory) as agent:
            agent.wait_until(lambda status: status['sent'] >= 1)
            text = agent.finish()
            check(agent.list_spool() == [f'{7:020}.damaged', 'notes.txt'], agent.list_spool())
            check(f'{7:020}.damaged' in text, text)


def test_what_is_refused_is_dropped():
    with OtlpReceiver(ALWAYS_CODE='INVALID_ARGUMENT') as receiver, spool() as directory:
        with Agent('-e', receiver.http, spool=directory) as agent:
            status = agent.wait_until(lambda status: status['refused'] >= 2)
            check(status['sent'] == 0, status)
            agent.finish()


def test_what_fails_again_and_again_is_dropped():
    """UNKNOWN may be the collector's fault or the profile's: what comes after it tells."""
    with OtlpReceiver(FIRST_PROFILE_CODE='UNKNOWN') as receiver, spool() as directory:
        with Agent('-e', receiver.grpc, '--protocol', 'grpc', spool=directory) as agent:
            agent.wait_until(lambda status: status['refused'] == 1 and status['sent'] >= 2)
            text = agent.finish()
            check('failed again and again while others were taken' in text, text)
            check(agent.list_spool() == [], agent.list_spool())
        results = [request['result'] for request in receiver.finish()]
        check(3 <= results.count('UNKNOWN') <= 6 and results.count('OK') >= 2, results)


def test_one_agent_for_a_spool():
    with spool() as directory, Agent('-e', NOWHERE, spool=directory, flush='0') as agent:
        agent.read()
        result = prof('agent', '-p', agent.target.pid, '--spool', directory, status=1)
        check('another agent' in result.stderr, result.stderr)
        agent.finish()


def write_config(path, **settings):
    lines = [f'{name.replace("_", "-")} = {value}' for name, value in settings.items()]
    path.write_text('# a comment\n\n' + '\n'.join(lines) + '\n')


def wait_for_line(agent, words):
    for line in agent.process.stderr:
        if words in line:
            return line
    raise AssertionError(f'the agent ended before it said {words!r}')


def test_reload():
    with spool() as directory, busy() as target, OtlpReceiver() as receiver:
        directory.mkdir()
        path = directory.parent / 'agent.conf'
        settings = {'pid': target.pid, 'interval': '200ms', 'spool': directory, 'json': 'true',
                    'flush': '300s'}
        write_config(path, endpoint=NOWHERE, **settings)
        with Agent(spool=directory, config=path) as agent:
            agent.wait_until(lambda status: status['waiting'] >= 1)
            for broken in 'frequency = -1', 'no-such-setting = 1', 'pid = 999999999', 'all = true':
                write_config(path, endpoint=NOWHERE, **settings)
                path.write_text(path.read_text() + broken + '\n')
                agent.process.send_signal(signal.SIGHUP)
                wait_for_line(agent, 'the old one goes on')
            agent.read()
            write_config(path, endpoint=receiver.http, frequency=50, **settings)
            agent.process.send_signal(signal.SIGHUP)
            wait_for_line(agent, 'the new configuration is in use')
            status = agent.read()
            n_old = status['sent'] + status['waiting']
            agent.wait_until(lambda status: status['sent'] >= n_old + 2)
            agent.finish()
        requests = receiver.finish()
        check_requests(requests)
        first, last = (int(get_profile(requests[i])[0]['period']) for i in (0, -1))
        # Of hardware events by frequency, the period is not known.
        check((first, last) in ((10**7, 2 * 10**7), (0, 0)), f'{first}, {last}')


def test_the_end_of_the_process_ends_it():
    with OtlpReceiver() as receiver, spool() as directory:
        with Agent('-e', receiver.http, spool=directory, interval='1h') as agent:
            wait_for_line(agent, 'profiling')
            agent.target.kill()
            _, text = agent.process.communicate(timeout=PATIENCE_S)
            check(agent.process.returncode == 0 and 'has ended' in text, text)


def read_rss_kib(pid):
    status = Path(f'/proc/{pid}/status').read_text('ascii')
    return int(next(line for line in status.splitlines() if line.startswith('VmRSS')).split()[1])


def read_cpu_s(pid):
    fields = Path(f'/proc/{pid}/stat').read_text('ascii').rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def test_memory_is_flat():
    """An hour in miniature. The sanitizers keep freed memory; the names of the kernel take some
    MiB from the first sample in it on, whenever that comes."""
    with OtlpReceiver() as receiver, spool() as directory:
        options = ['-e', receiver.http, '--exclude-kernel']
        with Agent(*options, spool=directory, interval='50ms') as agent:
            agent.wait_until(lambda status: status['sent'] >= 50)
            before = read_rss_kib(agent.process.pid)
            agent.wait_until(lambda status: status['sent'] >= 150)
            after, cpu_s = read_rss_kib(agent.process.pid), read_cpu_s(agent.process.pid)
            sanitized = 'asan' in Path(f'/proc/{agent.process.pid}/maps').read_text('utf-8')
            agent.finish()
        print(f'{before} KiB after 50 profiles, {after} KiB after 150; {cpu_s} s of CPU')
        check(sanitized or after < before + 8192, f'{before} KiB, {after} KiB')
        check_requests(receiver.finish())


@contextmanager
def control_group():
    """A directory of cgroup v2."""
    for root in Path('/sys/fs/cgroup'), Path('/sys/fs/cgroup/unified'):
        if (root / 'cgroup.procs').exists() and (root / 'cgroup.controllers').exists():
            break
    else:
        raise Skip('there is no cgroup v2')
    try:
        directory = Path(tempfile.mkdtemp(prefix='prof-test-', dir=root))
    except OSError as error:
        raise Skip(f'no control group can be made: {error}') from error
    try:
        yield directory
    finally:
        for pid in (directory / 'cgroup.procs').read_text('ascii').split():
            (root / 'cgroup.procs').write_text(pid)
        directory.rmdir()


def test_control_group():
    with spool() as directory, control_group() as group, busy() as inside:
        arguments = ['-e', NOWHERE, '--cgroup', group]
        with Agent(*arguments, spool=directory, flush='0', with_pid=False) as agent:
            check([agent.read()['samples'] for _ in range(3)] == [0] * 3, 'samples of others')
            (group / 'cgroup.procs').write_text(str(inside.pid))
            agent.wait_until(lambda status: status['samples'] > 0)
            agent.finish()


def test_switched_off():
    with spool() as directory:
        result = prof('agent', '-p', os.getpid(), '--spool', directory, status=1,
                      env={**os.environ, 'OTEL_SDK_DISABLED': 'True'})
        check('OTEL_SDK_DISABLED is true' in result.stderr, result.stderr)


def test_spool_that_cannot_be_written():
    with spool() as directory:
        directory.mkdir()
        script = 'mount -t tmpfs -o ro none "$1" || exit 77; shift; exec "$@"'
        result = run(['unshare', '--mount', 'sh', '-c', script, 'sh', directory, os.environ['PROF'],
                      'agent', '-p', str(os.getpid()), '--spool', directory, '--interval', '10ms'])
        if result.returncode == 77 or 'unshare' in result.stderr:
            raise Skip(f'a file system can not be mounted: {result.stderr}')
        check(result.returncode == 1, result)
        check("can't keep profiles in" in result.stderr, result.stderr)
        check("can't save" not in result.stderr, result.stderr)


def test_mistakes():
    for arguments, words in [
        ([], 'what to profile'),
        (['-a', '-p', '1'], 'exclude each other'),
        (['-p', '1', '--interval', '1ms'], 'at least 10ms'),
        (['-a', '--config', '/dev/null'], 'all other options are in the file'),
        (['--config', '/dev/null'], 'what to profile'),
    ]:
        result = prof('agent', *arguments, status=2)
        check(words in result.stderr, f'{arguments}: {result.stderr}')


sys.exit(run_cases_of(globals()))
