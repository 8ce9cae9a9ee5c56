# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright the libprof authors
"""The stacks that the programs of this directory must give.

A stack is function names, leaf first; ANY stands for any number of frames, a tuple for one of its
names. Parameter lists of C++ names are left out, and so are kernel frames before comparing.
"""
from dataclasses import dataclass

ANY = ...

# What is below main and below a thread's function, down to the root.
MAIN = ('main', ANY, '_start')
THREAD_ROOT = (ANY, ('clone', 'clone3', '__clone', '__clone3', '__GI___clone', '__GI___clone3'))


# The C library's return from a signal handler: it has a name in debug files only.
SIGNAL_FRAME = ('__restore_rt', '')


@dataclass(frozen=True)
class Shape:
    name: str  # of the test
    program: str
    stacks: dict  # stack -> the least share of all samples that must have it
    arguments: tuple = ()  # a name of a file of the build directory is given with its path
    unwind: tuple = ('dwarf', 'auto')
    options: tuple = ()  # of prof record
    status: int = 0
    total: float = 0.97  # the least share of samples that must have one of the stacks
    truncated: bool = False  # no stack reaches its root; else all but 1 % do; None: either
    min_samples: int = 200
    debug_file_by_build_id: bool = False
    runs_a_copy: bool = False
    leaves_perf_map: bool = False


