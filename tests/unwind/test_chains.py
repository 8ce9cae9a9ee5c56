#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright the libprof authors
"""The stacks of Debian's programs as our unwinder sees them and as libdwfl does: pc by pc.

usage: test_chains.py [NAME...]
Environment: COMPARE_CHAINS, the program that compares; STACKS, how many of each program (1500)."""
import os
import subprocess
import tempfile

from harness import Skip, check, run_cases
from workloads import WORKLOADS, get_command, is_installed, loaded

STACKS = os.environ.get('STACKS', '1500')
SKIPPED = 77


def compare(workload):
    if not is_installed(workload):
        raise Skip(f'{workload.program} is not installed')
    quietly = ['sh', '-c', 'exec "$@" >/dev/null 2>&1', 'sh']
    with tempfile.TemporaryDirectory() as directory, loaded(workload, directory):
        command = [*quietly, *get_command(workload, directory)]
        compared = subprocess.run(
            [os.environ['COMPARE_CHAINS'], STACKS, *command], capture_output=True, text=True, check=False
        )
    print(compared.stdout, end='')
    if compared.returncode == SKIPPED:
        raise Skip(compared.stderr.strip() or 'nothing can be recorded here')
    check(compared.returncode == 0, f'exit status {compared.returncode}: {compared.stderr}')


if __name__ == '__main__':
    raise SystemExit(
        run_cases([(f'chains-{w.name.replace("+", "p")}', lambda w=w: compare(w)) for w in WORKLOADS])
    )
