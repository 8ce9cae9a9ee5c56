#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
import json
import os
import re
import sys
import tempfile
from pathlib import Path

from harness import check, google_pprof, prof, run_cases_of
from profile_bytes import ProfileBytes, bytes_field, number_field

START_NS = 1_700_000_000_000_000_000
SECOND = 1_000_000_000
TYPES = [('alloc_objects', 'count'), ('alloc_space', 'bytes'), ('inuse_objects', 'count'),
         ('inuse_space', 'bytes')]
MAIN = ('main', '/bin/demo', 'demo.c', 3)
CACHE = ('cache', '/bin/demo', 'cache.c', 40)
WORK = ('work', '/bin/demo', 'work.c', 12)
PARSE = ('parse', '/bin/demo', 'parse.c', 5)
LATE = ('late', '/opt/lib/liblate.so', 'late.c', 1)
NEW = ('operator new(unsigned long)', '/lib/libstdc++.so.6', '', 0)
MALLOC = ('malloc', '/lib/libc.so.6', '', 0)


def make_session(name=b'malloc', period=524288):
    event = bytes_field(1, name) + number_field(4, period)
    return bytes_field(1000, b''.join([
        bytes_field(1, b'./demo'), bytes_field(4, b'box'), number_field(9, START_NS),
        number_field(11, 10 * SECOND), number_field(13, 107), number_field(14, 7),
        bytes_field(21, event), bytes_field(24, b'one process was static'),
    ]))


def make_profile():
    """10 s: the peak of 4,200,704 bytes is at 3 s, 1,049,076 bytes are live at the end."""
    profile = ProfileBytes(TYPES, START_NS, 10 * SECOND, make_session())
    profile.extra += bytes_field(11, number_field(1, profile.string('space'))
                                 + number_field(2, profile.string('bytes')))
    profile.extra += number_field(12, 524288)

    def add(stack, objects, size, second, freed=None, tid=8):
        labels = {'bytes': (size, 'bytes'), 'pid': (7, ''), 'tid': (tid, ''),
                  'end_timestamp_ns': (START_NS + int(second * SECOND), 'nanoseconds')}
        if freed is not None:
            labels['freed_timestamp_ns'] = (START_NS + int(freed * SECOND), 'nanoseconds')
        values = [objects, objects * size]
        profile.add(stack, *values, *(values if freed is None else [0, 0]), **labels)

    add([MAIN, CACHE, NEW, MALLOC], 2, 524288, 1)
    add([MAIN, WORK, MALLOC], 4, 786432, 2, 6)
    add([MAIN, PARSE, MALLOC], 100, 64, 3, 3.0005, 9)
    add([MAIN, LATE, MALLOC], 1, 500, 8)
    return profile


def make_without_times():
    profile = ProfileBytes(TYPES, START_NS)
    profile.add([MAIN, CACHE], 10, 1000, 3, 300, bytes=(100, 'bytes'))
    return profile.add([MAIN, WORK], 1, 50, 0, 0, bytes=(50, 'bytes'))


def make_without_frees():
    return ProfileBytes(TYPES[:2], START_NS).add([MAIN, CACHE], 10, 1000, bytes=(100, 'bytes'))


def heap_report(*arguments, profile=None, **options):
    with tempfile.TemporaryDirectory() as directory:
        path = (profile or make_profile()).save(Path(directory, 'demo.pb.gz'))
        environment = {**os.environ, 'LC_ALL': options.pop('locale', 'C')}
        return prof('heap-report', *arguments, path, env=environment, **options)


def heap_json(*arguments, **options):
    return json.loads(heap_report('--json', *arguments, **options).stdout)


def selection(*arguments, **options):
    """What a selection holds: its totals, and bytes and blocks by function."""
    chosen, = heap_json(*arguments, **options)['selections']
    functions = {f['name']: (f['bytes'], f['objects']) for f in chosen['functions'] if f['bytes']}
    return chosen, functions


