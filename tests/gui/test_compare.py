#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Compares two recordings in the app as a person would."""
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / 'cli'))
from harness import Skip, check, run, run_cases_of  # noqa: E402

from app import App, find_unnamed_buttons, wait_for  # noqa: E402

scratch = Path(tempfile.mkdtemp(prefix='pyrograph-'))


def write(name, *lines):
    path = scratch / name
    path.write_text('\n'.join(lines) + '\n')
    return path


def write_pair():
    """Of 1,000 samples each: parse grew, draw shrank, lex stayed about the same."""
    before = write('before.folded', 'main;parse 100', 'main;draw 600', 'main;lex 300')
    after = write('after.folded', 'main;parse 300', 'main;draw 395', 'main;lex 305')
    return before, after


def record(name, program):
    path = scratch / name
    command = [os.environ['PROF'], 'record', '-o', path, '--', Path(os.environ['PROGRAMS']) / program]
    result = run(command)
    if result.returncode != 0:
        raise Skip(f'prof record does not work here: {result.stderr.strip()}')
    return path


def find_change(rows, function):
    """What is in the columns Change and Beyond Noise; None while the row is not there."""
    found = [row for row in rows if row[0] == function]
    return (found[0][4], found[0][5]) if found else None


def test_two_files_are_compared():
    with App('--compare', *write_pair()) as app:
        app.find('frame', '^before.folded ↔ after.folded$')
        app.find('label', '^The difference of “draw”, -205, is larger than sampling noise')
        app.click('page tab', '^Functions$')
        app.wait_for_rows('Changes', lambda rows: len(rows) == 3)
        rows = app.read_rows('Changes')
        check([row[0] for row in rows] == ['draw', 'parse', 'lex'], rows)
        check(find_change(rows, 'draw') == ('-205 -34.2%', 'yes'), rows)
        check(find_change(rows, 'parse') == ('+200 +200.0%', 'yes'), rows)
        check(find_change(rows, 'lex') == ('+5 +1.7%', 'no'), rows)


def test_they_are_swapped():
    with App('--compare', *write_pair()) as app:
        app.click('page tab', '^Functions$')
        app.wait_for_rows('Changes', lambda rows: find_change(rows, 'draw') == ('-205 -34.2%', 'yes'))
        app.click('push button', '^Swap Base and New$')
        app.find('frame', '^after.folded ↔ before.folded$')
        app.wait_for_rows('Changes', lambda rows: find_change(rows, 'draw') == ('+205 +51.9%', 'yes'))


def test_the_table_is_searched_and_sorted():
    with App('--compare', *write_pair()) as app:
        app.click('page tab', '^Functions$')
        app.wait_for_rows('Changes', lambda rows: len(rows) == 3)
        app.act(app.find_with_action('page.search'), 'page.search')
        app.type_into('entry', '^Search functions$', 'par')
        app.wait_for_rows('Changes', lambda rows: [row[0] for row in rows] == ['parse'])
        app.type_into('entry', '^Search functions$', 'nobody')
        app.find('label', '^No Function Matches$')


def test_tabs_are_compared():
    with App(*write_pair()) as app:
        app.find('frame', '^after.folded$')

        def compare():
            app.act(app.find_with_action('win.compare'), 'win.compare')
            return app.find_all('frame', '^before.folded ↔ after.folded$')

        wait_for(compare, 'the comparison')


def test_recordings_of_one_program():
    first, second = record('first.pb.gz', 'plain-pie'), record('second.pb.gz', 'plain-pie')
    with App('--compare', first, second) as app:
        app.find('label', '^Base .*, new ')
        app.click('page tab', '^Functions$')
        rows = app.wait_for_rows('Changes', lambda rows: rows)
        names = [row[0] for row in app.read_rows('Changes')]
        check('burn_leaf' in names, f'{names} of {rows}')


def test_what_measures_other_things_is_told():
    before, _ = write_pair()
    with App('--compare', before, record('third.pb.gz', 'plain-pie')) as app:
        app.find('label', '^These Two Can’t Be Compared$')
        app.find('label', '^The profiles measure different things: “before.folded” has Samples')


def test_a_file_that_is_no_profile():
    before, _ = write_pair()
    with App('--compare', before, scratch / 'missing.pb.gz') as app:
        app.find('label', '^The Profile Was Not Opened$')
        app.find('label', 'missing.pb.gz” can’t be opened')


def test_buttons_have_names():
    with App('--compare', *write_pair()) as app:
        app.find('page tab', '^Functions$')
        # Parts of GTK's and libadwaita's own widgets: the drop-down, the tab's close button.
        unnamed = set(find_unnamed_buttons(app)) - {'GtkToggleButton', 'GtkImage'}
        check(not unnamed, f'buttons without a name: {unnamed}')


def test_one_file_is_not_enough():
    result = run([os.environ['PYROGRAPH'], '--compare', scratch / 'before.folded'])
    check(result.returncode == 1, f'exit status {result.returncode}')
    check('pyrograph --compare BASE NEW' in result.stderr, result.stderr)


sys.exit(run_cases_of(globals()))
