/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* Lays a Caller (known-stacks.h) on the stack: pc, sp, and the registers that a function keeps. */
.macro ENTER function, argument
  .globl enter_\function
  .hidden enter_\function
  .hidden sample_\function
  .type enter_\function, %function
enter_\function:
  .cfi_startproc
  sub sp, sp, #112
  .cfi_def_cfa_offset 112
  str x30, [sp, #0]
  stp x19, x20, [sp, #16]
  stp x21, x22, [sp, #32]
  stp x23, x24, [sp, #48]
  stp x25, x26, [sp, #64]
  stp x27, x28, [sp, #80]
  stp x29, x30, [sp, #96]
  .cfi_offset x30, -8
  add x9, sp, #112
  str x9, [sp, #8]
  mov \argument, sp
  bl sample_\function
  ldr x30, [sp, #104]
  add sp, sp, #112
  .cfi_restore x30
  .cfi_def_cfa_offset 0
  ret
  .cfi_endproc
  .size enter_\function, . - enter_\function
.endm

  .text
  ENTER malloc, x1
  ENTER calloc, x2
  ENTER realloc, x2
  ENTER memalign, x2
  ENTER aligned_alloc, x2
  ENTER posix_memalign, x3
  ENTER valloc, x1
  ENTER pvalloc, x1
  ENTER _Znwm, x1
  ENTER _Znam, x1
  ENTER _ZnwmRKSt9nothrow_t, x2
  ENTER _ZnamRKSt9nothrow_t, x2
  ENTER _ZnwmSt11align_val_t, x2
  ENTER _ZnamSt11align_val_t, x2
  ENTER _ZnwmSt11align_val_tRKSt9nothrow_t, x3
  ENTER _ZnamSt11align_val_tRKSt9nothrow_t, x3

  .section .note.GNU-stack, "", %progbits
