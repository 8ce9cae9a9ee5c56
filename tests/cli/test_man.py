#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""The man pages are clean, and prof's has every option that --help has, and no other."""
import os
import re
import sys
from pathlib import Path

from harness import check, need, prof, run, run_cases_of

PAGES = sorted(Path(os.environ['SOURCE_ROOT'], 'data', 'man').glob('*.1'))
[PAGE] = [page for page in PAGES if page.name == 'prof.1']
COMMANDS = ['record', 'report', 'heap-report', 'diff', 'merge', 'convert', 'export', 'agent', 'events',
            'mem', 'doctor']


def read_section(command):
    text = PAGE.read_text('ascii')
    return re.search(rf'^\.Ss prof {command}\n(.*?)^\.S[sh] ', text, re.M | re.S)[1]


def test_lint():
    need('mandoc')
    # mandoc(1) looks cross-references up among the manuals that happen to be installed.
    result = run(['mandoc', '-Tlint', '-Wstyle', *PAGES])
    complaints = [line for line in (result.stdout + result.stderr).splitlines()
                  if 'mandoc.db' not in line and 'manual not found' not in line]
    check(not complaints, '\n'.join(complaints))


def test_man_warns_of_nothing():
    need('man', 'groff')
    for page in PAGES:
        result = run(['man', '--warnings', '-E', 'UTF-8', '-l', '-Tutf8', page],
                     env={**os.environ, 'LC_ALL': 'C.UTF-8', 'MANWIDTH': '80'})
        check(result.returncode == 0 and not result.stderr, result.stderr)


def test_options():
    for command in COMMANDS:
        text = prof(command, '--help').stdout.split('\nOptions:\n')[1].split('\nExamples:\n')[0]
        helped = set(re.findall(r'^  (?:-.,|   ) --([a-z-]+)', text, re.M)) - {'help'}
        items = ''.join(re.findall(r'^\.It .*\n', read_section(command), re.M))
        described = set(re.findall(r'-([a-z-]{2,})', items))
        check(described == helped, f'{command}: {described ^ helped}')
        letters = set(re.findall(r'^  -(.),', text, re.M)) - {'h'}
        check(set(re.findall(r'Fl (\w) ', items)) == letters, f'{command}: {letters}')


sys.exit(run_cases_of(globals()))
