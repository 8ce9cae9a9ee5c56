#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""The app in a sandbox: what it can't do there, the prof outside does for it, through flatpak-spawn.
That is a stand-in here, and Flatpak's own where it is installed. It runs the real recorder."""
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / 'cli'))
from harness import Skip, check, run, run_cases_of  # noqa: E402

from app import App, wait_for  # noqa: E402

PROF = os.environ['PROF']
PROGRAM = Path(os.environ['PROGRAMS']) / 'plain-pie'
RECORDINGS = Path(os.environ['XDG_DATA_HOME']) / 'pyrograph' / 'recordings'
# Debian keeps it where only sandboxes look for it.
REAL_SPAWNS = [Path('/usr/libexec/flatpak-xdg-utils/flatpak-spawn'), Path('/usr/bin/flatpak-spawn')]
SERVICE = Path('/usr/share/dbus-1/services/org.freedesktop.Flatpak.service')

scratch = Path(tempfile.mkdtemp(prefix='pyrograph-'))
spawned = scratch / 'spawned'
STAND_IN = f'''#!/bin/sh
echo "$@" >>{spawned}
[ "$1" = --host ] || exit 1
cd "${{2#--directory=}}" || exit 1
shift 2
command -v "$1" >/dev/null || {{ echo "Portal call failed: no $1" >&2; exit 1; }}
exec "$@"
'''


def write_program(path, text):
    path.write_text(text)
    path.chmod(0o755)
    return path


def make_tools(name):
    tools = scratch / name
    tools.mkdir()
    return tools


def make_stand_in():
    spawned.write_text('')
    tools = scratch / 'stand-in'
    tools.mkdir(exist_ok=True)
    write_program(tools / 'flatpak-spawn', STAND_IN)
    return tools


def sandboxed(tools, prof=PROF, *arguments):
    """The app where the file says that it is in a sandbox, with these programs."""
    info = scratch / 'flatpak-info'
    info.write_text('[Application]\nname=org.libprof.Pyrograph\n')
    environment = {
        'PATH': f'{tools}:{os.environ["PATH"]}',
        'PYROGRAPH_SANDBOX_INFO': str(info),
        'PYROGRAPH_PROF': str(prof),
    }
    return App(*arguments, environment=environment)


def need_recording():
    result = run([PROF, 'record', '-o', scratch / 'out.pb.gz', '--', PROGRAM, 'x'])
    if result.returncode != 0:
        raise Skip(f'prof record does not work here: {result.stderr.strip()}')


def record(app):
    app.click('push button', '^New Recording$')
    app.type_into('text', '^Command$', f'{PROGRAM} x')
    app.click('push button', 'Record$')
    app.click('page tab', '^Functions$')
    app.wait_for_rows('Functions', lambda rows: 'burn_leaf' in [row[0] for row in rows])


def read_spawned(command):
    """The first call of that command of prof, without what is before it."""
    lines = spawned.read_text().splitlines()
    found = next((line for line in lines if f'{PROF} {command}' in line), None)
    check(found is not None, f'not asked: {command}: {lines}')
    before, after = found.split(f'{PROF} ', 1)
    check(before == f'--host --directory={Path.home()} ', before)
    return after


def test_it_is_recorded_outside():
    need_recording()
    with sandboxed(make_stand_in()) as app:
        record(app)
    words = read_spawned('record').split()
    check(words[:3] == ['record', '--control', '--output'], words)
    check(Path(words[3]).parent == RECORDINGS, f'not where both sides see it: {words[3]}')
    read_spawned('--version')
    read_spawned('events --json')
    read_spawned('doctor --json')


def test_the_processes_are_those_outside():
    """What is seen is what the prof outside says, and not what the app could see."""
    tools = make_stand_in()
    process = '{"pid": 4194303, "user": "somebody", "name": "elsewhere", "rss_bytes": 1}'
    prof = write_program(
        tools / 'prof-of-elsewhere',
        f"#!/bin/sh\n[ $1 = processes ] && exec echo '{{\"processes\": [{process}]}}'\n"
        f'exec {PROF} "$@"\n',
    )
    with sandboxed(tools, prof) as app:
        app.click('push button', '^New Recording$')
        app.click('page tab', '^Process$')
        rows = app.wait_for_rows('Processes', lambda rows: rows)
        check([row[:3] for row in rows] == [['elsewhere', '4194303', 'somebody']], rows)


def test_flatpaks_own():
    need_recording()
    real = next((path for path in REAL_SPAWNS if path.exists()), None)
    if real is None or not SERVICE.exists():
        raise Skip('flatpak or flatpak-xdg-utils is not installed')
    probe = run([real, '--host', 'true'])
    if probe.returncode != 0:
        raise Skip(f'nothing can be started through flatpak here: {probe.stderr.strip()}')
    tools = make_tools('real')
    (tools / 'flatpak-spawn').symlink_to(real)
    with sandboxed(tools) as app:
        record(app)


def test_without_a_prof_outside():
    """A page says so; what needs none works; with one it goes on."""
    need_recording()
    prof = scratch / 'prof-to-come'
    with sandboxed(make_stand_in(), prof, os.environ['EXAMPLE']) as app:
        app.find('page tab', '^Functions$')
        app.act(app.find_with_action('win.record'), 'win.record')
        app.find('label', '^There is no prof outside')
        app.find('label', '^Recording Needs prof$')
        prof.symlink_to(PROF)
        app.click_when_possible('push button', 'Check Again$')
        app.find('text', '^Command$')
        wait_for(lambda: not app.has_text('Recording Needs prof'), 'the end of the page')


def test_another_version_outside():
    prof = write_program(scratch / 'prof-of-old', '#!/bin/sh\necho prof 0.0.9\n')
    with sandboxed(make_stand_in(), prof) as app:
        app.click('push button', '^New Recording$')
        version = re.escape(run([PROF, '--version']).stdout.split()[1])
        app.find('label', rf'is version 0\.0\.9; this Pyrograph is version {version}\.$')
        app.click_when_possible('push button', 'Check Again$')
        app.find('label', '^Recording Needs prof$')
        check(len(app.find_all('label', '^Recording Needs prof$')) == 1, 'it is there twice')


def test_without_flatpak_spawn():
    if shutil.which('flatpak-spawn') is not None:
        raise Skip('flatpak-spawn is installed for all programs here')
    with sandboxed('/nonexistent') as app:
        app.click('push button', '^New Recording$')
        app.find('label', '^Nothing outside of the sandbox can be started')


sys.exit(run_cases_of(globals()))
