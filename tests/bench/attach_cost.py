#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""What recording costs a server that sleeps at each request: redis-server under redis-benchmark, in
turns bare, under `prof record -p` by thread and by CPU, and under `perf record -p`.

usage: attach_cost.py PROF
Environment: SECONDS (of each slice, default 3), ROUNDS (default 3), FREQUENCIES (default 999,99),
CLIENTS (default 1: the server sleeps after each request).
A row's slowdown is the median over the rounds, each against the mean of the bare slices before and
behind it. Needs the right to record whole CPUs; root has it."""
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

SECONDS = float(os.environ.get('SECONDS', '3'))
ROUNDS = int(os.environ.get('ROUNDS', '3'))
CLIENTS = os.environ.get('CLIENTS', '1')
FREQUENCIES = os.environ.get('FREQUENCIES', '999,99').split(',')


def ask(port, *words):
    """One answer of redis; only those of a single read are asked for."""
    with socket.create_connection(('127.0.0.1', port)) as connection:
        connection.sendall((' '.join(words) + '\r\n').encode())
        return connection.recv(65536).decode()


def read_counts(port):
    """Requests so far, and the seconds of CPU that they took."""
    stats, cpu = ask(port, 'INFO', 'stats'), ask(port, 'INFO', 'cpu')
    lines = dict(line.split(':', 1) for line in (stats + cpu).splitlines() if ':' in line)
    seconds = float(lines['used_cpu_user']) + float(lines['used_cpu_sys'])
    return int(lines['total_commands_processed']), seconds, time.monotonic()


def measure(port):
    """Requests per second and us of CPU per request, over one slice."""
    n_0, cpu_0, time_0 = read_counts(port)
    time.sleep(SECONDS)
    n_1, cpu_1, time_1 = read_counts(port)
    return (n_1 - n_0) / (time_1 - time_0), (cpu_1 - cpu_0) / (n_1 - n_0) * 1e6


def make_rows(prof, pid, directory):
    rows = []
    for frequency in FREQUENCIES:
        for attach in 'task', 'cpu':
            command = [prof, 'record', '--attach', attach, '-F', frequency, '-p', str(pid)]
            rows.append((f'prof {attach} {frequency}', command + ['-o', f'{directory}/prof.pb.gz']))
        command = ['perf', 'record', '-e', 'cpu-clock', '-F', frequency, '-g', '-p', str(pid)]
        rows.append((f'perf -p {frequency}', command + ['-o', f'{directory}/perf.data']))
    return rows


def measure_recorded(command, port):
    with tempfile.TemporaryFile('w+') as said:
        recorder = subprocess.Popen(command, stdout=said, stderr=said)
        time.sleep(0.5)
        found = measure(port)
        if recorder.poll() is not None:
            said.seek(0)
            sys.exit(f'{" ".join(command)} ended:\n{said.read()}')
        recorder.send_signal(signal.SIGINT)
        recorder.wait()
        said.seek(0)
        return found, said.read().strip().splitlines()


def run_rounds(rows, port):
    """Of each row the slowdowns and the dearer CPU, in per cent, and what its recorder said last."""
    costs = {name: [] for name, _ in rows}
    said = {}
    for _ in range(ROUNDS):
        before = measure(port)
        for name, command in rows:
            (rate, cpu), lines = measure_recorded(command, port)
            said[name] = next((line for line in lines if ' lost' in line or 'samples' in line), '')
            behind = measure(port)
            bare_rate, bare_cpu = ((a + b) / 2 for a, b in zip(before, behind))
            costs[name].append(((bare_rate / rate - 1) * 100, (cpu / bare_cpu - 1) * 100))
            before = behind
    return costs, said


def print_rows(costs, said):
    print(f'{"":14}{"slowdown":>10}{"CPU per request":>18}   each round')
    for name, pairs in costs.items():
        rate, cpu = (statistics.median(column) for column in zip(*pairs))
        each = ' '.join(f'{one:+.1f}' for _, one in pairs)
        print(f'{name:14}{rate:>+9.1f}%{cpu:>+17.1f}%   {each}   {said[name]}')
    for frequency in FREQUENCIES:
        prof = statistics.median(cpu for _, cpu in costs[f'prof cpu {frequency}'])
        perf = statistics.median(cpu for _, cpu in costs[f'perf -p {frequency}'])
        print(f'{frequency} Hz: prof cpu / perf -p, CPU per request: {prof / perf:.2f}')


def start_server(port):
    server = subprocess.Popen(['redis-server', '--port', str(port), '--save', '', '--appendonly', 'no',
                               '--bind', '127.0.0.1'], stdout=subprocess.DEVNULL)
    while server.poll() is None:
        try:
            ask(port, 'PING')
            return server
        except OSError:
            time.sleep(0.05)
    sys.exit('redis-server ended')


def choose_port():
    with socket.create_server(('127.0.0.1', 0)) as probe:
        return probe.getsockname()[1]


def main():
    port = choose_port()
    server = start_server(port)
    load = subprocess.Popen(['redis-benchmark', '-p', str(port), '-q', '-c', CLIENTS, '-n', '2000000000',
                             '-t', 'get'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(1)
        print('load of the machine at the start:', *os.getloadavg())
        with tempfile.TemporaryDirectory() as directory:
            print_rows(*run_rounds(make_rows(sys.argv[1], server.pid, directory), port))
    finally:
        for process in load, server:
            process.kill()
            process.wait()


if __name__ == '__main__':
    main()
