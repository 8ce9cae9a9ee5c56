#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
import json
import re
import sys
import tempfile
from pathlib import Path

from harness import check, prof, run_cases_of
from profile_bytes import ProfileBytes

SECOND = 1_000_000_000


class Pair:
    """A directory with a base and a new profile of it; the new one took half the time."""

    def __enter__(self):
        self.directory = tempfile.TemporaryDirectory()
        types = [('samples', 'count'), ('cpu', 'nanoseconds')]

        def build(name, duration, stacks):
            profile = ProfileBytes(types, SECOND, duration)
            for stack, samples in stacks.items():
                profile.add(stack.split(';'), samples, samples * 10_000_000)
            return str(profile.save(Path(self.directory.name, name)))

        self.base = build('base.pb.gz', 4 * SECOND, {'main;parse;lex': 300, 'main;read': 100,
                                                     'main;gone': 10})
        self.new = build('new.pb.gz', 2 * SECOND, {'main;parse;lex': 100, 'main;read': 100,
                                                   'main;born': 30})
        return self

    def __exit__(self, *_):
        self.directory.cleanup()

    def path(self, name):
        return Path(self.directory.name, name)

    def diff(self, *arguments, **options):
        return prof('diff', *arguments, self.base, self.new, **options)


def test_functions():
    with Pair() as pair:
        text = pair.diff().stdout
    check('cpu: 4.10 s -> 2.30 s (-43.9%)' in text, text)
    check('--normalize duration' in text, f'no hint at the durations:\n{text}')
    rows = [line.split() for line in text.splitlines() if re.match(' +[-+0]', line)]
    check([row[-1] for row in rows][:3] == ['lex', 'born', 'gone'], text)
    check(rows[0] == '-2.00 s -48.8% 3.00 s 1.00 s -2.00 s lex'.split(), rows[0])
    check(rows[1] == '+300 ms +7.3% 0 ns 300 ms +300 ms born'.split(), rows[1])


def test_json():
    with Pair() as pair:
        answer = json.loads(pair.diff('--json').stdout)
        check({key: answer[key] for key in answer if key != 'functions'} == {
            'version': 1, 'base': pair.base, 'new': pair.new, 'normalize': 'none', 'type': 'cpu',
            'unit': 'nanoseconds', 'base_total': 4_100_000_000, 'new_total': 2_300_000_000}, answer)
    functions = {f['name']: (f['base_self'], f['new_self'], f['base_total'], f['new_total'])
                 for f in answer['functions']}
    check(functions == {
        'lex': (3 * SECOND, SECOND, 3 * SECOND, SECOND),
        'read': (SECOND, SECOND, SECOND, SECOND),
        'gone': (SECOND // 10, 0, SECOND // 10, 0),
        'born': (0, 3 * SECOND // 10, 0, 3 * SECOND // 10),
        'parse': (0, 0, 3 * SECOND, SECOND),
        'main': (0, 0, 4_100_000_000, 2_300_000_000),
    }, functions)


def test_stacks():
    with Pair() as pair:
        text = pair.diff('--by', 'stack', '--limit', '1').stdout
        stacks = json.loads(pair.diff('--by', 'stack', '--json', '--type', 'samples').stdout)['stacks']
    check(re.search(r'-2\.00 s .* lex *\n +parse *\n +main *\n', text) and '3 more' in text, text)
    check({tuple(f['name'] for f in s['frames']): (s['base_self'], s['new_self']) for s in stacks} == {
        ('lex', 'parse', 'main'): (300, 100), ('read', 'main'): (100, 100),
        ('gone', 'main'): (10, 0), ('born', 'main'): (0, 30)}, stacks)


def test_function_in_several_modules():
    """One of a header that is compiled into two libraries; the base only ran one of them."""
    swap_a, swap_b = [('swap', f'/lib/lib{name}.so', 'swap.h', 1) for name in 'ab']
    with Pair() as pair:
        base = ProfileBytes().add(['main', swap_b], 30).add(['main', 'write'], 7)
        base = base.save(pair.path('base.pb.gz'))
        new = ProfileBytes().add(['main', swap_a], 10).add(['main', swap_b], 40)
        new = new.add(['main', 'write'], 7).save(pair.path('new.pb.gz'))
        functions = json.loads(prof('diff', '--json', base, new).stdout)['functions']
        stacks = json.loads(prof('diff', '--json', '--by', 'stack', base, new).stdout)['stacks']
    check({f['name']: (f['base_self'], f['new_self']) for f in functions} == {
        'swap': (30, 50), 'main': (0, 0), 'write': (7, 7)}, functions)
    check({s['frames'][0]['name']: (s['base_self'], s['new_self']) for s in stacks} == {
        'swap': (30, 50), 'write': (7, 7)}, stacks)


def test_normalize():
    with Pair() as pair:
        by_duration = json.loads(pair.diff('-N', 'duration', '--json').stdout)
        by_total = json.loads(pair.diff('--normalize', 'total', '--json').stdout)
    check(by_duration['base_total'] == 2_050_000_000, by_duration['base_total'])
    check(abs(by_total['base_total'] - by_total['new_total']) <= 3, by_total)


def test_output_is_a_profile():
    with Pair() as pair:
        out = pair.path('change.pb.gz')
        pair.diff('-o', out)
        answer = json.loads(prof('report', '--json', out).stdout)
        check(answer['total'] == -1_800_000_000, answer['total'])
        shares = {f['name']: (f['self'], round(f['self_percent'], 2)) for f in answer['functions']}
        check(shares['lex'] == (-2 * SECOND, -48.78), f'not of the base: {shares}')
        check('-48.8%' in prof('report', out).stdout, 'not of the base')
        svg = pair.path('change.svg')
        prof('convert', out, svg)
        check('net change -1.80 s' in svg.read_text('utf-8'), 'the graph of a difference')


def test_equal_profiles():
    with Pair() as pair:
        functions = json.loads(prof('diff', '--json', pair.base, pair.base).stdout)['functions']
    check(len(functions) == 5, functions)
    check(all(f['base_self'] == f['new_self'] and f['base_total'] == f['new_total']
              for f in functions), functions)


def test_mistakes():
    with Pair() as pair:
        check('two profiles' in prof('diff', pair.base, status=2).stderr, 'one profile')
        check("'c'" in prof('diff', 'a', 'b', 'c', status=2).stderr, 'three profiles')
        for arguments in ['--by', 'line'], ['--normalize', 'half'], ['--limit', '-1']:
            result = pair.diff(*arguments, status=2)
            check(arguments[0] in result.stderr and arguments[1] in result.stderr, result.stderr)
        check('--json' in pair.diff('--json', '-o', 'x', status=2).stderr, '--json and --output')
        result = prof('diff', pair.base, pair.path('none.pb.gz'), status=1)
        check('none.pb.gz' in result.stderr, result.stderr)


def test_different_kinds():
    with Pair() as pair:
        other = ProfileBytes([('alloc', 'bytes')]).add(['main'], 1).save(pair.path('other.pb.gz'))
        result = prof('diff', pair.base, other, status=1)
        check(result.stderr.startswith('prof: ') and result.stderr.count('\n') == 1, result.stderr)


def test_output_that_can_not_be_written():
    with Pair() as pair:
        check('/dev/full' in pair.diff('-o', '/dev/full', status=1).stderr, 'a full disk')
        check('No such file' in pair.diff('-o', '/no/such/dir/x', status=1).stderr, 'no directory')


sys.exit(run_cases_of(globals()))
