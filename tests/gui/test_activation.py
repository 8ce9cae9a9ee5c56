#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""The session bus starts the app when the desktop asks for one of its actions."""
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / 'cli'))
from harness import check, run_cases_of  # noqa: E402

from app import Seen  # noqa: E402
from gi.repository import Gio, GLib  # noqa: E402

NAME = 'org.libprof.Pyrograph'
BUS = ('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus')
APP = (NAME, '/org/libprof/Pyrograph', 'org.freedesktop.Application')


def call(where, method, parameters=None):
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    return bus.call_sync(*where, method, parameters, None, Gio.DBusCallFlags.NONE, -1)


def install_service():
    """The one that is installed, with the program's place before that."""
    text = Path(os.environ['SERVICE']).read_text('utf-8')
    line = next(line for line in text.splitlines() if line.startswith('Exec='))
    program, _, arguments = line.removeprefix('Exec=').partition(' ')
    check(program.endswith('/bin/pyrograph') and f'Name={NAME}' in text, text)
    folder = Path(os.environ['XDG_DATA_HOME']) / 'dbus-1/services'
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f'{NAME}.service').write_text(text.replace(program, os.environ['PYROGRAPH']), 'utf-8')
    call(BUS, 'ReloadConfig')
    return arguments


def activate(action):
    call(APP, 'ActivateAction', GLib.Variant('(sava{sv})', (action, [], {})))
    return call(BUS, 'GetConnectionUnixProcessID', GLib.Variant('(s)', (NAME,)))[0]


def test_actions_start_the_app():
    check(install_service() == '--gapplication-service', 'the service does not wait for requests')
    pid = activate('record')
    try:
        app = Seen(pid)
        app.find('label', '^New Recording$')
        check(activate('memory') == pid, 'another process was started')
        app.find('label', '^System Memory$')
    finally:
        os.kill(pid, signal.SIGTERM)


sys.exit(run_cases_of(globals()))
