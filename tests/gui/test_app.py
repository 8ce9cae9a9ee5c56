#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Records a program whose hot function is known, and looks for it in the app as a person would."""
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / 'cli'))
from harness import Skip, check, run, run_cases_of  # noqa: E402

from app import App, find_unnamed_buttons, wait_for  # noqa: E402

scratch = Path(tempfile.mkdtemp(prefix='pyrograph-'))


def record():
    path = scratch / 'plain.pb.gz'
    if not path.exists():
        program = Path(os.environ['PROGRAMS']) / 'plain-pie'
        result = run([os.environ['PROF'], 'record', '-o', path, '--', program])
        if result.returncode != 0:
            raise Skip(f'prof record does not work here: {result.stderr.strip()}')
    return path


def get_names(rows):
    return [row[0] for row in rows]


def test_the_hot_function_leads():
    with App(record()) as app:
        app.click('page tab', '^Functions$')
        rows = app.wait_for_rows('Functions', lambda rows: rows)
        check(rows[0][0] == 'burn_leaf', f'not burn_leaf, but {rows[0]}')
        check(rows[0][1] == 'plain-pie', f'not of plain-pie, but {rows[0]}')


def test_functions_are_sorted():
    with App(record()) as app:
        app.click('page tab', '^Functions$')
        app.wait_for_rows('Functions', lambda rows: rows)
        app.act(app.find_with_action('row.sort-by-name'), 'row.sort-by-name')
        app.wait_for_rows('Functions', lambda rows: get_names(rows) == sorted(get_names(rows)))
        app.act(app.find_with_action('row.sort-by-self'), 'row.sort-by-self')
        app.wait_for_rows('Functions', lambda rows: get_names(rows)[0] == 'burn_leaf')


def test_search_leaves_what_matches():
    with App(record()) as app:
        app.click('page tab', '^Functions$')
        app.wait_for_rows('Functions', lambda rows: len(rows) > 1)
        app.act(app.find_with_action('page.search'), 'page.search')
        app.type_into('entry', '^Search functions$', 'plain_m|burn')
        app.wait_for_rows(
            'Functions', lambda rows: set(get_names(rows)) == {'burn_leaf', 'plain_middle'}
        )
        app.type_into('entry', '^Search functions$', 'nobody_has_this_name')
        app.find('label', '^No Function Matches$')


def test_call_tree_opens_along_the_hot_path():
    with App(record()) as app:
        app.click('page tab', '^Call Tree$')
        rows = app.wait_for_rows('Call tree', lambda rows: 'burn_leaf' in get_names(rows) and rows)
        names = get_names(rows)
        check(names.index('main') < names.index('plain_middle') < names.index('burn_leaf'), names)


def test_a_file_that_is_no_profile():
    path = scratch / 'broken.pb.gz'
    path.write_bytes(record().read_bytes()[:200])
    with App(path) as app:
        app.find('label', '^The Profile Was Not Opened$')
        check(not app.has_text('errno'), 'the reason is no sentence')
        path.write_bytes(record().read_bytes())
        app.click('push button', 'Try Again')
        app.find('page tab', '^Functions$')


def test_a_copy_is_saved():
    copy = scratch / 'copy.pb.gz'
    with App(record()) as app:
        app.find('page tab', '^Functions$')
        app.act(app.find_with_action('win.save-as'), 'win.save-as')
        app.type_into('text', '^Name:', str(copy))
        app.click_when_possible('push button', 'Save$')
        profile = record().read_bytes()
        wait_for(lambda: copy.exists() and copy.read_bytes() == profile, 'the copy')


def test_several_profiles_at_once():
    second = scratch / 'second.folded'
    second.write_text('main;work 3\nmain 2\n')
    with App(record(), second) as app:
        app.find('label', '^plain.pb.gz$')
        app.find('label', '^second.folded$')
        app.find('frame', '^second.folded$')


def test_a_range_of_time_is_selected():
    with App(record()) as app:
        app.act(app.find_with_action('timeline.first'), 'timeline.first')
        app.find('push button', '^Remove filter: Time')


def test_buttons_have_names():
    with App(record()) as app:
        app.find('page tab', '^Functions$')
        # Parts of GTK's and libadwaita's own widgets: the drop-down, the tab's close button.
        unnamed = set(find_unnamed_buttons(app)) - {'GtkToggleButton', 'GtkImage'}
        check(not unnamed, f'buttons without a name: {unnamed}')


def test_system_memory():
    with App() as app:
        app.act(app.find_with_action('win.memory'), 'win.memory')
        app.find('label', '^Pressure$')
        app.type_into('entry', '^Search processes$', str(app.process.pid))
        pid = str(app.process.pid)
        app.wait_for_rows('Processes', lambda rows: pid in [row[1] for row in rows])


def test_shortcuts_are_shown():
    with App() as app:
        app.act(app.find_with_action('win.show-help-overlay'), 'win.show-help-overlay')
        app.find('label', '^Read the profile again$')


def test_no_display():
    environment = {k: v for k, v in os.environ.items() if k not in ('DISPLAY', 'WAYLAND_DISPLAY')}
    result = run([os.environ['PYROGRAPH']], env=environment)
    check(result.returncode == 1, f'exit status {result.returncode}')
    check('can\'t open a display' in result.stderr, result.stderr)


sys.exit(run_cases_of(globals()))
