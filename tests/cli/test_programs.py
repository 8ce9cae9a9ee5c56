#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Records each program of known shape and compares its stacks with those that its source says."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from harness import Skip, check, prof, read_profile, run_cases, user_stack

sys.path.insert(0, os.environ['PROGRAMS_SOURCE'])
from expected import ANY, SHAPES  # pylint: disable=wrong-import-position

PROGRAMS = Path(os.environ['PROGRAMS'])


def compile_stack(stack):
    """A stack as a regular expression over its names, one to a line."""
    parts = []
    for element in stack:
        if element is ANY:
            parts.append(r'(?:.*\n)*?')
        elif isinstance(element, str):
            parts.append(re.escape(element) + r'\n')
        else:
            parts.append('(?:' + '|'.join(map(re.escape, element)) + r')\n')
    return re.compile(''.join(parts))


def check_stacks(shape, profile):
    stacks = Counter()
    for sample in profile.samples:
        stacks[''.join(name + '\n' for name in user_stack(sample))] += sample.values[0]
    total = sum(stacks.values())
    check(total >= shape.min_samples, f'{total} samples, at least {shape.min_samples} expected')

    matched = set()
    for stack, share in shape.stacks.items():
        pattern = compile_stack(stack)
        matches = {text for text in stacks if pattern.fullmatch(text)}
        found = sum(stacks[text] for text in matches) / total
        check(found >= share, f'{found:.1%} of {total} samples, not {share:.1%}, are\n'
              + f'  {shorten(stack)}\nthe others:\n' + show_stacks(stacks, matches))
        matched |= matches
    found = sum(stacks[text] for text in matched) / total if total else 1
    check(found >= shape.total, f'{found:.1%} of {total} samples, not {shape.total:.1%}, have one of '
          + 'the stacks; the others:\n' + show_stacks(stacks, matched))


def check_truncated(shape, path):
    """Stacks that do not reach their root are counted in the file."""
    recording = json.loads(prof('report', '--json', path).stdout)['recordings'][0]
    n, n_samples = recording['truncated'], recording['samples']
    if shape.truncated is not None and n_samples > 0:
        is_right = n >= 0.97 * n_samples if shape.truncated else n <= 0.01 * n_samples
        check(is_right, f'{n} of {n_samples} stacks are truncated: {recording["stack_ends"]}')


def shorten(stack):
    words = ['…' if element is ANY else str(element) for element in stack]
    return ' < '.join(words if len(words) <= 40 else words[:10] + [f'({len(words)})'] + words[-10:])


def show_stacks(stacks, matched):
    others = [(text, count) for text, count in stacks.most_common() if text not in matched]
    return '\n'.join(f'  {count} {shorten(text.split(chr(10))[:-1])}' for text, count in others[:8])


class DebugFile:
    """Puts a debug file where build IDs are looked up, for as long as the block runs."""

    def __init__(self, program, debug):
        notes = subprocess.run(['readelf', '-n', program], text=True, capture_output=True, check=True)
        build_id = re.search(r'Build ID: ([0-9a-f]+)', notes.stdout)[1]
        self.debug = debug
        self.path = Path('/usr/lib/debug/.build-id', build_id[:2], build_id[2:] + '.debug')

    def __enter__(self):
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(self.debug, self.path)
        except PermissionError as error:
            raise Skip('only root may put a file below /usr/lib/debug') from error

    def __exit__(self, *_):
        self.path.unlink()
        if not any(self.path.parent.iterdir()):
            self.path.parent.rmdir()


def record(shape, unwind, directory):
    program = PROGRAMS / shape.program
    if not program.exists():
        raise Skip(f'{shape.program} is not built here')
    if shape.runs_a_copy:
        program = shutil.copy(program, directory)
    arguments = [PROGRAMS / a if (PROGRAMS / a).exists() else a for a in shape.arguments]
    output = Path(directory, 'profile.pb.gz')
    maps_before = set(Path('/tmp').glob('perf-*.map'))
    try:
        prof('record', '--unwind', unwind, '-F', '999', *shape.options, '-o', output, '--', program,
             *arguments, status=shape.status)
    finally:
        if shape.leaves_perf_map:
            for path in set(Path('/tmp').glob('perf-*.map')) - maps_before:
                path.unlink()
    return output


def check_shape(shape, unwind):
    with tempfile.TemporaryDirectory() as directory:
        if shape.debug_file_by_build_id:
            with DebugFile(PROGRAMS / shape.program, PROGRAMS / 'plain-stripped.debug'):
                output = record(shape, unwind, directory)
        else:
            output = record(shape, unwind, directory)
        check_stacks(shape, read_profile(output))
        check_truncated(shape, output)


sys.exit(
    run_cases(
        [
            (f'{shape.name}, --unwind {unwind}', lambda s=shape, u=unwind: check_shape(s, u))
            for shape in SHAPES
            for unwind in shape.unwind
        ]
    )
)
