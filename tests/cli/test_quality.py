#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""prof report --quality: how far stacks and names can be trusted."""
import json
import re
import sys
import tempfile
from pathlib import Path

from harness import check, prof, run_cases_of
from profile_bytes import ProfileBytes, bytes_field, number_field

MAIN = ('main', '/bin/demo', 'demo.c', 3)
WORK = ('work', '/bin/demo', 'work.c', 12)
PLAIN = ('libplain.so+0x1000', '/lib/libplain.so', '', 0)
NAMED = ('puts', '/lib/libplain.so', '', 0)
BARE = ('', '/lib/libbare.so', '', 0)


def stack_end(module, reason, n):
    return bytes_field(22, bytes_field(1, module) + bytes_field(2, reason) + number_field(3, n))


def make_profile(*ends, stack_bytes=8192):
    session = bytes_field(1, b'./demo') + number_field(20, stack_bytes) + b''.join(ends)
    profile = ProfileBytes(extra=bytes_field(1000, session))
    profile.add([MAIN, WORK], 60)
    profile.add([MAIN, WORK, NAMED], 30)
    profile.add([MAIN, PLAIN], 9)
    profile.add([BARE], 1)
    return profile


def quality(profile, *arguments, **options):
    with tempfile.TemporaryDirectory() as directory:
        path = profile.save(Path(directory, 'demo.pb.gz'))
        return prof('report', '--quality', *arguments, path, **options)


def quality_json(profile, *arguments):
    return json.loads(quality(profile, '--json', *arguments).stdout)


ROOT = stack_end(b'/bin/demo', b'root', 95)


def test_counts():
    report = quality_json(make_profile(ROOT, stack_end(b'/lib/libbare.so', b'no unwind data', 3),
                                       stack_end(b'/lib/libplain.so', b'stack slice ended', 2)))
    check((report['samples'], report['frames'], report['nameless_frames']) == (100, 229, 10), report)
    check(report['stacks'] == 100, report)
    check(report['ends'] == {'root': 95, 'stack slice ended': 2, 'no unwind data': 3}, report)
    modules = {module['module']: module for module in report['modules']}
    demo, plain, bare = (modules[f'/{name}'] for name in ('bin/demo', 'lib/libplain.so', 'lib/libbare.so'))
    check((demo['samples'], demo['frames'], demo['nameless_frames']) == (60, 189, 0), demo)
    check((plain['samples'], plain['frames'], plain['nameless_frames']) == (39, 39, 9), plain)
    check((demo['symbols'], plain['symbols'], bare['symbols']) == ('lines', 'names', 'none'), modules)
    check(bare['ends'] == {'no unwind data': 3}, bare)
    check([m['module'] for m in report['modules']][:3]
          == ['/bin/demo', '/lib/libplain.so', '/lib/libbare.so'], report['modules'])


def test_what_would_help():
    remedies = quality_json(make_profile(ROOT, stack_end(b'/lib/libbare.so', b'no unwind data', 3),
                                         stack_end(b'/bin/demo', b'stack slice ended', 2)))['remedies']
    for part in ['2.0% of the stacks are larger than the part that was copied: record with --stack-size',
                 '/lib/libbare.so has code without unwind tables',
                 '/lib/libplain.so lacks names for its functions: build it with -g']:
        check(any(part in remedy for remedy in remedies), f'{part!r} lacks in {remedies}')
    remedies = quality_json(make_profile(stack_end(b'/bin/demo', b'stack slice ended', 2),
                                         stack_bytes=65528))['remedies']
    check(any('no more can be' in remedy for remedy in remedies), remedies)
    remedies = quality_json(make_profile(stack_end(b'/bin/demo', b'depth limit', 2)))['remedies']
    check(any('--max-depth' in remedy for remedy in remedies), remedies)


def test_text():
    text = quality(make_profile(ROOT, stack_end(b'/bin/demo', b'loop', 5))).stdout
    check('stacks: 95.0% of 100 reached their root; 5 loop' in text, text)
    check('names:  95.6% of 229 frames have one' in text, text)
    check(re.search(r'^ +60 +60\.0% +5 +189 +0\.0%  \w+ +demo$', text, re.M), text)
    check(re.search(r'^ +39 +39\.0% +0 +39 +23\.1%  \w+ +libplain\.so$', text, re.M), text)
    text = quality(make_profile(ROOT), '-n', '1', '-v').stdout
    check('/bin/demo' in text and 'more modules: --limit 0 shows all' in text, text)


def test_profiles_of_other_tools():
    profile = ProfileBytes()
    profile.add(['main', 'work'], 3)
    text = quality(profile).stdout
    check('stacks: how they ended was not recorded' in text and '(no file)' in text, text)
    check('100.0% of 6 frames have one' in text, text)
    check(quality_json(ProfileBytes())['samples'] == 0, 'an empty profile')


def test_mistakes():
    check('exclude each other' in quality(ProfileBytes(), '--tree', status=2).stderr, 'two views')


sys.exit(run_cases_of(globals()))