def check_in(text, *parts):
    for part in parts:
        check(part in text, f'{part!r} lacks in\n{text}')


def test_summary():
    text = heap_report().stdout
    check_in(text, './demo on box', '107 samples of malloc', '7 lost', 'note: one process was static')
    for name, value in [('duration', '10.0 s'),
                        ('allocated', '4.01 MiB in 107 blocks, 410 KiB a second'),
                        ('peak', '4.01 MiB in 106 blocks, at 3.00 s'),
                        ('live at end', '1.00 MiB in 3 blocks'),
                        ('temporary', '93.5% of the blocks, 0.2% of the bytes: freed within 1.00 ms'),
                        ('of', '1 process, 2 threads'),
                        ('recorded', 'a sample each 512 KiB, 4 samples')]:
        check(re.search(rf'^{name} +{re.escape(value)}', text, re.M), f'{name}: {value} lacks in\n{text}')


def test_period_of_the_heap_beside_another():
    for period, header, summary in [(65536, 'heap every 64.0 KiB in', 'a sample each 64.0 KiB, 1 sample'),
                                    (1, 'heap at every allocation in', 'every allocation')]:
        session = make_session(b'heap', period)
        profile = ProfileBytes(TYPES, START_NS, 10 * SECOND, session)
        profile.add([MAIN, CACHE], 10, 1000, 3, 300, bytes=(100, 'bytes'))
        text = heap_report(profile=profile).stdout
        check_in(text, header)
        check(re.search(rf'^recorded +{summary}', text, re.M), text)


def test_peak_and_leaks_are_shown_first():
    text = heap_report().stdout
    peak, leaks = text.split('\nstill live at the end: 1.00 MiB in 3 blocks\n')
    check_in(peak, 'live at the peak, at 3.00 s: 4.01 MiB in 106 blocks')
    check(re.findall(r'(\w+)  demo$', peak, re.M) == ['work', 'cache', 'parse'], peak)
    check(re.search(r'^ +1\.00 MiB +100\.0% +2  cache  demo$', leaks, re.M), leaks)
    check(re.search(r'^ +500 B +0\.0% +1  late  liblate\.so$', leaks, re.M), leaks)


def test_at():
    chosen, functions = selection('--at', '2.5s')
    check((chosen['kind'], chosen['time_ns']) == ('live', 2_500_000_000), chosen)
    check(functions == {'work': (3145728, 4), 'cache': (1048576, 2)}, functions)
    check(selection('--at', '6s')[1] == {'cache': (1048576, 2)}, 'freed at 6 s')
    check(selection('--at', 'end')[1] == {'cache': (1048576, 2), 'late': (500, 1)}, 'end')
    chosen, functions = selection('--at=peak')
    check((chosen['kind'], chosen['bytes'], chosen['objects']) == ('peak', 4200704, 106), chosen)
    check(functions['parse'] == (6400, 100), functions)
    check_in(heap_report('--at', '2.5s').stdout, 'live at 2.50 s: 4.00 MiB in 6 blocks')


def test_allocated():
    chosen, functions = selection('--allocated')
    check((chosen['bytes'], chosen['objects']) == (4201204, 107), chosen)
    check(selection('--allocated', '--range', '2s..3s')[1] == {'work': (3145728, 4)}, 'a range')
    check(set(selection('--allocated', '--range', '3s..')[1]) == {'parse', 'late'}, 'to the end')
    text = heap_report('--allocated', '--range', '2s..3s').stdout
    check_in(text, 'allocated from 2.00 s to 3.00 s: 3.00 MiB in 4 blocks')


def test_stayed():
    check(set(selection('--stayed', '--range', '0s..5s')[1]) == {'cache', 'work'}, 'until 5 s')
    check(set(selection('--stayed', '--range', '1500ms..')[1]) == {'late'}, 'to the end')


