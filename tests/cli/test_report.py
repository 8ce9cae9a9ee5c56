#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
import json
import os
import re
import sys
import tempfile
from pathlib import Path

from harness import check, prof, run, run_cases_of
from profile_bytes import ProfileBytes, bytes_field, number_field

START_NS = 1_700_000_000_000_000_000
MAIN = ('main', '/bin/demo', 'demo.c', 3)
PARSE = ('parse', '/bin/demo', 'parse.c', 40)
LEX = ('lex', '/bin/demo', 'parse.c', 12)
READ = ('read', '/lib/libc.so.6', '', 0)


ENDS = [('/bin/demo', 'root', 900), ('/lib/libbig.so', 'root', 70), ('', 'bad read', 10),
        ('/lib/libbig.so', 'stack slice ended', 15), ('/lib/libsmall.so', 'stack slice ended', 5)]


def make_session(ends):
    event = bytes_field(1, b'cpu-clock') + bytes_field(2, b'cycles') + number_field(3, 999)
    session = b''.join([
        bytes_field(1, b'./demo'), bytes_field(1, b'--fast'), bytes_field(4, b'box'),
        number_field(9, START_NS), number_field(11, 10_000_000_000), number_field(13, 1000),
        number_field(14, 7), number_field(17, 30), bytes_field(21, event),
        *(bytes_field(22, bytes_field(1, module.encode()) + bytes_field(2, reason.encode())
                      + number_field(3, n)) for module, reason, n in ends),
        bytes_field(24, b'cycles are not counted here'),
    ])
    return bytes_field(1000, session)


def make_profile():
    """10 s: parse calls lex and read; lex calls itself once."""
    types = [('samples', 'count'), ('cpu', 'nanoseconds')]
    profile = ProfileBytes(types, START_NS, 10_000_000_000, make_session(ENDS))

    def add(stack, samples, second, thread):
        profile.add(stack, samples, samples * 10_000_000, thread=thread,
                    end_timestamp_ns=(START_NS + second * 1_000_000_000, 'nanoseconds'))

    add([MAIN, PARSE, LEX], 400, 1, 'worker')
    add([MAIN, PARSE, LEX, LEX], 100, 3, 'worker')
    add([MAIN, PARSE, READ], 300, 4, 'main')
    add([MAIN], 200, 8, 'main')
    return profile


def saved():
    directory = tempfile.TemporaryDirectory()
    path = make_profile().save(Path(directory.name, 'demo.pb.gz'))
    return directory, path


def report(*arguments, **options):
    directory, path = saved()
    with directory:
        return prof('report', *arguments, path, **options)


def report_json(*arguments):
    return json.loads(report('--json', *arguments).stdout)


def table(text):
    """The rows of a table of functions: name -> the words of its line."""
    rows = [line.split() for line in text.splitlines() if re.match(r' +[\d.]+ ', line)]
    return {row[-2]: row for row in rows}


def test_flat():
    text = report().stdout
    rows = table(text)
    check(list(rows) == ['lex', 'read', 'main', 'parse'], f'the wrong order:\n{text}')
    check(rows['lex'][:6] == ['5.00', 's', '50.0%', '5.00', 's', '50.0%'], rows['lex'])
    check(rows['main'][:6] == ['2.00', 's', '20.0%', '10.0', 's', '100.0%'], rows['main'])
    check(rows['read'][-1] == 'libc.so.6', rows['read'])
    check('\033' not in text, 'colours where there is no terminal')


def test_header():
    text = report().stdout
    for expected in ['./demo --fast on box', '1,000 samples of cpu-clock (in place of cycles) at 999 Hz',
                     'in 10.0 s, 7 lost', '97.0% of the stacks reached their root',
                     '2.0% stack slice ended (mostly in /lib/libbig.so); 1.0% bad read',
                     'note: cycles are not counted here', 'cpu: 10.0 s']:
        check(expected in text, f'{expected!r} lacks in\n{text}')


def test_rare_ends_are_left_out():
    with tempfile.TemporaryDirectory() as directory:
        session = make_session([('/bin/demo', 'root', 99999), ('/bin/demo', 'loop', 1)])
        path = ProfileBytes([('samples', 'count')], START_NS, 1, session).save(Path(directory, 'x.pb.gz'))
        check('100.0% of the stacks reached their root\n' in prof('report', path).stdout, 'a rest of 0.0%')


