#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Sources the bash completion and asks it as readline would."""
import os
import sys
import tempfile
from pathlib import Path

from harness import check, need, prof, run, run_cases_of

COMPLETION = Path(os.environ['SOURCE_ROOT'], 'data', 'completions', 'prof')
# readline cuts words at these besides spaces.
BREAKS = '=:'


def split(line):
    words, word = [], ''
    for character in line:
        if character == ' ' or character in BREAKS:
            words += [word] if word else []
            words += [character] if character != ' ' else []
            word = ''
        else:
            word += character
    return words + [word]


def complete(line, cwd='/'):
    need('bash')
    words = split(line)
    words[0] = os.environ['PROF']
    quoted = ' '.join(f"'{word}'" for word in words)
    script = f'''
        source '{COMPLETION}'
        COMP_WORDS=({quoted}) COMP_CWORD={len(words) - 1}
        COMP_LINE='{line}' COMP_POINT={len(line)}
        _prof
        printf '%s\\n' "${{COMPREPLY[@]}}"
    '''
    result = run(['bash', '--norc', '-c', script], cwd=cwd)
    check(result.returncode == 0 and not result.stderr, f'{line!r}: {result.stderr}')
    return [word for word in result.stdout.split('\n') if word]


def test_is_registered():
    need('bash')
    result = run(['bash', '--norc', '-c', f"source '{COMPLETION}'; complete -p prof"])
    check('_prof' in result.stdout, result)


def test_commands():
    check(complete('prof re') == ['record', 'report'], complete('prof re'))
    listed = prof('--help').stdout.split('Commands:')[1].split('Options:')[0]
    commands = [line.split()[0] for line in listed.splitlines() if line.startswith('  ')]
    check(sorted(complete('prof ')) == sorted(commands + ['--help', '--version']), complete('prof '))
    check(complete('prof help di') == ['diff'], complete('prof help di'))


def test_options():
    check(complete('prof report --ca') == ['--callers', '--callees'], complete('prof report --ca'))
    for command in ('record', 'report', 'heap-report', 'diff', 'merge', 'convert', 'agent', 'events',
                    'mem', 'processes', 'doctor'):
        check('--help' in complete(f'prof {command} --h'), command)


def test_values():
    check(complete('prof record --unwind d') == ['dwarf'], 'a word of its own')
    check(complete('prof record --attach c') == ['cpu'], 'how to attach')
    check(complete('prof record --unwind=d') == ['dwarf'], 'after an equals sign')
    check(complete('prof diff --normalize ') == ['duration', 'total', 'none'], 'all')
    check(complete('prof convert a b --to s') == ['svg'], 'formats')
    check(complete('prof heap-report --at p') == ['peak'], 'moments')


def test_events():
    check('cpu-clock' in complete('prof record -e cpu-c'), complete('prof record -e cpu-c'))
    check('cpu-clock,page-faults' in complete('prof record -e cpu-clock,page-f'), 'after a comma')
    names = prof('events', '--names').stdout.split()
    name = next((n for n in names if n.count(':') == 1), None)
    if name is not None:
        before, after = name.split(':')
        for form in '-e ', '--event ', '--event=':
            found = complete(f'prof record {form}{before}:{after[:2]}')
            check(after in found, f'{form}{name}: {found}')


def test_files():
    with tempfile.TemporaryDirectory() as directory:
        for name in 'a.pb.gz', 'ab c.pb.gz', 'a.txt', 'b.pb.gz':
            Path(directory, name).touch()
        Path(directory, 'adir').mkdir()
        check(sorted(complete('prof report a', directory)) == ['a.pb.gz', 'ab c.pb.gz', 'adir'],
              complete('prof report a', directory))
        check(sorted(complete('prof diff a.pb.gz b', directory)) == ['b.pb.gz'], 'the second file')
        check('a.txt' in complete('prof convert a', directory), 'stacks')


def test_program_to_record():
    check('ls' in complete('prof record -- l') and 'ls' in complete('prof record -F 99 l'), 'a program')
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, 'input.txt').touch()
        for line in 'prof record -F 99 -q -- ls --unwind in', 'prof record ls in':
            check(complete(line, directory) == ['input.txt'], f'{line}: {complete(line, directory)}')


sys.exit(run_cases_of(globals()))
