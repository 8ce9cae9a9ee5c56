#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright the libprof authors
"""test_hook.py HOOK BUILD_DIR: programs that are hard on an interposer, under libprof-heap.so."""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HOOK, BUILD_DIR = sys.argv[1:3]
MAIN, CHILD, OTHER = '4321', '4322', '4323'
LIBRARIES = {
    'jemalloc': 'libjemalloc.so.2',
    'tcmalloc': 'libtcmalloc_minimal.so.4',
    'mimalloc': 'libmimalloc.so.2',
}


def find_library(name):
    found = glob.glob('/usr/lib/*/' + LIBRARIES[name])
    if not found:
        print(f'SKIP: no {LIBRARIES[name]}')
        raise unittest.SkipTest(f'no {LIBRARIES[name]}')
    return found[0]


def program(name):
    return os.path.join(BUILD_DIR, name)


class Recording:
    """What a command's processes allocated: the report of record-heap."""

    def __init__(self, *command, preload=None, **options):
        environment = dict(os.environ)
        environment.pop('LD_PRELOAD', None)
        if preload:
            environment['LD_PRELOAD'] = preload
        with tempfile.NamedTemporaryFile() as report:
            arguments = [f'{name}={value}' for name, value in options.items()]
            done = subprocess.run(
                [program('record-heap'), *arguments, report.name, HOOK, program(command[0]),
                 *command[1:]],
                env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, timeout=600)
            self.errors, self.output = done.stderr.decode(), done.stdout.decode()
            self.is_good = done.returncode == 0
            text = report.read()
        self.report = json.loads(text) if text else {'status': None, 'slots': []}
        self.status = self.report['status']
        self.slots = self.report['slots']

    def counts(self, size):
        """[allocated, freed] of blocks of a size, by slot, where there are any."""
        return [slot['sizes'][size] for slot in self.slots if size in slot['sizes']]


class HookTest(unittest.TestCase):
    def record(self, *command, **options):
        recording = Recording(*command, **options)
        if recording.status == 77:
            print('SKIP:', *command)
            self.skipTest('the kernel or the rights lack something')
        self.assertTrue(recording.is_good, recording.errors)
        self.assertEqual(recording.status, 0, recording.errors)
        for slot in recording.slots:
            self.assertEqual(slot['n_skipped'], 0)
            if options.get('track', 1):
                self.assertEqual(slot['n_missed_frees'], slot['n_late_frees'])
        return recording


class Processes(HookTest):
    def test_forked_child_has_its_own_heap(self):
        for how in ['fork', 'raw-fork']:
            recording = self.record('processes', how)
            self.assertEqual(recording.counts(MAIN), [[1, 1]])
            self.assertEqual(recording.counts(CHILD), [[7, 3]])
            parent, child = recording.slots
            self.assertEqual((child['parent_slot'], child['parent_pid']), (0, parent['pid']))
            self.assertEqual(child['maps_bytes'], 0)
            self.assertGreater(parent['maps_bytes'], 1000)

    def test_fork_while_threads_allocate(self):
        recording = self.record('processes', 'threaded-fork', slots=32, stack=256)
        self.assertEqual(recording.counts(CHILD), [[7, 3]] * 20)
        self.assertEqual(recording.counts(MAIN), [[20, 20]])
        self.assertEqual(len({slot['pid'] for slot in recording.slots}), 21)

    def test_vfork_and_spawn_and_exec(self):
        for how, main in [('vfork', [4, 2]), ('spawn', [4, 2]), ('exec', [4, 2])]:
            recording = self.record('processes', how)
            self.assertEqual(recording.counts(MAIN), [main], how)
            self.assertEqual(recording.counts(CHILD), [[7, 3]], how)
            pids = [slot['pid'] for slot in recording.slots]
            self.assertEqual(pids[0] == pids[1], how == 'exec')
            self.assertEqual(recording.slots[1]['parent_slot'], -1)

    def test_closed_descriptors(self):
        recording = self.record('processes', 'without-descriptors')
        self.assertEqual(recording.counts(MAIN), [[100, 60]])
        recording = self.record('processes', 'exec-without-descriptors')
        self.assertEqual(recording.counts(MAIN), [[4, 2]])
        self.assertEqual(recording.counts(CHILD), [[7, 3]])

    def test_only_the_command(self):
        recording = self.record('processes', 'spawn', only=1)
        self.assertEqual(recording.counts(MAIN), [[4, 2]])
        self.assertEqual(recording.counts(CHILD), [])

    def test_more_processes_than_slots(self):
        recording = self.record('processes', 'crowd', slots=5)
        self.assertEqual(recording.counts(CHILD), [[7, 3]] * 4)
        self.assertEqual(recording.report['n_refused'], 16)

    def test_killed_program(self):
        recording = Recording('processes', 'killed')
        self.assertEqual(recording.status, -9)
        self.assertEqual(recording.counts(MAIN), [[100, 50]])


