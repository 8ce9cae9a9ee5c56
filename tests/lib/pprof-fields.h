/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>

/* Encoded fields for byte arrays: the tag and length of a message of up to 127 bytes, and its
 * contents; and numbers up to 127. */
#define MESSAGE(field, ...)                                                                        \
  (field) << 3 | 2, (uint8_t)sizeof ((const uint8_t[]){ __VA_ARGS__ }), __VA_ARGS__
#define EMPTY(field) (field) << 3 | 2, 0
#define NUMBER(field, value) (field) << 3, value

/* 2^64 - 1. */
#define MAX_VARINT 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01

/* Parts of a profile: strings "", "a", "b"; a sample type a/b; rows with an id and no more. */
#define STRINGS EMPTY (6), MESSAGE (6, 'a'), MESSAGE (6, 'b')
#define SAMPLE_TYPE MESSAGE (1, NUMBER (1, 1), NUMBER (2, 2))
#define SAMPLE(location, value) MESSAGE (2, NUMBER (1, location), NUMBER (2, value))
#define MAPPING(id) MESSAGE (3, NUMBER (1, id))
#define LOCATION(id) MESSAGE (4, NUMBER (1, id))
#define FUNCTION(id) MESSAGE (5, NUMBER (1, id))

#define BYTES(...) (const uint8_t[]){ __VA_ARGS__ }, sizeof ((const uint8_t[]){ __VA_ARGS__ })
