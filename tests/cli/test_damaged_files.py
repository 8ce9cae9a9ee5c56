#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Damaged profiles, and programs whose ELF or DWARF is damaged: no crash, no hang, no memory without
bounds. What is damaged follows from a seed."""
import gzip
import os
import random
import resource
import shutil
import struct
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path

from harness import check, run, run_cases_of
from profile_bytes import ProfileBytes, bytes_field, varint
from scratch import Scratch, check_no_report

PROGRAMS = Path(os.environ['PROGRAMS'])
MOST_MEMORY_KB = 1 << 20


def read_in_every_way(scratch, path, good):
    """The exit status of `prof report`; each command must end, and say why if it refuses."""
    statuses = []
    for arguments in [
        ['report', '--limit', '3', path],
        ['diff', good, path],
        ['merge', '-o', 'merged.pb.gz', path, good],
        ['convert', path, 'converted.svg'],
    ]:
        result = run([scratch.prof, *arguments], cwd=scratch.path)
        check_no_report(result.stderr)
        check(result.returncode in (0, 1), f'{arguments} exited {result.returncode}:\n{result.stderr}')
        lines = result.stderr.splitlines()
        check(result.returncode == 0 or (len(lines) == 1 and lines[0].startswith('prof: ')),
              f'{arguments}: no one sentence:\n{result.stderr}')
        statuses.append(result.returncode)
    return statuses[0]


def refuse_profile(scratch, content, *says):
    path = scratch.path / 'bad.pb.gz'
    path.write_bytes(content)
    scratch.refuse('report', path.name, says=[path.name, *says])
    check(read_in_every_way(scratch, path.name, 'good.pb.gz') == 1, 'it was taken')


def save_good_profile(scratch):
    profile = ProfileBytes()
    for i in range(20):
        profile.add(['main', f'function {i}', ('leaf', '/bin/program', 'leaf.c', 3)], i + 1)
    return gzip.decompress(profile.save(scratch.path / 'good.pb.gz').read_bytes())


def test_truncated_profiles():
    with Scratch() as scratch:
        raw = save_good_profile(scratch)
        packed = (scratch.path / 'good.pb.gz').read_bytes()
        for size in 1, 2, 10, len(packed) // 2, len(packed) - 9, len(packed) - 8, len(packed) - 1:
            refuse_profile(scratch, packed[:size])
        for size in 1, len(raw) // 3, len(raw) // 2, len(raw) - 1:
            refuse_profile(scratch, raw[:size])


def test_no_profiles():
    with Scratch() as scratch:
        save_good_profile(scratch)
        refuse_profile(scratch, b'', 'empty')
        refuse_profile(scratch, b'\x7fELF' + bytes(100))
        refuse_profile(scratch, gzip.compress(b'this is no profile'))
        refuse_profile(scratch, b'this is no stack\n')
        for command in ['report', '/'], ['convert', '/', 'x.svg'], ['merge', '-o', 'x', '/']:
            scratch.refuse(*command, says=['/', 'directory'])
        scratch.refuse('report', 'gone', says=['gone', 'No such file'])


def test_random_bytes_in_profiles():
    with Scratch() as scratch:
        raw = save_good_profile(scratch)
        for seed in range(12):
            chance = random.Random(seed)
            bad = bytearray(raw)
            for _ in range(chance.choice([1, 4, 32])):
                bad[chance.randrange(len(bad))] = chance.randrange(256)
            (scratch.path / 'bad.pb.gz').write_bytes(gzip.compress(bytes(bad), mtime=0))
            read_in_every_way(scratch, 'bad.pb.gz', 'good.pb.gz')
            (scratch.path / 'bad.pb.gz').write_bytes(chance.randbytes(500))
            read_in_every_way(scratch, 'bad.pb.gz', 'good.pb.gz')


def test_huge_lengths():
    """A field that says it is longer than the file, or than memory."""
    with Scratch() as scratch:
        raw = save_good_profile(scratch)
        for length in 1 << 16, 1 << 31, (1 << 32) - 1, (1 << 63) - 1, (1 << 64) - 1:
            for tag in 1, 2, 6, 1000:
                refuse_profile(scratch, raw + varint(tag << 3 | 2) + varint(length) + b'x')


def make_bomb(unit, n_bytes):
    """Valid gzip of `unit` over and over: a thousandth of what it unpacks to."""
    packer = zlib.compressobj(9, wbits=31)
    block = unit * ((1 << 20) // len(unit))
    packed = packer.compress(block * (n_bytes // len(block)))
    return packed + packer.flush()


def test_gzip_bombs():
    with Scratch() as scratch:
        save_good_profile(scratch)
        for unit in bytes_field(6, b''), bytes_field(2, b'\x12\x01\x00'), bytes_field(15, bytes(2000)):
            (scratch.path / 'bad.pb.gz').write_bytes(make_bomb(unit, 100 << 20))
            scratch.refuse('report', 'bad.pb.gz', says=['bad.pb.gz'])
        used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        check(used < MOST_MEMORY_KB, f'{used} KiB for a small file')


# ---- ELF ----


@dataclass
class Elf:
    """As much of a file's structure as it takes to damage a part of it."""

    content: bytes

    def __post_init__(self):
        head = struct.unpack_from('<16sHHIQQQIHHHHHH', self.content)
        self.headers = {'file header': (4, 60)}
        self.segments_at, self.sections_at, n_segments, n_sections = head[5], head[6], head[10], head[12]
        self.headers['program headers'] = (self.segments_at, 56 * n_segments)
        self.headers['section headers'] = (self.sections_at, 64 * n_sections)
        rows = [struct.unpack_from('<IIQQQQIIQQ', self.content, self.sections_at + 64 * i)
                for i in range(n_sections)]
        names_at = rows[head[13]][4]
        self.sections = {self.string(names_at + row[0]): row for row in rows}

    def string(self, at):
        return self.content[at:self.content.index(b'\0', at)].decode()

    def find_code(self):
        """Offset and size of the executable segment, with the address it is loaded at."""
        for at in range(self.segments_at, self.segments_at + self.headers['program headers'][1], 56):
            kind, flags, offset, address, _, size, _, _ = struct.unpack_from('<IIQQQQQQ', self.content, at)
            if kind == 1 and flags & 1:
                return offset, size, address
        raise AssertionError('no code')

    def find_symbol(self, name):
        """The address of a dynamic symbol."""
        table, strings = self.sections['.dynsym'], self.sections['.dynstr']
        for at in range(table[4], table[4] + table[5], 24):
            name_at, _, _, _, value, _ = struct.unpack_from('<IBBHQQ', self.content, at)
            if self.string(strings[4] + name_at) == name:
                return value
        raise AssertionError(f'no symbol {name}')

    def find_part(self, name):
        if name in self.headers:
            return self.headers[name]
        row = self.sections[name]
        return row[4], row[5]


