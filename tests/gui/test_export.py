#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Sends the example profile to a collector as a person would; there is no keyring. What a toast says
for some seconds is seen too late on a busy machine: that something was sent is asked of the receiver."""
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / 'cli'))
from harness import check, run_cases_of  # noqa: E402
from otlp_receiver import OtlpReceiver  # noqa: E402

from app import App, find_unnamed_buttons, get_actions, wait_for, walk  # noqa: E402

SETTINGS = Path(os.environ['XDG_CONFIG_HOME']) / 'pyrograph' / 'collectors.ini'
SECRET = 'open-sesame'


def open_example(**collector):
    """With that collector as the one that was used last, or none."""
    SETTINGS.parent.mkdir(exist_ok=True)
    SETTINGS.unlink(missing_ok=True)
    if collector:
        lines = [f'{key}={value}\n' for key, value in collector.items()]
        SETTINGS.write_text(f'[collectors]\nlast=1\n[collector 1]\n{"".join(lines)}', 'utf-8')
    return App(os.environ['EXAMPLE'])


def do(app, action):
    app.act(app.find_with_action(action), action)


def open_dialog(app):
    app.find('page tab', '^Functions$')  # the profile is read
    do(app, 'win.export')


def close_dialog(app):
    def find():
        frames = [n for n in walk(app.root) if n.get_name() == 'Export']
        return next((n for n in frames if 'window.close' in get_actions(n)), None)

    app.act(wait_for(find, 'the dialog'), 'window.close')
    wait_for(lambda: not find(), 'the end of the dialog')


def wait_for_text(app, text):
    wait_for(lambda: app.has_text(text), f'“{text}”')


def get_services(receiver, n_requests):
    requests = receiver.wait_for_requests(n_requests)
    return [value for request in requests for value in find_values(request, 'service.name')]


def find_values(node, key):
    """The values of all attributes of that key, wherever they are."""
    if isinstance(node, dict) and node.get('key') == key:
        yield node['value'].get('string_value')
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    for child in children:
        yield from find_values(child, key)


def test_a_collector_is_added_tried_and_used():
    with OtlpReceiver() as receiver, open_example() as app:
        open_dialog(app)
        do(app, 'export.add')
        app.type_into('text', '^Name$', 'Lab')
        app.type_into('text', '^Address$', receiver.http)
        app.type_into('text', '^Resource Attributes', 'service.name=shop')
        # Those of compound widgets of GTK have none.
        check('GtkButton' not in find_unnamed_buttons(app), 'a button has no name')
        do(app, 'export.test')
        wait_for_text(app, 'The collector answers, and takes profiles.')
        do(app, 'export.send')
        wait_for_text(app, 'The collector took it: 1 request')
        close_dialog(app)
        do(app, 'win.export-again')
        services = get_services(receiver, 3)
        check(services == ['shop'] * 3, f'not the shop’s, but {services}')
    check('name=Lab' in SETTINGS.read_text('utf-8'), 'the collector is not kept')


def test_a_token_is_kept_for_the_session():
    with OtlpReceiver(BEARER_TOKEN=SECRET) as receiver:
        with open_example(name='Lab', endpoint=receiver.http, authentication=1) as app:
            open_dialog(app)
            do(app, 'export.send')
            wait_for_text(app, 'Enter the token that the collector wants.')
            wait_for_text(app, 'There is no keyring here')
            app.type_into('text', '^Token$', 'wrong')
            do(app, 'export.send')
            wait_for_text(app, '401')
            app.type_into('text', '^Token$', SECRET)
            do(app, 'export.send')
            wait_for_text(app, 'The collector took it')
            close_dialog(app)
            do(app, 'win.export-again')
            requests = receiver.wait_for_requests(3)  # one of them with the wrong token
            check(requests[-1]['result'] == 'OK', f'refused: {requests[-1]}')
            check(SECRET not in SETTINGS.read_text('utf-8'), 'the token is in the settings')


def test_a_dead_collector_is_told_and_tried_again():
    with OtlpReceiver() as receiver:
        port, address = receiver.http_port, receiver.http
    with open_example(name='Lab', endpoint=address) as app:
        app.find('page tab', '^Functions$')
        do(app, 'win.export-again')
        wait_for_text(app, f'Not sent to Lab. Can\'t export to {address}')
        with OtlpReceiver(OTLP_HTTP_PORT=port) as receiver:
            app.click('push button', 'Retry$')
            receiver.wait_for_requests(1)


def test_what_the_collector_answers_is_shown():
    with OtlpReceiver(PARTIAL_REJECTED=1, PARTIAL_MESSAGE='no stacks please') as receiver:
        with open_example(name='Lab', endpoint=receiver.grpc, protocol=1) as app:
            open_dialog(app)
            do(app, 'export.send')
            wait_for_text(app, 'It rejected 1 profile.')
            wait_for_text(app, 'no stacks please')


def test_the_dialog_can_be_closed_while_it_sends():
    with OtlpReceiver(ALWAYS_CODE='INVALID_ARGUMENT', ERROR_MESSAGE='not today') as receiver:
        with open_example(name='Lab', endpoint=receiver.http) as app:
            open_dialog(app)
            do(app, 'export.send')
            close_dialog(app)
            receiver.wait_for_requests(1)
            open_dialog(app)
            do(app, 'export.send')
            wait_for_text(app, 'not today')


sys.exit(run_cases_of(globals()))
