#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""What can be said of the Flatpak without building it: its manifest is pinned, asks for no more than
it needs, and names what the app installs."""
import json
import os
import re
import shutil
import struct
import sys
import tempfile
from xml.etree import ElementTree
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).parent.parent / 'cli'))
from harness import Skip, check, run, run_cases_of  # noqa: E402

ID = 'org.libprof.Pyrograph'
ROOT = Path(os.environ['SOURCE_ROOT'])
PATH = ROOT / 'flatpak' / f'{ID}.yml'
MANIFEST = yaml.safe_load(PATH.read_text('utf-8'))
# What each right is for stands in the manifest.
RIGHTS = {
    '--share=ipc',
    '--share=network',
    '--socket=wayland',
    '--socket=fallback-x11',
    '--device=dri',
    '--talk-name=org.freedesktop.Flatpak',
    '--talk-name=org.freedesktop.secrets',
}


def test_names():
    check(MANIFEST['id'] == ID, MANIFEST['id'])
    check(MANIFEST['runtime'] == 'org.gnome.Platform' and MANIFEST['sdk'] == 'org.gnome.Sdk', MANIFEST)
    # Unquoted, 4.10 would be 4.1.
    check(isinstance(MANIFEST['runtime-version'], str), 'the version of the runtime is a number')
    service = Path(os.environ['SERVICE']).read_text('utf-8')
    check(f'/{MANIFEST["command"]} ' in service, 'the command is not what is installed')


def test_rights():
    check(set(MANIFEST['finish-args']) == RIGHTS, set(MANIFEST['finish-args']) ^ RIGHTS)


def test_modules_are_pinned():
    *others, own = MANIFEST['modules']
    check({module['name'] for module in others} >= {'libpfm4', 'elfutils', 'protobuf-c'}, others)
    for module in others:
        source, = module['sources']
        check(source['type'] == 'archive', f'{module["name"]}: no archive')
        check(source['url'].startswith('https://'), f'{module["name"]}: {source["url"]}')
        check(re.search(r'\d+\.\d+.*\.tar\.\w+$', source['url']), f'{module["name"]} has no version')
        check(re.fullmatch('[0-9a-f]{64}', source['sha256']), f'{module["name"]} is not pinned')
    source, = own['sources']
    check(own['name'] == 'pyrograph' and source['type'] == 'dir', own)
    check((PATH.parent / source['path']).resolve() == ROOT.resolve(), source)


def test_options_exist():
    """meson fails for those that don't, but only where the runtime can be had."""
    known = re.findall(r"^option\(\s*'(\w+)'", (ROOT / 'meson_options.txt').read_text('utf-8'), re.M)
    for option in MANIFEST['modules'][-1]['config-opts']:
        check(re.match(r'-D(\w+)=', option)[1] in known, f'no option: {option}')


def test_files_have_the_name_of_the_app():
    """Flatpak exports no others."""
    for file in ('icons/hicolor/scalable/apps/{}.svg', 'icons/hicolor/symbolic/apps/{}-symbolic.svg',
                 'pyrograph/{}.desktop.in', 'pyrograph/{}.metainfo.xml.in', 'pyrograph/{}.mime.xml',
                 'pyrograph/{}.service.in'):
        check((ROOT / 'data' / file.format(ID)).is_file(), file.format(ID))
    desktop = (ROOT / 'data' / 'pyrograph' / f'{ID}.desktop.in').read_text('utf-8')
    check(f'\nIcon={ID}\n' in desktop, 'the desktop file has another icon')
    metainfo = (ROOT / 'data' / 'pyrograph' / f'{ID}.metainfo.xml.in').read_text('utf-8')
    check(f'<id>{ID}</id>' in metainfo, 'the metainfo has another id')


def test_screenshots():
    """Their addresses can't be tried without a network: what is to be there can."""
    metainfo = ElementTree.parse(ROOT / 'data' / 'pyrograph' / f'{ID}.metainfo.xml.in')
    images = metainfo.findall('screenshots/screenshot/image')
    check(images, 'no screenshots')
    for image in images:
        with open(ROOT / 'docs' / 'screenshots' / Path(image.text).name, 'rb') as file:
            size = struct.unpack('>II', file.read(24)[16:])
        check(size == (int(image.get('width')), int(image.get('height'))), f'{image.text}: {size}')


def test_profiles_have_a_type():
    if shutil.which('update-mime-database') is None:
        raise Skip('shared-mime-info is not installed')
    with tempfile.TemporaryDirectory() as mime:
        packages = Path(mime, 'packages')
        packages.mkdir()
        shutil.copy(ROOT / 'data' / 'pyrograph' / f'{ID}.mime.xml', packages / f'{ID}.xml')
        result = run(['update-mime-database', mime])
        check(result.returncode == 0, result.stderr)
        globs = Path(mime, 'globs2').read_text('utf-8').splitlines()
    check({'50:application/x-pprof:*.pb.gz', '50:application/x-pprof:*.pprof'} <= set(globs), globs)
    desktop = (ROOT / 'data' / 'pyrograph' / f'{ID}.desktop.in').read_text('utf-8')
    check('\nMimeType=application/x-pprof;\n' in desktop, 'the app is not offered for profiles')


def test_flatpak_builder_reads_it():
    """It drops words that it doesn't know, and says so on its standard error alone."""
    if shutil.which('flatpak-builder') is None:
        raise Skip('flatpak-builder is not installed')
    result = run(['flatpak-builder', '--show-manifest', PATH], cwd='/')
    check(result.returncode == 0 and not result.stderr, result.stderr)
    read = json.loads(result.stdout)
    check([m['name'] for m in read['modules']] == [m['name'] for m in MANIFEST['modules']], read)
    check(read['finish-args'] == MANIFEST['finish-args'], read['finish-args'])


sys.exit(run_cases_of(globals()))
