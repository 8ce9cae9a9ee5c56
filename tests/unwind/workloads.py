# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright the libprof authors
"""Work for programs as Debian ships them, to be recorded: each uses the CPU for some seconds at
least, on one thread, and writes nothing but into the directory that it is given."""
import shutil
import subprocess
from collections import namedtuple
from contextlib import contextmanager
from pathlib import Path

# `command` is a list, or a function that makes one in a directory. `load`: what keeps a server busy.
Workload = namedtuple('Workload', 'name program command load', defaults=[None])

COMPILED = Path(__file__).parent / 'compiled.cpp'

PYTHON = '''
import json, re
rows = {str(i): [i, str(i) * 3] for i in range(2000)}
while True:
    text = json.dumps(json.loads(json.dumps(rows, indent=1)), sort_keys=True)
    sorted(rows.items(), key=lambda row: row[0][::-1])
    re.sub(r'(1+)(2+)', r'\\2\\1', text)
'''

PERL = '''
while (1) {
    my %h;
    for (1..20000) { $h{"k$_"} = join ",", map { $_ * 2 } 1..5; }
    my @s = sort { $h{$a} cmp $h{$b} } keys %h;
    s/1+/22/g for @s;
}
'''

NODE = '''
function f(n) { return n < 2 ? n : f(n - 1) + f(n - 2); }
while (true) {
    f(20);
    JSON.parse(JSON.stringify(process.env));
    [..."hello world".repeat(50)].sort().join("").replace(/l+/g, "L");
}
'''

SQL = '''
with recursive c(x) as (select 1 union all select x + 1 from c where x < 100000000)
select count(distinct x % 1000), sum(length(printf('%d-%s', x, hex(x)))) from c;
'''


def compile_with_gcc(_):
    """The compiler itself: the driver's other children would be counted with it."""
    cc1plus = subprocess.run(
        ['g++', '-print-prog-name=cc1plus'], capture_output=True, text=True, check=True
    ).stdout.strip()
    multiarch = subprocess.run(
        ['g++', '-print-multiarch'], capture_output=True, text=True, check=True
    ).stdout.strip()
    options = ['-quiet', '-O2', '-D_GNU_SOURCE', '-imultiarch', multiarch]
    return [cc1plus, *options, str(COMPILED), '-o', '/dev/null']


def serve_redis(directory):
    return ['redis-server', '--port', '0', '--unixsocket', f'{directory}/socket', '--save', '']


def load_redis(directory):
    return ['redis-benchmark', '-s', f'{directory}/socket', '-l', '-q', '-n', '100000', '-t',
            'set,get,lpush,lrange_300,zadd']


WORKLOADS = [
    Workload('python3', '/usr/bin/python3', ['/usr/bin/python3', '-c', PYTHON]),
    Workload('sqlite3', 'sqlite3', ['sqlite3', ':memory:', SQL]),
    Workload('xz', 'xz', ['xz', '-9', '-T1', '-c', '/usr/bin/python3']),
    Workload('g++', 'g++', compile_with_gcc),
    Workload('clang++', 'clang++', ['clang++', '-O2', '-c', str(COMPILED), '-o', '/dev/null']),
    Workload('perl', 'perl', ['perl', '-e', PERL]),
    Workload('git', 'git', ['git', 'diff', '--no-index', '--stat', '/usr/include', '/usr/share/perl']),
    Workload('node', 'node', ['node', '-e', NODE]),
    Workload('openssl', 'openssl', ['openssl', 'speed', '-seconds', '1', 'sha256', 'aes-128-cbc',
                                    'rsa2048', 'ecdsap256']),
    Workload('redis-server', 'redis-server', serve_redis, load_redis),
]


def is_installed(workload):
    return shutil.which(workload.program) is not None


def get_command(workload, directory):
    return workload.command(directory) if callable(workload.command) else workload.command


@contextmanager
def loaded(workload, directory):
    """Keeps a server under load; its client tries until there is a socket."""
    if workload.load is None:
        yield
        return
    again = ['sh', '-c', 'while :; do "$@"; sleep 0.1; done', 'sh', *workload.load(directory)]
    client = subprocess.Popen(
        again, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield
    finally:
        subprocess.run(['kill', '-KILL', '--', f'-{client.pid}'], check=True)
        client.wait()