def test_verbose():
    text = report('-v').stdout
    check(re.search(r'lex +/bin/demo +parse\.c:12$', text, re.M), text)
    check(re.search(r'read +/lib/libc\.so\.6$', text, re.M), text)


def test_limit():
    text = report('--limit', '1').stdout
    check(list(table(text)) == ['lex'] and '3 more functions' in text, text)
    check(len(table(report('--limit', '0').stdout)) == 4, 'not all')


def test_type():
    text = report('--type', 'samples').stdout
    check(table(text)['lex'][:2] == ['500', '50.0%'], text)
    result = report('--type', 'wall', status=1)
    check("'wall'" in result.stderr and 'samples, cpu' in result.stderr, result.stderr)


def test_tree():
    lines = report('--tree', env={**os.environ, 'LC_ALL': 'C.UTF-8'}).stdout.splitlines()[-6:]
    check([re.sub('  +', '  ', line).strip() for line in lines] == [
        'total%  self%  total  function',
        '100.0%  20.0%  10.0 s  main',
        '80.0%  0.0%  8.00 s  parse',
        '50.0%  40.0%  5.00 s  ├─ lex',
        '10.0%  10.0%  1.00 s  │  lex',
        '30.0%  30.0%  3.00 s  └─ read',
    ], '\n'.join(lines))


def test_tree_of_a_terminal_without_utf8():
    text = report('--tree', env={**os.environ, 'LC_ALL': 'C'}).stdout
    check('|- lex' in text and '`- read' in text, text)


def test_tree_limit():
    text = report('--tree', '--limit', '2').stdout
    check('parse' in text and 'lex' not in text and 'the 2 heaviest of 5 nodes' in text, text)


def test_the_heaviest_nodes_are_shown():
    """Light ones that come first in the tree do not take their place, nor does a light caller in a
    diff hide them."""
    profile = ProfileBytes().add(['a', 'heavy'], 10)
    for name in 'xyz':
        profile.add(['b', name], 3)
    change = ProfileBytes().add(['main', 'grew'], 9).add(['main', 'shrank'], -9).add(['other'], 2)
    with tempfile.TemporaryDirectory() as directory:
        def shown(profile, limit):
            path = profile.save(Path(directory, 'x.pb.gz'))
            lines = prof('report', '--tree', '--limit', str(limit), path).stdout.splitlines()
            lines = lines[[line.startswith(' total%') for line in lines].index(True) + 1:-1]
            return [line.split()[-1] for line in lines]

        check(shown(profile, 4) == ['a', 'heavy', 'b', 'x'], shown(profile, 4))
        check(shown(change, 3) == ['main', 'grew', 'shrank'], shown(change, 3))


def test_bottom_up():
    nodes = report_json('--bottom-up')['nodes']
    paths = {}
    for node in nodes:
        paths[node['id']] = paths.get(node['parent'], '') + '/' + node['name']
    totals = {paths[node['id']]: node['total'] for node in nodes}
    check(totals['/lex'] == 5_000_000_000 and totals['/read/parse/main'] == 3_000_000_000, totals)


def test_callers_and_callees():
    text = report('--callers', 'read').stdout
    check(re.search(r'3\.00 s  100\.0%  parse  demo$', text, re.M), text)
    text = report('--callees', '^pars.$').stdout
    check(re.search(r'5\.00 s   62\.5%  lex', text) and re.search(r'3\.00 s   37\.5%  read', text), text)
    check('none' in report('--callers', 'main').stdout, 'main has no caller')
    functions = report_json('--callees', 'parse')['functions']
    check([(f['name'], f['callees'][0]['name'], f['callees'][0]['value']) for f in functions]
          == [('parse', 'lex', 5_000_000_000)], functions)


def test_lines():
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory, 'work.c')
        source.write_bytes(b'int\nwork (void)\n{\r\n\tburn ();\r\n')
        profile = ProfileBytes(time_ns=START_NS, duration_ns=10**9)
        for line, n in (4, 30), (2, 10), (9, 5):
            profile.add([MAIN, ('work', '/bin/demo', str(source), line)], n)
        path = profile.save(Path(directory, 'work.pb.gz'))
        text = prof('report', '--lines', 'work', path).stdout
        check(f'\n{source}\n' in text, text)
        check(re.search(r'30 +66\.7% +30 +66\.7% +4  burn \(\);$', text, re.M), text)
        check(re.search(r'10 +22\.2% +10 +22\.2% +2  work \(void\)$', text, re.M), text)
        check(re.search(r' 9  $', text, re.M), text)  # the file is shorter
        (work,) = json.loads(prof('report', '--json', '-l', 'work', path).stdout)['functions']
        check([(row['line'], row['self']) for row in work['lines']] == [(2, 10), (4, 30), (9, 5)], work)
        source.unlink()
        text = prof('report', '--lines', 'work', path).stdout
        check('not on this computer' in text and 'burn' not in text, text)
        text = prof('report', '--lines', 'main', path).stdout
        check('demo.c (not on this computer)' in text, text)