def test_leaks():
    chosen, functions = selection('--leaks')
    check((chosen['kind'], chosen['bytes']) == ('leaks', 1049076), chosen)
    check(functions == {'cache': (1048576, 2), 'late': (500, 1)}, functions)


def test_temporary():
    chosen, functions = selection('--temporary')
    check((chosen['bound_ns'], functions) == (1_000_000, {'parse': (6400, 100)}), chosen)
    check(set(selection('--temporary=5s')[1]) == {'parse', 'work'}, 'a longer bound')
    check(selection('--temporary=500us')[1] == {}, 'a bound is not reached')


def test_sizes():
    sizes = heap_json('--sizes')['sizes']
    check((sizes[0]['min_bytes'], sizes[-1]['max_bytes'], len(sizes)) == (64, 1048575, 14), sizes)
    check(sizes[0]['temporary_objects'] == 100 and sizes[0]['allocated_bytes'] == 6400, sizes[0])
    check(sizes[-1]['live_bytes'] == 1048576 and sizes[-1]['allocated_objects'] == 6, sizes[-1])
    text = heap_report('--sizes').stdout
    check(re.search(r'^ +64 B - +127 B +100 +6\.25 KiB +0 B +100\.0%  #{30}$', text, re.M), text)
    check('summary' not in text and 'live at' not in text, 'only what was asked for')


def test_timeline():
    points = heap_json('--timeline=11')['timeline']
    check([p['live_bytes'] for p in points] == [
        0, 1048576, 4194304, 4200704, 4194304, 4194304, 1048576, 1048576, 1049076, 1049076, 1049076,
    ], points)
    check(points[6]['freed_bytes'] == 3145728 and points[6]['freed_objects'] == 4, points[6])
    check(points[2]['time_ns'] == 2 * SECOND and points[2]['allocated_objects'] == 4, points[2])
    check(len(heap_json('--timeline')['timeline']) == 40, 'the default')
    ranged = heap_json('--timeline=2', '--range', '2s..4s')['timeline']
    check([p['time_ns'] for p in ranged] == [2 * SECOND, 4 * SECOND], ranged)
    text = heap_report('--timeline=11').stdout
    check(re.search(r'^ +6\.00 s +1\.00 MiB +2 +0 B +3\.00 MiB  #{7}$', text, re.M), text)
    check('█' in heap_report('--timeline=3', locale='C.UTF-8').stdout, 'bars')


def test_functions():
    over_time = heap_json('--functions', '--timeline=3')['functions_over_time']
    check(over_time['times_ns'] == [0, 5 * SECOND, 10 * SECOND], over_time)
    values = {f['name']: f['live_bytes'] for f in over_time['functions']}
    check(values == {'work': [0, 3145728, 0], 'cache': [0, 1048576, 1048576], 'late': [0, 0, 500]},
          values)
    over_time = heap_json('--functions', '--timeline=3', '-n', '1')['functions_over_time']
    check([(f['name'], f['is_others']) for f in over_time['functions']]
          == [('work', False), ('', True)], over_time)
    text = heap_report('--functions', '--timeline=11').stdout
    check(re.search(r'^ +3\.00 MiB    @@@@       work$', text, re.M), text)
    check_in(heap_report('--functions', '-n', '1').stdout, '(all others)')


def test_tree():
    nodes = heap_json('--at', 'peak', '--tree')['selections'][0]['nodes']
    check([(n['name'], n['bytes'], n['total_bytes']) for n in nodes] == [
        ('main', 0, 4200704), ('work', 3145728, 3145728), ('cache', 1048576, 1048576),
        ('parse', 6400, 6400)], nodes)
    check(re.search(r'74\.9% +74\.9% +3\.00 MiB  \|- work$', heap_report('--tree').stdout, re.M), 'text')


