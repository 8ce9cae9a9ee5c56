#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""What a user without rights can record, and what each refusal says."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

from harness import Skip, check, run_cases_of
from scratch import BUSY, Scratch, in_private_mounts
from waiting import PATIENCE_S, record_until_samples

NOBODY = 65534
DROP = ['setpriv', f'--reuid={NOBODY}', f'--regid={NOBODY}', '--clear-groups', '--inh-caps=-all',
        '--bounding-set=-all', '--no-new-privs']


def read_paranoid():
    return int(Path('/proc/sys/kernel/perf_event_paranoid').read_text('ascii'))


class Unprivileged(Scratch):
    """Runs prof as somebody without rights: who runs the test, or nobody in place of root."""

    def __init__(self, limits=''):
        super().__init__(prefix=['sh', '-c', f'{limits}\nexec "$@"', 'sh']
                         + (DROP if os.geteuid() == 0 else []))

    def __enter__(self):
        super().__enter__()
        # Nobody may have no way to the build directory.
        built = Path(self.prof)
        self.installed = self.path / 'installed'
        for part in built, *(built.parent.parent / 'libprof').glob('libprof.so*'):
            if part.is_file():
                target = self.installed / part.parent.name / part.name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(part, target)
        self.prof = self.installed / built.parent.name / built.name
        if read_paranoid() > 2:
            raise Skip('kernel.perf_event_paranoid leaves nothing to users (Debian: 3)')
        return self


def test_own_command():
    if read_paranoid() < 2:
        raise Skip('kernel.perf_event_paranoid gives the kernel to all')
    with Unprivileged() as scratch:
        result = scratch.record('--', *BUSY)
        notes = result.stderr
        check('kernel code is not recorded' in notes and 'perf_event_paranoid' in notes, notes)
        recording = result.profile['recordings'][0]
        check(recording['events'][0]['excludes_kernel'] and recording['samples'] > 0, recording)
        check(any('kernel code is not recorded' in note for note in recording['notes']), recording)


def test_own_process():
    prefix = DROP if os.geteuid() == 0 else []
    command = [*prefix, 'sh', '-c', 'while :; do :; done']
    with Unprivileged() as scratch, subprocess.Popen(command) as target:
        while prefix and os.stat(f'/proc/{target.pid}').st_uid != NOBODY:
            check(target.poll() is None, 'the target ended')
        try:
            record_until_samples(*scratch.prefix, scratch.prof, 'record', '-o', 'out.pb.gz', '-p',
                                 str(target.pid), cwd=scratch.path)
        finally:
            target.kill()
        recording = scratch.read('out.pb.gz')['recordings'][0]
        check(recording['samples'] > 0, recording)
        if read_paranoid() < 1:
            return
        check(recording['attach'] == 'task', recording)
        check(any('attached by thread' in note for note in recording['notes']), recording)


def test_attaching_by_cpu():
    if read_paranoid() < 1:
        raise Skip('kernel.perf_event_paranoid gives whole CPUs to all')
    with Unprivileged() as scratch:
        scratch.refuse('record', '-q', '--attach', 'cpu', '--', 'true', says=['try: ', 'setcap'])


def test_process_of_another_user():
    with Unprivileged() as scratch:
        if os.stat('/proc/1').st_uid == os.geteuid() != 0:
            raise Skip('all processes are of this user')
        scratch.refuse('record', '-q', '-p', '1', says=['process 1', 'another user', 'try: ', 'setcap'])


def test_whole_system():
    if read_paranoid() < 1:
        raise Skip('kernel.perf_event_paranoid gives the whole system to all')
    with Unprivileged() as scratch:
        scratch.refuse('record', '-q', '-a', '-d', '0.1',
                       says=['the whole system', f'(it is {read_paranoid()})', 'try: sudo sysctl',
                             'setcap'])


def test_kernel_only():
    """Without the kernel nothing would be left of the event."""
    if read_paranoid() < 2:
        raise Skip('kernel.perf_event_paranoid gives the kernel to all')
    with Unprivileged() as scratch:
        scratch.refuse('record', '-q', '-e', 'cpu-clock:k', '--', *BUSY,
                       says=['cpu-clock:k', 'kernel', 'try: sudo sysctl kernel.perf_event_paranoid=1'])


def test_tracepoints():
    mount = 'mount -t tracefs tracefs /sys/kernel/tracing || exit 99; exec "$@"'
    with Unprivileged() as scratch:
        if os.geteuid() != 0:
            raise Skip('only root may mount tracefs')
        result = in_private_mounts(mount, *DROP, scratch.prof, 'record', '-q', '-e', 'sched:sched_switch',
                                   '--', 'true', cwd=scratch.path)
        if result.returncode == 99:
            raise Skip(f'no tracefs: {result.stderr}')
        check(result.returncode == 1 and len(result.stderr.splitlines()) == 1, result)
        check('sched:sched_switch' in result.stderr and 'try: sudo' in result.stderr, result.stderr)


def test_locked_memory():
    """The rings become smaller rather than to fail."""
    with Unprivileged('ulimit -l 0') as scratch:
        result = scratch.record('--', *BUSY)
        check('may lock no more memory' in result.stderr, result.stderr)
        check(result.profile['recordings'][0]['samples'] > 0, result.stderr)


def test_locked_memory_is_used_up():
    """By another recorder of the same user, which has it all."""
    with Unprivileged('ulimit -l 0') as scratch:
        recorders = []
        try:
            for i in range(4):
                recorders.append(scratch.start('record', '-q', '-o', f'{i}.pb.gz', '--', 'sh', '-c',
                                               'echo ready; exec sleep 100'))
                if recorders[-1].stdout.readline() != 'ready\n':
                    break
            _, stderr = recorders[-1].communicate(timeout=PATIENCE_S)
            check(recorders[-1].returncode == 1 and len(stderr.splitlines()) == 1, stderr)
            check('may lock' in stderr and 'perf_event_mlock_kb' in stderr, stderr)
        finally:
            for recorder in recorders:
                recorder.terminate()
                recorder.wait(timeout=PATIENCE_S)


def test_few_descriptors():
    with Unprivileged('ulimit -n 10') as scratch:
        scratch.refuse('record', '-q', '--', 'true', says=['try: ulimit -n'])


def test_places_without_rights():
    with Unprivileged() as scratch:
        if os.access('/', os.W_OK) and os.geteuid() != 0:
            raise Skip('this user may write everywhere')
        (scratch.path / 'locked').mkdir(mode=0o755)
        (scratch.path / 'secret').mkdir(mode=0o700)
        if os.geteuid() != 0:
            (scratch.path / 'locked').chmod(0o555)
            (scratch.path / 'secret').chmod(0)
        for place in 'locked/out.pb.gz', 'secret/out.pb.gz', '/out.pb.gz':
            scratch.refuse('record', '-q', '-o', place, '--', *BUSY, says=[place, 'Permission denied'])
        (scratch.path / 'script').write_text('#!/bin/sh\n')
        scratch.refuse('record', '-q', '--', './script', says=['./script', 'not executable'])
        scratch.refuse('record', '-q', '--cwd', 'secret', '--', 'true', says=['secret', 'Permission denied'])


sys.exit(run_cases_of(globals()))
