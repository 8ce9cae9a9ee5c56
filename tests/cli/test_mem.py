#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
import json
import os
import re
import subprocess
import sys
import time

from harness import check, prof, run_cases_of


def can_read_pressure():
    try:
        with open('/proc/pressure/memory', encoding='ascii') as file:
            return file.read().startswith('some')
    except OSError:
        return False


def read_meminfo():
    with open('/proc/meminfo', encoding='ascii') as file:
        return {line.split(':')[0]: int(line.split()[1]) * 1024 for line in file}


def test_json():
    before = time.time_ns()
    memory = json.loads(prof('mem', '--json').stdout)
    after = time.time_ns()
    check(set(memory) - {'pressure'} == {'time_ns', 'total_bytes', 'available_bytes', 'used_bytes',
                                         'cached_bytes', 'used_percent'}, f'an odd schema: {memory}')
    check(before <= memory['time_ns'] <= after, (before, memory['time_ns'], after))
    check(('pressure' in memory) == can_read_pressure(), 'pressure is not as the kernel has it')
    check(memory['total_bytes'] == read_meminfo()['MemTotal'], 'not the total of /proc/meminfo')
    check(memory['used_bytes'] + memory['available_bytes'] == memory['total_bytes'],
          'used and available do not add up')
    share = 100 * memory['used_bytes'] / memory['total_bytes']
    check(abs(share - memory['used_percent']) < 0.001, f'{memory["used_percent"]} is not {share}')


def test_process():
    memory = json.loads(prof('mem', '--json', '-p', str(os.getpid())).stdout)
    process, = memory['processes']
    check(process['pid'] == os.getpid(), process)
    sum_of_parts = sum(process[f'{part}_bytes'] for part in ('anonymous', 'file', 'shared'))
    check(process['rss_bytes'] == sum_of_parts > 0, process)
    check(process['minor_faults'] > 0, process)


def test_process_that_is_gone():
    with subprocess.Popen(['true']) as child:
        child.wait()
    done = prof('mem', '-p', str(child.pid), status=1)
    check('there is no such process' in done.stderr, done.stderr)


def test_watch():
    lines = prof('mem', '--watch', '--interval', '10ms', '--count', '3').stdout.splitlines()
    check(len(lines) == 4 and lines[0].split()[:2] == ['time', 'used'], lines)
    check(all(re.match(r'\d\d:\d\d:\d\d ', line) for line in lines[1:]), lines)


def test_watch_as_json():
    # The schedule is absolute: a first line that is late is followed by a second one at once, but the
    # third is never due before two intervals have passed since the start.
    start = time.monotonic()
    done = prof('mem', '--watch', '--json', '-i', '100ms', '-n', '3', '-p', str(os.getpid()))
    elapsed = time.monotonic() - start
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    check(len(lines) == 3 and elapsed >= 0.2, (lines, elapsed))
    check(all(line['processes'][0]['pid'] == os.getpid() for line in lines), lines)


def test_mistakes():
    for arguments in ['--interval=1us', '--watch'], ['--count=3']:
        done = prof('mem', *arguments, status=2)
        check(arguments[0].split('=')[0] in done.stderr, done.stderr)


def test_text():
    text = prof('mem').stdout
    names = [line.split()[0] for line in text.splitlines()]
    check(names[:4] == ['total', 'used', 'available', 'cached'], text)
    check(names[4:] == ['pressure'] * can_read_pressure(), text)
    check(re.search(r'^total +[\d.]+ [KMGT]iB$', text, re.M), text)


sys.exit(run_cases_of(globals()))