class Stacks(HookTest):
    def test_coroutines(self):
        self.assertEqual(self.record('stacks', 'coroutines').counts(MAIN), [[500, 250]])
        self.assertEqual(self.record('stacks', 'guard-page').counts(MAIN), [[60, 30]])
        recording = self.record('stacks', 'threads-coroutines', ring=128 << 20)
        self.assertEqual(recording.counts(MAIN), [[5700, 2850]])

    def test_signal_stack(self):
        recording = self.record('stacks', 'signal-stack')
        self.assertEqual(recording.counts(MAIN), [[100, 0]])
        self.assertEqual(recording.counts('64'), [[100, 100]])

    def test_deep_recursion(self):
        for how in ['deep', 'deep-thread']:
            recording = self.record('stacks', how, ring=256 << 20, stack=32768)
            self.assertEqual(recording.counts(MAIN), [[5001, 5001]], how)
            self.assertGreater(recording.slots[0]['n_stack_bytes'], 4500 * 32768)

    def test_many_threads(self):
        recording = self.record('stacks', 'many-threads', ring=256 << 20)
        self.assertEqual(recording.counts(MAIN), [[12000, 6000]])
        self.assertEqual(recording.slots[0]['n_dropped_allocations'], 0)

    def test_jumps_out_of_malloc(self):
        for rate in [1, 4096]:
            recording = Recording('stacks', 'jumps', preload=program('bump.so'), rate=rate,
                                  ring=256 << 20, stack=64)
            self.assertEqual(recording.status, 0)
            if rate == 1:
                self.assertEqual(recording.counts(MAIN), [[10, 5]])


class Limits(HookTest):
    def test_address_space(self):
        for slots, main in [(2, [[10, 5]]), (200, [])]:
            recording = self.record('limits', 'address-space', slots=slots)
            self.assertEqual(recording.counts(MAIN), main)

    def test_seccomp(self):
        recording = self.record('limits', 'strict', stack=65536)
        self.assertEqual(recording.counts(MAIN), [[101, 101]])
        recording = self.record('limits', 'filtered')
        self.assertEqual(recording.counts(MAIN), [[1021, 521]])


class Loading(HookTest):
    def test_library_whose_constructor_allocates(self):
        recording = self.record('loading', program('loaded.so'))
        self.assertEqual(recording.counts(MAIN), [[10, 5]])
        self.assertEqual(recording.counts(OTHER), [[4, 3]])

    def test_runtime_that_is_loaded_for_one_library_only(self):
        recording = self.record('loading', program('operators.so'))
        self.assertEqual(recording.counts(MAIN), [[6, 6]])
        self.assertEqual(recording.counts('4480'), [[6, 6]])

    def test_operators(self):
        recording = self.record('operators')
        self.assertEqual(recording.counts(MAIN), [[6, 6]])
        self.assertEqual(recording.counts('4480'), [[6, 6]])

    def test_other_allocators(self):
        for name in LIBRARIES:
            with self.subTest(name):
                preload = find_library(name)
                recording = self.record('operators', 'forms', preload=preload)
                self.assertEqual(recording.counts(MAIN), [[6, 6]])
                self.assertEqual(recording.counts('4480'), [[6, 6]])
                recording = self.record('processes', 'fork', preload=preload)
                self.assertEqual(recording.counts(CHILD), [[7, 3]])

    def test_own_malloc(self):
        recording = self.record('own-malloc')
        self.assertEqual(recording.slots[0]['obstacle'], 1)
        self.assertEqual(recording.slots[0]['n_allocations'], 0)

    def test_set_user_id_program(self):
        if os.getuid() != 0:
            print('SKIP: only root can make a program of another user')
            self.skipTest('not root')
        with tempfile.TemporaryDirectory() as directory:
            os.chmod(directory, 0o755)
            copy = os.path.join(directory, 'processes')
            shutil.copy(program('processes'), copy)
            os.chown(copy, 65534, 65534)
            os.chmod(copy, 0o4755)
            self.assertEqual(self.record(copy, 'plain').slots, [])

    def test_static_program(self):
        self.assertEqual(self.record('processes-static', 'plain').slots, [])


