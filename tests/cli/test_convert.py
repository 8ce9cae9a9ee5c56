#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
import json
import os
import re
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

from harness import check, prof, run_cases_of
from profile_bytes import ProfileBytes

STACKS = 'main;parse;lex 30\nmain;parse;read 10\nmain;emit 20\n'
SVG = '{http://www.w3.org/2000/svg}'


class Directory(tempfile.TemporaryDirectory):
    def path(self, name, text=None):
        path = Path(self.name, name)
        if text is not None:
            path.write_text(text, 'utf-8', 'surrogateescape')
        return path

    def __enter__(self):
        super().__enter__()
        return self


def convert_stacks(text, *arguments):
    with Directory() as directory:
        out = directory.path('out.svg')
        prof('convert', *arguments, directory.path('in.folded', text), out)
        return out.read_text('utf-8')


def read_frames(svg):
    """[(name, x, y, width, explanation)] of a flame graph."""
    frames = []
    for group in ET.fromstring(svg).iter(f'{SVG}g'):
        name, *about = group.find(f'{SVG}title').text.split('\n')
        rect = group.find(f'{SVG}rect')
        frames.append((name, *(float(rect.get(k)) for k in ('x', 'y', 'width')), ' '.join(about)))
    return frames


def test_collapsed_there_and_back():
    with Directory() as directory:
        profile, back = directory.path('p.pb.gz'), directory.path('back.txt')
        prof('convert', directory.path('in.folded', STACKS), profile)
        prof('convert', profile, back)
        check(sorted(back.read_text().splitlines()) == sorted(STACKS.splitlines()), back.read_text())
        text = prof('convert', '--to', 'collapsed', profile, '-').stdout
        check(text == back.read_text(), 'standard output differs')


def test_type():
    with Directory() as directory:
        path = ProfileBytes([('samples', 'count'), ('cpu', 'nanoseconds')]).add(['main'], 3, 7).save(
            directory.path('p.pb.gz'))
        check(prof('convert', '--to', 'collapsed', path, '-').stdout == 'main 7\n', 'the default type')
        check(prof('convert', '-t', 'collapsed', '-T', 'samples', path, '-').stdout == 'main 3\n',
              'the chosen type')


def test_formats_of_the_input():
    with Directory() as directory:
        raw = directory.path('raw')
        raw.write_bytes(ProfileBytes().add(['main'], 5).encode())
        check(prof('convert', '--to', 'collapsed', raw, '-').stdout == 'main 5\n', 'not compressed')
        text = directory.path('text', 'main 5\n')
        check(prof('convert', '--to', 'collapsed', text, '-').stdout == 'main 5\n', 'stacks')
        with open(text, encoding='utf-8') as file:
            result = prof('convert', '-f', 'collapsed', '-t', 'collapsed', '-', '-', stdin=file)
        check(result.stdout == 'main 5\n', 'stacks from standard input')
        check(prof('convert', '--from', 'pprof', text, 'x.svg', status=1).stderr, 'no pprof')


def test_places_of_frames():
    frames = read_frames(convert_stacks(STACKS))
    check([(name, x, width) for name, x, _, width, _ in frames] == [
        ('main', 0, 1200), ('parse', 0, 800), ('emit', 800, 400), ('lex', 0, 600),
        ('read', 600, 200)], frames)
    y = {name: y for name, _, y, _, _ in frames}
    check(y['main'] < y['parse'] < y['lex'] and y['parse'] == y['emit'], y)
    y = {name: y for name, _, y, _, _ in read_frames(convert_stacks(STACKS, '--flames'))}
    check(y['main'] > y['parse'] > y['lex'], y)
    check(frames[3][4] == '30, 50.0% ', frames[3])


def test_bottom_up():
    widths = {name: width for name, _, _, width, _ in read_frames(convert_stacks(STACKS, '-b'))
              if name in ('lex', 'emit')}
    check(widths == {'lex': 600, 'emit': 400}, widths)


def test_labels_without_script():
    svg = convert_stacks('main;' + 'long_name_' * 40 + ' 10\nmain;b 1\n')
    labels = [text.text or '' for text in ET.fromstring(svg).iter(f'{SVG}text')]
    check('main' in labels and any(re.fullmatch('(long_name_)+.*…', label) for label in labels), labels)
    check(max(map(len, labels)) < 170, 'a label is wider than its frame')


