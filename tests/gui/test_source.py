#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""The source of a function whose hot line is known, as a person looks for it in the app."""
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / 'cli'))
from harness import Skip, check, need, run, run_cases_of  # noqa: E402

from app import App  # noqa: E402

scratch = Path(tempfile.mkdtemp(prefix='pyrograph-source-'))

# Nothing else takes any time; the rest of the file has to be scrolled over.
HOT_LINE = '  for (volatile unsigned i = 0; i < 400000000u; i++);'
LINES = [*['/* filler */'] * 300, 'int main (void)', '{', HOT_LINE, '  return 0;', '}', '']
HOT = str(LINES.index(HOT_LINE) + 1)


def record():
    path = scratch / 'hot.pb.gz'
    source = scratch / 'hot.c'
    if not path.exists():
        need('cc')
        source.write_text('\n'.join(LINES))
        built = run(['cc', '-g', '-O0', '-o', scratch / 'hot', source])
        check(built.returncode == 0, built.stderr)
        result = run([os.environ['PROF'], 'record', '-o', path, '--', scratch / 'hot'])
        if result.returncode != 0:
            raise Skip(f'prof record does not work here: {result.stderr.strip()}')
    return path, source


def show_source(app):
    app.act(app.find_with_action('page.search'), 'page.search')
    app.type_into('entry', '^Search functions$', '^main$')
    app.act(app.find_with_action('flame.next-match'), 'flame.next-match')
    app.act(app.find_with_action('flame.show-source'), 'flame.show-source')


def test_the_hot_line_is_in_view():
    profile, source = record()
    with App(profile) as app:
        show_source(app)
        rows = app.wait_for_rows(
            'Source lines', lambda rows: [row for row in rows if row[0] == HOT and row[1].strip()]
        )
        check(rows[0][3].strip() == HOT_LINE.strip(), rows)
        app.find('label', f'^{source}$')


def test_a_file_that_is_gone_can_be_located():
    profile, source = record()
    away = source.rename(scratch / 'away.c')
    try:
        with App(profile) as app:
            show_source(app)
            app.find('label', '^No Source$')
            check(app.has_text('is not on this computer'), 'no reason is given')
            app.click('push button', 'Locate')
            app.find('filler', '^Locate “hot.c”$')
    finally:
        away.rename(source)


sys.exit(run_cases_of(globals()))
