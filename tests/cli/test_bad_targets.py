#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Targets that end, change or hide while they are recorded, and recorders that are interrupted."""
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

from harness import Skip, check, run_cases_of
from scratch import BUSY, Scratch, finish, wait_for_orphans
from waiting import PATIENCE_S, wait_until, wait_until_attached, wait_until_stopped

PROGRAMS = Path(os.environ['PROGRAMS'])
PYTHON = '/usr/bin/python3'
BURN = 'sum(range(3000000))'
STATUSES = {signal.SIGINT: 130, signal.SIGTERM: 143}


def record_python(scratch, code, *options, **more):
    return scratch.record(*options, '--', PYTHON, '-c', code, **more)


def get_recording(result):
    return result.profile['recordings'][0]


def wait_for_line(process, line):
    ready, _, _ = select.select([process.stdout], [], [], PATIENCE_S)
    check(ready, 'the command does not start')
    text = process.stdout.readline()
    check(text == line + '\n', f'{text!r}, not {line!r}')


# ---- targets ----


def test_ends_at_once():
    with Scratch() as scratch:
        for _ in range(20):
            scratch.record('--', PROGRAMS / 'exit-at-once', status=7)


def test_ends_before_the_delay():
    with Scratch() as scratch:
        recording = get_recording(scratch.record('-D', '30s', '--', 'sh', '-c', 'exit 3', status=3))
        check(recording['samples'] == 0, recording)


def test_is_killed():
    with Scratch() as scratch:
        result = scratch.record('--', PROGRAMS / 'killed', status=128 + signal.SIGKILL)
        check('burn_until_killed' in {f['name'] for f in result.profile['functions']}, 'its function')


def test_pid_ends_meanwhile():
    with Scratch() as scratch, subprocess.Popen([PYTHON, '-c', BURN]) as target:
        recorder = scratch.start('record', '-q', '-o', 'out.pb.gz', '-p', str(target.pid))
        target.wait()
        status = finish(recorder)
        # It may have ended before the recorder looked for it.
        check(status == 0 or not scratch.list_files(), f'{status}: {scratch.list_files()}')
        if status == 0:
            scratch.read('out.pb.gz')


def test_executes_another_program():
    with Scratch() as scratch:
        result = record_python(
            scratch, f'import os; {BURN}; os.execvp("sh", {BUSY!r})', '--unwind', 'auto')
        modules = {os.path.basename(f['module']) for f in result.profile['functions']}
        check(any('python' in m for m in modules) and {'dash', 'bash', 'sh', 'busybox'} & modules, modules)


def test_closes_its_descriptors():
    with Scratch() as scratch:
        result = record_python(scratch, f'import os; os.closerange(0, 65536); {BURN}')
        check(get_recording(result)['samples'] > 0, 'no samples')


def test_changes_its_user():
    if os.geteuid() != 0:
        raise Skip('only root may become another user')
    with Scratch() as scratch:
        result = record_python(scratch, f'import os; {BURN}; os.setgid(65534); os.setuid(65534); {BURN}')
        check(get_recording(result)['samples'] > 0, 'no samples')


def test_unmaps_its_binary():
    program = PROGRAMS / 'own-binary'
    if not program.exists():
        raise Skip('own-binary is not built for this processor')
    with Scratch() as scratch:
        for what in 'unmap', 'delete', 'replace':
            copy = shutil.copy(program, scratch.path / what)
            result = scratch.record('--', copy, what)
            check('burn_before' in {f['name'] for f in result.profile['functions']}, what)


def test_stopped_process():
    with Scratch() as scratch, subprocess.Popen([PYTHON, '-c', 'while True: pass']) as target:
        target.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, target.pid, os.WSTOPPED)
        result = scratch.record('-d', '100ms', '-p', str(target.pid))
        target.kill()
        check(get_recording(result)['samples'] == 0, 'samples of a stopped process')


def test_stops_itself():
    with Scratch() as scratch:
        recorder = scratch.start('record', '-q', '-o', 'out.pb.gz', '-d', '100ms', '--', 'sh', '-c',
                                 'echo $$; kill -STOP $$; exit 5')
        pid = int(recorder.stdout.readline())
        wait_until((scratch.path / 'out.pb.gz').exists, 'the profile')
        wait_until_stopped(pid)
        check(recorder.poll() is None, 'the recorder did not wait')
        os.kill(pid, signal.SIGCONT)
        check(finish(recorder) == 5, 'its status')
        scratch.read('out.pb.gz')


