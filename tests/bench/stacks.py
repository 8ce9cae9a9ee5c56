#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""How many stacks of Debian's programs reach their root under `prof record`, at how many bytes of
stack copied, and why the rest ended; with `perf record --call-graph dwarf` + `perf script` beside.

usage: stacks.py PROF CUT_STACKS [NAME...]
Environment: SECONDS (of each recording, default 4); PERF=0 leaves perf out."""
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / 'unwind'))
from workloads import WORKLOADS, Workload, get_command, is_installed, loaded  # noqa: E402

SECONDS = os.environ.get('SECONDS', '4')
WITH_PERF = os.environ.get('PERF', '1') != '0'
FREQUENCY = '999'
COPIED = '32768'  # prof's own default

GO = '''
package main
import ("fmt"; "sort"; "strings")
func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
func main() {
    for {
        words := strings.Fields(strings.Repeat("b a d c ", 5000))
        sort.Slice(words, func(i, j int) bool { return words[i] < words[j] })
        done := make(chan int)
        go func() { done <- fib(25) }()
        fmt.Println(<-done, len(words))
    }
}
'''

PAGE = '''data:text/html,<div id=x></div><script>
for (let start = Date.now(); Date.now() - start < %s000;) {
  x.innerHTML = Array.from({length: 300}, (_, i) => `<p style="width:${i}px">${i}</p>`).join("");
  x.offsetHeight; [...x.children].map(e => e.textContent).sort();
}</script>'''


def again(*command):
    return ['sh', '-c', 'while :; do "$@"; done', 'sh', *command]


def compiled(*compiler):
    def make(directory):
        subprocess.run([*compiler, str(HERE / 'deep-work.c'), '-o', f'{directory}/work'], check=True)
        return [f'{directory}/work', SECONDS]

    return make


def compile_go(directory):
    Path(directory, 'work.go').write_text(GO, encoding='ascii')
    subprocess.run(
        ['go', 'build', '-o', f'{directory}/work', f'{directory}/work.go'],
        check=True, env={**os.environ, 'GOCACHE': f'{directory}/cache', 'GO111MODULE': 'off'},
    )
    return [f'{directory}/work']


def encode_noise(directory):
    with open(f'{directory}/noise.yuv', 'wb') as noise:
        noise.write(os.urandom(640 * 360 * 3 // 2) * 100)
    return again('x265', '--input', f'{directory}/noise.yuv', '--input-res', '640x360', '--fps', '25',
                 '--pools', '1', '-o', '/dev/null')


def browse(directory):
    return ['chromium', '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic',
            '--no-first-run', '--disable-background-networking', '--disable-component-update',
            '--disable-sync', f'--user-data-dir={directory}/browser', '--dump-dom', PAGE % SECONDS]


def find_node_map(directory):
    node = next(w for w in WORKLOADS if w.name == 'node')
    return ['sh', '-c', 'cd "$0" && exec "$@"', directory, node.command[0], '--perf-basic-prof',
            *node.command[1:]]


MORE = [
    Workload('node --perf-basic-prof', 'node', find_node_map),
    Workload('chromium', 'chromium', browse),
    Workload('x265', 'x265', encode_noise),
    Workload('Go', 'go', compile_go),
    Workload('Rust: ripgrep', 'rg', again('rg', '-c', '-j1', 'a.*[bc].*d', '/usr/include')),
    Workload('musl, static', 'musl-gcc', compiled('musl-gcc', '-static', '-O2')),
    Workload('gcc -O3, realigned', 'gcc', compiled('gcc', '-O3', '-mavx', '-mstackrealign')),
    Workload('gcc -O3, no -g', 'gcc', compiled('gcc', '-O3', '-fomit-frame-pointer', '-s')),
]

ROOTS = re.compile(
    r'_start|__libc_start_main\S*|__libc_start_call_main|_start_c|libc_start_main_stage2'
    r'|start_thread|start|(__GI_)?_*clone3?|_dl_start\S*|runtime\.(goexit|mstart|rt0_go|mcall'
    r'|systemstack)\S*'
)


def run_quietly(command, **options):
    return subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, **options
    )


def measure_prof(prof, command, directory):
    profile = f'{directory}/profile.pb.gz'
    recorded = run_quietly([prof, 'record', '-q', '-F', FREQUENCY, '-o', profile, '--', *command])
    report = subprocess.run(
        [prof, 'report', '--quality', '--json', profile], capture_output=True, text=True, check=False
    )
    if report.returncode != 0:
        sys.exit(recorded.stderr + report.stderr)
    quality = json.loads(report.stdout)
    modules = {
        (module['module'].rsplit('/', 1)[-1], reason): count
        for module in quality['modules']
        for reason, count in module['ends'].items()
        if reason != 'root'
    }
    return quality['stacks'], quality['ends'].get('root', 0), quality['ends'], modules


def measure_perf(command, directory):
    """(stacks, those that reach a root, by the names of their outermost frames)"""
    data = f'{directory}/perf.data'
    run_quietly(['perf', 'record', '-q', '-e', 'cpu-clock', '-F', FREQUENCY, '--call-graph', 'dwarf',
                 '-o', data, '--', *command])
    script = subprocess.Popen(
        ['perf', 'script', '-i', data, '--no-inline', '-F', 'ip,sym,dso'],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, errors='replace',
    )
    stacks = whole = 0
    names, is_user = collections.deque(maxlen=3), False
    for line in script.stdout:
        words = line.split()
        if words:
            names.append(words[1])
            is_user |= not words[0].startswith('ffffffff')
            continue
        stacks += is_user
        whole += is_user and any(ROOTS.fullmatch(name) for name in names)
        names.clear()
        is_user = False
    script.wait()
    os.unlink(data)
    return stacks, whole


def measure_bytes(cut_stacks, command):
    """Bytes copied for each sample with prof's default slice."""
    output = subprocess.run(
        [cut_stacks, 'sh', '-c', 'exec "$@" >/dev/null 2>&1', 'sh', *command],
        capture_output=True, text=True, check=False,
    ).stdout
    match = re.search(rf'{COPIED} bytes, of them (\d+) copied', output)
    return int(match[1]) if match else 0


