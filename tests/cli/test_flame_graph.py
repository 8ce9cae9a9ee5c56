#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Clicks and searches in a flame graph, in Chromium."""
import functools
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from harness import check, prof, run_cases_of
from webdriver import Browser

STACKS = '''main;parse;lex 30
main;parse;lex;lex 10
main;parse;read 10
main;emit;write 40
main;emit;lexer 10
'''
ESCAPE, ENTER, RIGHT, DOWN = '\ue00c', '\ue007', '\ue014', '\ue015'
FRAMES = '''Object.fromEntries([...document.querySelectorAll('.f')]
    .filter((g) => g.style.display !== 'none')
    .map((g) => [g.querySelector('title').textContent.split('\\n')[0] + g.dataset.depth,
                 g.querySelector('rect').getBoundingClientRect().width / innerWidth]))'''
TEXT = "document.querySelector('.%s').textContent"


browsers = ExitStack()


@functools.cache
def get_browser(scripts):
    """One for all tests, because it takes seconds to start."""
    return browsers.enter_context(Browser(scripts))


class Graph:
    """A graph as the page of the browser."""

    def __init__(self, stacks=STACKS, *options, scripts=True):
        browser = get_browser(scripts)
        self.evaluate, self.press, self.click = browser.evaluate, browser.press, browser.click
        with tempfile.TemporaryDirectory() as directory:
            source, svg = Path(directory, 'in.folded'), Path(directory, 'out.svg')
            source.write_text(stacks, 'utf-8')
            prof('convert', *options, source, svg)
            browser.open(svg)

    def click_frame(self, name, depth):
        self.click(f'//*[starts-with(@class, "f")][@data-depth="{depth}"][starts-with(., "{name}\n")]')

    def check_frames(self, **expected):
        """Shown frames, by name and depth, and their shares of the window."""
        shown = self.evaluate(FRAMES)
        check(shown.keys() == expected.keys()
              and all(abs(shown[name] - expected[name]) < 0.01 for name in expected), shown)

    def text(self, name):
        return self.evaluate(TEXT % name)


WHOLE = {'main0': 1, 'parse1': 0.5, 'emit1': 0.5, 'lex2': 0.4, 'lexer2': 0.1, 'read2': 0.1,
         'write2': 0.4, 'lex3': 0.1}


def test_fills_the_window():
    graph = Graph()
    graph.check_frames(**WHOLE)


def test_click_zooms():
    for options in (), ('--flames',):
        graph = Graph(STACKS, *options)
        graph.click_frame('parse', 1)
        graph.check_frames(main0=1, parse1=1, lex2=0.8, lex3=0.2, read2=0.2)
        graph.click_frame('main', 0)
        graph.check_frames(**WHOLE)
        graph.click_frame('emit', 1)
        graph.click('//*[@class="reset"]')
        graph.check_frames(**WHOLE)


def test_search():
    graph = Graph()
    graph.press('/LEX')
    check(graph.text('matched') == '50.0% matched', graph.text('matched'))
    check(graph.evaluate("document.querySelectorAll('.found').length") == 3, 'not three frames')
    graph.press('|write')
    check(graph.text('matched') == '90.0% matched', graph.text('matched'))
    graph.press(ESCAPE)
    check(graph.text('matched') == '', graph.text('matched'))


def test_search_for_what_is_no_expression():
    graph = Graph()
    graph.press('/(')
    check(graph.evaluate("document.querySelector('input').validity.valid") is False, 'no sign')
    check(graph.text('matched') == '', graph.text('matched'))


def test_keyboard():
    graph = Graph()
    graph.press(DOWN + DOWN)
    check(graph.text('details').startswith('emit  (50, 50.0%)'), graph.text('details'))
    graph.press(RIGHT)
    check(graph.text('details').startswith('parse  ('), graph.text('details'))
    graph.press(ENTER)
    graph.check_frames(main0=1, parse1=1, lex2=0.8, lex3=0.2, read2=0.2)
    graph.press(ESCAPE)
    graph.check_frames(**WHOLE)


def test_hostile_names():
    name = '<img src=x onerror="document.title=1">&amp]]></script><script>document.title=1</script>'
    graph = Graph(f'main;{name} 10\n')
    names = graph.evaluate("[...document.querySelectorAll('.f title')].map((t) => t.textContent)")
    check(names[1].split('\n')[0] == name, names)
    graph.click_frame('main', 0)
    graph.press('/img')
    check(graph.text('matched') == '100.0% matched', graph.text('matched'))
    check(graph.evaluate("document.querySelectorAll('script, img').length") == 1, 'an element')


def test_without_scripts():
    graph = Graph(scripts=False)
    labels = graph.evaluate("[...document.querySelectorAll('.f text')].map((t) => t.textContent)")
    check('main' in labels and 'write' in labels, labels)
    check(graph.evaluate("document.querySelector('input')") is None, 'a search that does nothing')


with browsers:
    sys.exit(run_cases_of(globals()))
