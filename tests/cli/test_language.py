# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""prof speaks Chinese where its catalogs are installed: help, tables, and the library's sentences.
CATALOGS: the folder of the built catalogs."""
import os
import re
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path

from harness import run_cases_of

EXAMPLE = Path(os.environ['SOURCE_ROOT'], 'data/pyrograph/examples/word-index.pb.gz')
COMMANDS = ('record report heap-report diff merge convert export agent events mem doctor').split()


def run(*arguments, language='zh_CN'):
    """Output and messages of prof with the catalogs laid out as they are installed."""
    with tempfile.TemporaryDirectory() as folder:
        messages = Path(folder, 'zh_CN/LC_MESSAGES')
        messages.mkdir(parents=True)
        for name in ('prof', 'libprof'):
            built = Path(os.environ['CATALOGS'], name, 'zh_CN/LC_MESSAGES', f'{name}.mo')
            (messages / f'{name}.mo').symlink_to(built)
        environment = {**os.environ, 'LANGUAGE': language, 'PROF_LOCALEDIR': folder}
        return subprocess.run([os.environ['PROF'], *arguments], env=environment, capture_output=True, text=True)


def is_chinese(text):
    return any('\u4e00' <= character <= '\u9fff' for character in text)


def count_columns(text):
    return sum(2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in text)


def test_help_is_translated():
    for command in COMMANDS:
        text = run('help', command).stdout
        assert '选项：' in text and '示例：' in text, text
    assert all(is_chinese(line) for line in run('help').stdout.splitlines() if line.startswith('  prof'))


def test_help_of_each_option_is_translated_and_fits():
    for command in COMMANDS:
        text = run('help', command).stdout
        options = re.split(r'\n {2,6}(?=-)', text[text.index('选项：') : text.index('示例：')])[1:]
        for option in options:
            assert is_chinese(option) or '--json' in option, (command, option)
        for line in text[: text.index('示例：')].splitlines():
            assert count_columns(line) <= 80, (command, line)


def test_no_line_begins_with_closing_punctuation():
    for command in COMMANDS:
        for line in run('help', command).stdout.splitlines():
            assert line.strip()[:1] not in tuple('，。；：、）'), (command, line)


def test_headings_stand_above_their_columns():
    lines = run('report', str(EXAMPLE)).stdout.splitlines()
    heading = next(line for line in lines if line.lstrip().startswith('自身'))
    row = lines[lines.index(heading) + 1]
    assert '函数' in heading and '模块' in heading, heading
    ends_of_share = count_columns(heading[: heading.index('自身%') + 3])
    assert row[ends_of_share - 1] == '%', (heading, row)
    assert count_columns(heading[: heading.index('函数')]) == row.index(row.split()[6]), (heading, row)


def test_sentences_of_the_library_are_translated():
    missing = run('report', '/nonexistent/profile.pb.gz')
    assert missing.returncode == 1 and '无法打开 /nonexistent/profile.pb.gz' in missing.stderr, missing
    broken = run('report', '/dev/null')
    assert broken.returncode == 1 and '它是空的\n' in broken.stderr, broken
    assert '自己程序的 CPU 时间' in run('doctor').stdout


def test_mistakes_are_told_in_the_language_and_json_is_not():
    wrong = run('record', '--frequency', 'often', '--', 'true')
    assert wrong.returncode == 2 and '应为1 到 1000000 的整数' in wrong.stderr, wrong
    json = run('report', '--json', '-n', '1', str(EXAMPLE)).stdout
    assert json == run('report', '--json', '-n', '1', str(EXAMPLE), language='en').stdout


def test_another_language_is_english():
    assert 'Options:' in run('help', 'record', language='fr').stdout


sys.exit(run_cases_of(globals()))
