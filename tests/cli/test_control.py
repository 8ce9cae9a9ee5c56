#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""prof record --control: a recording that another program steers."""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from harness import check, prof, run_cases_of
from waiting import PATIENCE_S

PROF = os.environ['PROF']
SPIN = 'while :; do :; done'


class Steered(tempfile.TemporaryDirectory):
    """A recording by --control; its command is killed at the end, whatever happened."""

    def __init__(self, *arguments):
        super().__init__()
        self.arguments = arguments

    def __enter__(self):
        super().__enter__()
        self.out = Path(self.name) / 'out.pb.gz'
        # Its own group: what it started can be ended with it.
        self.process = subprocess.Popen(
            [PROF, 'record', '--control', '-o', str(self.out), *self.arguments], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True)
        return self

    def __exit__(self, *error):
        try:
            os.killpg(self.process.pid, 9)
        except ProcessLookupError:
            pass
        self.process.communicate()
        super().__exit__(*error)

    def send(self, line):
        self.process.stdin.write(line + '\n')
        self.process.stdin.flush()

    def wait_for(self, name, condition=lambda event: True):
        """The next event of that name for which the condition holds."""
        for line in self.process.stdout:
            event = json.loads(line)
            if event['event'] == name and condition(event):
                return event
        raise AssertionError(f'no event {name}: {self.process.stderr.read()}')

    def wait_for_message(self, part):
        return self.wait_for('message', lambda event: part in event['text'])

    def wait_for_samples(self):
        return self.wait_for('status', lambda event: event['samples'] > 0)

    def finish(self):
        """What it printed to the end, and its exit status."""
        rest, errors = self.process.communicate(timeout=PATIENCE_S)
        return [json.loads(line) for line in rest.splitlines()], errors, self.process.returncode


def test_stop_and_terminate():
    with Steered('--', 'sh', '-c', SPIN) as steered:
        pid = steered.wait_for('started')['pid']
        check(Path(f'/proc/{pid}').exists(), 'the command runs')
        status = steered.wait_for_samples()
        check(status['lost'] >= 0 and not status['paused'] and status['elapsed_ns'] > 0, status)
        steered.send('stop')
        saved = steered.wait_for('saved')
        check(saved['path'] == str(steered.out) and steered.out.exists(), saved)
        check(Path(f'/proc/{pid}').exists(), 'the command goes on')
        steered.send('terminate')
        check(steered.wait_for('exited')['signal'] == 15, 'a signal TERM')
        check(steered.finish()[2] == 128 + 15, 'its status is the exit status')
        check('samples' in prof('report', '--json', steered.out).stdout, 'a whole profile')


def test_terminate_ends_the_recording():
    with Steered('--', 'sh', '-c', SPIN) as steered:
        steered.wait_for_samples()
        steered.send('terminate')
        steered.wait_for('saved')
        check(steered.wait_for('exited')['signal'] == 15, 'a signal TERM')


def test_pause_and_resume():
    with Steered('--', 'sh', '-c', SPIN) as steered:
        steered.wait_for_samples()
        steered.send('pause')
        steered.wait_for('paused')
        still = wait_until_still(steered)
        steered.send('resume')
        steered.wait_for('resumed')
        steered.wait_for('status', lambda event: event['samples'] > still['samples'])
        steered.send('stop')
        steered.wait_for('saved')


def wait_until_still(steered):
    """Rings are read each second at least: then nothing comes any more."""
    since = steered.wait_for('status')
    begin_ns = since['elapsed_ns']
    while True:
        status = steered.wait_for('status', lambda event: event['paused'])
        if status['samples'] != since['samples']:
            since = status
        if status['elapsed_ns'] > since['elapsed_ns'] + 1.5e9:
            return status
        check(status['elapsed_ns'] < begin_ns + PATIENCE_S * 1e9, 'samples come in the pause')


def test_snapshot():
    with Steered('--', 'sh', '-c', SPIN) as steered:
        steered.wait_for_samples()
        path = Path(steered.name) / 'so far.pb.gz'
        steered.send(f'snapshot {path}')
        check(steered.wait_for('snapshot')['path'] == str(path), 'where it was written')
        check('sh' in prof('report', path).stdout, 'a whole profile')
        steered.send('snapshot /nonexistent/x.pb.gz')
        steered.wait_for_message('/nonexistent')
        steered.wait_for('snapshot-failed')
        steered.send('stop')
        steered.wait_for('saved')


def test_discard():
    with Steered('--', 'sh', '-c', SPIN) as steered:
        steered.wait_for_samples()
        steered.send('discard')
        steered.wait_for('discarded')
        steered.send('terminate')
        steered.finish()
        check(not steered.out.exists(), 'nothing was written')


def test_end_of_commands_keeps_the_profile():
    with Steered('--', 'sh', '-c', SPIN) as steered:
        pid = steered.wait_for('started')['pid']
        steered.wait_for_samples()
        steered.process.stdin.close()
        steered.process.stdin = None
        steered.wait_for('saved')
        os.kill(pid, 9)
        check(steered.wait_for('exited')['signal'] == 9, 'the command ended by itself')
        check(steered.out.exists(), 'written')


def test_commands_that_are_none():
    with Steered('--', 'sh', '-c', SPIN) as steered:
        steered.send('go')
        steered.wait_for_message('"go" is no command')
        steered.send('snapshot ')
        steered.wait_for_message('"snapshot " is no command')
        steered.send('stop' + 'p' * 10000)
        steered.wait_for_message('more than 4399 bytes')
        steered.send('stop')
        steered.wait_for('saved')


def test_failures_are_events():
    with Steered('--', '/nonexistent/program') as steered:
        steered.wait_for_message('/nonexistent/program')
        check(steered.finish()[2] == 1, 'it failed')


def test_heap():
    with Steered('--heap', '--cpu', '--heap-rate', '1k', '--', sys.executable, '-c',
                 'while True: list(range(10000))') as steered:
        status = steered.wait_for('status', lambda event: event['live_bytes'] > 0)
        check(status['heap_samples'] > 0, status)
        check(status['live_bytes'] <= status['peak_bytes'], status)
        check(status['peak_bytes'] <= status['allocated_bytes'], status)
        steered.send('pause')
        steered.wait_for('paused')
        steered.send('resume')
        steered.wait_for('resumed')
        steered.send('stop')
        steered.wait_for('saved')


def test_standard_descriptors():
    with Steered('--', 'sh', '-c', 'cat; echo to the other side') as steered:
        events, errors, status = steered.finish()
        check([event['event'] for event in events][-2:] == ['saved', 'exited'], events)
        check(status == 0 and 'to the other side' in errors, errors)


def test_output_twice():
    errors = prof('record', '--control', '-o', '-', '--', 'true', status=2).stderr
    check('both need standard output' in errors, errors)


if __name__ == '__main__':
    sys.exit(run_cases_of(globals()))
