#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""prof record --heap from outside: programs of known allocations, and what can't be recorded."""
import gzip
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from harness import Skip, check, need, prof, read_profile, run, run_cases_of
from test_control import Steered
from waiting import wait_until, wait_until_ended


@contextmanager
def scratch():
    with tempfile.TemporaryDirectory(prefix='prof-heap-') as directory:
        yield Path(directory)


def compile_program(directory, source, *options, name='program'):
    need('cc')
    (directory / f'{name}.c').write_text(source)
    done = run(['cc', '-O1', '-g', '-fno-builtin', '-fno-optimize-sibling-calls',
                *options, '-o', directory / name,
                directory / f'{name}.c'])
    check(done.returncode == 0, done.stderr)
    return directory / name


def record(directory, *arguments, status=0):
    path = directory / 'heap.pb.gz'
    result = prof('record', '--heap', '-o', path, *arguments, status=status)
    return path, result


def totals(path):
    """{sample type: total} as google/pprof has it."""
    profile = read_profile(path)
    return {name.split('/')[0]: sum(sample.values[i] for sample in profile.samples)
            for i, name in enumerate(profile.sample_types)}


HOLDING = '''
#include <stdlib.h>
void *kept[20];
int main (void) {
  for (int i = 0; i < 20; i++) kept[i] = malloc (1000000);
  return 0;
}
'''

# Few enough blocks for the ring to hold all of them, should the recorder not run meanwhile.
KNOWN = '''
#include <stdlib.h>
__attribute__ ((noinline)) void *leak (size_t n) { return malloc (n); }
__attribute__ ((noinline)) void churn (size_t n) { free (calloc (1, n)); }
void *kept[100];
int main (void) {
  for (int i = 0; i < 100; i++) kept[i] = leak (1000);
  for (int i = 0; i < 500; i++) churn (300);
  for (int i = 0; i < 50; i++) kept[i] = realloc (kept[i], 2000);
  for (int i = 90; i < 100; i++) free (kept[i]);
  return 7;
}
'''


def by_function(path, sample_type, function):
    """The total of a function, as google/pprof's reader has it."""
    profile = read_profile(path)
    names = [name.split('/')[0] for name in profile.sample_types]
    return sum(sample.values[names.index(sample_type)] for sample in profile.samples
               if any(frame.name == function for frame in sample.frames))


def test_every_allocation_is_exact():
    with scratch() as directory:
        program = compile_program(directory, KNOWN)
        path, _ = record(directory, '--heap-rate', '1', '--', program, status=7)
        check(by_function(path, 'alloc_space', 'leak') == 100 * 1000, 'leak')
        check(by_function(path, 'alloc_space', 'churn') == 500 * 300, 'churn')
        # 40 blocks of 1000 bytes and 50 of 2000 are never freed.
        check(by_function(path, 'inuse_space', 'leak') == 40 * 1000, 'leaked')
        in_use = by_function(path, 'inuse_space', 'main')
        check(in_use == 40 * 1000 + 50 * 2000, f'{in_use} bytes in use of main')


MANY = '''
#include <stdlib.h>
#include <string.h>
static unsigned long state = 1;
static unsigned draw (void) { state = state * 6364136223846793005ul + 1442695040888963407ul; return state >> 33; }
__attribute__ ((noinline)) char *keep (size_t n) { char *p = malloc (n); p[0] = 1; return p; }
__attribute__ ((noinline)) void pass (size_t n) { char *p = malloc (n); p[0] = 1; free (p); }
char *kept[400000];
int main (void) {
  unsigned long kept_bytes = 0, passed_bytes = 0;
  for (int i = 0; i < 400000; i++) {
    size_t n = 16 + draw () % 2000; kept[i] = keep (n); kept_bytes += n;
    n = 16 + draw () % 4000; pass (n); passed_bytes += n;
  }
  char text[100]; int n = 0;
  __builtin_printf ("%lu %lu\\n", kept_bytes, passed_bytes);
  return 0;
}
'''


def check_estimate(path, function, sample_type, truth, rate):
    """The standard error of the sum of n samples is about 1/sqrt(n), where none were lost; one that
    was lost stands for some more than `rate`."""
    lost = json.loads(prof('report', '--json', path).stdout)['recordings'][0]['lost']
    estimate = by_function(path, sample_type, function)
    error = 5 * math.sqrt(rate / truth) * truth
    check(truth - error - 1.2 * rate * lost <= estimate <= truth + error,
          f'{function}: {estimate}, not {truth} ± {error}, and {lost} were lost')
    return lost


