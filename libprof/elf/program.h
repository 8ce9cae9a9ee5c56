/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What an executable file is, as far as the dynamic loader is concerned. */
typedef struct {
  bool is_elf, is_64;
  uint16_t machine;
  bool has_interpreter; /* false: statically linked */
  char sanitizer[64];   /* the library or symbol that shows a sanitizer; "": none */
} ProfProgram;

/* Reads an open file. A file that is no ELF is not an error. -errno, -ENOMEM. */
int prof_program_read (int fd, ProfProgram *ret);
