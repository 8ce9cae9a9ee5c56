#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""The recorder's own CPU for a sample, from attaching to finished names: `prof record` against
`perf record --call-graph dwarf` + `perf script`, attached in turns to the same running program.

usage: recorder_cost.py PROF PROGRAM [ARG...]
Environment: SECONDS (of each recording, default 10), ROUNDS (default 3), FREQUENCY (default 999).
prof's names are looked up afresh in the first round, and kept for the others: see --symbol-cache."""
import gzip
import os
import signal
import subprocess
import sys
import tempfile

SECONDS = int(os.environ.get('SECONDS', '10'))
ROUNDS = int(os.environ.get('ROUNDS', '3'))
FREQUENCY = os.environ.get('FREQUENCY', '999')


def run_and_measure(command, stdout=subprocess.DEVNULL):
    """The user and system CPU seconds of a command (and not of the program it attaches to)."""
    process = subprocess.Popen(command, stdout=stdout, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    # perf ends itself by the signal with which it ended its own 'sleep'.
    if process.returncode not in (0, -signal.SIGINT, -signal.SIGTERM):
        sys.exit(f'{" ".join(command)} exited {process.returncode}')
    return usage.ru_utime + usage.ru_stime


def count_perf_samples(data):
    report = subprocess.run(
        ['perf', 'report', '-i', data, '--stats'], capture_output=True, text=True, check=True
    ).stdout
    return next(int(line.split(':')[1].split()[0]) for line in report.splitlines() if 'SAMPLE events' in line)


def measure_perf(pid, directory):
    data, script = f'{directory}/perf.data', f'{directory}/perf.script'
    record = run_and_measure(
        ['perf', 'record', '-q', '-e', 'cpu-clock', '-F', FREQUENCY, '--call-graph', 'dwarf']
        + ['-p', str(pid), '-o', data, '--', 'sleep', str(SECONDS)]
    )
    with open(script, 'wb') as output:
        names = run_and_measure(['perf', 'script', '-i', data], stdout=output)
    return record + names, record, count_perf_samples(data)


def count_prof_samples(prof, profile):
    with gzip.open(profile) as file:
        assert file.read(1), 'an empty profile'
    collapsed = subprocess.run(
        [prof, 'convert', '--to', 'collapsed', '--type', 'samples', profile, '-'],
        capture_output=True, text=True, check=True,
    ).stdout
    return sum(int(line.rsplit(' ', 1)[1]) for line in collapsed.splitlines())


def measure_prof(prof, pid, directory):
    profile = f'{directory}/prof.pb.gz'
    cpu = run_and_measure(
        [prof, 'record', '-q', '-F', FREQUENCY, '--unwind', 'dwarf', '-p', str(pid)]
        + ['-d', str(SECONDS), '--symbol-cache', f'{directory}/names', '-o', profile]
    )
    return cpu, count_prof_samples(prof, profile)


def main():
    prof, program = sys.argv[1], sys.argv[2:]
    target = subprocess.Popen(program, stdout=subprocess.DEVNULL)
    ratios = []
    try:
        with tempfile.TemporaryDirectory() as directory:
            for _ in range(ROUNDS):
                perf_cpu, perf_record, perf_n = measure_perf(target.pid, directory)
                prof_cpu, prof_n = measure_prof(prof, target.pid, directory)
                perf_us, prof_us = perf_cpu / perf_n * 1e6, prof_cpu / prof_n * 1e6
                ratios.append(prof_us / perf_us)
                print(
                    f'perf record {perf_record / perf_n * 1e6:6.1f} + script '
                    f'{(perf_cpu - perf_record) / perf_n * 1e6:6.1f} us/sample ({perf_n} samples)   '
                    f'prof {prof_us:6.1f} us/sample ({prof_n} samples)   '
                    f'prof/perf {ratios[-1]:.3f}',
                    flush=True,
                )
    finally:
        target.kill()
        target.wait()
    print(f'prof/perf, median of {ROUNDS}: {sorted(ratios)[ROUNDS // 2]:.3f}')


if __name__ == '__main__':
    main()