def test_function_that_is_not_there():
    check("'nothing'" in report('--callers', 'nothing', status=1).stderr, 'the name lacks')
    check('regular expression' in report('--callers', '(', status=1).stderr, 'the reason lacks')


def test_filters():
    def seconds(*arguments):
        return report_json(*arguments)['total'] / 1e9

    check(seconds('--focus', 'read') == 3, 'focus')
    check(seconds('--ignore', 'read') == 7, 'ignore')
    check(seconds('--label', 'thread=worker') == 5, 'label')
    check(seconds('--time', '2s..5s') == 4, 'time')
    check(seconds('--time', '5s..') == 2, 'time without an end')
    check(seconds('--time', '..2s') == 4, 'time without a start')
    hidden = report_json('--hide', 'lex|read')['functions']
    check([(f['name'], f['self']) for f in hidden] == [('parse', 8_000_000_000), ('main', 2_000_000_000)],
          hidden)
    check({n['name'] for n in report_json('--tree', '--show-from', 'parse')['nodes']
           if n['parent'] == 0} >= {'parse'}, 'show-from')
    check('3.00 s of 10.0 s (30.0%)' in report('--focus', 'read').stdout, 'the share lacks')


def test_times_that_can_not_be():
    with tempfile.TemporaryDirectory() as directory:
        profile = ProfileBytes(time_ns=-5)
        for time in 0, 1_500_000_000, (1 << 63) - 1:
            profile.add(['main'], 1, end_timestamp_ns=(time, 'nanoseconds'))
        path = profile.save(Path(directory, 'early.pb.gz'))
        for time, n in ('1s..2s', 1), ('1s..', 1), ('..1s', 1):
            answer = json.loads(prof('report', '--json', '--time', time, path).stdout)
            check(answer['total'] == n, f'{time}: {answer["total"]}')


def test_bad_expression():
    for option in '--focus', '--ignore', '--hide', '--show-from':
        result = report(option, '(', status=2)
        check(f"{option}: '(' is not understood" in result.stderr, result.stderr)
    for label in 'worker', '=worker', 'thread=(':
        result = report('--label', label, status=2)
        check('--label: ' in result.stderr and 'KEY=VALUE' in result.stderr, result.stderr)


def test_json_schema():
    answer = report_json()
    check(set(answer) == {'version', 'file', 'type', 'unit', 'total', 'recorded_total', 'time_ns',
                          'duration_ns', 'recordings', 'functions'}, sorted(answer))
    check(answer['version'] == 1 and answer['type'] == 'cpu' and answer['unit'] == 'nanoseconds', answer)
    check(answer['total'] == 10_000_000_000 and answer['time_ns'] == START_NS, answer)
    check(answer['functions'][0] == {
        'name': 'lex', 'module': '/bin/demo', 'file': 'parse.c', 'line': 12, 'self': 5_000_000_000,
        'self_percent': 50, 'total': 5_000_000_000, 'total_percent': 50}, answer['functions'][0])
    recording = answer['recordings'][0]
    check(recording['command'] == ['./demo', '--fast'] and recording['lost'] == 7, recording)
    check(recording['events'] == [{'name': 'cpu-clock', 'requested': 'cycles', 'frequency_hz': 999,
                                   'period': 0, 'excludes_kernel': False}], recording['events'])
    check(len(recording['stack_ends']) == 5 and recording['notes'], recording)


def test_newest_file_is_the_default():
    with tempfile.TemporaryDirectory() as directory:
        result = prof('report', status=1, cwd=directory)
        check('prof record' in result.stderr, result.stderr)
        old, new = Path(directory, 'prof-a.pb.gz'), Path(directory, 'prof-b.pb.gz')
        ProfileBytes().add(['newer'], 1).save(new)
        ProfileBytes().add(['older'], 1).save(old)
        os.utime(old, (1000, 1000))
        check('newer' in prof('report', cwd=directory).stdout, 'not the newest')


