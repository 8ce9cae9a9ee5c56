#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Searches the call tree and the callers as a person would."""
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / 'cli'))
from harness import check, run_cases_of  # noqa: E402
from profile_bytes import ProfileBytes  # noqa: E402

from app import App, wait_for  # noqa: E402


def save_profile(folder):
    profile = ProfileBytes(time_ns=10**18, duration_ns=10**9)
    profile.add(['main', 'parse', 'lex'], 30)
    profile.add(['main', 'draw', 'text', 'lex'], 10)
    profile.add(['main', 'draw', 'line'], 10)
    return profile.save(Path(folder) / 'search.pb.gz')


def search(app, text):
    app.act(app.find_with_action('page.search'), 'page.search')
    app.type_into('entry', '^Search functions$', text)


def get_names(rows):
    return [row[0] for row in rows]


def test_call_tree():
    with tempfile.TemporaryDirectory() as folder, App(save_profile(folder)) as app:
        app.click('page tab', '^Call Tree$')
        rows = app.wait_for_rows('Call tree', lambda rows: 'lex' in get_names(rows) and rows)
        check(get_names(rows).count('lex') == 1, rows)  # only the hottest path is open
        search(app, '^lex$')
        app.find('label', '^2 matches$')
        for _ in range(2):
            app.act(app.find_with_action('tree.next-match'), 'tree.next-match')
        app.wait_for_rows('Call tree', lambda rows: get_names(rows).count('lex') == 2)
        search(app, 'nobody')
        app.find('label', '^0 matches$')
        search(app, '')
        wait_for(lambda: not app.has_text(' matches'), 'the end of the search')


sys.exit(run_cases_of(globals()))
