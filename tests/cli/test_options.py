#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""What all commands have in common: help, mistakes on the command line, output that can't be
written."""
import re
import sys

from harness import check, prof, run_cases_of


def list_commands():
    text = prof('--help').stdout
    commands = re.findall(r'^  ([\w-]+) +\w', text.split('Commands:')[1].split('Options:')[0], re.M)
    return [command for command in commands if command != 'help']


def check_mistake(arguments, expected):
    result = prof(*arguments, status=2)
    check(not result.stdout, f'{arguments} prints on standard output: {result.stdout}')
    check(expected in result.stderr, f'{arguments}: not {expected!r} but {result.stderr!r}')
    check('--help' in result.stderr, f'{arguments} does not say where help is: {result.stderr!r}')


def test_version():
    check(re.fullmatch(r'prof \d+\.\d+\.\d+\n', prof('--version').stdout), 'an odd version')
    check(prof('-V').stdout == prof('--version').stdout, '-V is --version')


def test_help_lists_commands():
    check({'mem', 'doctor'} <= set(list_commands()), list_commands())
    check(prof('help').stdout == prof('--help').stdout == prof('-h').stdout, 'three ways to one help')


def test_help_of_each_command():
    for command in list_commands():
        text = prof(command, '--help').stdout
        check(text.startswith(f'Usage: prof {command} '), text)
        for part in '\nOptions:\n', '\nExamples:\n', '--help':
            check(part in text, f'prof {command} --help lacks {part!r}')
        check(prof('help', command).stdout == text, f'prof help {command} differs')
        check(prof(command, '-h').stdout == text, f'prof {command} -h differs')
        too_long = [line for line in text.splitlines() if len(line) > 80]
        check(not too_long, f'too wide for a terminal: {too_long}')


def test_unknown_options():
    for command in list_commands():
        check_mistake([command, '--no-such-option'], '--no-such-option')
        check_mistake([command, '--no-such-option=1'], '--no-such-option')
        check_mistake([command, '-Z'], '-Z')
    check_mistake(['--no-such-option'], '--no-such-option')


def test_unknown_commands():
    check_mistake([], 'command')
    check_mistake(['no-such-command'], 'no-such-command')
    check_mistake(['help', 'no-such-command'], 'no-such-command')
    check_mistake(['help', 'mem', 'doctor'], 'doctor')


def test_values_of_switches():
    check_mistake(['mem', '--json=yes'], '--json')
    check_mistake(['mem', '--help=yes'], '--help')


def test_too_many_operands():
    check_mistake(['mem', 'first'], "'first'")
    check_mistake(['doctor', 'first'], "'first'")


def test_full_disk():
    for arguments in ['--help'], ['mem'], ['mem', '--json'], ['doctor', '--json'], ['help', 'mem']:
        with open('/dev/full', 'w', encoding='utf-8') as full:
            result = prof(*arguments, status=1, stdout=full)
        check('No space left on device' in result.stderr, f'{arguments}: {result.stderr!r}')


sys.exit(run_cases_of(globals()))
