#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""What a recorder of root gives up once its events are open, what it can do without that, and that
the command keeps all it had."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from harness import Skip, check, run_cases_of
from scratch import Scratch, finish
from waiting import PATIENCE_S, wait_until

PROGRAMS = Path(os.environ['PROGRAMS'])
NOBODY = 65534
BECOME = ['setpriv', f'--reuid={NOBODY}', f'--regid={NOBODY}', '--clear-groups']

# capabilities(7)
DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER, KILL, IPC_LOCK, SYS_PTRACE = 1, 2, 3, 5, 14, 19
SYS_ADMIN, SYSLOG, PERFMON, CHECKPOINT_RESTORE = 21, 34, 38, 40
KEPT = sum(1 << number for number in (
    DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER, KILL, IPC_LOCK, SYS_PTRACE, SYSLOG, PERFMON, CHECKPOINT_RESTORE))

SHOW = ['cat', '/proc/self/status', '/proc/self/limits']
LASTING = re.compile(r'^(?:Cap\w+|NoNewPrivs|Seccomp\w*|[UG]id|Groups|Sig(?:Ign|Blk)):.*|^Max .*', re.M)


def read_status(path, name):
    return re.search(rf'^{name}:\t(\w+)', Path(path, 'status').read_text('ascii', 'replace'), re.M)[1]


def read_capabilities(path, name):
    return int(read_status(path, name), 16)


def need_rights():
    held = read_capabilities('/proc/self', 'CapEff')
    if ~held & (KEPT | 1 << SYS_ADMIN):
        raise Skip('not root with all rights')
    return held


def check_recorder(pid):
    """All threads: each has capabilities of its own."""
    threads = list(Path(f'/proc/{pid}/task').iterdir())
    check(len(threads) >= 2, threads)
    for thread in threads:
        for name in 'CapEff', 'CapPrm':
            check(read_capabilities(thread, name) == KEPT, f'{name} {read_capabilities(thread, name):x}')
        check(read_status(thread, 'NoNewPrivs') == '1', 'new rights')
    limits = Path(f'/proc/{pid}/limits').read_text('ascii')
    check(re.search(r'^Max core file size +1 +1 ', limits, re.M), limits)


def start_private_program(scratch):
    """Of another user, in a place that is closed to all others."""
    place = scratch.path / 'private'
    place.mkdir()
    shutil.copy(PROGRAMS / 'server', place)
    for path in place / 'server', place:
        os.chown(path, NOBODY, NOBODY)
        path.chmod(0o700)
    return subprocess.Popen([*BECOME, place / 'server', '0'])


def wait_for_samples(recorder):
    for line in recorder.stdout:
        if json.loads(line).get('samples', 0) > 0:
            return
    check(False, recorder.stderr.read())


def test_recorder_of_another_users_program():
    need_rights()
    with Scratch() as scratch:
        target = start_private_program(scratch)
        try:
            comm = Path(f'/proc/{target.pid}/comm')
            wait_until(lambda: comm.read_text('ascii') == 'server\n', 'it')
            recorder = scratch.start('record', '--control', '-o', 'out.pb.gz', '-p', str(target.pid),
                                     stdin=subprocess.PIPE)
            wait_for_samples(recorder)
            check_recorder(recorder.pid)
            _, errors = recorder.communicate('stop\n', timeout=PATIENCE_S)
            check(recorder.returncode == 0 and "can't give up" not in errors, errors)
        finally:
            target.kill()
            target.wait()
        functions = scratch.read('out.pb.gz')['functions']
        check(any(f['name'] == 'parse_request' and f['module'].endswith('/server') for f in functions), functions)


def test_output_in_place_of_another_users():
    """In a directory with the sticky bit only the owner, or root, may take a file's place."""
    need_rights()
    with Scratch() as scratch:
        place = scratch.path / 'place'
        place.mkdir()
        (place / 'out.pb.gz').touch()
        for path in place / 'out.pb.gz', place:
            os.chown(path, NOBODY, NOBODY)
        place.chmod(0o1755)
        scratch.run('record', '-q', '-o', place / 'out.pb.gz', '--', 'true')
        scratch.run('report', place / 'out.pb.gz')


def test_agent():
    need_rights()
    with Scratch() as scratch:
        agent = scratch.start('agent', '-p', str(os.getpid()), '-e', 'http://127.0.0.1:9',
                              '--spool', 'spool')
        lines = iter(agent.stderr.readline, '')
        check(any('profiling' in line for line in lines), 'the agent ended')
        check_recorder(agent.pid)
        check(finish(agent, signal.SIGTERM) == 0, 'its status')


def test_commands_notice_nothing():
    with Scratch() as scratch:
        expected = LASTING.findall(subprocess.run(SHOW, capture_output=True, text=True, check=True,
                                                  stdin=subprocess.DEVNULL).stdout)
        check(len(expected) > 20, expected)
        for options in [], ['--heap']:
            shown = scratch.run('record', '-q', '-o', 'out.pb.gz', *options, '--', *SHOW).stdout
            check(LASTING.findall(shown) == expected, f'{options}: {shown}')


if __name__ == '__main__':
    sys.exit(run_cases_of(globals()))
