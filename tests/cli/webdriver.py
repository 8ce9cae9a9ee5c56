# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""As much of a WebDriver client (https://www.w3.org/TR/webdriver2/) as the tests need."""
import json
import re
import subprocess
import tempfile
import urllib.request

from harness import need

ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'
FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
         '--disable-background-networking', '--disable-component-update', '--disable-sync',
         '--window-size=1000,700']


class Browser:
    """A headless Chromium for as long as the block runs."""

    def __init__(self, scripts=True):
        need('chromium', 'chromedriver')
        self.preferences = {} if scripts else {'profile.managed_default_content_settings.javascript': 2}

    def __enter__(self):
        self.directory = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.driver = subprocess.Popen(['chromedriver', '--port=0'], stdout=subprocess.PIPE, text=True)
        try:
            self.start_session()
        except BaseException:
            self.end()
            raise
        return self

    def start_session(self):
        for line in self.driver.stdout:
            if match := re.search(r'started successfully on port (\d+)', line):
                self.url = f'http://127.0.0.1:{match[1]}'
                break
        else:
            raise AssertionError('chromedriver did not start')
        arguments = [*FLAGS, f'--user-data-dir={self.directory.name}']
        options = {'args': arguments, 'prefs': self.preferences}
        capabilities = {'alwaysMatch': {'goog:chromeOptions': options}}
        session = self.call('POST', '/session', {'capabilities': capabilities})
        self.url += f'/session/{session["sessionId"]}'

    def __exit__(self, *_):
        try:
            self.call('DELETE', '')
        finally:
            self.end()

    def end(self):
        self.driver.terminate()
        self.driver.communicate()
        self.directory.cleanup()

    def call(self, method, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.url + path, data, method=method,
                                         headers={'Content-Type': 'application/json'})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=300) as answer:
            return json.load(answer)['value']

    def open(self, path):
        self.call('POST', '/url', {'url': f'file://{path}'})

    def evaluate(self, expression):
        return self.call('POST', '/execute/sync', {'script': f'return {expression}', 'args': []})

    def find(self, xpath):
        return self.call('POST', '/element', {'using': 'xpath', 'value': xpath})[ELEMENT]

    def click(self, xpath):
        self.call('POST', f'/element/{self.find(xpath)}/click', {})

    def press(self, keys):
        """To the page, wherever its focus is."""
        actions = [{'type': kind, 'value': key} for key in keys for kind in ('keyDown', 'keyUp')]
        self.call('POST', '/actions', {'actions': [{'type': 'key', 'id': 'keys', 'actions': actions}]})

    def screenshot(self):
        return self.call('GET', '/screenshot')
