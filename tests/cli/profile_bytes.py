# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""Writes small profiles byte by byte, without the code under test (google/pprof,
proto/profile.proto)."""
import gzip
from dataclasses import dataclass, field


def varint(number):
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


def number_field(tag, number):
    return varint(tag << 3) + varint(number) if number else b''


def bytes_field(tag, content):
    return varint(tag << 3 | 2) + varint(len(content)) + content


@dataclass
class ProfileBytes:
    """Frames are names, or (name, module, file, start line); stacks are written root first, as in
    collapsed stacks."""

    types: list = field(default_factory=lambda: [('samples', 'count')])
    time_ns: int = 0
    duration_ns: int = 0
    extra: bytes = b''

    def __post_init__(self):
        self.strings = {'': 0}
        self.mappings, self.functions, self.locations, self.samples = {}, {}, {}, []

    def string(self, text):
        return self.strings.setdefault(text, len(self.strings))

    def mapping(self, name):
        return self.mappings.setdefault(name, len(self.mappings) + 1) if name else 0

    def location(self, frame):
        frame = frame if isinstance(frame, tuple) else (frame, '', '', 0)
        self.functions.setdefault(frame, len(self.functions) + 1)
        self.mapping(frame[1])
        return self.locations.setdefault(frame, len(self.locations) + 1)

    def add(self, stack, *values, **labels):
        """`labels`: texts, or (number, unit)."""
        content = bytes_field(1, b''.join(varint(self.location(f)) for f in reversed(stack)))
        content += bytes_field(2, b''.join(map(varint, values)))
        for key, value in labels.items():
            label = number_field(1, self.string(key))
            if isinstance(value, str):
                label += number_field(2, self.string(value))
            else:
                label += number_field(3, value[0]) + number_field(4, self.string(value[1]))
            content += bytes_field(3, label)
        self.samples.append(content)
        return self

    def encode(self):
        out = bytearray()
        for name, unit in self.types:
            out += bytes_field(1, number_field(1, self.string(name))
                               + number_field(2, self.string(unit)))
        for sample in self.samples:
            out += bytes_field(2, sample)
        for name, id_ in self.mappings.items():
            start = id_ << 20
            out += bytes_field(3, number_field(1, id_) + number_field(2, start)
                               + number_field(3, start + 4096)
                               + number_field(5, self.string(name)))
        for frame, id_ in self.locations.items():
            mapping = self.mapping(frame[1])
            line = number_field(1, self.functions[frame]) + number_field(2, frame[3])
            out += bytes_field(4, number_field(1, id_) + number_field(2, mapping)
                               + number_field(3, (mapping << 20) + id_) + bytes_field(4, line))
        for (name, _, file, line), id_ in self.functions.items():
            out += bytes_field(5, number_field(1, id_) + number_field(2, self.string(name))
                               + number_field(4, self.string(file)) + number_field(5, line))
        for text in self.strings:
            out += bytes_field(6, text.encode('utf-8', 'surrogateescape'))
        out += number_field(9, self.time_ns) + number_field(10, self.duration_ns)
        return bytes(out) + self.extra

    def save(self, path):
        with open(path, 'wb') as file:
            file.write(gzip.compress(self.encode()))
        return path