class Behaviour(HookTest):
    def test_is_the_same(self):
        for name in [None, *LIBRARIES]:
            with self.subTest(name):
                preload = name and find_library(name)
                environment = {**os.environ, 'LD_PRELOAD': preload or ''}
                arguments = ['without-pvalloc'] if name == 'jemalloc' else []
                bare = subprocess.run([program('behaviour'), *arguments], env=environment, check=True,
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                for rate in [1, 1024, 1 << 40]:
                    recording = self.record('behaviour', *arguments, preload=preload, rate=rate)
                    self.assertEqual(recording.output, bare.stdout.decode())

    def test_without_recorder(self):
        for value in [None, '', '1:2', 'x:3:4', '1:99:12', '99999999999999999999:1:1', f'{os.getpid()}:0:1']:
            environment = {**os.environ, 'LD_PRELOAD': HOOK}
            if value is not None:
                environment['PROF_HEAP'] = value
            subprocess.run([program('processes'), 'fork'], env=environment, check=True)


class Sampling(HookTest):
    def test_estimates(self):
        recording = self.record('pattern', 'mixed', rate=1 << 19)
        slot = recording.slots[0]
        self.assertGreater(slot['n_allocations'], 2000)
        self.assertLess(abs(slot['estimated_bytes'] / (8 * (256 << 20)) - 1), 0.08)

    def test_minimum(self):
        recording = self.record('pattern', 'mixed', rate=1 << 16, min=1 << 16)
        sizes = {int(size) for size in recording.slots[0]['sizes']}
        self.assertEqual(sizes - {1 << 16, 1 << 18}, {(1 << 20) - 1})

    def test_without_frees(self):
        slot = self.record('pattern', 'churn', '100000', rate=4096, track=0).slots[0]
        self.assertEqual(slot['n_dropped_allocations'], 0)
        self.assertGreater(slot['n_allocations'], 6000)
        self.assertEqual(slot['n_frees'], 0)

    def test_not_running(self):
        slot = self.record('pattern', 'churn', '100000', running=0).slots[0]
        self.assertEqual(slot['n_allocations'] + slot['n_frees'], 0)


class Frees(HookTest):
    def test_none_is_lost(self):
        for rate in [1024, 65536]:
            slot = self.record('pattern', 'churn', '3000000', rate=rate,
                               stack=256).slots[0]
            self.assertEqual(slot['n_dropped_frees'] + slot['n_unknown_frees'], 0)
            self.assertLess(slot['n_blocks'], 20)
            self.assertGreater(slot['n_frees'], 5000)

    def test_known_stacks_in_exact_mode(self):
        slot = self.record('pattern', 'churn', '200000', known=1, ring=256 << 20, stack=256).slots[0]
        self.assertGreaterEqual(slot['n_allocations'], 400000)
        self.assertEqual(slot['n_dropped_allocations'] + slot['n_dropped_frees'], 0)
        # How soon they are known is up to the machine.
        self.assertGreater(slot['n_known_stacks'], 0)
        self.assertLess(slot['n_blocks'], 50)

    def test_realloc(self):
        for rate in [1, 1 << 18]:
            slot = self.record('pattern', 'reallocs', rate=rate, stack=256).slots[0]
            self.assertEqual(slot['n_dropped_frees'], 0)
            self.assertEqual(slot['n_blocks'] - sum(
                a - f for size, (a, f) in slot['sizes'].items() if int(size) < 204800), 0)

    def test_realloc_in_place(self):
        slot = self.record('pattern', 'in-place').slots[0]
        self.assertGreaterEqual(slot['n_in_place'], 101)
        self.assertEqual(slot['sizes'][str(200 << 10)], [1, 1])
        self.assertEqual(slot['sizes'][str(50 << 10)], [1, 1])

    def test_failed_realloc(self):
        recording = self.record('pattern', 'failed-realloc')
        self.assertEqual(recording.counts(MAIN), [[1, 0]])

    def test_full_ring(self):
        recording = self.record('pattern', 'churn', '1000000', slow=1, ring=1 << 16)
        slot = recording.slots[0]
        self.assertGreater(slot['n_dropped_allocations'], 0)
        self.assertGreater(slot['n_allocations'], 1)

    def test_dead_recorder(self):
        recording = Recording('pattern', 'churn', '3000000', die=1000)
        self.assertFalse(recording.is_good)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
