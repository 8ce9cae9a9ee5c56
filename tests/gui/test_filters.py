#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Zooms into a flame graph, filters by its functions and takes that back, as a person would."""
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / 'cli'))
from harness import run_cases_of  # noqa: E402
from profile_bytes import ProfileBytes  # noqa: E402

from app import App, wait_for  # noqa: E402


def save_profile(folder):
    profile = ProfileBytes(time_ns=10**18, duration_ns=10**9)
    profile.add(['main', 'parse', 'lex'], 30)
    profile.add(['main', 'draw', 'text'], 10)
    profile.add(['main', 'draw', 'line'], 10)
    return profile.save(Path(folder) / 'filters.pb.gz')


def select(app, function):
    app.act(app.find_with_action('page.search'), 'page.search')
    app.type_into('entry', '^Search functions$', f'^{function}$')
    app.act(app.find_with_action('flame.next-match'), 'flame.next-match')
    app.wait_for_description('tree', function)
    app.type_into('entry', '^Search functions$', '')  # it leaves out rows of other views


def do(app, action):
    app.act(app.find_with_action(action), action)


def wait_for_functions(app, *names):
    app.click('page tab', '^Functions$')
    app.wait_for_rows('Functions', lambda rows: {row[0] for row in rows} == set(names))
    app.click('page tab', '^Flame Graph$')


def test_filters_are_chips():
    with tempfile.TemporaryDirectory() as folder, App(save_profile(folder)) as app:
        select(app, 'draw')
        do(app, 'flame.focus')
        app.find('push button', '^Remove filter: .*draw')
        wait_for_functions(app, 'main', 'draw', 'text', 'line')
        select(app, 'line')
        do(app, 'flame.ignore')
        app.find('push button', '^Remove filter: .*line')
        wait_for_functions(app, 'main', 'draw', 'text')
        app.click('push button', '^Remove filter: .*draw')
        wait_for_functions(app, 'main', 'parse', 'lex', 'draw', 'text')
        do(app, 'page.undo')
        wait_for_functions(app, 'main', 'draw', 'text')


def test_frames_are_hidden():
    with tempfile.TemporaryDirectory() as folder, App(save_profile(folder)) as app:
        select(app, 'draw')
        do(app, 'flame.hide')
        wait_for_functions(app, 'main', 'parse', 'lex', 'text', 'line')
        select(app, 'parse')
        do(app, 'flame.show-from')
        wait_for_functions(app, 'parse', 'lex')


def test_zoom_and_back():
    with tempfile.TemporaryDirectory() as folder, App(save_profile(folder)) as app:
        select(app, 'draw')
        do(app, 'flame.zoom')
        do(app, 'flame.back')
        do(app, 'flame.forward')
        do(app, 'flame.reset')
        wait_for(lambda: 'draw' in app.find('tree', '').get_description(), 'the selection')


sys.exit(run_cases_of(globals()))
