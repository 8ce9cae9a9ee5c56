#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Records programs as Debian ships them, stripped and without frame pointers, and compares where
their time went with what `perf record` says of the same program.

Two runs see the same program but not the same samples: a function's shares may differ by 4 standard
deviations of a binomial share (of both sample counts), and by 2 percentage points of drift from run
to run. Where others use the machine the drift is greater for a while: a difference counts if it is
there each time, of three.
"""
import math
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from harness import Skip, check, leaf_function, need, prof, read_profile, run, run_cases, user_stack
from waiting import wait_until

DRIFT = 0.02
SIGMAS = 4
MIN_SHARE = 0.01  # of functions that are compared
MIN_SAMPLES = 500
MIN_ROOTED = 0.95  # of the stacks
MAX_ROUNDS = 3
ROOTS = {'_start', '__libc_start_main', '__libc_start_main_impl', '__libc_start_call_main',
         'start_thread', 'clone3', '__clone3', '__GI___clone3'}
PERF_EVENT = ['-e', 'cpu-clock', '-F', '999']


class Symbols:
    """Gives one name to all names of an address, since each tool chooses among them as it likes."""

    def __init__(self):
        self.by_module = {}

    def name_for(self, module, name):
        if not module.startswith('/'):
            return (module, '')
        if module not in self.by_module:
            self.by_module[module] = read_aliases(module)
        name = name.split('@')[0]
        return (Path(module).name, self.by_module[module].get(name, name))


def find_debug_file(module):
    notes = run(['readelf', '-n', module]).stdout
    build_id = re.search(r'Build ID: ([0-9a-f]{3,})', notes)
    if build_id is None:
        return None
    return f'/usr/lib/debug/.build-id/{build_id[1][:2]}/{build_id[1][2:]}.debug'


def read_aliases(module):
    """{name: one name of its address} of a module and its debug file."""
    aliases, first_at = {}, {}
    for command in (['nm', '-D', module], ['nm', module], ['nm', find_debug_file(module) or module]):
        for line in run([*command, '--defined-only']).stdout.splitlines():
            address, _, name = line.split(None, 2)
            name = name.split('@')[0]
            aliases.setdefault(name, first_at.setdefault(address, name))
    return aliases


def shares_of(counts):
    total = sum(counts.values())
    return {key: count / total for key, count in counts.items()}


def read_prof(path, symbols):
    profile = read_profile(path)
    counts = Counter()
    for sample in profile.samples:
        frame = leaf_function(sample)
        module = '[kernel]' if frame.is_kernel else frame.mapping
        # perf has no name for what no symbol covers; ours says where the function begins.
        name = '' if re.search(r'\+0x[0-9a-f]+$', frame.system_name) else frame.system_name
        counts[symbols.name_for(module, name)] += sample.values[0]
    check_roots(profile)
    return counts


def check_roots(profile):
    """The stacks go down to where the C library starts a program or a thread."""
    stacks = Counter()
    for sample in profile.samples:
        stacks[user_stack(sample)] += sample.values[0]
    del stacks[()]
    rooted = sum(count for stack, count in stacks.items() if ROOTS & set(stack[-3:]))
    total = sum(stacks.values())
    cut_off = [(count, stack) for stack, count in stacks.most_common() if not ROOTS & set(stack[-3:])]
    check(rooted >= MIN_ROOTED * total, f'{rooted} of {total} stacks reach their root; the others:\n'
          + '\n'.join(f'  {count} {" < ".join(stack)}' for count, stack in cut_off[:5]))


def read_perf(path, symbols):
    text = run(['perf', 'script', '--no-demangle', '-i', path, '-F', 'ip,sym,dso'], timeout=300).stdout
    counts = Counter()
    for line in text.splitlines():
        if match := re.match(r'\s*[0-9a-f]+ (.*) \((.*)\)$', line):
            name = '' if match[1] == '[unknown]' else match[1]
            module = '[kernel]' if match[2].startswith('[kernel') or match[2].endswith('.ko') else match[2]
            counts[symbols.name_for(module.removesuffix(' (deleted)'), name)] += 1
    return counts


def compare_rounds(title, record):
    """`record` gives what prof and perf counted."""
    for n_left in reversed(range(MAX_ROUNDS)):
        try:
            return compare(title, *record())
        except AssertionError as difference:
            if n_left == 0:
                raise
            print(f'{difference}\n{title}: again')


def compare(title, ours, theirs):
    """Fails where a module's or a function's share of the samples differs by more than the bound."""
    for counts in (ours, theirs):
        check(sum(counts.values()) >= MIN_SAMPLES, f'{title}: only {sum(counts.values())} samples')
    worst = ('', -1, 0)
    for kind, merge in (('module', lambda key: key[0]), ('function', lambda key: key)):
        a, b = merged(ours, merge), merged(theirs, merge)
        for key in a.keys() | b.keys():
            bound, difference = compare_share(a, b, key)
            worst = max(worst, (f'{kind} {key}', difference, bound), key=lambda row: row[1] - row[2])
    print(f'{title}: {sum(ours.values())} samples, perf {sum(theirs.values())}; closest to its bound: '
          f'{worst[0]}, {worst[1]:.1%} apart, {worst[2]:.1%} allowed')
    check(worst[1] <= worst[2], f'{title}: {worst[0]} differs:\n' + show_shares(ours, theirs))


def merged(counts, merge):
    result = Counter()
    for key, count in counts.items():
        result[merge(key)] += count
    return result


def compare_share(a, b, key):
    n_a, n_b = sum(a.values()), sum(b.values())
    share_a, share_b = a[key] / n_a, b[key] / n_b
    if max(share_a, share_b) < MIN_SHARE:
        return 1, 0
    pooled = (a[key] + b[key]) / (n_a + n_b)
    deviation = math.sqrt(pooled * (1 - pooled) * (1 / n_a + 1 / n_b))
    return SIGMAS * deviation + DRIFT, abs(share_a - share_b)


def show_shares(ours, theirs):
    a, b = shares_of(ours), shares_of(theirs)
    keys = sorted(a.keys() | b.keys(), key=lambda key: -max(a.get(key, 0), b.get(key, 0)))
    return '\n'.join(f'  prof {a.get(key, 0):6.1%}  perf {b.get(key, 0):6.1%}  {key}' for key in keys[:15])


def need_perf(directory):
    need('perf')
    result = run(['perf', 'record', *PERF_EVENT, '-o', directory / 'try', '--', 'true'])
    if result.returncode != 0:
        raise Skip(f'perf record does not work here: {result.stderr.strip().splitlines()[-1]}')


def compare_command(title, directory, command):
    """Records a command twice with each, in turns so that both see what drifts, and compares."""
    need_perf(directory)
    symbols = Symbols()

    def record():
        ours, theirs = Counter(), Counter()
        for turn in range(2):
            prof('record', '-o', directory / 'prof.pb.gz', '--', *command)
            ours += read_prof(directory / 'prof.pb.gz', symbols)
            data = directory / f'perf.data.{turn}'
            result = run(['perf', 'record', *PERF_EVENT, '-o', data, '--', *command])
            check(result.returncode == 0, result.stderr)
            theirs += read_perf(data, symbols)
        return ours, theirs

    compare_rounds(title, record)


PYTHON_SCRIPT = '''
import json, re

def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

words = {}
for round in range(25):
    fib(27)
    words.update((i, str(i)) for i in range(100000))
    sorted(words.values())
    json.loads(json.dumps(list(words.values())))
    re.findall('1[0-9]*7', ' '.join(words.values()))
'''


def test_python(directory):
    need('/usr/bin/python3')
    script = directory / 'script.py'
    script.write_text(PYTHON_SCRIPT, 'utf-8')
    compare_command('python3', directory, ['/usr/bin/python3', script])


SQLITE_QUERY = '''
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 4000000)
SELECT sum (n * n % 7), count (DISTINCT n % 1000), max (n || 'x') FROM numbers;
'''


def test_sqlite(directory):
    need('sqlite3')
    compare_command('sqlite3', directory, ['sqlite3', ':memory:', SQLITE_QUERY])


def test_xz(directory):
    need('xz')
    words = random.Random(1)
    vocabulary = [bytes(words.choices(b'abcdefgh', k=words.randint(2, 9))) for _ in range(5000)]
    text = directory / 'text'
    text.write_bytes(b' '.join(words.choices(vocabulary, k=1200000)))
    # Blocks small enough for two threads to have several each.
    compare_command('xz', directory,
                    ['xz', '-T2', '-3', '--block-size=1MiB', '--keep', '--force', text])


CPP_SOURCE = '''
#include <map>
#include <regex>
#include <string>
#include <vector>

template <int N> struct Row {
  std::map<std::string, std::vector<int>> cells;
  int sum () { int s = N; for (auto &[k, v] : cells) for (int x : v) s += x ^ N; return s; }
};
template <int N> int add () { Row<N> row; row.cells["a"].push_back (N); return row.sum () + add<N - 1> (); }
template <> int add<0> () { return 0; }
int match (const std::string &s) { return std::regex_match (s, std::regex ("a+(b|c)*d")) + add<40> (); }
'''


def test_gcc(directory):
    need('g++')
    source = directory / 'large.cpp'
    source.write_text(CPP_SOURCE, 'utf-8')
    # The driver does next to nothing: the samples are those of its children.
    compare_command('g++', directory,
                    ['g++', '-std=c++17', '-O1', '-c', '-o', directory / 'large.o', source])


@contextmanager
def redis_under_load(directory):
    socket = directory / 'redis.sock'
    server = subprocess.Popen(['redis-server', '--port', '0', '--unixsocket', socket, '--save', '',
                               '--dir', directory], stdout=subprocess.DEVNULL)
    load = None
    try:
        wait_until(lambda: run(['redis-cli', '-s', socket, 'ping']).stdout.strip() == 'PONG', 'redis')
        run(['redis-cli', '-s', socket, 'rpush', 'list', *range(100)])
        load = subprocess.Popen(['redis-benchmark', '-s', socket, '-q', '-l', '-c', '20', '-P', '16',
                                 'lrange', 'list', '0', '99'], stdout=subprocess.DEVNULL)
        yield server.pid
    finally:
        for process in (load, server):
            if process is not None:
                process.terminate()
                process.wait()


def test_redis(directory):
    need('redis-server', 'redis-benchmark', 'redis-cli')
    need_perf(directory)
    symbols = Symbols()
    with redis_under_load(directory) as pid:
        compare_rounds('redis-server', lambda: record_redis(directory, pid, symbols))


def record_redis(directory, pid, symbols):
    """In turns, so that both see what drifts; more of them where others use the processors."""
    ours, theirs = Counter(), Counter()
    turn = 0
    while turn < 3 or min(sum(ours.values()), sum(theirs.values())) < MIN_SAMPLES:
        turn += 1
        prof('record', '--duration', '2', '-p', pid, '-o', directory / 'prof.pb.gz')
        ours += read_prof(directory / 'prof.pb.gz', symbols)
        data = directory / f'perf.data.{turn}'
        run(['perf', 'record', *PERF_EVENT, '-o', data, '-p', pid, '--', 'sleep', '2'])
        theirs += read_perf(data, symbols)
    return ours, theirs


def in_directory(test):
    def function():
        with tempfile.TemporaryDirectory() as directory:
            test(Path(directory))
    return function


sys.exit(
    run_cases(
        [
            ('python3', in_directory(test_python)),
            ('redis-server under redis-benchmark', in_directory(test_redis)),
            ('sqlite3', in_directory(test_sqlite)),
            ('xz with two threads', in_directory(test_xz)),
            ('g++ and its children', in_directory(test_gcc)),
        ]
    )
)