SHAPES = [
    Shape(
        'recursion',
        'recursion',
        {('burn_deep', *['descend'] * 1000, *MAIN): 0.97},
        options=('--max-depth', '1100'),
    ),
    Shape(
        'recursion at the depth limit',
        'recursion',
        {('burn_deep', *['descend'] * 63): 0.97},
        options=('--max-depth', '64'),
        truncated=True,
    ),
    Shape(
        'thirty C++ frames without frame pointers',
        'thirty-frames',
        {
            ('shapes::work', *[f'shapes::Frame<{n}>::run' for n in range(31)], *MAIN): 0.2,
            (ANY, 'shapes::Frame<30>::run', *MAIN): 0.5,
            (ANY, '_start'): 0.99,
        },
        total=0.99,
    ),
    Shape(
        'frame pointers',
        'frame-pointers',
        {('burn_framed', 'framed_middle', 'main', ANY): 0.97},
        unwind=('fp',),
        truncated=None,
    ),
    Shape(
        'inlined three deep',
        'inlining',
        {('innermost', 'middle', 'outermost', 'host', *MAIN): 0.97},
    ),
    Shape(
        '64 threads',
        'threads',
        {('burn_in_thread', 'thread_main', *THREAD_ROOT): 0.95},
        total=0.95,
    ),
    Shape(
        'dlopen and dlclose in a loop',
        'dlopen-loop',
        {
            ('burn_in_one', 'plugin_run', 'run_plugin', *MAIN): 0.25,
            ('burn_in_two', 'plugin_run', 'run_plugin', *MAIN): 0.25,
        },
        arguments=('plugin-one.so', 'plugin-two.so'),
        total=0.9,
    ),
    Shape(
        'fork storm',
        'fork-storm',
        {('burn_in_child', 'child_main', *MAIN): 0.8},
        total=0.8,
    ),
    Shape(
        'exec chain',
        'exec-chain',
        {
            ('stage_one', *MAIN): 0.2,
            ('stage_two', *MAIN): 0.2,
            ('stage_three', *MAIN): 0.2,
        },
        total=0.9,
    ),
    Shape(
        'signal handler',
        'signal-handler',
        {('burn_in_handler', 'on_signal', SIGNAL_FRAME, 'interrupted', *MAIN): 0.97},
    ),
    Shape(
        'signal handler on an alternate stack',
        'signal-handler',
        {('burn_in_handler', 'on_signal', SIGNAL_FRAME, 'interrupted', ANY): 0.97},
        arguments=('alternate',),
        truncated=True,
    ),
    Shape('tail calls', 'tail-call', {('burn_at_tail', 'caller', *MAIN): 0.97}),
    Shape(
        'alloca and realigned stacks',
        'alloca',
        {
            ('burn_on_alloca', 'with_alloca', *MAIN): 0.25,
            ('burn_on_aligned', 'with_alignment', *MAIN): 0.25,
        },
    ),
    Shape(
        'C++ exceptions',
        'exceptions',
        {
            ('burn_in_catch', 'catches', *MAIN): 0.25,
            ('Guard::~Guard', 'passes', 'catches', *MAIN): 0.25,
        },
        total=0.9,
    ),
    Shape('PIE', 'plain-pie', {('burn_leaf', 'plain_middle', *MAIN): 0.97}),
    Shape('no PIE', 'plain-no-pie', {('burn_leaf', 'plain_middle', *MAIN): 0.97}),
    Shape('static', 'plain-static', {('burn_leaf', 'plain_middle', *MAIN): 0.97}),
    Shape('static PIE', 'plain-static-pie', {('burn_leaf', 'plain_middle', *MAIN): 0.97}),
    Shape(
        'stripped, debug file by debug link',
        'plain-debuglink',
        {('burn_leaf', 'plain_middle', *MAIN): 0.97},
    ),
    Shape(
        'stripped, debug file by build ID',
        'plain-build-id',
        {('burn_leaf', 'plain_middle', *MAIN): 0.97},
        debug_file_by_build_id=True,
    ),
    Shape(
        'C++ and Rust names',
        'mangled-names',
        {('shapes::Ring<int>::spin', 'core::num::parse', 'demo::text::run', *MAIN): 0.97},
    ),
    Shape(
        'vDSO',
        'vdso',
        {
            (ANY, 'read_clock', *MAIN): 0.9,
            (
                ('__vdso_clock_gettime', 'clock_gettime'),
                ('clock_gettime', '__clock_gettime', '__GI___clock_gettime'),
                'read_clock',
                *MAIN,
            ): 0.5,
        },
    ),
    Shape(
        'PLT',
        'plt',
        {
            ('plt_increment', 'call_through_plt', *MAIN): 0.05,
            (ANY, 'call_through_plt', *MAIN): 0.97,
        },
    ),
    Shape(
        'big frames',
        'big-frames',
        {('burn_on_big', 'big_frame', 'big_frame', ANY, 'big_frame'): 0.97},
        truncated=True,
    ),
    Shape(
        'JIT code with a perf map',
        'jit',
        {('jit_leaf', 'jit_caller', 'run_jit', *MAIN): 0.95},
        unwind=('auto',),
        total=0.95,
        leaves_perf_map=True,
    ),
    # Half of the time each, but a virtual machine may run at a third of its speed for a while.
    Shape(
        'deletes its binary',
        'own-binary',
        {('burn_before', *MAIN): 0.05, ('burn_after', *MAIN): 0.05},
        arguments=('delete',),
        runs_a_copy=True,
    ),
    Shape(
        'replaces its binary',
        'own-binary',
        {('burn_before', *MAIN): 0.05, ('burn_after', *MAIN): 0.05},
        arguments=('replace',),
        runs_a_copy=True,
    ),
    Shape(
        'unmaps its binary',
        'own-binary',
        {('burn_before', *MAIN): 0.05},
        arguments=('unmap',),
        total=0.05,
        truncated=None,
        runs_a_copy=True,
    ),
    Shape(
        'demo workload',
        '../../data/demo/prof-demo',
        {
            (ANY, 'mix', 'demo_checksum', 'demo::Indexer::run', *THREAD_ROOT): 0.25,
            (
                ('escape_time', 'demo::escape_time'),
                ('render_row', 'demo::render_row'),
                ('render', 'demo::render'),
                *THREAD_ROOT,
            ): 0.15,
            (ANY, 'demo::WordIndex::add_word', 'demo::WordIndex::add_document', *THREAD_ROOT): 0.08,
        },
        total=0.6,
    ),
    Shape('exits at once', 'exit-at-once', {}, status=7, total=0, min_samples=0),
    Shape(
        'killed by a signal',
        'killed',
        {('burn_until_killed', *MAIN): 0.97},
        status=128 + 9,
    ),
]
