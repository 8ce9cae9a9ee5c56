#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Attaching by CPU and by thread record the same: the process, its threads and the children to come,
and nobody else. The programs are told apart by their modules: python is wanted, awk is not."""
import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from harness import Skip, check, need, prof, run, run_cases_of
from waiting import PATIENCE_S, record_until_samples, wait_until_attached

PROF = os.environ['PROF']
WAYS = ('task', 'cpu')
SPIN = 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done'
# Once told to, works in a thread and in a child that is another program, one after the other.
TARGET = f'''
import subprocess, sys, threading
sys.stdin.readline()
thread = threading.Thread(target=lambda: [sum(range(1000)) for _ in range(20000)])
thread.start()
thread.join()
subprocess.run(['dash', '-c', {SPIN!r}])
'''
STRANGER = 'BEGIN { while (1) i++ }'


@contextmanager
def running(*command, **options):
    with subprocess.Popen(command, **options) as process:
        try:
            yield process
        finally:
            process.kill()


def need_right():
    with tempfile.TemporaryDirectory() as folder:
        if run([PROF, 'record', '-q', '-a', '-d', '10ms', '-o', f'{folder}/x.pb.gz']).returncode:
            raise Skip('whole CPUs can not be recorded here')


def read(out, *arguments):
    return json.loads(prof('report', '--json', '-n', '0', *arguments, out).stdout)


def list_modules(out):
    return {Path(function['module']).name for function in read(out)['functions']}


def record_work(way, out, *options):
    """From attaching to the target's end, while a stranger works."""
    with running('awk', STRANGER), running(sys.executable, '-c', TARGET, stdin=subprocess.PIPE,
                                           text=True) as target:
        command = [PROF, 'record', '--attach', way, '-o', out, '-p', str(target.pid), *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as recorder:
            wait_until_attached(recorder)
            target.communicate('\n', timeout=PATIENCE_S)
            errors = recorder.communicate(timeout=PATIENCE_S)[1]
        check(recorder.returncode == 0, errors)
    check(read(out)['recordings'][0]['attach'] == way, read(out)['recordings'])


def test_threads_and_children_are_recorded_and_strangers_are_not():
    need('awk', 'dash')
    need_right()
    for way in WAYS:
        with tempfile.TemporaryDirectory() as folder:
            out = f'{folder}/out.pb.gz'
            record_work(way, out)
            modules = list_modules(out)
            check('dash' in modules and any(name.startswith('python') for name in modules), (way, modules))
            check(not any('awk' in name for name in modules), (way, modules))


def test_children_are_left_out():
    need('awk', 'dash')
    need_right()
    for way in WAYS:
        with tempfile.TemporaryDirectory() as folder:
            out = f'{folder}/out.pb.gz'
            record_work(way, out, '--no-inherit')
            modules = list_modules(out)
            check(any(name.startswith('python') for name in modules), (way, modules))
            check('dash' not in modules, (way, modules))


def test_command_by_cpu():
    need('awk', 'dash')
    need_right()
    with tempfile.TemporaryDirectory() as folder, running('awk', STRANGER):
        out = f'{folder}/out.pb.gz'
        prof('record', '--attach', 'cpu', '-o', out, '--', 'dash', '-c', SPIN)
        modules = list_modules(out)
        check('dash' in modules and not any('awk' in name for name in modules), modules)
        check(read(out)['recordings'][0]['attach'] == 'cpu', read(out)['recordings'])


def test_what_is_chosen_is_told():
    need_right()
    with tempfile.TemporaryDirectory() as folder, running('sh', '-c', 'while :; do :; done') as target:
        out = f'{folder}/out.pb.gz'
        record_until_samples(PROF, 'record', '-o', out, '-p', str(target.pid))
        [recording] = read(out)['recordings']
        check(recording['attach'] == 'cpu', recording)
        check('(attached by CPU)' in prof('report', out).stdout, prof('report', out).stdout)
        prof('record', '-o', out, '-d', '10ms', '-e', 'page-faults', '-p', str(target.pid))
        [recording] = read(out)['recordings']
        check(recording['attach'] == 'task', recording)
        check(any('attached by thread' in note for note in recording['notes']), recording)


def test_mistakes():
    for words, said in (
        (['--attach', 'both', '--', 'true'], 'auto, cpu or task'),
        (['--attach', 'cpu', '-a'], '--attach is for a command or --pid'),
        (['--attach', 'cpu', '--delay', '1', '--', 'true'], 'exclude each other'),
    ):
        result = prof('record', *words, status=2)
        check(said in result.stderr, result.stderr)


sys.exit(run_cases_of(globals()))
