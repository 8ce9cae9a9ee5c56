#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""prof-helper: what a user without rights records through it, and what it refuses."""
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path

from harness import Skip, check, run, run_cases_of
from privileged import (
    CAPABILITIES, DROP, EACCES, EBADRQC, ESRCH, EXCLUDE_KERNEL, FREQUENCY, HELPER, INHERIT, KALLSYMS,
    MAGIC, MAPS, RAW, TRACEPOINT, UNMAP, USER, Helper, Unprivileged, need_events, pack, pack_open,
)
from scratch import finish
from waiting import PATIENCE_S, wait_until_attached


def start(script, prefix=()):
    """A Python program that has said that it is ready."""
    program = f'import ctypes, time\n{script}\nprint("ready", flush=True)\ntime.sleep(1000)'
    process = subprocess.Popen([*prefix, '/usr/bin/python3', '-c', program], text=True,
                               stdout=subprocess.PIPE)
    check(process.stdout.readline() == 'ready\n', 'the target did not start')
    return process


def start_as_user(script):
    return start(script, DROP)


# ---- recording ----


def test_whole_system():
    """As a user who would be refused: all processes, with the kernel, and names of both."""
    need_events()
    loop = ['sh', '-c', 'while :; do :; done']
    with Unprivileged() as scratch, Helper() as helper, subprocess.Popen(loop) as target:
        try:
            result = scratch.record_with(helper, '-a', '-d', '3')
        finally:
            target.kill()
        recording = result.profile['recordings'][0]
        check(recording['samples'] > 0 and not recording['events'][0]['excludes_kernel'], recording)
        check(any('prof-helper' in note for note in recording['notes']), recording)
        # The shell is root's, so that its maps are closed to the recorder.
        shell = Path('/bin/sh').resolve().name
        names = [function['name'] for function in result.profile['functions']]
        check(any(name.startswith(f'{shell}+0x') for name in names), names)
        check(helper.ends() == 0, helper.process.returncode)


def test_little_memory_to_lock():
    """The helper maps the rings first, so that the user's limits do not count."""
    need_events()
    with Unprivileged('ulimit -l 0') as scratch, Helper() as helper:
        result = scratch.record_with(helper, '-a', '-d', '0.1')
        check('may lock' not in result.stderr, result.stderr)


def test_own_command():
    """With what it does in the kernel, under the names that only root sees."""
    need_events()
    lines = Path('/proc/kallsyms').read_text('utf-8').splitlines()
    kernel_names = {line.split()[2] for line in lines if not line.startswith('0000000000000000')}
    copy = ['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=1M', 'count=4000', 'status=none']
    with Unprivileged() as scratch, Helper() as helper:
        result = scratch.record_with(helper, '--no-symbol-cache', '--', *copy)
        recording = result.profile['recordings'][0]
        check(recording['samples'] > 0 and not recording['events'][0]['excludes_kernel'], recording)
        names = {function['name'] for function in result.profile['functions']}
        check(names & kernel_names or not kernel_names, names)


def test_own_process():
    need_events()
    with Unprivileged() as scratch, Helper() as helper, start_as_user('') as target:
        try:
            result = scratch.record_with(helper, '-d', '0.1', '-p', str(target.pid))
        finally:
            target.kill()
        recording = result.profile['recordings'][0]
        check(not recording['events'][0]['excludes_kernel'], recording)


def test_process_of_another_user():
    need_events()
    with Unprivileged() as scratch, Helper() as helper, subprocess.Popen(['sleep', '1000']) as target:
        fd = helper.socket.fileno()
        try:
            scratch.refuse('record', '-q', '--helper', f'fd:{fd}', '-p', str(target.pid), pass_fds=[fd],
                           says=[f'process {target.pid}', 'another user'])
        finally:
            target.kill()


def test_other_events():
    need_events()
    with Unprivileged() as scratch:
        for event in ['-e', 'r1a8'], ['-F', '20000'], ['-c', '1000', '-e', 'cpu-clock']:
            with Helper() as helper:
                fd = helper.socket.fileno()
                scratch.refuse('record', '-q', '--helper', f'fd:{fd}', *event, '-a', pass_fds=[fd],
                               says=['prof-helper opens', event[-1] if event[0] == '-e' else 'cycles'
                                     if event[0] == '-F' else 'cpu-clock', 'as root'])


