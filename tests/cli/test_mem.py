#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
import json
import re
import sys

from harness import check, prof, run_cases_of


def read_meminfo():
    with open('/proc/meminfo', encoding='ascii') as file:
        return {line.split(':')[0]: int(line.split()[1]) * 1024 for line in file}


def test_json():
    memory = json.loads(prof('mem', '--json').stdout)
    check(set(memory) == {'total_bytes', 'available_bytes', 'used_bytes', 'cached_bytes',
                          'used_percent'}, f'an odd schema: {memory}')
    check(memory['total_bytes'] == read_meminfo()['MemTotal'], 'not the total of /proc/meminfo')
    check(memory['used_bytes'] + memory['available_bytes'] == memory['total_bytes'],
          'used and available do not add up')
    share = 100 * memory['used_bytes'] / memory['total_bytes']
    check(abs(share - memory['used_percent']) < 0.001, f'{memory["used_percent"]} is not {share}')


def test_text():
    text = prof('mem').stdout
    check([line.split()[0] for line in text.splitlines()] == ['total', 'used', 'available', 'cached'],
          text)
    check(re.search(r'^total +[\d.]+ [KMGT]iB$', text, re.M), text)


sys.exit(run_cases_of(globals()))
