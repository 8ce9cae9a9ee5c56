#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
import json
import sys

from harness import check, prof, run_cases_of


def list_events(*arguments):
    return json.loads(prof('events', '--json', *arguments).stdout)['events']


def test_json():
    events = list_events()
    check(len(events) > 10, f'only {len(events)} events')
    for event in events:
        check(set(event) == {'name', 'source', 'description', 'countable', 'reason'}, event)
        check(event['name'] and event['source'] and isinstance(event['countable'], bool), event)
        check(event['countable'] or event['reason'], f'no reason: {event}')
    names = [event['name'] for event in events]
    check('cpu-clock' in names and 'page-faults' in names, names[:20])


def test_pattern():
    names = [event['name'] for event in list_events('PAGE-faults')]
    check('page-faults' in names and 'cpu-clock' not in names, names)
    check(list_events('^no such event$') == [], 'found what is not there')


def test_text():
    text = prof('events', '^cpu-clock').stdout
    check(text.startswith('cpu-clock  software') and '\n    ' in text, text)


def test_available():
    countable = [event['name'] for event in list_events() if event['countable']]
    if countable:
        check(prof('events', '-a', '--names').stdout.split('\n')[:-1] == countable, 'not the countable')
    else:
        prof('events', '-a', status=1)


def test_names():
    names = prof('events', '--names').stdout.splitlines()
    check('cpu-clock' in names and len(names) == len(list_events()), names[:20])


def test_mistakes():
    check("'b'" in prof('events', 'a', 'b', status=2).stderr, 'two patterns')
    check('(' in prof('events', '(', status=1).stderr, 'no regular expression')
    check('prof events' in prof('events', 'no such event', status=1).stderr, 'nothing found')


sys.exit(run_cases_of(globals()))
