#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Dumps of OTLP profiles wherever a profile is read, and recorded profiles to OTLP and back."""
import gzip
import json
import os
import struct
import subprocess
import tempfile
from pathlib import Path

from harness import Skip, check, prof, run, run_cases_of
from profile_bytes import ProfileBytes

PROGRAM = ('python3', '-c',
           'kept = [str(i) * 20 for i in range(100000)]; freed = [bytearray(3000)] * 3000; del freed')

ZSTD = bytes((0x28, 0xb5, 0x2f, 0xfd))


class Directory(tempfile.TemporaryDirectory):
    def __enter__(self):
        super().__enter__()
        return Path(self.name)


def make_dump(directory, name='profile', types=(('samples', 'count'),), **values):
    """A request with the functions that main calls."""
    profile = ProfileBytes(list(types))
    for function, value in values.items():
        profile.add(['main', function], *[value] * len(types))
    profile.save(directory / 'profile.pb.gz')
    prof('convert', directory / 'profile.pb.gz', directory / f'{name}.otlp')
    return directory / f'{name}.otlp'


def self_values(path, **options):
    functions = json.loads(prof('report', '--json', path, **options).stdout)['functions']
    return {f['name']: f['self'] for f in functions if f['self'] != 0}


def frame(*paths):
    """As a collector's file exporter writes requests."""
    requests = [path.read_bytes() for path in paths]
    return b''.join(struct.pack('>I', len(request)) + request for request in requests)


def check_round_trip(directory, *record):
    recorded, dump, back = (directory / name for name in ('in.pb.gz', 'in.otlp', 'out.pb.gz'))
    prof('record', '-o', recorded, *record)
    prof('convert', recorded, dump)
    prof('convert', dump, back)
    result = run([os.environ['COMPARE_PROFILES'], recorded, back])
    check(result.returncode == 0, result.stdout + result.stderr)


def test_a_recorded_cpu_profile_there_and_back():
    checks = json.loads(prof('doctor', '--json').stdout)['checks']
    own = next(c for c in checks if c['id'] == 'own-process')
    if own['status'] == 'missing':
        raise Skip(f'own programs can not be profiled here: {own["detail"]}')
    with Directory() as directory:
        check_round_trip(directory, '--', *PROGRAM)


def test_a_recorded_heap_profile_there_and_back():
    with Directory() as directory:
        check_round_trip(directory, '--heap', '--heap-rate', '4k', '--', *PROGRAM)


def test_every_command_reads_dumps():
    with Directory() as directory:
        dump = make_dump(directory, parse=3, emit=4)
        check(self_values(dump) == {'parse': 3, 'emit': 4}, 'report')
        merged = directory / 'merged.pb.gz'
        prof('merge', '-o', merged, dump, directory / 'profile.pb.gz')
        check(self_values(merged) == {'parse': 6, 'emit': 8}, 'merge')
        check('parse' in prof('diff', dump, merged).stdout, 'diff')
        stacks = prof('convert', '--to', 'collapsed', dump, '-').stdout
        check(sorted(stacks.splitlines()) == ['main;emit 4', 'main;parse 3'], stacks)
        prof('convert', dump, directory / 'graph.svg')
        check('parse' in (directory / 'graph.svg').read_text(), 'flame graph')


def test_standard_input_and_gzip():
    with Directory() as directory:
        dump = make_dump(directory, parse=3)
        with open(dump, 'rb') as file:
            check(self_values('-', stdin=file) == {'parse': 3}, 'a file as standard input')
        with subprocess.Popen(['cat', dump], stdout=subprocess.PIPE) as cat:
            check(self_values('-', stdin=cat.stdout) == {'parse': 3}, 'a pipe')
        (directory / 'dump.gz').write_bytes(gzip.compress(frame(dump)))
        check(self_values(directory / 'dump.gz') == {'parse': 3}, 'compressed')


def test_profiles_of_one_kind_are_added_up():
    with Directory() as directory:
        one, two = make_dump(directory, 'one', a=1, b=2), make_dump(directory, 'two', b=3)
        other = make_dump(directory, 'three', types=[('space', 'bytes')], c=1)
        stream = directory / 'stream'
        stream.write_bytes(frame(one, two))
        check(self_values(stream) == {'a': 1, 'b': 5}, self_values(stream))
        stream.write_bytes(frame(one, other, two))
        result = prof('report', '--json', stream)
        check('1 of its 3 profiles' in result.stderr, result.stderr)


def test_header():
    """A dump does not say what was recorded."""
    with Directory() as directory:
        dump = make_dump(directory, parse=3)
        first = prof('report', dump).stdout.splitlines()[0]
        check(first.startswith(f'{dump}:') and ':,' not in first, first)


def test_all_sample_types_stay():
    with Directory() as directory:
        dump = make_dump(directory, types=[('samples', 'count'), ('cpu', 'nanoseconds')], a=0)
        back = directory / 'back.pb.gz'
        prof('convert', dump, back)
        for name in 'samples', 'cpu':
            prof('report', '--type', name, back)


def test_what_is_no_dump():
    with Directory() as directory:
        dump = make_dump(directory, parse=3)
        for contents, word in ((b'{"resourceProfiles":[]}', 'JSON'),
                               (dump.read_bytes() * 2, 'length'),
                               (dump.read_bytes()[:-1], 'ends'),
                               (frame(dump)[:-1], 'behind the end'),
                               (ZSTD + b'\x24\x05', 'unpack it with zstd -d'),
                               (b'\0\0\0\x20' + ZSTD + b'\x24\x05', "messages are compressed with zstd")):
            (directory / 'bad').write_bytes(contents)
            result = prof('report', directory / 'bad', status=1)
            check(word in result.stderr and 'bad' in result.stderr, result.stderr)
            result = prof('convert', directory / 'bad', directory / 'x.svg', status=1)
            check(word in result.stderr, result.stderr)
        prof('convert', '--from', 'otlp', directory / 'profile.pb.gz', directory / 'x.svg', status=1)


if __name__ == '__main__':
    raise SystemExit(run_cases_of(globals()))
