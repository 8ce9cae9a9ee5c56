#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Records in the app as a person would: what is recorded is a program whose hot function is known,
and what is done to it and to the recorder is what happens to people."""
import os
import re
import shlex
import signal
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / 'cli'))
from harness import Skip, check, run, run_cases_of  # noqa: E402

from app import App, find_unnamed_buttons, get_children, wait_for  # noqa: E402

PROGRAM = Path(os.environ['PROGRAMS']) / 'plain-pie'
# It ends itself, should a test fail.
FOR_LONG = f"timeout 1000 sh -c 'while :; do {PROGRAM}; done'"
RECORDINGS = Path(os.environ['XDG_DATA_HOME']) / 'pyrograph' / 'recordings'

scratch = Path(tempfile.mkdtemp(prefix='pyrograph-'))


def need_recording():
    result = run([os.environ['PROF'], 'record', '-o', scratch / 'out.pb.gz', '--', PROGRAM, 'x'])
    if result.returncode != 0:
        raise Skip(f'prof record does not work here: {result.stderr.strip()}')


def list_snapshots():
    return list(RECORDINGS.glob('.*'))


def list_kept():
    return set(RECORDINGS.glob('[!.]*'))


def start(app, command):
    for old in list_snapshots():
        old.unlink()
    app.click('push button', '^New Recording$')
    app.type_into('text', '^Command$', str(command))
    app.click('push button', 'Record$')


def wait_for_snapshot():
    """What the live flame graph is made of, and what is kept if the recorder dies."""
    wait_for(list_snapshots, 'a snapshot')


def end_program(app):
    app.click_when_possible('push button', 'End Program$')


def wait_for_hot_function(app):
    app.click('page tab', '^Functions$')
    app.wait_for_rows('Functions', lambda rows: 'burn_leaf' in [row[0] for row in rows])


def find_children(pid):
    """{pid: name}"""
    children = {}
    for task in Path(f'/proc/{pid}/task').iterdir():
        for child in (task / 'children').read_text().split():
            children[int(child)] = Path(f'/proc/{child}/comm').read_text().strip()
    return children


def find_child(pid, name):
    return next((child for child, its in find_children(pid).items() if its == name), None)


def test_the_hot_function_is_in_the_flame_graph():
    need_recording()
    with App() as app:
        start(app, FOR_LONG)
        wait_for_snapshot()
        unnamed = set(find_unnamed_buttons(app)) - {'GtkToggleButton', 'GtkImage'}
        check(not unnamed, f'buttons without a name: {unnamed}')
        end_program(app)
        app.find('page tab', '^Functions$')
        app.act(app.find_with_action('page.search'), 'page.search')
        app.type_into('entry', '^Search functions$', 'burn_leaf')
        app.act(app.find_with_action('flame.next-match'), 'flame.next-match')
        app.wait_for_description('tree', 'burn_leaf')


def test_pause_and_stop():
    need_recording()
    with App() as app:
        start(app, FOR_LONG)
        wait_for_snapshot()
        app.click_when_possible('push button', 'Pause$')
        app.click_when_possible('push button', 'Resume$')
        app.click_when_possible('push button', 'Pause$')
        prof = find_child(app.process.pid, 'prof')
        program = find_child(prof, 'timeout')
        app.click_when_possible('push button', 'Stop$')
        wait_for_hot_function(app)
        os.kill(program, 0)  # it goes on
        os.kill(program, signal.SIGTERM)


def test_record_again():
    need_recording()
    with App() as app:
        start(app, f'{PROGRAM} x')
        app.find('page tab', '^Functions$')
        app.act(app.find_with_action('win.record-again'), 'win.record-again')
        wait_for(lambda: len(app.find_all('label', '^plain-pie .*pb.gz$')) >= 2, 'a second profile')
    with App() as app:
        app.click('push button', '^New Recording$')
        check(app.read_field('text', '^Command$') == f'{PROGRAM} x', 'the command is not kept')


def find_question(app, title):
    """The dialog that asks it."""

    def look():
        windows = get_children(app.root)
        return next((w for w in windows if app.find_all('label', title, below=w)), None)

    return wait_for(look, f'question “{title}”')


def test_discard():
    need_recording()
    before = list_kept()
    with App() as app:
        start(app, FOR_LONG)
        wait_for_snapshot()
        program = find_child(find_child(app.process.pid, 'prof'), 'timeout')
        app.click_when_possible('push button', 'Discard$')
        app.click('push button', 'Discard$', below=find_question(app, '^Discard the Recording'))
        wait_for(lambda: not app.find_all('push button', 'Discard$'), 'the end of the recording')
        os.kill(program, signal.SIGTERM)
        check(list_kept() == before and not list_snapshots(), 'something was kept')


def test_closing_asks():
    need_recording()
    with App() as app:
        start(app, FOR_LONG)
        wait_for_snapshot()
        program = find_child(find_child(app.process.pid, 'prof'), 'timeout')
        app.act(app.find_with_action('win.close-tab'), 'win.close-tab')
        app.find('label', '^End the Recording')
        app.click('push button', 'Stop and Keep$')
        wait_for_hot_function(app)
        os.kill(program, signal.SIGTERM)


def test_closing_the_window_asks():
    need_recording()
    before = list_kept()
    with App() as app:
        start(app, FOR_LONG)
        wait_for_snapshot()
        program = find_child(find_child(app.process.pid, 'prof'), 'timeout')
        app.click('push button', '^Close$')
        app.find('label', '^End the Recording')
        app.click('push button', 'Stop and Keep$')
        check(app.process.wait() == 0, 'the app crashed')
    wait_for(lambda: list_kept() > before, 'what was recorded')
    os.kill(program, signal.SIGTERM)
    (kept,) = list_kept() - before
    with App() as app:
        app.find('label', f'^{re.escape(kept.name)}$')


def test_a_recorder_that_is_killed():
    need_recording()
    with App() as app:
        start(app, FOR_LONG)
        wait_for_snapshot()
        prof = find_child(app.process.pid, 'prof')
        program = find_child(prof, 'timeout')
        os.kill(prof, signal.SIGKILL)
        app.find('label', '^The Recording Failed$')
        check(app.has_text('Killed'), 'not said why')
        app.click('push button', 'Open What Was Kept$')
        wait_for_hot_function(app)
        os.kill(program, signal.SIGTERM)


def test_a_program_that_dies():
    need_recording()
    with App() as app:
        start(app, shlex.join(['sh', '-c', f'{PROGRAM}; kill -SEGV $$']))
        app.find('label', '^A signal ended the program: Segmentation fault')
        wait_for_hot_function(app)


def test_a_program_that_is_not_there():
    with App() as app:
        start(app, '/nonexistent/program')
        app.find('label', '^The Recording Failed$')
        app.find('label', '/nonexistent/program')


def test_a_limit_is_lifted_by_a_button():
    """prof is a script here, which sees a limit until a file is there; pkexec asks nobody."""
    lifted = scratch / 'lifted'
    tools = scratch / 'tools'
    tools.mkdir()
    answer = (
        '{"checks": [{"title": "Files", "status": "missing", "detail": "a file is missing", '
        f'"remedy": "sudo touch {lifted}, or do without"}}]}}'
    )
    (tools / 'prof').write_text(
        f"#!/bin/sh\n[ $1 = doctor ] && ! [ -e {lifted} ] && echo '{answer}' || echo '{{}}'\n"
    )
    (tools / 'pkexec').write_text('#!/bin/sh\nexec "$@"\n')
    for tool in tools.iterdir():
        tool.chmod(0o755)
    environment = {
        'PATH': f'{tools}:{os.environ["PATH"]}',
        'PYROGRAPH_PROF': str(tools / 'prof'),
    }
    with App(environment=environment) as app:
        app.click('push button', '^New Recording$')
        app.find('label', '^A file is missing')
        app.click('push button', '^Allow: Files$')
        wait_for(lifted.exists, 'what the remedy does')
        wait_for(lambda: not app.has_text('A file is missing'), 'a page without the limit')


sys.exit(run_cases_of(globals()))
