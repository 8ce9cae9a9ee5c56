#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""The heap of a program whose allocations are known, as a person looks at it in the app."""
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / 'cli'))
from harness import Skip, check, need, run, run_cases_of  # noqa: E402

from app import App, wait_for  # noqa: E402

scratch = Path(tempfile.mkdtemp(prefix='pyrograph-heap-'))

# 64 blocks of 100 KiB are kept; 200 of 1 KiB are freed at once.
PROGRAM = '''
#include <stdlib.h>
#include <string.h>
static void *volatile kept[64];
void keep (void) { for (int i = 0; i < 64; i++) memset (kept[i] = malloc (102400), 1, 102400); }
void churn (void) { for (int i = 0; i < 200; i++) { void *volatile p = malloc (1024); free (p); } }
int main (void) { churn (); keep (); return 0; }
'''


def record():
    path = scratch / 'heap.pb.gz'
    if not path.exists():
        need('cc')
        source = scratch / 'keeper.c'
        source.write_text(PROGRAM)
        built = run(['cc', '-g', '-O0', '-fno-builtin', '-o', scratch / 'keeper', source])
        check(built.returncode == 0, built.stderr)
        result = run([os.environ['PROF'], 'record', '--heap', '--heap-rate', '1', '-o', path, '--',
                      scratch / 'keeper'])
        if result.returncode != 0:
            raise Skip(f'prof record --heap does not work here: {result.stderr.strip()}')
    return path


def test_bands_and_sizes():
    with App(record()) as app:
        app.click('page tab', '^Memory$')
        app.find('image', '^Memory in use by function over time$')
        app.find('label', '^keep$')
        app.find('level bar', r'^64\.0.KiB to 128.KiB: 6\.25.MiB$')


def test_the_chart_is_of_what_a_filter_leaves():
    with App(record()) as app:
        app.click('page tab', '^Memory$')
        app.find('label', '^keep$')
        app.click('page tab', '^Flame Graph$')
        app.act(app.find_with_action('page.search'), 'page.search')
        app.type_into('entry', '^Search functions$', '^keep$')
        app.act(app.find_with_action('flame.next-match'), 'flame.next-match')
        app.wait_for_description('tree', 'keep')
        app.act(app.find_with_action('flame.ignore'), 'flame.ignore')
        app.click('page tab', '^Memory$')
        app.find('label', '^churn$')
        wait_for(lambda: not app.find_all('label', '^keep$'), 'the end of a band')


def test_other_profiles_have_no_such_view():
    path = scratch / 'plain.folded'
    path.write_text('main;work 3\n')
    with App(path) as app:
        app.find('page tab', '^Functions$')
        check(not app.find_all('page tab', '^Memory$'), 'a profile without memory has the view')


sys.exit(run_cases_of(globals()))
