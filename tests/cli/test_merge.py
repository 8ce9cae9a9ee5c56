#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
import json
import os
import sys
import tempfile
from pathlib import Path

from harness import Skip, check, prof, run, run_cases_of
from profile_bytes import ProfileBytes


def build(directory, name, **values):
    profile = ProfileBytes()
    for function, value in values.items():
        profile.add(['main', function], value)
    return profile.save(Path(directory, name))


def self_values(path):
    functions = json.loads(prof('report', '--json', path).stdout)['functions']
    return {f['name']: f['self'] for f in functions if f['self'] != 0}


def test_sum():
    with tempfile.TemporaryDirectory() as directory:
        paths = [build(directory, 'a', lex=1, read=2), build(directory, 'b', lex=10),
                 build(directory, 'c', write=100)]
        out = Path(directory, 'sum.pb.gz')
        prof('merge', '-o', out, *paths)
        check(self_values(out) == {'lex': 11, 'read': 2, 'write': 100}, self_values(out))
        prof('merge', '--output', out, paths[0])
        check(self_values(out) == {'lex': 1, 'read': 2}, 'one file is itself')


def test_standard_output():
    with tempfile.TemporaryDirectory() as directory:
        path = build(directory, 'a', lex=1)
        out = Path(directory, 'sum.pb.gz')
        with open(out, 'wb') as file:
            prof('merge', '-o', '-', path, path, stdout=file)
        check(self_values(out) == {'lex': 2}, 'not on standard output')


def test_a_terminal_gets_no_profile():
    with tempfile.TemporaryDirectory() as directory:
        path = build(directory, 'a', lex=1)
        result = run(['script', '-qec', f"'{os.environ['PROF']}' merge -o - '{path}'", '/dev/null'])
        check(result.returncode == 1 and 'terminal' in result.stdout, result)


def test_mistakes():
    check('--output' in prof('merge', 'a', status=2).stderr, 'no output')
    check('profile' in prof('merge', '-o', 'x', status=2).stderr, 'no profile')
    check('--output' in prof('merge', 'a', '-o', status=2).stderr, 'an output without a name')


def test_different_kinds():
    with tempfile.TemporaryDirectory() as directory:
        path = build(directory, 'a', lex=1)
        other = ProfileBytes([('alloc', 'bytes')]).add(['main'], 1).save(Path(directory, 'other'))
        out = Path(directory, 'sum.pb.gz')
        result = prof('merge', '-o', out, path, other, status=1)
        check(str(other) in result.stderr and not out.exists(), result.stderr)


def test_what_was_there_survives():
    with tempfile.TemporaryDirectory() as directory:
        path = build(directory, 'a', lex=1)
        out = build(directory, 'out.pb.gz', old=5)
        damaged = Path(directory, 'damaged')
        damaged.write_bytes(path.read_bytes()[:20])
        prof('merge', '-o', out, path, damaged, status=1)
        prof('merge', '-o', out, path, Path(directory, 'missing'), status=1)
        check(self_values(out) == {'old': 5}, 'the old file is damaged')
        check(len(os.listdir(directory)) == 3, f'left behind: {os.listdir(directory)}')


def test_full_disk():
    if os.getuid() != 0:
        raise Skip('only root may mount a file system')
    with tempfile.TemporaryDirectory() as directory:
        disk = Path(directory, 'disk')
        disk.mkdir()
        if run(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]).returncode != 0:
            raise Skip('mounting is not allowed here')
        try:
            big = ProfileBytes()
            for i in range(20000):
                big.add([f'{os.urandom(8).hex()}{i}'], i)
            path = big.save(Path(directory, 'big'))
            out = build(disk, 'out.pb.gz', old=5)
            result = prof('merge', '-o', out, path, status=1)
            check('No space left' in result.stderr and str(out) in result.stderr, result.stderr)
            check(self_values(out) == {'old': 5}, 'the old file is damaged')
            check(os.listdir(disk) == ['out.pb.gz'], f'left behind: {os.listdir(disk)}')
        finally:
            run(['umount', disk])


def test_output_that_can_not_be_written():
    with tempfile.TemporaryDirectory() as directory:
        path = build(directory, 'a', lex=1)
        for out, reason in (directory, 'Is a directory'), ('/no/such/dir/x', 'No such file'), \
                ('/proc/x', ''), ('/dev/full', 'No space left'):
            result = prof('merge', '-o', out, path, status=1)
            check(out in result.stderr and reason in result.stderr, f'{out}: {result.stderr}')


sys.exit(run_cases_of(globals()))
