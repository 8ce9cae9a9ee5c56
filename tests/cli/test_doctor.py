#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
import json
import sys

from harness import check, prof, run_cases_of


def read_checks():
    return json.loads(prof('doctor', '--json').stdout)['checks']


def test_json():
    checks = read_checks()
    for item in checks:
        check(set(item) == {'id', 'title', 'status', 'detail', 'remedy'}, f'an odd schema: {item}')
        check(item['status'] in ('ok', 'limited', 'missing'), f'an odd status: {item}')
        check(item['title'] and item['detail'], f'says nothing: {item}')
    ids = [item['id'] for item in checks]
    check(len(set(ids)) == len(ids), f'an id twice: {ids}')
    check({'own-process', 'other-process', 'kernel-stacks', 'heap'} <= set(ids), f'lacks checks: {ids}')


def test_text_has_every_remedy():
    text = prof('doctor').stdout
    for item in read_checks():
        check(item['title'] in text, f'{item["title"]!r} lacks')
        if item['remedy']:
            check(f'-> {item["remedy"]}' in text, f'{item["remedy"]!r} lacks')


sys.exit(run_cases_of(globals()))