PARTS = ['file header', 'program headers', 'section headers', '.eh_frame', '.eh_frame_hdr', '.debug_info',
         '.debug_abbrev', '.debug_line', '.debug_str', '.symtab', '.strtab', '.dynsym',
         '.note.gnu.build-id', '.shstrtab']
DEBUG_PARTS = [part for part in PARTS if part.startswith('.debug') or part in ('.symtab', '.strtab')]


def damage(elf, part, chance):
    """A copy with some bytes of a part changed, or with the file's end cut off within it."""
    start, size = elf.find_part(part)
    bad = bytearray(elf.content)
    for _ in range(chance.choice([1, 2, 8, 64])):
        at = start + chance.randrange(size)
        new = chance.choice([b'\xff' * 8, bytes(8), b'\x7f\xff\xff\xff', chance.randbytes(1),
                             struct.pack('<Q', chance.randrange(1 << 16))])
        end = min(at + len(new), start + size)
        bad[at:end] = new[:end - at]
    return bytes(bad)


def test_mapped_files_with_damaged_elf():
    """The functions run all the same, since whoever maps the file looks at nothing but the code."""
    plugin = PROGRAMS / 'plugin-one.so'
    elf = Elf(plugin.read_bytes())
    offset, size, address = elf.find_code()
    function = elf.find_symbol('burn_in_one') - address
    with Scratch() as scratch:
        parts = [part for part in PARTS if part in elf.headers or part in elf.sections]
        check(len(parts) >= 12, f'only {parts}')
        for seed in range(200):
            bad = damage(elf, parts[seed % len(parts)], random.Random(seed))
            (scratch.path / f'damaged-{seed}').write_bytes(bad)
        for first in range(0, 200, 50):
            names = [f'./damaged-{seed}' for seed in range(first, first + 50)]
            mode = ['auto', 'dwarf', 'auto', 'fp'][first // 50]
            result = scratch.record('-q', '-F', '2000', '--unwind', mode, '--', PROGRAMS / 'run-mapped',
                                    hex(offset), hex(size), hex(function), *names)
            functions = result.profile['functions']
            # The same function of all files may be one row; without its name each has its own.
            found = sum(f['self'] for f in functions if f['name'].startswith(('burn_in_one', 'damaged-')))
            check(found >= 0.8 * result.profile['total'], f'{found} of {result.profile["total"]}')


def test_programs_with_damaged_debug_information():
    elf = Elf((PROGRAMS / 'exceptions').read_bytes())
    with Scratch() as scratch:
        program = shutil.copy(PROGRAMS / 'exceptions', scratch.path / 'program')
        for seed in range(12):
            bad = damage(elf, DEBUG_PARTS[seed % len(DEBUG_PARTS)], random.Random(seed))
            Path(program).write_bytes(bad)
            result = scratch.record('-q', '-F', '2000', '--', program, 'briefly')
            check(result.profile['recordings'][0]['samples'] > 0, f'seed {seed}')


def test_truncated_programs():
    """What is gone after the program was loaded: its sections, then everything but its first page."""
    elf = Elf((PROGRAMS / 'plain-pie').read_bytes())
    offset, size, _ = elf.find_code()
    with Scratch() as scratch:
        for length in elf.sections_at + 10, elf.sections_at - 100, elf.find_part('.debug_info')[0] + 5:
            check(length > offset + size, 'the code is gone')
            program = scratch.path / 'program'
            program.write_bytes(elf.content[:length])
            program.chmod(0o755)
            result = scratch.record('-q', '--', program, 'briefly')
            check(result.profile['recordings'][0]['samples'] > 0, f'{length} bytes')


sys.exit(run_cases_of(globals()))
