# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Pyrograph as a person with a screen reader meets it: through AT-SPI."""
import os
import re
import signal
import subprocess
import time
import warnings

import gi

gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib  # noqa: E402

warnings.simplefilter('ignore', DeprecationWarning)

# Far longer than anything takes; a machine may be slow.
DEADLINE_S = 300
# What AT-SPI gives an answer by itself, less than a second, a loaded machine does not keep.
Atspi.set_timeout(DEADLINE_S * 1000, DEADLINE_S * 1000)


def wait_for(find, what):
    """The first true result of find()."""
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        try:
            found = find()
        except GLib.Error:  # what was asked is going away
            found = None
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f'{what} did not appear')


def look_again(look):
    """What look() gives when nothing goes away under its eyes."""
    return wait_for(lambda: [look()], 'a moment without change')[0]


def get_children(node):
    children = (node.get_child_at_index(i) for i in range(node.get_child_count()))
    return [child for child in children if child is not None]


LEAVES = {'label', 'image', 'scroll bar', 'tool tip'}


def get_visible_children(node):
    if node.get_role_name() in LEAVES:
        return []
    children = get_children(node)
    return [child for child in children if child.get_state_set().contains(Atspi.StateType.VISIBLE)]


def walk(top):
    """All that is visible below, from the top; of a table with its rows only from within: they are
    most of what a window has."""
    pending = get_visible_children(top)[::-1]
    while pending:
        node = pending.pop()
        yield node
        if node.get_role_name() != 'tree table':
            pending += get_visible_children(node)[::-1]


def get_actions(node):
    if node.get_action_iface() is None:
        return []
    try:
        n_actions = Atspi.Action.get_n_actions(node)
        return [Atspi.Action.get_action_name(node, i) for i in range(n_actions)]
    except GLib.Error:  # a button that can't be pressed counts one, and has none
        return []


class Seen:
    """A process and what can be seen of it."""

    def __init__(self, pid):
        self.pid = pid
        self.root = wait_for(self._find_root, 'the application')

    def _find_root(self):
        for app in get_children(Atspi.get_desktop(0)):
            if app.get_process_id() == self.pid and app.get_child_count() > 0:
                return app
        return None

    def find_all(self, role, name='', below=None):
        """What lies below a widget goes away with it: then that is to be found anew."""

        def look():
            nodes = walk(below or self.root)
            return [n for n in nodes if n.get_role_name() == role and re.search(name, n.get_name())]

        return look() if below else look_again(look)

    def find(self, role, name='', below=None):
        def look():
            found = self.find_all(role, name, below)
            return found[0] if found else None

        return wait_for(look, f'{role} “{name}”')

    def read_rows(self, table_name):
        """The rows of a table that are realized, each a list of the texts of its cells."""
        table = self.find('tree table', f'^{table_name}$')
        rows = []
        for row in self.find_all('table row', below=table):
            cells = [self.find_all('label', below=c) for c in self.find_all('table cell', below=row)]
            if cells:
                rows.append([' '.join(label.get_name() for label in cell) for cell in cells])
        return rows

    def wait_for_rows(self, table_name, condition):
        return wait_for(lambda: condition(self.read_rows(table_name)), f'rows of {table_name}')

    def act(self, node, action):
        names = get_actions(node)
        assert action in names, f'{node.get_name()} has no action {action}, but {names}'
        Atspi.Action.do_action(node, names.index(action))

    def click(self, role, name, below=None):
        self.act(self.find(role, name, below), 'click')

    def click_when_possible(self, role, name):
        """As soon as the button is there and not greyed out."""

        def look():
            return next((n for n in self.find_all(role, name) if 'click' in get_actions(n)), None)

        self.act(wait_for(look, f'{role} “{name}” that can be clicked'), 'click')

    def find_with_action(self, action):
        """The widget that has this action and can do it now."""

        def look():
            return next((node for node in walk(self.root) if action in get_actions(node)), None)

        return wait_for(look, f'action {action}')

    def _find_field(self, role, name):
        entry = self.find(role, name)
        return next(n for n in [entry, *walk(entry)] if n.get_editable_text_iface() is not None)

    def type_into(self, role, name, text):
        Atspi.EditableText.set_text_contents(self._find_field(role, name), text)

    def read_field(self, role, name):
        field = self._find_field(role, name)
        return Atspi.Text.get_text(field, 0, Atspi.Text.get_character_count(field))

    def wait_for_description(self, role, text):
        """Until something of that role is described with the text."""

        def look():
            return any(text in n.get_description() for n in self.find_all(role))

        wait_for(look, f'{role} that is “{text}”')

    def has_text(self, text):
        return any(text in n.get_name() for n in self.find_all('label'))


class App(Seen):
    """One that is started, and ended again."""

    def __init__(self, *arguments, environment=None):
        environment = {**os.environ, 'G_DEBUG': 'fatal-warnings', **(environment or {})}
        command = [os.environ['PYROGRAPH'], *map(str, arguments)]
        self.process = subprocess.Popen(command, env=environment)
        super().__init__(self.process.pid)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def _find_root(self):
        if self.process.poll() is not None:
            raise AssertionError(f'the app ended with {self.process.returncode}')
        return super()._find_root()


def find_unnamed_buttons(app):
    """Widgets without a name are called by their class."""

    def look():
        nodes = walk(app.root)
        buttons = [n for n in nodes if n.get_role_name() in ('push button', 'toggle button')]
        return [n.get_name() for n in buttons if re.match(r'(Gtk|Adw|Pyro)[A-Z]', n.get_name())]

    return look_again(look)
