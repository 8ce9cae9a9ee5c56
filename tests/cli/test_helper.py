#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""prof-helper: what a user without rights records through it, and what it refuses. The test starts
it as pkexec would: as root, with the user's number and the user's socket."""
import array
import os
import pwd
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

from harness import Skip, check, need, run, run_cases_of
from scratch import Scratch
from waiting import PATIENCE_S

# Debian has this user everywhere, and no other test records as it: a user's recorders share what
# may be locked.
NAME = 'games'
try:
    USER = pwd.getpwnam(NAME).pw_uid
except KeyError:
    print(f'SKIP: there is no user {NAME}')
    sys.exit(77)
BECOME = ['setpriv', f'--reuid={USER}', f'--regid={USER}', '--clear-groups']
DROP = [*BECOME, '--inh-caps=-all', '--bounding-set=-all', '--no-new-privs']
HELPER = os.environ['PROF_HELPER']

# capture/helper-request.h
MAGIC = 0x70726601
OPEN, UNMAP, KALLSYMS, MAPS = 1, 2, 3, 4
EXCLUDE_KERNEL, FREQUENCY, INHERIT = 1 << 1, 1 << 5, 1 << 9
SOFTWARE, TRACEPOINT, RAW = 1, 2, 4
EACCES, EBADRQC, ESRCH = 13, 56, 3


def pack(kind, pid=0, cpu=0, type_=0, precise=0, config=0, rate=0, registers=0, flags=0, stack=0,
         watermark=0, ring=0, magic=MAGIC):
    return struct.pack('=IIiiIIQQQIIII', magic, kind, pid, cpu, type_, precise, config, rate, registers,
                       flags, stack, watermark, ring)


def pack_open(**changes):
    return pack(**{'kind': OPEN, 'pid': -1, 'cpu': 0, 'type_': SOFTWARE, 'rate': 100,
                   'flags': FREQUENCY, **changes})


def make_socket_pair(uid):
    """Whoever makes a pair is the peer of both ends."""
    os.setegid(uid)
    os.seteuid(uid)
    try:
        return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    finally:
        os.seteuid(0)
        os.setegid(0)


class Helper:
    """A helper that was started for a user without rights."""

    def __init__(self, uid=USER, environment=None, socket_uid=USER, arguments=(), **options):
        if os.geteuid() != 0:
            raise Skip('only root may start what pkexec starts as root')
        self.socket, theirs = make_socket_pair(socket_uid)
        self.socket.settimeout(PATIENCE_S)
        environment = {'PKEXEC_UID': str(uid)} if environment is None else environment
        sanitizers = {name: value for name, value in os.environ.items() if name.endswith('SAN_OPTIONS')}
        with theirs:
            self.process = subprocess.Popen([HELPER, *arguments], env={**sanitizers, **environment},
                                            stdin=theirs, stderr=subprocess.PIPE, text=True, **options)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.socket.close()
        _, stderr = self.process.communicate(timeout=PATIENCE_S)
        if kind is None:
            check('Sanitizer' not in stderr and 'runtime error' not in stderr, stderr)

    def greet(self):
        check(self.receive() == (0, 0, None), 'no greeting')
        return self

    def receive(self):
        """(result, whether it was the ring, descriptor or None); None: it has ended."""
        try:
            data, control, _, _ = self.socket.recvmsg(64, socket.CMSG_SPACE(4))
        except ConnectionResetError:
            return None
        if not data:
            return None
        magic, result, is_ring = struct.unpack('=IiI', data)
        check(magic == MAGIC, data)
        fds = array.array('i', control[0][2]) if control else []
        return result, is_ring, fds[0] if fds else None

    def ask(self, message, fds=()):
        control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', fds))] if fds else []
        try:
            self.socket.sendmsg([message], control)
        except BrokenPipeError:
            return None
        return self.receive()

    def refuses(self, message, *errors):
        result, _, fd = self.ask(message)
        check(-result in errors and fd is None, f'{message}: {result}')

    def opens(self, message):
        result, _, fd = self.ask(message)
        if result in (-13, -1, -38) and fd is None:
            raise Skip('root may not record here')
        check(result == 0 and fd is not None, f'{message}: {result}')
        return os.fdopen(fd, 'rb', buffering=0)

    def ends(self):
        return self.process.wait(timeout=PATIENCE_S)


class Unprivileged(Scratch):
    """Runs prof as that user, who may have no way to the build directory."""

    def __init__(self, limits=''):
        super().__init__(prefix=['sh', '-c', f'{limits}\nexec "$@"', 'sh', *DROP])

    def __enter__(self):
        if os.geteuid() != 0:
            raise Skip('only root may start what pkexec starts as root')
        super().__enter__()
        built = Path(self.prof)
        installed = self.path / 'installed'
        for part in built, *(built.parent.parent / 'libprof').glob('libprof.so*'):
            if part.is_file():
                target = installed / part.parent.name / part.name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(part, target)
        self.prof = installed / built.parent.name / built.name
        return self

    def record_with(self, helper, *arguments):
        fd = helper.socket.detach()
        helper.socket = socket.socket(fileno=os.dup(fd))
        os.set_blocking(fd, True)
        try:
            return self.record('--helper', f'fd:{fd}', *arguments, pass_fds=[fd])
        finally:
            os.close(fd)
            helper.socket.close()


def need_events():
    with Helper() as helper:
        helper.greet().opens(pack_open()).close()


def start(script, prefix=()):
    """A Python program that has said that it is ready."""
    program = f'import ctypes, time\n{script}\nprint("ready", flush=True)\ntime.sleep(1000)'
    process = subprocess.Popen([*prefix, '/usr/bin/python3', '-c', program], stdout=subprocess.PIPE, text=True)
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
        wanted = 1 << 38 | 1 << 34 | 1 << 19 | 1 << 14  # perfmon, syslog, sys_ptrace, ipc_lock
        for capabilities in 'CapPrm', 'CapEff':
            check(int(status[capabilities], 16) & ~wanted == 0, status)
        check(int(status['CapInh'], 16) == 0 and status['NoNewPrivs'] == '1', status)
        for ids in 'Uid', 'Gid':
            check(set(status[ids].split()) == {str(USER)}, status)
        check(status['Groups'].strip() == '', status)
        check(os.stat(proc / 'status').st_uid == 0, 'others of the user may look into it')
        check(sorted(os.listdir(proc / 'fd'), key=int) == ['0', '1', '2'], os.listdir(proc / 'fd'))
        check(os.readlink(proc / 'cwd') == '/', os.readlink(proc / 'cwd'))


# ---- PolicyKit ----


def test_policy():
    need('xmllint')
    result = run(['xmllint', '--nonet', '--noout', os.environ['POLICY']])
    check(result.returncode == 0, result.stderr)
    path = run(['xmllint', '--nonet', '--xpath', '//annotate/text()', os.environ['POLICY']]).stdout.strip()
    check(path == os.environ['INSTALLED_HELPER'], path)


# PolicyKit, with its own bus and rules, in mounts that only it and prof see. The arguments are the
# policy, the helper, the place where prof looks for it, and the rule.
POLKIT = """
set -e
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
policy=$1 helper=$2 place=$3 rule=$4; shift 4
mkdir $PWD/stage; cp "$policy" "$helper" /usr/share/polkit-1/actions/org.freedesktop.policykit.policy $PWD/stage
# The nearest directory above the place that is there: what it has is hidden.
above=$(dirname "$place"); while ! [ -d "$above" ]; do above=$(dirname "$above"); done
mount -t tmpfs tmpfs "$above" || exit 99
mkdir -p "$(dirname "$place")"; cp stage/prof-helper "$place"; chmod 755 "$place"
mount -t tmpfs tmpfs /usr/share/polkit-1/actions; cp stage/*.policy /usr/share/polkit-1/actions
mount -t tmpfs tmpfs /etc/polkit-1/rules.d; chmod 755 /etc/polkit-1/rules.d
mount -t tmpfs tmpfs /run; mkdir /run/dbus
echo "$rule" > /etc/polkit-1/rules.d/10-test.rules
dbus-daemon --system --nofork --nopidfile & bus=$!
trap 'kill $polkitd $bus; wait' EXIT
until [ -S /run/dbus/system_bus_socket ]; do kill -0 $bus; sleep 0.1; done
/usr/lib/polkit-1/polkitd --no-debug & polkitd=$!
# Not a message to it: the bus would start another one.
until dbus-send --system --print-reply --dest=org.freedesktop.DBus / \
  org.freedesktop.DBus.NameHasOwner string:org.freedesktop.PolicyKit1 | grep 'boolean true'; do
  kill -0 $bus; kill -0 $polkitd; sleep 0.1
done
"$@" >&3 2>&4 || exit $?
"""

YES = f"""polkit.addRule (function (action, subject) {{
  if (action.id == "org.libprof.record-system" && subject.user == "{NAME}") return polkit.Result.YES;
}});"""


RECORD = ['record', '-a', '-d', '0.1', '-o', 'out.pb.gz']


def run_with_polkit(scratch, rule, *command):
    need('unshare', 'dbus-daemon', 'dbus-send', 'pkexec', 'setpriv')
    if not Path('/usr/lib/polkit-1/polkitd').exists():
        raise Skip('polkitd is not installed')
    script = 'exec 3>&1 4>&2 >polkit.log 2>&1\n' + POLKIT
    place = os.environ['INSTALLED_HELPER']
    result = run(['unshare', '-m', '--propagation', 'private', 'sh', '-c', script, 'sh',
                  os.environ['POLICY'], HELPER, place, rule, *BECOME, *command],
                 cwd=scratch.path)
    log = (scratch.path / 'polkit.log').read_text('utf-8', 'replace')
    if result.returncode == 99 or 'unshare failed' in result.stderr:
        raise Skip(f'no right to mount: {result.stderr}{log}')
    return result, log


def test_with_consent():
    need_events()
    if int(Path('/proc/sys/kernel/perf_event_paranoid').read_text('ascii')) < 1:
        raise Skip('kernel.perf_event_paranoid gives the whole system to all')
    with Unprivileged() as scratch:
        result, log = run_with_polkit(scratch, YES, scratch.prof, *RECORD, '--helper', 'refused')
        check(result.returncode == 0 and 'prof-helper' in result.stderr, f'{result} {log}')
        check(not scratch.read('out.pb.gz')['recordings'][0]['events'][0]['excludes_kernel'], result)


def test_on_a_terminal():
    """By itself, but not where CI is set."""
    need_events()
    need('script')
    if int(Path('/proc/sys/kernel/perf_event_paranoid').read_text('ascii')) < 1:
        raise Skip('kernel.perf_event_paranoid gives the whole system to all')
    for is_build_service in False, True:
        with Unprivileged() as scratch:
            command = ['env', 'CI=true'] if is_build_service else ['env', '-u', 'CI']
            command = ' '.join(map(str, [*command, scratch.prof, *RECORD]))
            result, log = run_with_polkit(scratch, YES, 'script', '-qec', command, '/dev/null')
            check(result.returncode == is_build_service, f'{result} {log}')
            check(('sudo sysctl' in result.stdout) == is_build_service, f'{result} {log}')


def test_without_consent():
    """Nor anybody to ask."""
    with Unprivileged() as scratch:
        result, log = run_with_polkit(scratch, '', scratch.prof, *RECORD, '--helper', 'always')
        check(result.returncode == 1 and 'PolicyKit did not consent' in result.stderr, f'{result} {log}')
        check(len(result.stderr.splitlines()) == 1 and not (scratch.path / 'out.pb.gz').exists(), result)


sys.exit(run_cases_of(globals()))