def share(part, whole):
    return f'{100 * part / whole:6.2f} %' if whole else '      -'


def print_row(workload, prof, cut_stacks):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        command = ['timeout', '-s', 'KILL', SECONDS, *get_command(workload, directory)]
        if workload.name == 'chromium':
            command[3] = str(int(SECONDS) + 10)  # it ends itself, with its children
        with loaded(workload, directory):
            stacks, whole, ends, modules = measure_prof(prof, command, directory)
            n_bytes = measure_bytes(cut_stacks, command)
            perf_stacks, perf_whole = measure_perf(command, directory) if WITH_PERF else (0, 0)
    reasons = ', '.join(f'{n} {reason}' for reason, n in sorted(ends.items()) if reason != 'root')
    print(f'{workload.name:24} {stacks:7} {share(whole, stacks)} {n_bytes:7} '
          f'{share(perf_whole, perf_stacks)}  {reasons}', flush=True)
    for (module, reason), count in sorted(modules.items(), key=lambda item: -item[1])[:3]:
        print(f'{"":24}   {count:5} {reason} in {module}')
    return stacks, whole


def main():
    prof, cut_stacks, names = sys.argv[1], sys.argv[2], sys.argv[3:]
    all_stacks = all_whole = 0
    print(f'{"program":24} {"stacks":>7} {"whole":>8} {"bytes":>7} {"perf":>8}  the rest of ours ended with')
    for workload in [*WORKLOADS, *MORE]:
        if names and workload.name not in names:
            continue
        if not is_installed(workload):
            print(f'{workload.name:24} skipped: {workload.program} is not installed')
            continue
        stacks, whole = print_row(workload, prof, cut_stacks)
        all_stacks += stacks
        all_whole += whole
    print(f'{"together":24} {all_stacks:7} {share(all_whole, all_stacks)}')


if __name__ == '__main__':
    WITH_PERF = WITH_PERF and shutil.which('perf') is not None
    main()
