#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Programs as Debian ships them, and their own test suites, behave under the heap recorder as they
do without it: same exit status, same output, same files. One sample per 16 KiB, so that the sampled
paths are used much; and every allocation where the program is small."""
import hashlib
import os
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from harness import Skip, check, google_pprof, need, prof, run, run_cases_of
from waiting import PATIENCE_S, wait_until

RATE = '16k'


@contextmanager
def scratch():
    with tempfile.TemporaryDirectory(prefix='heap-programs-') as directory:
        yield Path(directory)


def record(directory, command, rate=RATE, **options):
    """Runs a command under the recorder; the profile it gave has to be one."""
    path = directory / 'heap.pb.gz'
    result = run([os.environ['PROF'], 'record', '--heap', '--heap-rate', rate, '-q', '-o', path,
                  '--', *command], **{'timeout': 300, **options})
    check(path.exists(), f'no profile of {command}: {result.stderr}')
    check_profile(path)
    path.unlink()
    return result


def check_profile(path):
    for sample_type in 'alloc_space', 'inuse_space':
        text = google_pprof('-top', f'-sample_index={sample_type}', path)
        check(re.search(r'Showing nodes accounting for [\d.]+(B|kB|MB|GB)?,', text), text)
    allocated = google_pprof('-top', '-unit=B', '-sample_index=alloc_space', path)
    check(re.search(r' of [1-9]\d*B total', allocated), f'nothing was allocated: {allocated}')


def check_same(command, rate=RATE, normalize=lambda text: text, **options):
    """The command prints the same and ends the same."""
    with scratch() as directory:
        bare = run(command, timeout=300, **options)
        recorded = record(directory, command, rate, **options)
    check(bare.returncode == recorded.returncode,
          f'{command}: status {bare.returncode}, recorded {recorded.returncode}\n{recorded.stderr}')
    check(normalize(bare.stdout) == normalize(recorded.stdout), f'{command}: other output')
    check(normalize(bare.stderr) == normalize(recorded.stderr),
          f'{command}: other messages: {bare.stderr} {recorded.stderr}')


# ---- CPython's own tests ----

CPYTHON_TESTS = ('test_list test_dict test_set test_tuple test_deque test_bytes test_json test_gc '
                 'test_weakref test_memoryview test_pickle test_sort test_thread test_fork1 '
                 'test_posix').split()


def test_cpython_tests():
    need('python3')
    if run(['/usr/bin/python3', '-c', 'import test.test_list']).returncode != 0:
        raise Skip('libpython3-testsuite is not installed')
    with scratch() as directory:
        # Some depend on time: what fails is tried again.
        command = ['/usr/bin/python3', '-m', 'test', '-q', '-w', *CPYTHON_TESTS]
        recorded = record(directory, command, timeout=900, cwd=directory)
        if recorded.returncode != 0 and run(command, timeout=900, cwd=directory).returncode != 0:
            raise Skip('the tests fail without us too')
    check(recorded.returncode == 0, f'tests fail under the recorder:\n{recorded.stdout[-3000:]}')


def test_python_with_every_allocation():
    program = ('import json, re\n'
               'data = [{"n": i, "s": str(i) * 10} for i in range(2000)]\n'
               'text = json.dumps(data)\n'
               'print(len(text), len(json.loads(text)), len(re.findall("12+", text)))\n')
    check_same(['/usr/bin/python3', '-c', program], rate='1',
               env={**os.environ, 'PYTHONMALLOC': 'malloc'})


# ---- servers ----

@contextmanager
def redis_server(directory, prefix):
    socket = directory / 'redis.sock'
    server = subprocess.Popen(
        [*prefix, 'redis-server', '--port', '0', '--unixsocket', socket, '--save', '', '--dir',
         directory], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding='utf-8')
    try:
        wait_until(lambda: run(['redis-cli', '-s', socket, 'ping']).stdout.strip() == 'PONG', 'redis')
        yield socket
        run(['redis-cli', '-s', socket, 'shutdown', 'nosave'])
        check(server.wait(PATIENCE_S) == 0, f'redis-server ended with {server.returncode}')
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()
        server.stderr.close()


def fill_redis(socket):
    tests = 'set,get,incr,lpush,rpop,sadd,hset,zadd,lrange_100,mset'
    done = run(['redis-benchmark', '-s', socket, '-q', '-n', '20000', '-r', '5000', '-t', tests],
               timeout=300)
    check(done.returncode == 0, f'redis-benchmark: {done.stderr}')
    run(['redis-cli', '-s', socket, 'eval',
         "for i = 1, 20000 do redis.call('set', 'k' .. i, string.rep('x', i % 700)) end", '0'])
    digest = run(['redis-cli', '-s', socket, 'eval',
                  "local n = 0 for i = 1, 20000 do n = n + #redis.call('get', 'k' .. i) end "
                  'return n', '0'])
    return digest.stdout


def test_redis_under_load():
    need('redis-server', 'redis-benchmark', 'redis-cli')
    with scratch() as directory:
        path = directory / 'heap.pb.gz'
        with redis_server(directory, [os.environ['PROF'], 'record', '--heap', '--heap-rate', RATE,
                                      '-q', '-o', path, '--']) as socket:
            digest = fill_redis(socket)
        check_profile(path)
    check(digest == f'{sum(i % 700 for i in range(1, 20001))}\n', f'redis says {digest}')


# ---- programs with a result ----

def test_sqlite3():
    need('sqlite3')
    script = '''
create table t (a integer primary key, b text, c real);
with recursive n (i) as (select 1 union all select i + 1 from n where i < 60000)
  insert into t select i, printf('%08d-%s', i * 7919 % 60000, hex(zeroblob(20))), i / 3.0 from n;
create index tb on t (b);
select count(*), sum(length(b)), round(sum(c), 3) from t;
select a, b from t order by b desc limit 5;
select x.a, y.a from t x join t y on x.b = y.b where x.a % 1000 = 0 order by 1 limit 20;
delete from t where a % 3 = 0; vacuum; pragma integrity_check;
'''
    check_same(['sqlite3', ':memory:', script])


def write_history(path, n_commits=1500):
    """A stream for git fast-import: many commits to many files."""
    with open(path, 'w', encoding='ascii') as stream:
        for i in range(1, n_commits + 1):
            text = ''.join(f'line {i * j % 977} of file {i % 60}\n' for j in range(1, 120))
            stream.write(f'commit refs/heads/main\nmark :{i}\ncommitter A <a@example.org> '
                         f'{1600000000 + i} +0000\ndata 7\ncommit\n\n'
                         f'M 100644 inline d{i % 7}/f{i % 60}.txt\ndata {len(text)}\n{text}\n')


def make_repository(directory, prefix):
    repository = directory / 'repository'
    git = [*prefix, 'git', '-C', repository]
    environment = {**os.environ, 'GIT_CONFIG_NOSYSTEM': '1', 'HOME': str(directory)}
    run(['git', 'init', '-q', '-b', 'main', repository], env=environment)
    with open(directory / 'history', encoding='ascii') as history:
        run([*git, 'fast-import', '--quiet'], stdin=history, env=environment)
    texts = []
    for arguments in (['gc', '-q'], ['fsck', '--full', '--strict'],
                      ['log', '-p', '--stat', '--no-color'], ['blame', 'main', '--', 'd1/f1.txt'],
                      ['grep', '-c', 'line 5', 'main']):
        done = run([*git, *arguments], timeout=300, env=environment)
        check(done.returncode == 0, f'git {arguments[0]}: {done.stderr}')
        texts.append(done.stdout)
    return hashlib.sha256('\n'.join(texts).encode()).hexdigest()


def test_git():
    need('git')
    digests = []
    for prefix in [], [os.environ['PROF'], 'record', '--heap', '--heap-rate', RATE, '-q', '-o',
                       '/dev/null', '--']:
        with scratch() as directory:
            write_history(directory / 'history')
            digests.append(make_repository(directory, prefix))
    check(digests[0] == digests[1], 'git gives other results under the recorder')


CXX_SOURCE = '''
#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <random>
#include <regex>
#include <sstream>
#include <unordered_map>
#include <vector>
template <int N> struct fold { static std::string run (const std::string &s) {
  std::map<std::string, std::vector<int>> m; m[s].push_back (N);
  return fold<N - 1>::run (std::regex_replace (s, std::regex ("a+" + std::to_string (N)), "b")); } };
template <> struct fold<0> { static std::string run (const std::string &s) { return s; } };
int main () { std::cout << fold<40>::run ("aaa"); }
'''


def test_compiler_gives_the_same_object():
    need('g++')
    objects = []
    with scratch() as directory:
        source = directory / 'big.cpp'
        source.write_text(CXX_SOURCE)
        command = ['g++', '-O1', '-c', 'big.cpp', '-o', 'big.o']
        check(run(command, cwd=directory, timeout=300).returncode == 0, 'g++ fails')
        objects.append((directory / 'big.o').read_bytes())
        recorded = record(directory, command, cwd=directory)
        check(recorded.returncode == 0, f'g++ fails under the recorder: {recorded.stderr}')
        objects.append((directory / 'big.o').read_bytes())
    check(objects[0] == objects[1], 'g++ writes another object under the recorder')


def test_perl():
    need('perl')
    program = r'''
my (%h, @a); srand 1;
for my $i (1 .. 40000) { my $k = 'k' . ($i * 7919 % 10007); $h{$k} .= "x$i"; push @a, $k x 3; }
my $n = 0; for my $k (sort keys %h) { $n += () = $h{$k} =~ /x(\d)\d*\1/g; }
my $p = fork; if (!$p) { my @b = map { $_ x 2 } @a; exit scalar (@b) % 256 } waitpid $p, 0;
print "$n ", scalar (@a), " ", length (join '', @a), " ", $? >> 8, "\n";
'''
    check_same(['perl', '-e', program])


def test_node():
    need('node')
    program = '''
const m = new Map(); let s = '';
for (let i = 0; i < 300000; i++) m.set('k' + (i * 7919 % 100003), Buffer.alloc(i % 97, 120));
for (let i = 0; i < 2000; i++) s += JSON.stringify({ i, b: Buffer.alloc(400, i % 256).toString('base64') });
const { Worker } = require('worker_threads');
new Worker("require('worker_threads').parentPort.postMessage(Buffer.alloc(1e6).length)", { eval: true })
  .on('message', n => console.log(m.size, s.length, n,
    require('zlib').gzipSync(s).length, require('crypto').createHash('sha1').update(s).digest('hex')));
'''
    check_same(['node', '-e', program])


sys.exit(run_cases_of(globals()))
