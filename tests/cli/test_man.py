#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""The man pages are clean, and that of a command has every option and example that --help has, and no
other option."""
import os
import re
import sys
from pathlib import Path

from harness import check, need, prof, run, run_cases_of

FOLDER = Path(os.environ['SOURCE_ROOT'], 'data', 'man')
PAGES = sorted(FOLDER.glob('*.[18]'))
COMMANDS = ['record', 'report', 'heap-report', 'diff', 'merge', 'convert', 'export', 'agent', 'events',
            'mem', 'processes', 'doctor']


def read_page(command):
    return Path(FOLDER, f'prof-{command}.1').read_text('ascii')


def read_section(command, title):
    return re.search(rf'^\.Sh {title}\n(.*?)^\.Sh ', read_page(command), re.M | re.S)[1]


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
        items = ''.join(re.findall(r'^\.It .*\n', read_section(command, 'OPTIONS'), re.M))
        described = set(re.findall(r'-([a-z-]{2,})', items))
        check(described == helped, f'{command}: {described ^ helped}')
        letters = set(re.findall(r'^  -(.),', text, re.M)) - {'h'}
        check(set(re.findall(r'Fl (\w) ', items)) == letters, f'{command}: {letters}')


def test_examples():
    for command in COMMANDS:
        helped = prof(command, '--help').stdout.split('\nExamples:\n')[1]
        shown = read_section(command, 'EXAMPLES').replace('\\e', '\\').splitlines()[1:-1]
        check(shown == [line[2:] for line in helped.splitlines()], f'{command}: {shown}')


def test_every_command_is_listed():
    listed = re.findall(r'^\.It Xr prof-([a-z-]+) 1$', Path(FOLDER, 'prof.1').read_text('ascii'), re.M)
    check(listed == COMMANDS, f'{listed}')


sys.exit(run_cases_of(globals()))
