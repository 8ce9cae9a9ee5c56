#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
import json
import os
import pwd
import subprocess
import sys

from harness import check, prof, run_cases_of


def list_processes():
    processes = json.loads(prof('processes', '--json').stdout)['processes']
    pids = [process['pid'] for process in processes]
    check(pids == sorted(set(pids)), f'not by their numbers: {pids}')
    return {process['pid']: process for process in processes}


def find_user():
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def test_json():
    before = sum(os.times()[:2])
    own = list_processes()[os.getpid()]
    after = sum(os.times()[:2])
    check(set(own) == {'pid', 'parent_pid', 'user', 'name', 'command_line', 'start_ns', 'cpu_ns',
                       'children_ns', 'rss_bytes'}, f'an odd schema: {own}')
    check(own['parent_pid'] == os.getppid() and own['user'] == find_user(), own)
    check('test_processes.py' in own['command_line'], own)
    # The kernel counts in ticks.
    check(before - 0.05 <= own['cpu_ns'] / 1e9 <= after + 0.05, (before, own, after))
    check(own['rss_bytes'] > 1 << 20, own)
    with open('/proc/uptime', encoding='ascii') as file:
        check(0 < own['start_ns'] / 1e9 <= float(file.read().split()[0]), own)


def start_sleep(*words):
    return subprocess.Popen(words, executable='/bin/sleep')


def test_words_are_joined():
    with start_sleep('a) (b', '1000') as child:
        try:
            entry = list_processes()[child.pid]
            check(entry['command_line'] == 'a) (b 1000', entry)
            check(entry['parent_pid'] == os.getpid(), entry)
        finally:
            child.kill()


def test_a_name_with_brackets():
    script = 'printf "x) S 1" >/proc/self/comm; echo; read line'
    with subprocess.Popen(['bash', '-c', script], stdin=-1, stdout=-1) as child:
        child.stdout.readline()
        entry = list_processes()[child.pid]
        child.stdin.close()
    check(entry['name'] == 'x) S 1' and entry['parent_pid'] == os.getpid(), entry)


def test_text():
    lines = prof('processes').stdout.splitlines()
    check(lines[0].split() == ['PID', 'user', 'CPU', 'time', 'memory', 'command'], lines[0])
    own, = [line for line in lines[1:] if line.split()[0] == str(os.getpid())]
    check('test_processes.py' in own, own)


def test_control_characters_stay_out_of_the_terminal():
    with start_sleep('\x1b[31mred', '1000') as child:
        try:
            text = prof('processes').stdout
            check('red 1000' in text and '\x1b' not in text, text)
        finally:
            child.kill()


sys.exit(run_cases_of(globals()))
