# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Waits for what processes do, however long that takes on a machine that is slow or busy."""
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

from harness import check

# Only what is broken takes as long.
PATIENCE_S = 300


def wait_until(condition, what):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        check(time.monotonic() < deadline, f'waited in vain for {what}')
        time.sleep(0.01)


def is_attached(pid):
    """Whether a recorder has its handlers: they come after the events are open."""
    status = Path(f'/proc/{pid}/status').read_text('ascii', 'replace')
    caught = int(re.search(r'^SigCgt:\t(\w+)', status, re.M)[1], 16)
    return caught >> (signal.SIGTERM - 1) & 1


def wait_until_attached(recorder):
    wait_until(lambda: recorder.poll() is not None or is_attached(recorder.pid), 'the recorder')
    check(recorder.poll() is None, 'the recorder ended')


def read_stat(pid):
    """The fields of /proc/PID/stat from the state on, which is the third; None: no such process."""
    try:
        return Path(f'/proc/{pid}/stat').read_text('ascii', 'replace').rpartition(')')[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def wait_until_stopped(pid):
    wait_until(lambda: read_stat(pid)[0] == 'T', f'process {pid} to stop')


def wait_until_ended(pid):
    """Also of what nobody waits for, and stays as a zombie."""
    wait_until(lambda: (read_stat(pid) or 'X')[0] in 'XZ', f'the end of process {pid}')


def record_until_samples(*command, **options):
    """Runs prof record until it has samples; what it said on standard error."""
    words = [os.fspath(word) for word in command]
    at = words.index('record') + 1
    with subprocess.Popen([*words[:at], '--control', *words[at:]], stdin=subprocess.PIPE, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options) as recorder:
        for line in recorder.stdout:
            if json.loads(line).get('samples', 0) > 0:
                break
        if recorder.poll() is None:
            recorder.stdin.write('stop\n')
        _, errors = recorder.communicate(timeout=PATIENCE_S)
    check(recorder.returncode == 0, f'{words} exited {recorder.returncode}:\n{errors}')
    return errors
