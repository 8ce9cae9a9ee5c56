# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""A small request of OTLP byte by byte, without the code under test (opentelemetry-proto 1.10,
profiles.proto)."""
from profile_bytes import bytes_field, number_field, varint

STRINGS = ['', 'samples', 'count', 'work']


def packed(tag, *numbers):
    return bytes_field(tag, b''.join(varint(number) for number in numbers))


def value_type(tag):
    return bytes_field(tag, number_field(1, 1) + number_field(2, 2))


# One sample of the function "work", 7 times.
SAMPLE = number_field(1, 1) + packed(4, 7)
PROFILE = value_type(1) + bytes_field(2, SAMPLE) + value_type(5) + number_field(6, 1)
SCOPE_PROFILES = bytes_field(1, b'') + bytes_field(2, PROFILE)
RESOURCE_PROFILES = bytes_field(1, b'') + bytes_field(2, SCOPE_PROFILES)
LINE = number_field(1, 1)
DICTIONARY = b''.join(
    [
        bytes_field(1, b''),
        bytes_field(2, b'') + bytes_field(2, bytes_field(3, LINE)),
        bytes_field(3, b'') + bytes_field(3, number_field(1, 3)),
        bytes_field(4, b''),
        *[bytes_field(5, string.encode()) for string in STRINGS],
        bytes_field(6, b''),
        bytes_field(7, b'') + bytes_field(7, packed(1, 1)),
    ]
)
REQUEST = bytes_field(1, RESOURCE_PROFILES) + bytes_field(2, DICTIONARY)
