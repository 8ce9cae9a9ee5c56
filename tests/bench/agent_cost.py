#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""What prof agent costs: profiles the system at 100 Hz while two processors are busy, with a profile
each ten seconds to a collector that takes everything, and prints its share of one processor, and
its memory, after each profile.

usage: agent_cost.py PROF [N_PROFILES]"""
import json
import os
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

BUSY = ['sh', '-c', 'while :; do :; done']


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers['Content-Length']))
        self.send_response(200)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def log_message(self, *_):
        pass


def read_cpu_s(pid):
    fields = Path(f'/proc/{pid}/stat').read_text('ascii').rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def read_rss_mib(pid):
    status = Path(f'/proc/{pid}/status').read_text('ascii')
    return int(next(line for line in status.splitlines() if line.startswith('VmRSS')).split()[1]) / 1024


def measure(prof, endpoint, n_profiles):
    with tempfile.TemporaryDirectory() as spool:
        agent = subprocess.Popen(
            [prof, 'agent', '-a', '-F', '100', '-e', endpoint, '--spool', spool, '--json', '-q'],
            stdout=subprocess.PIPE, encoding='utf-8')
        cpu_s = read_cpu_s(agent.pid)
        for _ in range(n_profiles):
            status = json.loads(agent.stdout.readline())
            used_s = read_cpu_s(agent.pid) - cpu_s
            cpu_s += used_s
            print(f'{status["samples"]:6} samples  {100 * used_s / status["seconds"]:5.2f}% CPU  '
                  f'{read_rss_mib(agent.pid):6.1f} MiB  {status["sent"]} sent', flush=True)
        agent.terminate()
        agent.communicate()


def main():
    collector = HTTPServer(('127.0.0.1', 0), Handler)
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    load = [subprocess.Popen(BUSY) for _ in range(2)]
    try:
        n_profiles = int(sys.argv[2]) if len(sys.argv) > 2 else 6
        measure(sys.argv[1], f'http://localhost:{collector.server_port}', n_profiles)
    finally:
        for process in load:
            process.kill()
            process.wait()


main()
