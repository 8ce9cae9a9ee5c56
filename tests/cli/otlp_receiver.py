# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Runs tests/otlp-receiver, a receiver of OTLP profiles, for a test. It needs packages of npm that
are fetched once into OTLP_RECEIVER_BUILD, a directory of the build; without them tests skip."""
import fcntl
import functools
import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

from harness import OWN_ENVIRONMENT, Skip, check, need, run

SOURCES = Path(__file__).parent.parent / 'otlp-receiver'
# Only a receiver that is broken takes as long.
PATIENCE_S = 300


@functools.cache
def install(directory):
    """Fetches the packages, unless they are there. Returns where they are; None: npm failed."""
    directory.mkdir(parents=True, exist_ok=True)
    wanted = (SOURCES / 'package.json').read_text('utf-8')
    stamp = directory / 'installed.json'
    with open(directory / 'lock', 'w', encoding='utf-8') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text('utf-8') != wanted:
            if not fetch_packages(directory):
                return None
            stamp.write_text(wanted, 'utf-8')
    return directory / 'node_modules'


def fetch_packages(directory):
    shutil.copy(SOURCES / 'package.json', directory)
    result = run(
        ['npm', 'install', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts']
        + ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-timeout=30000'],
        cwd=directory,
        env=OWN_ENVIRONMENT,
        timeout=600,
    )
    return result.returncode == 0


class OtlpReceiver:
    """A receiver that runs while the block does: `with OtlpReceiver(FAIL_FIRST=3) as receiver`. The
    switches are those of tests/otlp-receiver/README.md; ports, to begin again where another one was:
    OTLP_GRPC_PORT and OTLP_HTTP_PORT."""

    def __init__(self, **switches):
        need('node', 'npm', 'openssl')
        self.modules = install(Path(os.environ['OTLP_RECEIVER_BUILD']))
        if self.modules is None:
            raise Skip('npm cannot fetch the packages of the receiver')
        self.switches = {'OTLP_GRPC_PORT': 0, 'OTLP_HTTP_PORT': 0, **switches}
        self.requests = []  # so far, as wait_for_requests took them

    def __enter__(self):
        self.directory = tempfile.TemporaryDirectory()
        if 'TLS' in self.switches:
            self.switches.setdefault('TLS_DIR', self.directory.name)
        environment = {
            'PATH': os.environ['PATH'],
            'NODE_PATH': str(self.modules),
            **{name: str(value) for name, value in self.switches.items()},
        }
        self.process = subprocess.Popen(
            ['node', SOURCES / 'server.js'],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            encoding='utf-8',
        )
        self.events = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        listening = self.wait_for_event('listening')
        self.grpc_port, self.http_port = listening['grpc'], listening['http']
        return self

    def __exit__(self, *_):
        self.stop()
        self.directory.cleanup()

    def _read(self):
        for line in self.process.stdout:
            self.events.put(json.loads(line))
        self.events.put({'event': 'end'})

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=PATIENCE_S)
        self.reader.join(timeout=PATIENCE_S)
        self.process.stdout.close()

    @property
    def grpc(self):
        """The endpoint of gRPC."""
        return f'{self._scheme}://localhost:{self.grpc_port}'

    @property
    def http(self):
        """The endpoint of HTTP, without a path."""
        return f'{self._scheme}://localhost:{self.http_port}'

    @property
    def _scheme(self):
        return 'https' if 'TLS' in self.switches else 'http'

    def certificate(self, name):
        """ca.pem, client.pem, client.key, …"""
        return str(Path(self.switches['TLS_DIR']) / name)

    def wait_for_event(self, name):
        """The next event of that name; those before it, other than requests, are dropped."""
        while True:
            event = self.events.get(timeout=PATIENCE_S)
            if event['event'] == name:
                return event
            if event['event'] == 'request':
                self.requests.append(event)
            check(event['event'] not in ('end', 'error'), f'the receiver ended: {event}')

    def wait_for_requests(self, n):
        """All requests so far, once there are n."""
        while len(self.requests) < n:
            self.requests.append(self.wait_for_event('request'))
        return self.requests

    def finish(self):
        """Stops the receiver; all the requests that it got."""
        self.stop()
        while (event := self.events.get(timeout=PATIENCE_S))['event'] != 'end':
            if event['event'] == 'request':
                self.requests.append(event)
        return self.requests
