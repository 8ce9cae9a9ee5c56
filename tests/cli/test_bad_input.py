#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""What can't be recorded, counted or written: one sentence each, and nothing left behind."""
import os
import subprocess
import sys
from pathlib import Path

from harness import Skip, check, run_cases_of
from scratch import BUSY, Scratch, in_private_mounts, run_words
from waiting import PATIENCE_S


def write_script(path, text, mode=0o755):
    path.write_bytes(text)
    path.chmod(mode)
    return path


def refuse_record(scratch, *arguments, **options):
    return scratch.refuse('record', '-q', *arguments, **options)


def test_commands_that_cant_run():
    with Scratch() as scratch:
        write_script(scratch.path / 'plain.txt', b'hello\n', 0o644)
        write_script(scratch.path / 'orphan', b'#!/no/such/interpreter\n')
        write_script(scratch.path / 'garbage', b'\1\2\3\4')
        for command, says in {
            'no-such-command': ["'no-such-command'", 'PATH'],
            './no-such-file': ["'./no-such-file'", 'no such file'],
            './plain.txt': ["'./plain.txt'", 'not executable', 'chmod +x'],
            '/': ["'/'", 'not a file'],
            './plain.txt/x': ['no such file'],
            './orphan': ["'./orphan'", 'interpreter', 'does not exist'],
            './garbage': ["'./garbage'", 'neither a program'],
            '': ["''"],
            'x' * 5000: ["can't run"],
        }.items():
            refuse_record(scratch, '--', command, says=says)


def test_working_directory():
    with Scratch() as scratch:
        (scratch.path / 'file').touch()
        refuse_record(scratch, '--cwd', 'gone', '--', 'true', says=["'gone'", 'No such file'])
        refuse_record(scratch, '--cwd', 'file', '--', 'true', says=["'file'", 'Not a directory'])


def test_processes_that_are_not_there():
    with subprocess.Popen(['true']) as gone:
        gone.wait()
    with Scratch() as scratch:
        for pid in str(gone.pid), '99999999', f'{os.getpid()},99999999':
            refuse_record(scratch, '-p', pid, says=[pid.split(',')[-1], 'no such process'])
        for text in '0', '-5', 'abc', '', '1,', '12x', '99999999999999999999':
            refuse_record(scratch, '-p', text, status=2, says=['--pid', f"'{text}'", 'expected'])


def test_unknown_events():
    with Scratch() as scratch:
        for event, says in {
            'cylces': ['cylces', 'did you mean', 'cycles'],
            'cpu-clok': ['cpu-clock'],
            'page-fualts': ['page-faults'],
            'nonsense-without-any-relation': ['prof events'],
            'cpu-clock:z': ['modifier'],
            'x' * 10000: ['128 characters'],
        }.items():
            result = refuse_record(scratch, '-e', event, '--', 'true', says=says)
            check(len(result.stderr) < 2000, f'{len(result.stderr)} bytes')


def test_hardware_events_without_a_pmu():
    if any(Path('/sys/bus/event_source/devices').glob('cpu*')):
        raise Skip('this machine has hardware counters')
    with Scratch() as scratch:
        refuse_record(scratch, '-e', 'instructions', '--', 'true',
                      says=['instructions', 'no such hardware counter', 'cpu-clock'])
        notes = scratch.record('-e', 'cycles', '--', *BUSY).stderr
        check(notes.count('recording "cpu-clock" instead') == 1, notes)


MOUNT_TRACEFS = 'mount -t tracefs tracefs /sys/kernel/tracing || exit 99; exec "$@"'
HIDE_TRACEFS = '''
for directory in /sys/kernel/tracing /sys/kernel/debug; do
  mount -t tmpfs none $directory || exit 99
done
exec "$@"'''


def record_with_mounts(scratch, script, *arguments):
    result = in_private_mounts(script, scratch.prof, 'record', *arguments, cwd=scratch.path)
    if result.returncode == 99:
        raise Skip(f'no right to mount, or no tracefs: {result.stderr}')
    return result


def test_tracepoints_without_tracefs():
    with Scratch() as scratch:
        result = record_with_mounts(scratch, HIDE_TRACEFS, '-e', 'sched:sched_switch', '--', 'true')
        check(result.returncode == 1 and len(result.stderr.splitlines()) == 1, result)
        check('mount -t tracefs' in result.stderr, result.stderr)


def test_tracepoints_with_tracefs():
    with Scratch() as scratch:
        result = record_with_mounts(scratch, MOUNT_TRACEFS, '-o', 'out.pb.gz', '-c', '1', '-e',
                                    'sched:sched_switch', '--', 'sh', '-c', 'sleep 0.01; sleep 0.01')
        check(result.returncode == 0, result.stderr)
        recording = scratch.read('out.pb.gz')['recordings'][0]
        check(recording['events'][0]['name'] == 'sched:sched_switch', recording['events'])
        check(recording['samples'] >= 2, f'{recording["samples"]} switches of a sleeping command')
        result = record_with_mounts(scratch, MOUNT_TRACEFS, '-e', 'sched:sched_swich', '--', 'true')
        check('did you mean sched:sched_switch' in result.stderr, result.stderr)


