# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Where the tests of bad input run prof: a directory of its own, and a look at what stays behind."""
import ctypes
import json
import os
import subprocess
import tempfile
from pathlib import Path

from harness import Skip, check, run
from waiting import PATIENCE_S

PR_SET_CHILD_SUBREAPER = 36

# A command that takes long enough for some samples: no loop of a shell is that quick.
BUSY = ['sh', '-c', 'i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done']


class Scratch:
    """A directory to run prof in. What prof leaves without a parent becomes a child of the test, so
    that the end of the block sees every process that was left behind."""

    def __init__(self, prof=None, prefix=()):
        self.prof = prof or os.environ['PROF']
        self.prefix = prefix

    def __enter__(self):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.directory = tempfile.TemporaryDirectory()
        self.path = Path(self.directory.name)
        self.path.chmod(0o777)
        return self

    def __exit__(self, kind, *_):
        subprocess.run(['chmod', '-R', 'u+rwX', self.path], check=True)
        self.directory.cleanup()
        if kind is None:
            check(not has_children(), 'a process was left behind')

    def start(self, *arguments, **options):
        """Starts prof; its output can be read while it runs."""
        defaults = {
            'cwd': self.path,
            'stdin': subprocess.DEVNULL,
            'stdout': subprocess.PIPE,
            'stderr': subprocess.PIPE,
            'text': True,
        }
        words = [*self.prefix, self.prof, *arguments]
        return subprocess.Popen([os.fspath(w) for w in words], **{**defaults, **options})

    def run(self, *arguments, status=0, **options):
        words = [os.fsencode(w) if isinstance(w, Path) else w for w in arguments]
        result = run_words([*self.prefix, self.prof, *words], **{'cwd': self.path, **options})
        check(result.returncode == status, f'prof {arguments} exited {result.returncode}, '
              + f'not {status}:\n{result.stderr}')
        check_no_report(result.stderr)
        return result

    def record(self, *arguments, **options):
        """Records into out.pb.gz; what was recorded is read back."""
        result = self.run('record', '-o', 'out.pb.gz', *arguments, **options)
        result.profile = self.read('out.pb.gz')
        return result

    def read(self, name):
        return json.loads(self.run('report', '--json', name, encoding='utf-8', errors='strict').stdout)

    def refuse(self, *arguments, says, status=1, keeps=(), **options):
        """What can't be done gives one sentence with all that is in `says`, and leaves nothing."""
        before = self.list_files()
        result = self.run(*arguments, status=status, **options)
        lines = result.stderr.splitlines()
        if status == 2 and lines and lines[-1].startswith("Try 'prof "):
            lines.pop()
        check(len(lines) == 1 and lines[0].startswith('prof'), f'no one sentence:\n{result.stderr}')
        for part in says:
            check(part in lines[0], f'{part!r} is not in {lines[0]!r}')
        check(self.list_files() == before | set(keeps), f'files: {self.list_files()}')
        return result

    def list_files(self):
        return {str(path.relative_to(self.path)) for path in self.path.rglob('*')}


def run_words(words, **options):
    """Like run(), for arguments that are bytes too."""
    if all(isinstance(word, str) for word in words):
        return run(words, **options)
    defaults = {'stdin': subprocess.DEVNULL, 'capture_output': True, 'encoding': 'utf-8',
                'errors': 'replace', 'timeout': PATIENCE_S}
    return subprocess.run(words, check=False, **{**defaults, **options})


def check_no_report(stderr):
    check('Sanitizer' not in stderr and 'runtime error' not in stderr, stderr)


def has_children():
    try:
        return os.waitpid(-1, os.WNOHANG) is not None
    except ChildProcessError:
        return False


def wait_for_orphans():
    """Until everything that prof's commands left has ended."""
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def finish(process, sig=None):
    """The exit status of a recorder that is sent a signal first."""
    if sig is not None:
        process.send_signal(sig)
    _, stderr = process.communicate(timeout=PATIENCE_S)
    check_no_report(stderr)
    return process.returncode


def in_private_mounts(script, *arguments, **options):
    """Runs a shell script with mounts that only it sees."""
    result = run(['unshare', '-m', 'sh', '-c', script, 'sh', *arguments], **options)
    if 'unshare failed' in result.stderr or 'permission denied' in result.stderr:
        raise Skip(f'no right to mount: {result.stderr}')
    return result