def test_estimates_are_near_the_truth():
    with scratch() as directory:
        program = compile_program(directory, MANY)
        path, result = record(directory, '--heap-rate', '16k', '--', program)
        kept, passed = (int(word) for word in result.stdout.split())
        for function, sample_type, truth in (('keep', 'alloc_space', kept),
                                             ('keep', 'inuse_space', kept),
                                             ('pass', 'alloc_space', passed)):
            lost = check_estimate(path, function, sample_type, truth, 16384)
        in_use = by_function(path, 'inuse_space', 'pass')
        check(in_use < 0.01 * passed + 1.2 * 16384 * lost, f'{in_use} freed bytes are in use')


# The recorder has time to read an eighth of them.
CROWD = '''
#include <stdlib.h>
#include <unistd.h>
static void *kept[1000000];
int main (void) {
  for (int i = 0; i < 1000000; i++) {
    kept[i] = malloc (100);
    if (i % 10000 == 0) usleep (10000);
  }
  return 0;
}
'''


def test_more_live_samples_than_there_is_room_for():
    with scratch() as directory:
        program = compile_program(directory, CROWD)
        path, _ = record(directory, '--heap-rate', '2', '--heap-min-size', '1', '--', program)
        notes = prof('heap-report', path).stdout
        check('sampled allocations were left out' in notes, notes)


PHASES = '''
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
static long long now (void) {
  struct timespec t; clock_gettime (CLOCK_REALTIME, &t); return t.tv_sec * 1000000000ll + t.tv_nsec; }
static void *blocks[400];
int main (void) {
  for (int i = 0; i < 100; i++) blocks[i] = malloc (100000);
  usleep (100000);
  long long before = now ();
  for (int i = 100; i < 400; i++) blocks[i] = malloc (100000);
  long long peak = now ();
  usleep (100000);
  long long held = now ();
  for (int i = 100; i < 300; i++) free (blocks[i]);
  usleep (100000);
  printf ("%lld %lld %lld %lld\\n", before, peak, held, now ());
  return 0;
}
'''


def test_timeline_and_peak_are_at_the_right_instants():
    with scratch() as directory:
        program = compile_program(directory, PHASES)
        path, result = record(directory, '--heap-rate', '1', '--', program)
        before, peak, held, freed = (int(word) for word in result.stdout.split())
        report = json.loads(prof('heap-report', '--json', '--timeline=3000', path).stdout)
        start = report['start_ns']
        check(report['peak']['bytes'] == 400 * 100000, report['peak'])
        check(before <= start + report['peak']['time_ns'] <= peak + 1000, report['peak'])

        def live_at(time_ns):
            return [point['live_bytes'] for point in report['timeline']
                    if start + point['time_ns'] <= time_ns][-1]

        check(live_at(before) == 100 * 100000, 'before')
        check(live_at(held) == 400 * 100000, 'at the peak')
        check(live_at(freed) == 200 * 100000, 'after the frees')
        check(report['live']['bytes'] - 200 * 100000 < 10000, report['live'])


def test_children_and_execs_are_followed():
    with scratch() as directory:
        program = compile_program(directory, KNOWN)
        path, _ = record(directory, '--heap-rate', '1', '--', 'sh', '-c',
                         f'{program}; {program} & wait; exec {program}', status=7)
        check(by_function(path, 'alloc_space', 'leak') == 3 * 100 * 1000, 'three runs')


def test_memory_goes_with_its_process():
    with scratch() as directory:
        program = compile_program(directory, HOLDING)
        path, _ = record(directory, '--heap-rate', '1', '--', 'sh', '-c',
                         f'{program}; {program}; {program}')
        report = json.loads(prof('heap-report', '--json', path).stdout)
        check(20_000_000 <= report['peak']['bytes'] < 25_000_000, report['peak'])
        check(60_000_000 <= report['live']['bytes'] < 65_000_000, report['live'])


def test_no_inherit():
    with scratch() as directory:
        program = compile_program(directory, KNOWN)
        path, _ = record(directory, '--heap-rate', '1', '--no-inherit', '--', 'sh', '-c',
                         f'{program}; true')
        check(by_function(path, 'alloc_space', 'leak') == 0, 'a child was recorded')


def test_no_frees():
    with scratch() as directory:
        program = compile_program(directory, KNOWN)
        path, result = record(directory, '--heap-rate', '1', '--no-frees', '--', program, status=7)
        check(set(totals(path)) == {'alloc_objects', 'alloc_space'}, totals(path))
        check('allocated; frees were not recorded' in result.stderr, result.stderr)
        check('at the peak' not in result.stderr, result.stderr)


def test_environment_that_is_emptied():
    with scratch() as directory:
        program = compile_program(directory, KNOWN)
        _, result = record(directory, '--', 'env', '-i', program, status=7)
        check('environment without LD_PRELOAD' in result.stderr, result.stderr)


def test_min_size():
    with scratch() as directory:
        program = compile_program(directory, KNOWN)
        path, _ = record(directory, '--heap-rate', '1', '--heap-min-size', '500', '--', program,
                         status=7)
        check(by_function(path, 'alloc_space', 'churn') == 0, 'blocks of 300 bytes')
        check(by_function(path, 'alloc_space', 'leak') == 100 * 1000, 'blocks of 1000 bytes')


