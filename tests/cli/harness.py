# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""What the end-to-end tests share: cases that report as cmocka's do, recording, reading a profile
through google/pprof."""
import os
import re
import signal
import subprocess
import sys
import tempfile
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path


# What one test program keeps for its next recordings is no other's, and not the user's.
CACHE = tempfile.TemporaryDirectory()
os.environ['XDG_CACHE_HOME'] = CACHE.name

# Under nohup(1) it would be ignored here, and in all that the tests start.
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# What the tests start is not for whoever runs them to configure.
OWN_ENVIRONMENT = dict(os.environ)
os.environ['LC_ALL'] = 'C.UTF-8'
os.environ.pop('LANGUAGE', None)
os.umask(0o022)
for _name in OWN_ENVIRONMENT:
    if _name.startswith('OTEL_') or _name.lower().endswith('_proxy') or _name == 'TRACEPARENT':
        del os.environ[_name]


class Skip(Exception):
    pass


def run_cases(cases):
    """Runs [(name, function)] and returns the exit status of the test program; arguments of the
    command line choose cases by a part of their names."""
    chosen = [case for case in cases if not sys.argv[1:] or any(a in case[0] for a in sys.argv[1:])]
    results = [run_case(name, function) for name, function in chosen]
    if 'FAILED' in results or not results:
        return 1
    return 77 if set(results) == {'SKIPPED'} else 0


def run_cases_of(names):
    """Runs every function test_* of a module, of which `names` are the globals."""
    return run_cases([(n[5:], f) for n, f in list(names.items()) if n.startswith('test_')])


def run_case(name, function):
    print(f'[ RUN      ] {name}', flush=True)
    try:
        function()
        result = 'OK'
    except Skip as skip:
        print(f'SKIP: {skip}')
        result = 'SKIPPED'
    except Exception:  # pylint: disable=broad-except
        traceback.print_exc(file=sys.stdout)
        result = 'FAILED'
    print(f'[ {result:>8} ] {name}' if result != 'FAILED' else f'[  FAILED  ] {name}', flush=True)
    return result


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def need(*programs):
    for program in programs:
        path = f'{program}'
        if not any(os.access(Path(d) / path, os.X_OK) for d in os.environ['PATH'].split(':')):
            raise Skip(f'{program} is not installed')


def run(command, timeout=300, **options):
    """Runs a command to its end; what it printed comes back as text."""
    defaults = {
        'stdin': subprocess.DEVNULL,
        'stdout': subprocess.PIPE,
        'stderr': subprocess.PIPE,
        'encoding': 'utf-8',
        'errors': 'replace',
    }
    words = [str(word) for word in command]
    return subprocess.run(words, timeout=timeout, check=False, **{**defaults, **options})


def prof(*arguments, status=0, **options):
    result = run([os.environ['PROF'], *arguments], **options)
    check(
        result.returncode == status,
        f'prof {" ".join(map(str, arguments))} exited {result.returncode}, not {status}:\n'
        + str(result.stdout)
        + result.stderr,
    )
    return result


def google_pprof(*arguments):
    if 'GOOGLE_PPROF' not in os.environ:
        raise Skip('google/pprof is not built: golang-go or golang-github-google-pprof-dev lacks')
    # Symbolizes nothing itself, so that what is seen is what the profile says.
    result = run([os.environ['GOOGLE_PPROF'], '-symbolize=none', *arguments], timeout=300)
    check(result.returncode == 0, f'google/pprof refuses the profile:\n{result.stderr}')
    complaints = [line for line in result.stderr.splitlines() if line.strip()]
    check(not complaints, f'google/pprof complains:\n{result.stderr}')
    return result.stdout


@dataclass
class Frame:
    name: str
    system_name: str = ''  # as linked
    filename: str = ''
    line: int = 0
    mapping: str = ''
    is_inlined: bool = False

    @property
    def is_kernel(self):
        return self.mapping.startswith('[kernel') or self.mapping.endswith('.ko')


@dataclass
class Sample:
    values: list
    frames: list  # leaf first, inlined ones too
    labels: dict


@dataclass
class Profile:
    sample_types: list
    samples: list = field(default_factory=list)
    mappings: dict = field(default_factory=dict)

    @property
    def count(self):
        return sum(sample.values[0] for sample in self.samples)


SAMPLE = re.compile(r'^\s*((?:-?\d+\s+)*-?\d+): ([\d ]*)$')
LOCATION = re.compile(r'^\s*(\d+): 0x[0-9a-f]+ (?:M=(\d+) )?(?:\[F\] )?(.*)$')
LINE = re.compile(r'^\s*(.*) (\S*):(-?\d+) s=-?\d+(?:\((.*)\))?$')
MAPPING = re.compile(r'^(\d+): 0x[0-9a-f]+/0x[0-9a-f]+/0x[0-9a-f]+ (\S*) ')
LABEL = re.compile(r'(\S+):\[(.*?)\](?= \S+:\[|$)')


def read_profile(path):
    """Reads a profile through `pprof -raw`, so that google/pprof's reader has to accept it."""
    text = google_pprof('-raw', path).splitlines()
    types_line, *sample_lines = read_section(text, 'Samples:', 'Locations')
    mappings = {}
    for line in read_section(text, 'Mappings'):
        if match := MAPPING.match(line):
            mappings[match[1]] = match[2]
    locations = read_locations(read_section(text, 'Locations', 'Mappings'), mappings)

    profile = Profile([word.replace('[dflt]', '') for word in types_line.split()], mappings=mappings)
    for line in sample_lines:
        if match := SAMPLE.match(line):
            frames = [frame for id_ in match[2].split() for frame in locations[id_]]
            profile.samples.append(Sample([int(v) for v in match[1].split()], frames, {}))
        else:
            profile.samples[-1].labels.update(LABEL.findall(line.strip()))
    return profile


def read_section(lines, title, next_title=None):
    begin = lines.index(title) + 1
    return lines[begin:] if next_title is None else lines[begin:lines.index(next_title)]


def read_locations(lines, mappings):
    locations = {}
    frames, mapping = [], ''
    for line in lines:
        rest = line
        if match := LOCATION.match(line):
            frames = locations[match[1]] = []
            mapping = mappings.get(match[2], '')
            rest = match[3]
        if match := LINE.match(rest):
            if frames:
                frames[-1].is_inlined = True
            name = match[1]
            frames.append(Frame(name, match[4] or name, match[2], int(match[3]), mapping))
        elif not frames:
            frames.append(Frame('', mapping=mapping))
    return locations


def plain_name(name):
    """A C++ name without its parameter list, a Rust name without its hash, a versioned symbol
    without its version."""
    name = re.sub(r'::h[0-9a-f]{16}$', '', name.split('@')[0])
    name = name.replace('(anonymous namespace)', '{anonymous}')
    depth = 0
    for i, char in enumerate(name):
        depth += {'<': 1, '>': -1}.get(char, 0)
        if char == '(' and depth == 0 and i > 0:
            return name[:i]
    return name


def leaf_function(sample):
    """The frame of the function that the processor was in, whatever was inlined into it."""
    return next((frame for frame in sample.frames if not frame.is_inlined), Frame(''))


def user_stack(sample):
    """The names of a sample's frames outside the kernel, leaf first."""
    return tuple(plain_name(frame.name) for frame in sample.frames if not frame.is_kernel)
