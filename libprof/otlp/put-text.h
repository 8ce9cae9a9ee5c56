/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "base/wire-buffer.h"

/* A field of protobuf's type string, which must be UTF-8: readers refuse the whole request
 * otherwise. Bytes that are none, as of a thread's name that was cut, become U+FFFD. */
void prof_otlp_put_text (ProfWireBuffer *buffer, uint32_t field, const char *text, size_t n);