def test_cpu_and_heap_in_one_profile():
    with scratch() as directory:
        program = compile_program(directory, KNOWN.replace('i < 500;', 'i < 2000000;'))
        path, _ = record(directory, '--cpu', '--', program, status=7)
        sums = totals(path)
        check(set(sums) == {'samples', 'cpu', 'alloc_objects', 'alloc_space', 'inuse_objects',
                            'inuse_space'}, sums)
        check(sums['cpu'] > 0 and sums['alloc_space'] > 0, sums)
        check_estimate(path, 'churn', 'alloc_space', 6e8, 1 << 19)


def test_counters_are_in_the_session():
    with Steered('--heap', '--heap-rate', '1k', '--', sys.executable, '-c',
                 'while True: list(range(10000))') as steered:
        seen = steered.wait_for('status', lambda event: event['heap_samples'] > 0)
        # What was allocated a second later has been read: the counters too.
        later_ns = seen['elapsed_ns'] + 1_000_000_000
        later = steered.wait_for('status', lambda event: event['elapsed_ns'] > later_ns)
        steered.wait_for('status', lambda event: event['heap_samples'] > later['heap_samples'])
        steered.send('stop')
        steered.wait_for('saved')
        raw = gzip.decompress(steered.out.read_bytes())
        for name in b'process.memory.rss', b'system.memory.available', b'process.faults.minor':
            check(name in raw, f'no series {name}')


# ---- what can't be recorded ----

def check_refused(directory, program, *words):
    path, result = record(directory, '--', program, status=1)
    check(not path.exists(), 'a profile was written')
    check(all(word in result.stderr for word in words), result.stderr)


def test_static_program():
    with scratch() as directory:
        program = compile_program(directory, 'int main (void) { return 0; }', '-static')
        check_refused(directory, program, 'statically')


def test_sanitizer():
    with scratch() as directory:
        need('cc')
        (directory / 'a.c').write_text('int main (void) { return 0; }')
        if run(['cc', '-fsanitize=address', directory / 'a.c', '-o', directory / 'a']).returncode:
            raise Skip('cc has no AddressSanitizer here')
        check_refused(directory, directory / 'a', 'sanitizer', 'libasan')


def test_set_user_id():
    if os.geteuid() != 0:
        raise Skip('only root can make a set-user-ID program of another user')
    with scratch() as directory:
        program = directory / 'id'
        shutil.copy(shutil.which('id'), program)
        os.chown(program, 65534, 65534)
        program.chmod(0o4755)
        if os.statvfs(program).f_flag & os.ST_NOSUID:
            raise Skip('where temporary files are, set-user-ID programs are none')
        check_refused(directory, program, 'rights')


def test_own_allocator():
    """malloc in the program itself: it comes before what is preloaded."""
    source = '''
#include <stddef.h>
static char arena[1 << 20]; static size_t used;
void *malloc (size_t n) { void *p = arena + used; used += (n + 15) & ~15ul; return p; }
void free (void *p) { (void)p; }
void *calloc (size_t a, size_t b) { return malloc (a * b); }
void *realloc (void *p, size_t n) { (void)p; return malloc (n); }
int main (void) { return malloc (100) == NULL; }
'''
    with scratch() as directory:
        program = compile_program(directory, source, '-rdynamic')
        _, result = record(directory, '--', program)
        check('allocator of its own' in result.stderr, result.stderr)


def test_mistakes():
    for arguments, word in ((['--heap', '-p', '1'], 'runs'), (['--heap', '-a'], 'command'),
                            (['--heap', '-F', '99', 'true'], '--cpu'), (['--cpu', 'true'], '--heap'),
                            (['--heap-rate', '1', 'true'], '--heap'),
                            (['--heap', '--heap-rate', '0', 'true'], '--heap-rate')):
        done = prof('record', *arguments, status=2)
        check(word in done.stderr, f'{arguments}: {done.stderr}')


def test_recorder_that_is_killed():
    with scratch() as directory:
        program = compile_program(directory, KNOWN.replace('i < 500;', 'i < 3000000;'))
        recorder = subprocess.Popen([os.environ['PROF'], 'record', '--heap', '--heap-rate', '1',
                                     '-o', directory / 'heap.pb.gz', '--', 'sh', '-c',
                                     f'echo $$ >{directory}/pid; {program}; echo $? '
                                     f'>{directory}/status'], stderr=subprocess.DEVNULL)
        pid = directory / 'pid'
        wait_until(lambda: pid.exists() and pid.read_text().endswith('\n'), 'the command')
        recorder.kill()
        recorder.wait()
        wait_until_ended(int(pid.read_text()))
        check((directory / 'status').read_text() == '7\n', 'the program did not end as it should')


sys.exit(run_cases_of(globals()))