def test_standard_input():
    directory, path = saved()
    with directory, open(path, 'rb') as file:
        check('lex' in prof('report', '-', stdin=file).stdout, 'nothing from standard input')


def test_missing_and_damaged_files():
    directory, path = saved()
    with directory:
        result = prof('report', f'{path}.no', status=1)
        check('No such file' in result.stderr and f'{path}.no' in result.stderr, result.stderr)
        whole = path.read_bytes()
        for damaged in b'', whole[: len(whole) // 2], b'hello', b'\x1f\x8b' + bytes(40):
            path.write_bytes(damaged)
            result = prof('report', path, status=1)
            check(str(path) in result.stderr and result.stderr.count('\n') == 1, result.stderr)
        check('directory' in prof('report', directory.name, status=1).stderr, 'a directory')


def test_profile_without_samples():
    with tempfile.TemporaryDirectory() as directory:
        path = ProfileBytes().save(Path(directory, 'empty.pb.gz'))
        check('samples: 0' in prof('report', path).stdout, 'empty')
        check('samples: 0' in prof('report', '--tree', path).stdout, 'empty tree')
        check(json.loads(prof('report', '--json', path).stdout)['functions'] == [], 'empty JSON')


def test_hostile_names():
    """No byte of a name may reach the terminal as a control sequence, or break JSON."""
    name = 'a\x1b]0;owned\x07\x1b[2J"\\\\<b>\x9b\udcff\n' + 'x' * 5000
    with tempfile.TemporaryDirectory() as directory:
        path = ProfileBytes().add([name, ('b', name, name, 1)], 3).save(Path(directory, 'x.pb.gz'))
        for arguments in [], ['--tree'], ['-v'], ['--callers', 'b'], ['--callees', '^a'], ['--lines', 'a']:
            text = prof('report', *arguments, path).stdout
            check(not re.search('[\x00-\x09\x0b-\x1f\x7f\x80-\x9f]', text), f'{arguments}: {text!r:.300}')
        names = [f['name'] for f in json.loads(prof('report', '--json', path).stdout)['functions']]
        expected = name.replace('\udcff', '\ufffd')
        check(sorted(names) == [expected, 'b'], f'{names!r:.200}')


def test_deep_stack():
    with tempfile.TemporaryDirectory() as directory:
        stack = [f'f{i}' for i in range(20000)]
        path = ProfileBytes().add(stack, 1).add(stack[:10000] + ['other'], 1).save(
            Path(directory, 'deep.pb.gz'))
        text = prof('report', '--tree', '--limit', '0', path).stdout
        check('f19999' in text and len(text.splitlines()) > 20000, 'not whole')
        nodes = json.loads(prof('report', '--tree', '--json', path).stdout)['nodes']
        check(len(nodes) == 20001, len(nodes))


def test_modes_exclude_each_other():
    result = prof('report', '--tree', '--callers', 'main', status=2)
    check('--callers' in result.stderr and '--tree' in result.stderr, result.stderr)


def test_full_disk():
    directory, path = saved()
    with directory, open('/dev/full', 'w', encoding='utf-8') as full:
        result = prof('report', path, status=1, stdout=full)
        check('No space left' in result.stderr, result.stderr)


def test_colours_on_a_terminal():
    directory, path = saved()
    with directory:
        command = f"'{os.environ['PROF']}' report '{path}'"
        for environment, is_coloured in ({}, True), ({'NO_COLOR': '1'}, False), ({'TERM': 'dumb'}, False):
            text = on_terminal(command, environment)
            check(('\033[' in text) == is_coloured, f'{environment}: {text!r:.200}')


def test_long_names_in_a_tree_on_a_terminal():
    with tempfile.TemporaryDirectory() as directory:
        names = ['begin' + 'x' * 200 + 'end', 'begin' + 'y' * 200 + 'end']
        path = ProfileBytes().add(names, 1).add(names[:1], 1).save(Path(directory, 'long.pb.gz'))
        text = on_terminal(f"stty cols 70; '{os.environ['PROF']}' report --tree '{path}'", {})
        lines = [line.rstrip() for line in text.splitlines() if 'begin' in line]
        check([len(line) for line in lines] == [70, 70], lines)
        check(all(line.endswith('end') for line in lines), lines)


def on_terminal(command, environment):
    base = {**os.environ, 'TERM': 'xterm'}
    base.pop('NO_COLOR', None)
    return run(['script', '-qec', command, '/dev/null'], env={**base, **environment}).stdout


sys.exit(run_cases_of(globals()))