def test_stacks():
    stacks = heap_json('--leaks', '--stacks')['selections'][0]['stacks']
    check([(s['bytes'], [f['name'] for f in s['frames']]) for s in stacks]
          == [(1048576, ['cache', 'main']), (500, ['late', 'main'])], stacks)
    text = heap_report('--leaks', '--stacks', '-n', '1').stdout
    check(re.search(r'1\.00 MiB 100\.0%\n    #0   cache  /bin/demo\n    #1   main  /bin/demo\n'
                    '1 more stacks', text), text)


def test_limit_and_verbose():
    text = heap_report('--allocated', '-n', '2', '-v').stdout
    check_in(text, '2 more functions: --limit 0 shows all', 'work  /bin/demo  work.c:12')
    check('parse' not in text, text)
    check('more functions' not in heap_report('--allocated', '-n', '0').stdout, 'all')


def with_suppressions(texts, *arguments, **options):
    with tempfile.TemporaryDirectory() as directory:
        files = []
        for i, text in enumerate(texts):
            path = Path(directory, f'{i}.supp')
            path.write_text(text, 'utf-8')
            files += ['--suppressions', path]
        return heap_report(*arguments, *files, **options)


def test_allocators_of_a_program():
    for names in ['work'], ['w?rk'], ['x*', '*ork']:
        options = [word for name in names for word in ('--allocator', name)]
        _, functions = selection('--at', 'peak', *options)
        check(functions == {'main': (3145728, 4), 'cache': (1048576, 2), 'parse': (6400, 100)}, functions)
    check('work' in selection('--at', 'peak', '--allocator', 'wor')[1], 'a part of a name')
    _, functions = selection('--at', 'peak', '--allocator', '*')
    check(functions == {'main': (4200704, 106)}, functions)
    text = heap_report('--at', 'peak', '--stacks', '--allocator=work').stdout
    check('work' not in text and '#0   main' in text, text)


def test_suppressions():
    text = with_suppressions(['# known\nleak:^cache$\n', 'leak:nothing\nleak:*liblate.s*\n']).stdout
    check_in(text, 'still live at the end: 0 B in 0 blocks', 'Suppressions used:\n'
             '  count      bytes template\n'
             '      2    1048576 ^cache$\n'
             '      1        500 *liblate.s*\n')
    check_in(text, 'live at the peak, at 3.00 s: 4.01 MiB')
    uses = json.loads(with_suppressions(['leak:cache.c\nleak:x\n'], '--json').stdout)['suppressions']
    check([(u['pattern'], u['objects'], u['bytes']) for u in uses]
          == [('cache.c', 2, 1048576), ('x', 0, 0)], uses)
    check('Suppressions' not in with_suppressions(['leak:x\n']).stdout, 'nothing was used')


def test_bad_suppressions():
    result = with_suppressions(['leak:a\nrace:b\n'], status=1)
    check_in(result.stderr, '0.supp', 'line 2 is not of the form leak:PATTERN')
    check_in(heap_report('--suppressions', '/nowhere', status=1).stderr, "can't read /nowhere")


def test_output():
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, 'leaks.pb.gz')
        check(not heap_report('--leaks', '-o', path).stdout, 'tables beside a file')
        report = json.loads(prof('report', '--json', path).stdout)
        check((report['type'], report['unit'], report['total']) == ('space', 'bytes', 1049076), report)
        check([f['name'] for f in report['functions']] == ['cache', 'late', 'main'], report)
        check(json.loads(prof('report', '--json', '--type', 'objects', path).stdout)['total'] == 3,
              'objects')
        result = prof('heap-report', path, status=1)
        check_in(result.stderr, 'no sample type alloc_space or inuse_space')


def test_google_pprof_sees_the_same_totals():
    with tempfile.TemporaryDirectory() as directory:
        whole = make_profile().save(Path(directory, 'whole.pb.gz'))
        for kind, total in ('alloc_space', 4201204), ('inuse_space', 1049076), ('inuse_objects', 3):
            check_in(google_pprof('-top', '-unit=bytes', f'-sample_index={kind}', whole), f'{total}')
        chosen = Path(directory, 'peak.pb.gz')
        heap_report('--at', 'peak', '-o', chosen)
        check_in(google_pprof('-top', '-unit=bytes', chosen), '4200704B total', 'Type: space')


