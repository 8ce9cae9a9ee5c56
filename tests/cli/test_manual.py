#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""The manual: each of its commands does what it says, on a machine where all is allowed, and each
message of its page on messages is one that the program has."""
import os
import re
import signal
import subprocess
import tempfile
from pathlib import Path

from harness import Skip, check, run, run_cases
from otlp_receiver import OtlpReceiver
from waiting import PATIENCE_S

SOURCE = Path(os.environ['SOURCE_ROOT'])
MANUAL = SOURCE / 'docs' / 'manual'
COLLECTOR = 'http://localhost:4318'


def commands_of(page):
    text = (MANUAL / f'{page}.md').read_text('utf-8')
    return [line for block in re.findall(r'^```sh\n(.*?)^```$', text, re.DOTALL | re.MULTILINE)
            for line in block.splitlines()]


class Reader:
    """Somebody who works through a page: ./server is there, and PID is a server that runs."""

    def __init__(self, directory):
        self.directory = Path(directory)
        (self.directory / 'server').symlink_to(os.environ['SERVER'])
        programs = self.directory / 'bin'
        programs.mkdir()
        (programs / 'prof').symlink_to(os.environ['PROF'])
        self.server = subprocess.Popen([os.environ['SERVER'], '0'])
        self.environment = {
            **os.environ,
            'PATH': f'{programs}:{os.environ["PATH"]}',
            'PID': str(self.server.pid),
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.kill()
        self.server.wait()

    def type(self, command):
        """Waiting is shortened; what is recorded is the same. The server that is compared to another
        parses more slowly."""
        command = re.sub(r'(-d|--duration) 5s?\b', r'\1 0.7', command)
        command = re.sub(r'-o after\.pb\.gz -- \./server$', r'\g<0> 60 8', command)
        result = run(['sh', '-euc', command], cwd=self.directory, env=self.environment)
        check(result.returncode == 0, f'$ {command}\n{result.stdout}{result.stderr}')
        return result.stdout

    def type_and_interrupt(self, command, wait):
        process = subprocess.Popen(
            ['sh', '-euc', f'exec {command}'], cwd=self.directory, env=self.environment,
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding='utf-8',
        )
        try:
            wait()
        finally:
            process.send_signal(signal.SIGINT)
            errors = process.communicate(timeout=PATIENCE_S)[1]
        check(process.returncode == 0, f'$ {command}\n{errors}')


def check_shown(command, output):
    """What a page leads to is there to be seen."""
    if command.startswith('prof report') and '--quality' not in command:
        check(re.search('handle_request|parse_request|main', output), f'$ {command}\n{output}')
    if command.startswith('prof heap-report') and '--leaks' in command:
        check('open_session' in output, f'$ {command}\n{output}')
    if command.startswith('prof diff') and '-o' not in command:
        check('parse_request' in output, f'$ {command}\n{output}')


def work_through(page):
    if os.geteuid() != 0:
        raise Skip('only root may record the whole system')
    commands = commands_of(page)
    check(commands, f'{page}.md has no commands')
    with tempfile.TemporaryDirectory() as directory, Reader(directory) as reader:
        for command in commands:
            check_shown(command, reader.type(command))


def test_exporting():
    commands = commands_of('exporting')
    agents = [command for command in commands if command.startswith('prof agent')]
    check(len(agents) == 1, commands)
    with tempfile.TemporaryDirectory() as directory, Reader(directory) as reader, \
            OtlpReceiver(STRICT=1) as receiver:
        reader.type('prof record -o work.pb.gz -- ./server')
        n_requests = 0
        for command in commands:
            command = command.replace(COLLECTOR, receiver.http)
            n_requests += receiver.http in command
            if command.startswith('prof agent'):
                wanted = n_requests
                reader.type_and_interrupt(f'{command} --interval 1s',
                                          lambda: receiver.wait_for_requests(wanted))
            else:
                check_shown(command, reader.type(command))
        check(all(not request['violations'] for request in receiver.finish()), receiver.requests)


def sources():
    """The text of all programs, with strings that go over several lines put together."""
    paths = [path for top in ('libprof', 'cli', 'gui') for path in sorted((SOURCE / top).rglob('*.c'))]
    text = ''.join(path.read_text('utf-8') for path in paths)
    return re.sub(r'"\s*\n\s*"', '', text)


def test_messages():
    page = (MANUAL / 'troubleshooting.md').read_text('utf-8')
    quoted = re.findall(r'^## "(.*)"$', page, re.MULTILINE)
    check(len(quoted) > 5, quoted)
    text = sources()
    unknown = [message for message in quoted if message not in text]
    check(not unknown, f'no program says: {unknown}')


def test_pages_are_linked():
    pages = [path.read_text('utf-8') for path in sorted(MANUAL.glob('*.md'))]
    named = {name for page in pages for name in re.findall(r'^# .* \{#(\w+)\}$', page, re.MULTILINE)}
    linked = {name for page in pages for name in re.findall(r'@ref (\w+)', page)}
    check(named - {'start'} <= linked, f'no page leads to {named - linked}')


PAGES = ['start', 'recording', 'flame-graphs', 'heap', 'comparing', 'troubleshooting']
raise SystemExit(
    run_cases(
        [(f'page_{page}', lambda page=page: work_through(page)) for page in PAGES]
        + [('exporting', test_exporting), ('messages', test_messages),
           ('pages_are_linked', test_pages_are_linked)]
    )
)
