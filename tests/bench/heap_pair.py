#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright the libprof authors
"""heap_pair.py HOOK FORWARD HEAP_PAIR RECORD_HEAP [ROUNDS]: what a malloc and its free cost.

Bare, under an interposer that only forwards, and under libprof-heap.so, in turn; the median of the
rounds, and of their differences from forwarding in the same round.
"""
import os
import statistics
import subprocess
import sys

HOOK, FORWARD, PAIR, RECORD = sys.argv[1:5]
ROUNDS = int(sys.argv[5]) if len(sys.argv) > 5 else 15
EXACT = ['rate=1', 'known=1', 'ring=16777216']


def run(command, preload=None):
    environment = {**os.environ, 'LD_PRELOAD': preload or ''}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return float(done.stdout)


def record(options, millions, live):
    return run([RECORD, *options, os.devnull, HOOK, PAIR, str(millions), str(live)])


VARIANTS = {
    'bare': lambda: run([PAIR, '10', '0']),
    'forwarding': lambda: run([PAIR, '10', '0'], FORWARD),
    'hook, no recorder': lambda: run([PAIR, '10', '0'], HOOK),
    '512 KiB, nothing live': lambda: record(['rate=524288'], 10, 0),
    '512 KiB, 1 GiB live': lambda: record(['rate=524288'], 10, 1024),
    '512 KiB, 8 GiB live': lambda: record(['rate=524288', 'ring=268435456'], 10, 8192),
    '64 KiB, nothing live': lambda: record(['rate=65536'], 10, 0),
    'every allocation': lambda: record(EXACT, 1, 0),
}


def main():
    results = {name: [] for name in VARIANTS}
    for _ in range(ROUNDS):
        for name, measure in VARIANTS.items():
            results[name].append(measure())
    print(f'{"ns per pair":24} {"median":>8} {"least":>8} {"over forwarding":>16}')
    for name, values in results.items():
        over = [a - b for a, b in zip(values, results['forwarding'])]
        print(f'{name:24} {statistics.median(values):8.2f} {min(values):8.2f} '
              f'{statistics.median(over):16.2f}')


main()