def test_report_shows_heap_profiles():
    with tempfile.TemporaryDirectory() as directory:
        path = make_profile().save(Path(directory, 'demo.pb.gz'))
        text = prof('report', path).stdout
        check_in(text, 'inuse_space: 1.00 MiB', '1.00 MiB')
        check_in(prof('report', '--type', 'alloc_objects', path).stdout, 'alloc_objects: 107')


def test_everything_in_one_document():
    whole = heap_json('--at', 'peak', '--leaks', '--allocated', '--stayed', '--temporary', '--sizes',
                      '--timeline', '--functions')
    check([s['kind'] for s in whole['selections']]
          == ['peak', 'allocated', 'stayed', 'temporary', 'leaks'], whole['selections'])
    check({'version', 'file', 'start_ns', 'duration_ns', 'has_times', 'has_frees', 'samples',
           'processes', 'threads', 'allocated', 'live', 'peak', 'recordings', 'selections', 'timeline',
           'functions_over_time', 'sizes', 'temporary_bound_ns'} == set(whole), set(whole))
    check(whole['peak'] == {'time_ns': 3 * SECOND, 'bytes': 4200704, 'objects': 106}, whole['peak'])
    check([s['kind'] for s in heap_json()['selections']] == ['peak', 'leaks'], 'by default')


def test_profile_without_times():
    text = heap_report(profile=make_without_times()).stdout
    check_in(text, 'only the end is known', 'still live at the end: 300 B in 3 blocks')
    check('peak' not in text, text)
    check(selection('--allocated', profile=make_without_times())[1]
          == {'cache': (1000, 10), 'work': (50, 1)}, 'allocated')
    text = heap_report('--sizes', profile=make_without_times()).stdout
    check(re.search(r'^ +64 B - +127 B +10 +1000 B +300 B +-  #', text, re.M), text)
    for arguments in ['--timeline'], ['--temporary'], ['--at', '1s'], ['--range', '1s..', '--allocated']:
        result = heap_report(*arguments, profile=make_without_times(), status=1)
        check_in(result.stderr, 'has no times', '--leaks')


def test_profile_without_frees():
    text = heap_report(profile=make_without_frees()).stdout
    check_in(text, 'what is live is not known', 'allocated: 1000 B in 10 blocks')
    check_in(heap_report('--leaks', profile=make_without_frees(), status=1).stderr, '--allocated')


def test_other_profiles_are_refused():
    profile = ProfileBytes().add(['main'], 1)
    result = heap_report(profile=profile, status=1)
    check_in(result.stderr, 'demo.pb.gz', 'no sample type alloc_space or inuse_space')


def test_empty_profile():
    text = heap_report(profile=ProfileBytes(TYPES)).stdout
    check_in(text, 'allocated    0 B in 0 blocks')


def test_mistakes():
    for arguments, expected in [
        (['--tree', '--stacks'], '--tree and --stacks'),
        (['--suppressions', 'x', '--sizes'], '--suppressions goes with --leaks'),
        (['-o', 'x'], '--output needs one of'),
        (['-o', 'x', '--leaks', '--allocated'], '--output needs one of'),
        (['-o', 'x', '--leaks', '--json'], '--output writes a profile'),
        (['--at', 'noon'], '--at'),
        (['--timeline=1'], '--timeline'),
        (['--timeline=100001'], 'too large'),
        (['--temporary=soon'], '--temporary'),
        (['--range', '5s..2s'], '--range'),
    ]:
        check_in(heap_report(*arguments, status=2).stderr, expected)


sys.exit(run_cases_of(globals()))
