#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Changes preferences as a person would."""
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / 'cli'))
from harness import Skip, check, run, run_cases_of  # noqa: E402

from app import App, wait_for  # noqa: E402

SETTINGS = Path(os.environ['XDG_CONFIG_HOME']) / 'glib-2.0' / 'settings' / 'keyfile'
SCHEMA = 'glib-2.0/schemas/org.libprof.Pyrograph.gschema.xml'
CACHE = Path(os.environ['XDG_CACHE_HOME']) / 'prof'


def open_preferences(app):
    app.find('push button', 'Open$')  # it is up
    # AT-SPI doesn't tell of the actions of an application.
    run(['gapplication', 'action', 'org.libprof.Pyrograph', 'preferences'])
    app.find('label', '^Names of Functions')


def test_a_change_is_kept_at_once():
    with App(environment={'GSETTINGS_BACKEND': 'keyfile'}) as app:
        open_preferences(app)
        app.act(app.find('check box', 'Ask Before Discarding'), 'toggle')
        wait_for(SETTINGS.exists, 'the file of the preferences')
        wait_for(lambda: 'ask-to-discard=false' in SETTINGS.read_text('utf-8'), 'the change')


def test_without_its_schema():
    """As somebody runs it who has built it, and not installed it."""
    if any(Path(folder, SCHEMA).exists() for folder in os.environ['XDG_DATA_DIRS'].split(':')):
        raise Skip('the schema is installed here')
    with App(environment={'GSETTINGS_SCHEMA_DIR': '/nonexistent'}) as app:
        open_preferences(app)
        app.act(app.find('check box', 'Ask Before Discarding'), 'toggle')
        app.find('label', '^The preferences last until Pyrograph is closed')


def test_the_names_are_cleared():
    CACHE.mkdir(parents=True, exist_ok=True)
    (CACHE / 'names').write_bytes(bytes(2048))
    with App() as app:
        open_preferences(app)
        app.find('label', r'^2\.00\sKiB$')
        app.click_when_possible('push button', 'Clear$')
        app.find('label', r'^0\sB$')
        check(not list(CACHE.iterdir()), 'the names are still there')


sys.exit(run_cases_of(globals()))