def test_places_that_cant_be_written():
    with Scratch() as scratch:
        (scratch.path / 'file').write_text('old')
        for name, says in {
            'gone/out.pb.gz': ['gone/out.pb.gz', 'No such file', 'make the directory'],
            '.': ["can't write .", 'Is a directory'],
            './gone/': ['Is a directory'],
            'file/out.pb.gz': ['file/out.pb.gz', 'Not a directory'],
            '': ['without a name'],
            'x' * 300: ['File name too long'],
        }.items():
            # The command must not have run for nothing.
            refuse_record(scratch, '-o', name, '--', 'touch', 'was-run', says=says)
        refuse_record(scratch, '-o', '/dev/full', '--', *BUSY,
                      says=['/dev/full', 'No space left', 'free some space'])


def test_longest_name():
    """What is written beside has a name of its own, not a longer one."""
    with Scratch() as scratch:
        scratch.run('record', '-q', '-o', 'x' * 255, '--', 'true')
        check(scratch.list_files() == {'x' * 255}, scratch.list_files())


FULL_DISK = '''
mkdir full && mount -t tmpfs -o size=64k tmpfs full || exit 99
yes 0123456789 | head -c 5000 >full/old.pb.gz && cp full/old.pb.gz copy
cat /dev/zero >full/filler 2>/dev/null
"$@"
echo "status $?" && ls -A full && cmp copy full/old.pb.gz && echo same'''


def test_full_disk():
    with Scratch() as scratch:
        scratch.record('--', *BUSY)
        for arguments in [
            ['record', '-q', '-o', 'full/old.pb.gz', '--', *BUSY],
            ['merge', '-o', 'full/old.pb.gz', 'out.pb.gz'],
            ['convert', '--to', 'svg', 'out.pb.gz', 'full/old.pb.gz'],
        ]:
            result = in_private_mounts(FULL_DISK, scratch.prof, *arguments, cwd=scratch.path)
            if result.returncode == 99:
                raise Skip(f'no right to mount: {result.stderr}')
            check(result.stdout.split() == ['status', '1', 'filler', 'old.pb.gz', 'same'],
                  f'{arguments}: {result.stdout}{result.stderr}')
            check('No space left' in result.stderr and 'full/old.pb.gz' in result.stderr, result.stderr)
            check(len(result.stderr.splitlines()) == 1, result.stderr)
            (scratch.path / 'full').rmdir()


def test_closed_pipes():
    with Scratch() as scratch:
        for arguments in ['record', '-q', '-o', '-', '--', *BUSY], ['record', '-o', '-', '--', *BUSY]:
            reader, writer = os.pipe()
            os.close(reader)
            process = scratch.start(*arguments, stdout=writer)
            os.close(writer)
            _, stderr = process.communicate(timeout=PATIENCE_S)
            check(process.returncode == 1 and 'Broken pipe' in stderr, f'{process.returncode}: {stderr}')


def test_closed_standard_descriptors():
    """What is opened must not take the place of a standard descriptor that is closed."""
    with Scratch() as scratch:
        for closed in '<&-', '>&-', '2>&-', '<&- >&- 2>&-':
            run_words(['sh', '-c', f'exec "$@" {closed}', 'sh', scratch.prof, 'record', '-q', '-o',
                       'out.pb.gz', '--', *BUSY], cwd=scratch.path)
            check(scratch.read('out.pb.gz')['recordings'][0]['samples'] > 0, closed)
            (scratch.path / 'out.pb.gz').unlink()


def test_few_descriptors():
    with Scratch() as scratch:
        for n in range(3, 24):
            result = run_words(['sh', '-c', f'ulimit -n {n}; exec "$@"', 'sh', scratch.prof, 'record',
                                '-q', '-o', 'out.pb.gz', '--', 'true'], cwd=scratch.path)
            if 'error while loading shared libraries' in result.stderr:
                continue
            lines = result.stderr.splitlines()
            if result.returncode == 0:
                check(not lines, result.stderr)
                scratch.read('out.pb.gz')
                (scratch.path / 'out.pb.gz').unlink()
                continue
            check(result.returncode == 1 and len(lines) == 1, f'{n}: {result}')
            check('try: ulimit -n' in lines[0], f'{n}: {lines}')
            check(not scratch.list_files(), f'{n} files: {scratch.list_files()}')


sys.exit(run_cases_of(globals()))
