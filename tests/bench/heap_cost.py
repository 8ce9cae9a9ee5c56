#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright the libprof authors
"""heap_cost.py PROF HEAP_WORK FORWARD_MALLOC: what recording a heap costs the recorded program.

Each workload runs bare, under an interposer that only forwards, under `prof record --heap` at 512
KiB, 64 KiB and with every allocation, and under heaptrack where it is installed; in turn, ROUNDS
times (environment, default 5). Printed: the median, and its ratio to the bare median. Nothing else
should run on the machine.
"""
import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PROF, WORK, FORWARD = sys.argv[1:4]
ROUNDS = int(os.environ.get('ROUNDS', '5'))
HEAPTRACK = Path('/usr/lib/heaptrack/libheaptrack_preload.so')
SECONDS = os.environ.get('SECONDS_EACH', '2')

CXX = '#include <regex>\n#include <iostream>\n#include <map>\nint main () { std::regex r ("a"); }\n'
SQL = ('create table t (a integer primary key, b text); with recursive n (i) as (select 1 union all '
       "select i + 1 from n where i < 300000) insert into t select i, printf('%08d', i * 7919 % "
       '300000) from n; create index tb on t (b); select count(*) from t x join t y on x.b = y.b;')
PYTHON = ('d = {}\nfor i in range(600000): d[str(i)] = [i, str(i) * 3]\n'
          'print(len(sorted(d.items())))')


def workloads(directory):
    (directory / 'a.cpp').write_text(CXX)
    # Not through g++: heaptrack does not follow a program's children.
    compiler, multiarch = (subprocess.check_output(['g++', f'-print-{what}'], text=True).strip()
                           for what in ('prog-name=cc1plus', 'multiarch'))
    return {
        'pair (ns)': [WORK, 'pair', SECONDS],
        'pair, 512 MiB live (ns)': [WORK, 'live', SECONDS],
        'mixed (ns)': [WORK, 'mixed', SECONDS],
        'pair, 2 threads (ns)': [WORK, 'pair', SECONDS, '2'],
        'mixed, 2 threads (ns)': [WORK, 'mixed', SECONDS, '2'],
        'python3 (s)': ['/usr/bin/python3', '-c', PYTHON],
        'python3, PYTHONMALLOC=malloc (s)': ['/usr/bin/python3', '-c', PYTHON],
        'sqlite3 (s)': ['sqlite3', ':memory:', SQL],
        'cc1plus (s)': [compiler, '-quiet', '-imultiarch', multiarch, '-D_GNU_SOURCE', '-o',
                        '/dev/null', directory / 'a.cpp'],
    }


def modes(directory):
    record = [PROF, 'record', '--heap', '-q', '-o', '/dev/null', '--heap-rate']
    found = {
        'bare': [],
        'forward': ['env', f'LD_PRELOAD={FORWARD}'],
        '512 KiB': [*record, '512k', '--'],
        '64 KiB': [*record, '64k', '--'],
        'every': [*record, '1', '--'],
    }
    if HEAPTRACK.exists():
        # Its part in the program alone; what interprets its output costs as much again elsewhere.
        found['heaptrack'] = ['env', f'LD_PRELOAD={HEAPTRACK}', 'DUMP_HEAPTRACK_OUTPUT=/dev/null']
    return found


def measure(name, prefix, command):
    """CPU time of the program alone: nanoseconds as the workload prints them, else seconds. What a
    recorder spends in processes of its own is not in it."""
    words = ' '.join("'" + str(word).replace("'", "'\\''") + "'" for word in command)
    script = f"TIMEFORMAT='time %U %S'; time {words}"
    python_malloc = 'malloc' if 'PYTHONMALLOC' in name else 'default'
    done = subprocess.run([*prefix, 'bash', '-c', script], capture_output=True, text=True,
                          check=False, env={**os.environ, 'PYTHONMALLOC': python_malloc})
    own = re.search(r'([\d.]+) ns', done.stdout)
    cpu = re.search(r'time ([\d.]+) ([\d.]+)', done.stderr)
    if done.returncode != 0 or cpu is None:
        raise SystemExit(f'{prefix} {command} failed: {done.stderr}')
    return float(own[1]) if own else float(cpu[1]) + float(cpu[2])


def main():
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        columns = modes(directory)
        chosen = [w for w in workloads(directory).items()
                  if not sys.argv[4:] or any(a in w[0] for a in sys.argv[4:])]
        print(f'{"":34}' + ''.join(f'{mode:>18}' for mode in columns))
        for workload, command in chosen:
            results = {mode: [] for mode in columns}
            for _ in range(ROUNDS):
                for mode, prefix in columns.items():
                    results[mode].append(measure(workload, prefix, command))
            bare = statistics.median(results['bare'])
            cells = [statistics.median(values) for values in results.values()]
            print(f'{workload:34}' + ''.join(f'{cell:10.2f} {cell / bare:6.2f}x' for cell in cells),
                  flush=True)


main()