def test_title():
    check('>&lt;mine&gt; &amp; yours: samples, 60<' in convert_stacks(STACKS, '--title', '<mine> & yours'),
          'the title')


def test_hostile_names():
    name = '</script><script>alert(1)</script>"\'&<![CDATA[]]>\x1b\x01\udcff'
    svg = convert_stacks(f'main;{name} 10\n')
    names = [frame[0] for frame in read_frames(svg)]
    expected = re.sub('[\x1b\x01\udcff]', '\ufffd', name)
    check(names == ['main', expected], names)
    check(svg.count('<script') == 1, 'a script of the name')


def test_narrow_frames_are_merged():
    stacks = 'main;wide 1000000\n' + ''.join(f'main;narrow{i};below 100\n' for i in range(5000))
    frames = read_frames(convert_stacks(stacks))
    check(len(frames) == 3, f'{len(frames)} frames')
    check(frames[2][0] == '(5000 functions)' and abs(frames[2][3] - 400) < 1, frames[2])


def test_deep_stack():
    frames = read_frames(convert_stacks(';'.join(['f'] * 5000) + ' 1\n'))
    check(len(frames) == 5000 and len({frame[2] for frame in frames}) == 5000, len(frames))


def test_empty():
    with Directory() as directory:
        path = ProfileBytes().save(directory.path('empty.pb.gz'))
        out = directory.path('out.svg')
        prof('convert', path, out)
        check(read_frames(out.read_text('utf-8')) == [], 'frames of nothing')
        check(prof('convert', '--to', 'collapsed', path, '-').stdout == '', 'stacks of nothing')


def test_mistakes():
    check('--to' in prof('convert', 'a', 'b.unknown', status=2).stderr, 'an unknown extension')
    check('output' in prof('convert', 'a.pb.gz', status=2).stderr, 'no output')
    result = prof('convert', '--to', 'png', 'a', 'b', status=2)
    check('--to' in result.stderr and "'png'" in result.stderr, result.stderr)
    check('--from' in prof('convert', '--from', 'svg', 'a', 'b.svg', status=2).stderr, 'from svg')


def test_what_was_there_survives():
    with Directory() as directory:
        out = directory.path('out.svg', 'precious')
        prof('convert', directory.path('damaged', 'no stacks at all\n'), out, status=1)
        prof('convert', directory.path('missing'), out, status=1)
        check(out.read_text() == 'precious', 'the old file is gone')
        check(sorted(os.listdir(directory.name)) == ['damaged', 'out.svg'], os.listdir(directory.name))


def test_links_and_permissions_survive():
    with Directory() as directory:
        stacks, link = directory.path('in.folded', STACKS), directory.path('link.svg')
        target = directory.path('target.svg', 'the old graph')
        target.chmod(0o640)
        link.symlink_to('target.svg')
        prof('convert', stacks, link)
        check(link.is_symlink() and target.read_text('utf-8').startswith('<?xml'), 'the link')
        check(target.stat().st_mode & 0o777 == 0o640, oct(target.stat().st_mode))


def test_open_files_are_written_on():
    with Directory() as directory:
        stacks, out = directory.path('in.folded', STACKS), directory.path('out', 'before\n')
        for path in '/dev/stdout', '/proc/self/fd/1':
            with open(out, 'a', encoding='utf-8') as file:
                prof('convert', '--to', 'collapsed', stacks, path, stdout=file)
        check(out.read_text('utf-8') == 'before\n' + 2 * STACKS, out.read_text('utf-8'))
        check(Path('/dev/stdout').is_symlink(), '/dev/stdout is replaced')


def test_output_that_can_not_be_written():
    with Directory() as directory:
        stacks = directory.path('in.folded', STACKS)
        for form in 'svg', 'collapsed', 'pprof':
            result = prof('convert', '--to', form, stacks, '/dev/full', status=1)
            check('No space left' in result.stderr and '/dev/full' in result.stderr, result.stderr)
            result = prof('convert', '--to', form, stacks, '/no/such/dir/out', status=1)
            check('No such file' in result.stderr, result.stderr)
            with open('/dev/full', 'w', encoding='utf-8') as full:
                result = prof('convert', '--to', form, stacks, '-', status=1, stdout=full)
            check('No space left' in result.stderr, f'{form}: {result.stderr}')


sys.exit(run_cases_of(globals()))
