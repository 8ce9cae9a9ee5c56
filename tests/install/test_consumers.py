#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Programs outside of the tree build and run against a libprof that is installed somewhere: what README
and the guide of embedding show, with the commands that they show. Then it goes without a trace."""
import json
import os
import re
import sys
import tempfile
from pathlib import Path

from harness import Skip, check, run, run_cases_of

SOURCE = Path(os.environ['SOURCE_ROOT'])
README = (SOURCE / 'README.md').read_text('utf-8')
GUIDE = (SOURCE / 'docs' / 'embedding.md').read_text('utf-8')
SANITIZERS = os.environ['SANITIZERS']

# What the guide's blocks leave out.
GUIDE_PROLOGUE = """
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <prof/prof.h>
"""


def blocks(text, language):
    return re.findall(rf'^```{language}\n(.*?)^```$', text, re.DOTALL | re.MULTILINE)


def block_with(text, words):
    [block] = [block for block in blocks(text, 'sh') if words in block]
    return block


class Stage:
    """An installed tree, and a directory to build in: cc and c++ there take no warning."""

    def __init__(self, directory):
        self.root, self.work = Path(directory, 'root'), Path(directory, 'work')
        self.work.mkdir()
        result = run([os.environ['MESON'], 'install', '-C', os.environ['BUILD_DIR'], '--no-rebuild',
                      '--quiet', '--destdir', self.root])
        check(result.returncode == 0, result.stdout + result.stderr)
        [pc_file] = self.root.rglob('libprof.pc')
        self.lib = pc_file.parent.parent
        [self.prof] = self.root.rglob('bin/prof')
        self.environment = {
            **os.environ,
            'PATH': f'{directory}:{os.environ["PATH"]}',
            'PKG_CONFIG_PATH': str(pc_file.parent),
            'LD_LIBRARY_PATH': str(self.lib),
        }
        self.add_compiler(Path(directory, 'cc'), os.environ.get('CC', 'gcc'), '-std=c17')
        self.add_compiler(Path(directory, 'c++'), os.environ.get('CXX', 'g++'), '')

    def add_compiler(self, path, compiler, flags):
        sanitizers = '' if SANITIZERS == 'none' else f'-fsanitize={SANITIZERS}'
        path.write_text(f'#!/bin/sh\nexec {compiler} {flags} -Wall -Wextra -Werror {sanitizers} "$@"\n',
                        'ascii')
        path.chmod(0o755)

    def uninstall(self):
        result = run(['ninja', '-C', os.environ['BUILD_DIR'], 'uninstall'])
        check(result.returncode == 0, result.stdout + result.stderr)

    def add_example(self, name, as_name=None):
        text = (SOURCE / 'tests' / 'examples' / name).read_text('utf-8')
        (self.work / (as_name or name)).write_text(text, 'utf-8')

    def shell(self, script):
        result = run(['sh', '-euc', script], cwd=self.work, env=self.environment)
        check(result.returncode == 0, f'{script}\n{result.stdout}{result.stderr}')

    def run(self, *command, **environment):
        return run(command, cwd=self.work, env={**self.environment, **environment})

    def report(self, *arguments):
        result = self.run(self.prof, 'report', '--json', *arguments)
        check(result.returncode == 0, result.stderr)
        return json.loads(result.stdout)


def run_profiled(stage, program):
    result = stage.run(program)
    if result.returncode != 0 and 'perf_event_paranoid' in result.stderr:
        raise Skip('this user may not profile')
    check(result.returncode == 0, result.stderr)


def need_heap(stage):
    if SANITIZERS != 'none':
        raise Skip("a sanitizer's allocator is in the place of libprof-heap's")
    if not list(stage.lib.glob('libprof-heap.so')):
        raise Skip('libprof-heap is not for this processor')


def test_readme(stage):
    [program] = blocks(README, 'c')
    (stage.work / 'work.c').write_text(program, 'utf-8')
    stage.shell(block_with(README, 'pkg-config'))
    run_profiled(stage, './work')
    functions = {row['name']: row for row in stage.report('work.pb.gz')['functions']}
    check(functions['work']['total'] > 0, functions)


def test_guide_commands(stage):
    stage.add_example('cpu.c')
    stage.add_example('memory.c')
    stage.add_example('report.c', 'report.cpp')
    stage.shell(block_with(GUIDE, 'pkg-config'))
    run_profiled(stage, './cpu')
    result = stage.run('./report', 'cpu.pb.gz')
    check(result.returncode == 0 and 'count_primes' in result.stdout, result.stdout + result.stderr)


def test_guide_blocks(stage):
    program = GUIDE_PROLOGUE + ''.join(blocks(GUIDE, 'c'))
    (stage.work / 'guide.c').write_text(program, 'utf-8')
    stage.shell('cc -Wno-unused-function -c guide.c $(pkg-config --cflags libprof)')


def test_linked_heap(stage):
    need_heap(stage)
    stage.add_example('memory.c')
    stage.shell('cc -o memory memory.c $(pkg-config --cflags --libs libprof-heap libprof)')
    result = stage.run('./memory')
    check(result.returncode == 0, result.stderr)
    check(stage.report('--type', 'inuse_space', 'memory.pb.gz')['total'] >= 2_000_000, result.stdout)


def test_preloaded_heap(stage):
    need_heap(stage)
    stage.add_example('memory.c')
    stage.shell('cc -o memory memory.c $(pkg-config --cflags --libs libprof)')
    result = stage.run('./memory')
    check(result.returncode == 1 and 'libprof-heap.so is not loaded' in result.stderr, result.stderr)
    result = stage.run('./memory', LD_PRELOAD='libprof-heap.so')
    check(result.returncode == 0, result.stderr)


def test_uninstall(stage):
    """The last test: nothing is there any more."""
    stage.uninstall()
    left = [str(path) for path in stage.root.rglob('*') if not path.is_dir()]
    check(not left, f'left behind: {left}')


def main():
    with tempfile.TemporaryDirectory() as directory:
        stage = Stage(directory)
        tests = {name: lambda test=test: test(stage) for name, test in globals().items()
                 if name.startswith('test_')}
        return run_cases_of(tests)


sys.exit(main())
