/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

uint64_t demo_checksum (const char *bytes, size_t n_bytes);

#ifdef __cplusplus
}
#endif