def test_helper_that_is_none():
    """Whatever is at the other end, recording fails with a sentence."""
    with Unprivileged() as scratch:
        for said in b'', b'x', struct.pack('=IiI', MAGIC + 1, 0, 0), struct.pack('=IiI', MAGIC, 1, 0):
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs, ours:
                ours.send(said)
                scratch.refuse('record', '-q', '--helper', f'fd:{theirs.fileno()}', '-a',
                               pass_fds=[theirs.fileno()], says=['no prof-helper answers'])
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, ours:
            ours.send(struct.pack('=IiI', MAGIC, 0, 0))
            ours.send(struct.pack('=IiI', MAGIC, 0, 0))  # opened, and no descriptor
            scratch.refuse('record', '-q', '--helper', f'fd:{theirs.fileno()}', '-a',
                           pass_fds=[theirs.fileno()], says=['prof-helper', 'has ended'])
        scratch.refuse('record', '-q', '--helper', 'fd:77', '-a', status=2, says=['--helper'])
        scratch.refuse('record', '-q', '--helper', 'fd:-1', '-a', status=2, says=['--helper'])
        scratch.refuse('record', '-q', '--helper', 'perhaps', '-a', status=2, says=['--helper'])


def test_nobody_is_asked_without_a_terminal():
    """Nor where what it takes is not installed."""
    if int(Path('/proc/sys/kernel/perf_event_paranoid').read_text('ascii')) < 1:
        raise Skip('kernel.perf_event_paranoid gives the whole system to all')
    with Unprivileged() as scratch:
        for options in [], ['--helper', 'auto'], ['--helper', 'never']:
            scratch.refuse('record', '-q', *options, '-a', '-d', '0.1', says=['try: sudo sysctl'])


# ---- what it opens, and for whom ----


def test_threads_of_the_caller_only():
    need_events()
    not_dumpable = 'ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)'
    with Helper() as helper, start_as_user('') as own, start_as_user(not_dumpable) as closed, \
            subprocess.Popen(['sleep', '1000']) as other:
        try:
            helper.greet().opens(pack_open(pid=own.pid, cpu=-1, flags=FREQUENCY | INHERIT)).close()
            for process in other, closed:
                helper.refuses(pack_open(pid=process.pid, cpu=-1), EACCES)
            helper.refuses(pack_open(pid=helper.process.pid, cpu=-1), EACCES)
            helper.refuses(pack_open(pid=1, cpu=-1), EACCES)
            helper.refuses(pack_open(pid=2**31 - 1, cpu=-1), ESRCH)
        finally:
            for process in own, closed, other:
                process.kill()


def test_events_on_the_list_only():
    need_events()
    with Helper() as helper:
        helper.greet()
        for changes in (
                {'type_': TRACEPOINT, 'config': 1}, {'type_': RAW}, {'type_': 5}, {'type_': 6}, {'config': 9},
                {'config': 10}, {'rate': 0}, {'rate': 10001}, {'flags': 0, 'rate': 99999},
                {'stack': 65536, 'registers': 1}, {'stack': 8}, {'registers': 1}, {'ring': 4097},
                {'ring': 32 << 20}, {'pid': 0}, {'cpu': -1}, {'flags': 1 << 13}, {'precise': 1},
                {'flags': FREQUENCY | INHERIT}, {'watermark': 2**32 - 1}):
            helper.refuses(pack_open(**changes), EBADRQC)
        for message in (pack(UNMAP, pid=1), pack(KALLSYMS, ring=1), pack(MAPS), pack(MAPS, pid=-1)):
            helper.refuses(message, EBADRQC)
        helper.opens(pack_open()).close()  # it goes on


def test_kernel_symbols():
    """For who may see the kernel."""
    need_events()
    with open('/proc/kallsyms', 'rb') as symbols:
        shown = symbols.read(16)
    with Helper() as helper:
        helper.greet().refuses(pack(KALLSYMS), EACCES)
        helper.opens(pack_open(flags=FREQUENCY | EXCLUDE_KERNEL)).close()
        helper.refuses(pack(KALLSYMS), EACCES)
        helper.opens(pack_open()).close()
        with helper.opens(pack(KALLSYMS)) as symbols:
            check(symbols.read(16) == shown, 'other addresses than root sees')


def test_maps():
    """Their code, for who may see the whole system."""
    need_events()
    with Helper() as helper, start_as_user('') as own, start('') as other:
        try:
            helper.greet().opens(pack_open(pid=own.pid, cpu=-1)).close()
            helper.refuses(pack(MAPS, pid=other.pid), EACCES)
            helper.opens(pack_open()).close()
            expected = [line for line in Path(f'/proc/{other.pid}/maps').read_text('utf-8').splitlines()
                        if 'x' in line.split()[1]]
            with helper.opens(pack(MAPS, pid=other.pid)) as maps:
                check(maps.read().decode().splitlines() == expected, 'other maps')
            helper.refuses(pack(MAPS, pid=2**31 - 1), ESRCH)
        finally:
            own.kill()
            other.kill()


def test_rings():
    need_events()
    with Helper() as helper:
        helper.greet()
        for _ in range(3):
            helper.opens(pack_open(ring=65536, watermark=32768)).close()
        maps = Path(f'/proc/{helper.process.pid}/maps')
        check(maps.read_text('utf-8').count('[perf_event]') == 3, maps.read_text('utf-8'))
        check(helper.ask(pack(UNMAP)) == (0, 0, None), 'unmapping failed')
        check('[perf_event]' not in maps.read_text('utf-8'), maps.read_text('utf-8'))
        helper.opens(pack_open(ring=65536)).close()


