#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""soak.py PROF [--minutes N] [--no-verdict]: records a busy system for an hour, and fails if a recorder
grows.

Three recorders run side by side: `prof record -a`, `prof agent -a`, which sends to a collector of
this script's, and `prof record --heap` of a program that allocates. The load changes every ten
seconds: short-lived processes, compilers, threads that come and go, an interpreter. A recorder grows
if the memory of its own (anonymous pages: its files are the kernel's to keep), its open files or
its mappings rise over the second half of the time: what there is to learn of the programs that run
is known by then. The agent has to be flat, for it forgets what it has sent; a recording may grow
by what it keeps of a sample and of a process, up to its bounds. Run nothing else meanwhile: each
program that is new to a recorder has unwind tables and an open file of its own.
"""
import argparse
import http.server
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

# Over the second half. Memory that was freed and not given back is that of the allocator.
ALLOWED = {'memory': 3 << 20, 'files': 8, 'mappings': 24}
SAMPLE_BYTES, PROCESS_BYTES = 128, 320
FREQUENCY = 99
LOAD_S = 10
THREADS = '''
import threading, time
end = time.monotonic() + 1
while time.monotonic() < end:
    threads = [threading.Thread(target=lambda: sum(range(20000))) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
'''
LOADS = {
    'processes': ['sh', '-c', 'i=0; while [ $i -lt 100 ]; do /bin/true; i=$((i+1)); done'],
    'interpreter': [sys.executable, '-c', 'import json; [json.loads(json.dumps(list(range(500)))) '
                    'for _ in range(5000)]'],
    'threads': [sys.executable, '-c', THREADS],
    'compiler': ['sh', '-c', "echo '#include <stdio.h>\nint main(void){return puts(\"x\");}' "
                 '| cc -O2 -x c -o /dev/null -'],
}
# Holds about 10 MB, whatever the time, and allocates 10 KB a millisecond: so many samples a second,
# at a rate of 64 KiB.
HEAP_SAMPLES = 160
ALLOCATING = '''
import random, time
held = []
while True:
    held.append(bytearray(random.randrange(1, 20000)))
    if len(held) > 1000:
        held[random.randrange(len(held))] = held.pop()
        time.sleep(0.001)
'''


class Collector(http.server.BaseHTTPRequestHandler):
    n_requests = 0

    def do_POST(self):
        self.rfile.read(int(self.headers['Content-Length']))
        Collector.n_requests += 1
        self.send_response(200)
        self.send_header('Content-Type', 'application/x-protobuf')
        self.send_header('Content-Length', '0')
        self.end_headers()

    def log_message(self, *_):
        pass


def count_processes():
    """Started since boot."""
    text = Path('/proc/stat').read_text('ascii')
    return int(next(line for line in text.splitlines() if line.startswith('processes ')).split()[1])


class Recorder:
    """A prof that runs, and what it took of the system at each look. `sample_rate`: the most samples
    a second that it keeps."""

    def __init__(self, name, command, folder, sample_rate=0):
        self.name, self.sample_rate, self.looks = name, sample_rate, []
        self.log = Path(folder, name + '.log')
        with open(self.log, 'wb') as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def look(self):
        proc = Path('/proc', str(self.process.pid))
        status = dict(line.split(':\t') for line in (proc / 'status').read_text().splitlines())
        self.looks.append({
            'time': time.monotonic(),
            'processes': count_processes(),
            'memory': int(status['RssAnon'].split()[0]) << 10,
            'files': len(list((proc / 'fd').iterdir())),
            'mappings': len((proc / 'maps').read_text().splitlines()),
        })

    def stop(self, is_judged):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            status = self.process.wait(timeout=300)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            return [f'{self.name} did not end']
        if status not in (0, 128 + signal.SIGTERM):
            return [f'{self.name} exited {status}: {self.log.read_text()}']
        return [fault for what in ALLOWED for fault in self.find_growth(what)] if is_judged else []

    def find_growth(self, what):
        looks = self.looks[len(self.looks) // 2:]
        values = [look[what] for look in looks]
        rise = fit_slope(values) * (len(values) - 1)
        allowed = ALLOWED[what] + (self.count_kept_bytes(looks) if what == 'memory' else 0)
        if rise <= allowed:
            return []
        return [f'{self.name}: {what} rose by {rise:.0f} in the second half, from {values[0]} to '
                f'{values[-1]} ({allowed:.0f} allowed)']

    def count_kept_bytes(self, looks):
        """What a recording may keep of the samples and processes between the first look and the last."""
        first, last = looks[0], looks[-1]
        if self.sample_rate == 0:
            return 0
        return (self.sample_rate * (last['time'] - first['time']) * SAMPLE_BYTES
                + (last['processes'] - first['processes']) * PROCESS_BYTES)


def fit_slope(values):
    """Of the least squares' line through values one apart."""
    n = len(values)
    if n < 2:
        return 0
    middle, mean = (n - 1) / 2, sum(values) / n
    return (sum((i - middle) * (value - mean) for i, value in enumerate(values))
            / sum((i - middle) ** 2 for i in range(n)))


def make_load(stop):
    """Until `stop` is set, one load after the other, each for some time."""
    loads = [command for command in LOADS.values() if command[-1].find('| cc') < 0 or shutil.which('cc')]
    for turn in range(1 << 30):
        end = time.monotonic() + LOAD_S
        while time.monotonic() < end:
            if stop.is_set():
                return
            subprocess.run(loads[turn % len(loads)], stdout=subprocess.DEVNULL, check=False)


def print_looks(recorders, seconds):
    cells = [f'{r.name} {r.looks[-1]["memory"] / (1 << 20):6.1f} MiB {r.looks[-1]["files"]:4} files '
             f'{r.looks[-1]["mappings"]:4} maps' for r in recorders]
    print(f'{seconds / 60:6.1f} min  ' + '  |  '.join(cells), flush=True)


def watch(recorders, minutes):
    """Twenty looks a minute, of which about forty in all are printed."""
    start, pause_s, n = time.monotonic(), min(3, minutes * 60 / 100), 0
    while (seconds := time.monotonic() - start) < minutes * 60:
        ended = [r for r in recorders if r.process.poll() is not None]
        if ended:
            return
        for recorder in recorders:
            recorder.look()
        if seconds >= n * minutes * 60 / 40:
            print_looks(recorders, seconds)
            n += 1
        time.sleep(pause_s)


def main():
    parser = argparse.ArgumentParser(description='Records a busy system and looks for growth.')
    parser.add_argument('prof')
    parser.add_argument('--minutes', type=float, default=60, help='default: 60')
    parser.add_argument('--no-verdict', action='store_true', help='a try: growth is no failure')
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        print('SKIP: recording the whole system takes root')
        return 77
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        agent = ['agent', '-a', '--spool', f'{folder}/spool', '-e',
                 f'http://127.0.0.1:{server.server_port}', '--interval', '5s']
        heap = ['record', '-q', '--heap', '--heap-rate', '64k', '-o', f'{folder}/heap.pb.gz', '--',
                sys.executable, '-c', ALLOCATING]
        Path(folder, 'spool').mkdir()
        stop = threading.Event()
        load = threading.Thread(target=make_load, args=(stop,))
        system = ['record', '-q', '-a', '-F', str(FREQUENCY), '-o', f'{folder}/a.pb.gz']
        recorders = [
            Recorder('record', [arguments.prof, *system], folder, FREQUENCY * os.cpu_count()),
            Recorder('agent', [arguments.prof, *agent], folder),
            Recorder('heap', [arguments.prof, *heap], folder, HEAP_SAMPLES),
        ]
        load.start()
        try:
            watch(recorders, arguments.minutes)
        finally:
            stop.set()
            load.join()
            faults = [fault for recorder in recorders
                      for fault in recorder.stop(not arguments.no_verdict)]
        if Collector.n_requests == 0 and not arguments.no_verdict:
            faults.append('the agent sent nothing')
    print('\n'.join(faults) or f'done; the agent sent {Collector.n_requests} requests')
    return 1 if faults else 0


sys.exit(main())
