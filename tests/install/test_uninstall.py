#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""tools/uninstall, on a project that installs just what the desktop makes databases from."""
import os
import shutil
import sys
import tempfile
from pathlib import Path

from harness import check, need, run, run_cases_of

SOURCE = Path(os.environ['SOURCE_ROOT'])
DATA = SOURCE / 'data' / 'pyrograph'
PROJECT = """
project('desktop', meson_version: '>= 1.0')
data = get_option('datadir')
install_data('app.desktop', install_dir: data / 'applications')
install_data('app.gschema.xml', install_dir: data / 'glib-2.0' / 'schemas')
install_data('app.xml', install_dir: data / 'mime' / 'packages')
install_subdir('icons', install_dir: data)
import('gnome').post_install(
  glib_compile_schemas: true,
  gtk_update_icon_cache: true,
  update_desktop_database: true,
  update_mime_database: true,
)
"""
CACHES = {'mimeinfo.cache', 'gschemas.compiled', 'icon-theme.cache', 'mime.cache'}


class Installed:
    """A project, installed into a prefix of its own."""

    def __enter__(self):
        need('glib-compile-schemas', 'gtk-update-icon-cache', 'update-desktop-database', 'update-mime-database')
        self.directory = tempfile.TemporaryDirectory()
        self.path = Path(self.directory.name)
        self.prefix = self.path / 'prefix'
        self.write_project(self.path / 'project')
        self.run(os.environ['MESON'], 'setup', f'--prefix={self.prefix}', 'build', 'project')
        self.run(os.environ['MESON'], 'install', '-C', 'build')
        check(CACHES <= {path.name for path in self.prefix.rglob('*')}, 'nothing to forget')
        return self

    def __exit__(self, *_):
        self.directory.cleanup()

    def write_project(self, project):
        shutil.copytree(SOURCE / 'data' / 'icons', project / 'icons')
        (project / 'meson.build').write_text(PROJECT, 'ascii')
        for name, source in {'app.desktop': 'desktop.in', 'app.gschema.xml': 'gschema.xml',
                             'app.xml': 'mime.xml'}.items():
            shutil.copy(DATA / f'org.libprof.Pyrograph.{source}', project / name)

    def run(self, *command):
        result = run([os.fspath(word) for word in command], cwd=self.path)
        check(result.returncode == 0, f'{command}\n{result.stdout}{result.stderr}')

    def uninstall(self):
        self.run(SOURCE / 'tools' / 'uninstall', 'build')


def test_nothing_is_left():
    with Installed() as installed:
        installed.uninstall()
        check(not installed.prefix.exists(), list(installed.prefix.rglob('*')))


def test_others_stay():
    with Installed() as installed:
        share = installed.prefix / 'share'
        desktop_file = share / 'applications' / 'other.desktop'
        desktop_file.write_text('[Desktop Entry]\nType=Application\nName=Other\nExec=other\n'
                                'MimeType=text/x-other;\n', 'ascii')
        installed.uninstall()
        left = {str(path.relative_to(share)) for path in share.rglob('*') if path.is_file()}
        check(left == {'applications/other.desktop', 'applications/mimeinfo.cache'}, left)
        cache = (share / 'applications' / 'mimeinfo.cache').read_text('ascii')
        check('other.desktop' in cache and 'app.desktop' not in cache, cache)


if __name__ == '__main__':
    sys.exit(run_cases_of(globals()))