# ---- hostile callers ----


def test_messages_that_are_none():
    good = pack_open()
    for message in b'x', good[:-1], good + b'x', bytes(64), pack(0), pack(5), pack_open(magic=1), b'x' * 9000:
        with Helper() as helper:
            check(helper.greet().ask(message) is None and helper.ends() == 1, message)


def test_descriptors_that_it_is_sent_are_closed():
    need_events()
    with Helper() as helper:
        reader, writer = os.pipe()
        helper.greet()
        result, _, fd = helper.ask(pack_open(), [writer] * 20)
        os.close(writer)
        os.close(fd)
        check(result == 0 and os.read(reader, 1) == b'', 'it has kept a descriptor')
        os.close(reader)


def test_caller_that_does_not_read():
    with Helper() as helper:
        helper.greet()
        helper.socket.setblocking(False)
        while helper.process.poll() is None:
            try:
                helper.socket.send(pack_open())
            except (BlockingIOError, BrokenPipeError):
                try:
                    helper.process.wait(timeout=0.1)
                except subprocess.TimeoutExpired:
                    pass
        check(helper.ends() in (0, 1), helper.process.returncode)


def test_either_is_killed():
    """A recording goes on without the helper, but not the helper without the recording."""
    need_events()
    for is_helper_killed in True, False:
        with Unprivileged() as scratch, Helper() as helper:
            fd = helper.socket.fileno()
            helper.socket.setblocking(True)
            recorder = scratch.start('record', '-q', '-a', '-o', 'out.pb.gz', '--helper', f'fd:{fd}',
                                     pass_fds=[fd])
            helper.socket.close()
            wait_until_attached(recorder)
            if is_helper_killed:
                helper.process.kill()
                helper.process.wait(timeout=PATIENCE_S)
            check(finish(recorder, signal.SIGINT if is_helper_killed else signal.SIGKILL)
                  == (0 if is_helper_killed else -signal.SIGKILL), 'the recorder ended otherwise')
            check(helper.ends() == (-signal.SIGKILL if is_helper_killed else 0), helper.process)


def test_it_ends_with_the_socket():
    need_events()
    for has_rings in False, True:
        with Helper() as helper:
            helper.greet()
            if has_rings:
                helper.opens(pack_open(ring=65536)).close()
            helper.socket.close()
            check(helper.ends() == 0, helper.process.returncode)


def test_it_is_not_started_otherwise():
    def refuses(**options):
        with Helper(**options) as helper:
            check(helper.receive() is None and helper.ends() != 0, options)

    for uid in '', ' 5', '-1', '5x', '4294967295', '18446744073709551621':
        refuses(environment={'PKEXEC_UID': uid})
    refuses(environment={})
    refuses(uid=USER - 1)  # the socket is somebody else's
    refuses(socket_uid=0)
    refuses(arguments=['--help'])
    environment = {**os.environ, 'PKEXEC_UID': str(USER)}
    stream, other_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    with stream, other_end, open('/dev/null', 'rb') as null:
        for standard_input in stream, null:
            result = run([HELPER], env=environment, stdin=standard_input)
            check(result.returncode == 1 and 'no socket' in result.stderr, result)
    with Unprivileged() as scratch:
        copy = shutil.copy(HELPER, scratch.path)
        result = run([*DROP, copy], env=environment)
        check(result.returncode != 0 and 'pkexec' in result.stderr, result)
        result = run(['sh', '-c', 'exec "$0" <&- >&- 2>&-', copy], env=environment)
        check(result.returncode == 1, result)


def test_it_keeps_few_rights():
    with Helper(pass_fds=[1], preexec_fn=lambda: os.dup2(1, 40)) as helper:
        helper.greet()
        proc = Path(f'/proc/{helper.process.pid}')
        status = dict(line.split(':\t', 1) for line in (proc / 'status').read_text('ascii').splitlines())
        for capabilities in 'CapPrm', 'CapEff':
            check(int(status[capabilities], 16) & ~CAPABILITIES == 0, status)
        check(int(status['CapInh'], 16) == 0 and status['NoNewPrivs'] == '1', status)
        for ids in 'Uid', 'Gid':
            check(set(status[ids].split()) == {str(USER)}, status)
        check(status['Groups'].strip() == '', status)
        check(os.stat(proc / 'status').st_uid == 0, 'others of the user may look into it')
        check(sorted(os.listdir(proc / 'fd'), key=int) == ['0', '1', '2'], os.listdir(proc / 'fd'))
        check(os.readlink(proc / 'cwd') == '/', os.readlink(proc / 'cwd'))


sys.exit(run_cases_of(globals()))
