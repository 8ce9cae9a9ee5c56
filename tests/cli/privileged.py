# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""What the tests of prof-helper share: a user without rights, and the helper as pkexec starts it: as
root, with the user's number and the user's socket."""
import array
import os
import pwd
import re
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

from harness import Skip, check
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

# perfmon, syslog, sys_ptrace, ipc_lock
CAPABILITIES = 1 << 38 | 1 << 34 | 1 << 19 | 1 << 14

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
    """As root, with all rights that the helper keeps."""
    status = Path('/proc/self/status').read_text('ascii')
    if ~int(re.search(r'^CapEff:\t(\w+)', status, re.M)[1], 16) & CAPABILITIES:
        raise Skip('root has not all rights here')
    with Helper() as helper:
        helper.greet().opens(pack_open()).close()