def test_duration_shorter_than_the_command():
    with Scratch() as scratch:
        os.mkfifo(scratch.path / 'fifo')
        recorder = scratch.start('record', '-q', '-o', 'out.pb.gz', '-d', '50ms', '--', 'sh', '-c',
                                 'read line <fifo; touch done; exit 9')
        wait_until((scratch.path / 'out.pb.gz').exists, 'the profile')
        check(not (scratch.path / 'done').exists(), 'the recorder waited for its command')
        (scratch.path / 'fifo').write_text('go on\n')
        check(finish(recorder) == 9, 'its status')
        check((scratch.path / 'done').exists(), 'the command did not go on')
        scratch.read('out.pb.gz')


def test_leaves_children():
    with Scratch() as scratch:
        script = '(trap "" HUP; read line; touch done) <fifo & exit 3'
        os.mkfifo(scratch.path / 'fifo')
        # The child would end with its standard error only: a file, that nobody reads to its end.
        recorder = scratch.start('record', '-q', '-o', 'out.pb.gz', '--', 'sh', '-c', script,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        check(recorder.wait(timeout=PATIENCE_S) == 3, 'its status')
        scratch.read('out.pb.gz')
        (scratch.path / 'fifo').write_text('go on\n')
        wait_for_orphans()
        check((scratch.path / 'done').exists(), 'the child did not go on')


def test_many_short_processes():
    script = 'i=0; while [ $i -lt 200 ]; do i=$((i+1)); /bin/true; done'
    with Scratch() as scratch:
        recording = get_recording(scratch.record('-F', '5000', '--', 'sh', '-c', script))
        check(recording['samples'] + recording['lost'] > 50, recording)


def test_many_threads():
    code = f'''
import threading
barrier = threading.Barrier(501)
def work():
    barrier.wait()
    sum(range(20000))
    barrier.wait()
threading.stack_size(1 << 18)
threads = [threading.Thread(target=work) for _ in range(500)]
for thread in threads: thread.start()
print("ready", flush=True)
input()
barrier.wait()
barrier.wait()
for thread in threads: thread.join()
{BURN}
'''
    with Scratch() as scratch:
        recording = get_recording(record_python(scratch, code, input='\n', stdin=None))
        check(recording['samples'] > 10, recording)
        command = [PYTHON, '-c', code]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as target:
            wait_for_line(target, 'ready')
            recorder = scratch.start('record', '-o', 'attached.pb.gz', '-D', '0', '-p', str(target.pid))
            wait_until_attached(recorder)
            target.communicate('\n', timeout=PATIENCE_S)
            check(finish(recorder) == 0, 'its status')
        scratch.read('attached.pb.gz')


# ---- names ----


def check_formats(scratch, profile, function='burn_leaf'):
    """Whatever a name has in it, each format can be read by whoever reads such formats."""
    scratch.read(profile)
    for view in [], ['--tree'], ['--callers', function]:
        text = scratch.run('report', *view, profile, encoding='utf-8', errors='strict').stdout
        control = [c for c in text if ord(c) < 32 and c != '\n' or c == '\x7f']
        check(not control, f'control characters on the terminal: {control} in\n{text}')
    for out in 'out.svg', 'out.collapsed', 'back.pb.gz':
        source = 'out.collapsed' if out == 'back.pb.gz' else profile
        scratch.run('convert', source, out)
    ET.parse(scratch.path / 'out.svg')
    for line in (scratch.path / 'out.collapsed').read_text('utf-8').splitlines():
        check(line.rpartition(' ')[2].isdecimal(), f'not a stack: {line!r}')
    check(scratch.read('back.pb.gz')['total'] == scratch.read(profile)['total'], 'another total')


ODD_NAMES = [b'new\nline\n', b'"quotes\'<&>;]]>', b'\xff\xfe\xc3(', b'\x01\x1b[31m\x7f', b' ; 12 ', b'a' * 255,
             '\u202eönä'.encode()]


def test_odd_names():
    with Scratch() as scratch:
        directory = os.fsencode(scratch.path)
        for name in ODD_NAMES:
            path = os.path.join(directory, name)
            shutil.copy(PROGRAMS / 'plain-pie', path)
            scratch.run(b'record', b'-q', b'-o', b'out.pb.gz', b'--', path, b'briefly')
            functions = {f['name'] for f in scratch.read('out.pb.gz')['functions']}
            check('burn_leaf' in functions, f'{name!r}: {functions}')
            check_formats(scratch, 'out.pb.gz')
            os.unlink(path)


def test_output_named_after_an_odd_command():
    with Scratch() as scratch:
        for name in ODD_NAMES[:4]:
            path = os.path.join(os.fsencode(scratch.path), name)
            shutil.copy('/bin/true', path)
            scratch.run(b'record', b'-q', b'--', path)
            os.unlink(path)
            outputs = list(scratch.path.glob('prof-*.pb.gz'))
            check(len(outputs) == 1 and outputs[0].name.isprintable(), outputs)
            outputs[0].unlink()


def make_deep_directory(parent, n_bytes):
    """A directory whose path has so many bytes, and a descriptor of it."""
    fd = os.open(parent, os.O_DIRECTORY)
    path = os.fsencode(parent)
    while len(path) < n_bytes:
        name = b'd' * max(1, min(200, n_bytes - len(path) - 1))
        os.mkdir(name, dir_fd=fd)
        inner = os.open(name, os.O_DIRECTORY, dir_fd=fd)
        os.close(fd)
        fd, path = inner, path + b'/' + name
    return fd, path


def test_long_paths():
    """Up to the longest that the kernel reports, and some that it calls //toolong."""
    for n_bytes in 3000, 4060, 4094 - len('/program'), 6000:
        with Scratch() as scratch:
            fd, _ = make_deep_directory(scratch.path, n_bytes)
            with open(PROGRAMS / 'plain-pie', 'rb') as source:
                copy = os.open('program', os.O_WRONLY | os.O_CREAT, 0o755, dir_fd=fd)
                os.write(copy, source.read())
                os.close(copy)
            out = scratch.path / 'out.pb.gz'
            scratch.run('record', '-q', '-o', out, '--', './program', 'briefly',
                        cwd=f'/proc/self/fd/{fd}', pass_fds=[fd])
            os.close(fd)
            check(scratch.read('out.pb.gz')['recordings'][0]['samples'] > 0, n_bytes)
            check_formats(scratch, 'out.pb.gz', 'burn_leaf' if n_bytes <= 4060 else 'toolong')


# ---- the recorder ----


def interrupt(seed):
    """One recorder, interrupted at a moment of its own: before it can hear, or with a profile. Half of
    them have certainly begun."""
    moment = random.Random(seed)
    sig = moment.choice([signal.SIGINT, signal.SIGTERM])
    with Scratch() as scratch:
        recorder = scratch.start('record', '-q', '-o', 'out.pb.gz', '--', 'sh', '-c',
                                 'while :; do :; done')
        has_begun = seed % 2 == 0
        if has_begun:
            wait_until_attached(recorder)
        time.sleep(moment.uniform(0, 0.2))
        status = finish(recorder, sig)
        if status == -sig and not has_begun:
            wait_for_orphans()  # the command that was not let go: it ends by itself
            check(not scratch.list_files(), f'seed {seed} left {scratch.list_files()}')
        else:
            check(status == STATUSES[sig], f'seed {seed}: {status}, not {STATUSES[sig]}')
            check(scratch.list_files() == {'out.pb.gz'}, f'seed {seed} left {scratch.list_files()}')
            scratch.read('out.pb.gz')


def test_interrupted_at_any_moment():
    for seed in range(20):
        interrupt(seed)


def test_second_signal_leaves_at_once():
    """With nothing half-written."""
    with Scratch() as scratch:
        recorder = scratch.start('record', '-q', '-o', 'out.pb.gz', '--', 'sh', '-c',
                                 'trap "" INT; echo ready; while :; do :; done')
        wait_for_line(recorder, 'ready')
        recorder.send_signal(signal.SIGINT)
        wait_until((scratch.path / 'out.pb.gz').exists, 'the profile')
        time.sleep(0.4)  # signals of the same moment are one
        check(finish_one(recorder, signal.SIGTERM) == 143, 'its status')
        scratch.read('out.pb.gz')
        kill_orphans()


def finish_one(process, sig):
    process.send_signal(sig)
    return process.wait(timeout=PATIENCE_S)


def kill_orphans():
    for path in Path(f'/proc/{os.getpid()}/task').glob('*/children'):
        for pid in path.read_text('ascii').split():
            os.kill(int(pid), signal.SIGKILL)
    wait_for_orphans()


def test_recorder_is_killed():
    """The command goes on unharmed."""
    script = 'echo ready; read line <fifo; touch done'
    with Scratch() as scratch:
        os.mkfifo(scratch.path / 'fifo')
        recorder = scratch.start('record', '-q', '-o', 'out.pb.gz', '--', 'sh', '-c', script)
        wait_for_line(recorder, 'ready')
        check(finish_one(recorder, signal.SIGKILL) == -signal.SIGKILL, 'its status')
        (scratch.path / 'fifo').write_text('go on\n')
        wait_for_orphans()
        check(scratch.list_files() == {'done', 'fifo'}, scratch.list_files())


def test_recorder_of_a_pid_is_interrupted():
    with Scratch() as scratch, subprocess.Popen([PYTHON, '-c', 'while True: pass']) as target:
        recorder = scratch.start('record', '-o', 'out.pb.gz', '-p', str(target.pid))
        wait_until_attached(recorder)
        status, is_hit = finish(recorder, signal.SIGTERM), target.poll() is not None
        target.kill()
        check(status == 0 and not is_hit, f'its status is {status}; the target was hit: {is_hit}')
        scratch.read('out.pb.gz')


sys.exit(run_cases_of(globals()))
