/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#ifdef __CET__
#include <cet.h>
#endif

/* Lays a Caller (known-stacks.h) on the stack: pc, sp, and the registers that a function keeps. */
.macro ENTER function, argument
  .globl enter_\function
  .hidden enter_\function
  .hidden sample_\function
  .type enter_\function, @function
enter_\function:
  .cfi_startproc
  sub $120, %rsp
  .cfi_adjust_cfa_offset 120
  mov 120(%rsp), %rax
  mov %rax, 0(%rsp)
  lea 128(%rsp), %rax
  mov %rax, 8(%rsp)
  mov %rbx, 16(%rsp)
  mov %rbp, 24(%rsp)
  mov %r12, 32(%rsp)
  mov %r13, 40(%rsp)
  mov %r14, 48(%rsp)
  mov %r15, 56(%rsp)
  mov %rsp, %\argument
  call sample_\function
  add $120, %rsp
  .cfi_adjust_cfa_offset -120
  ret
  .cfi_endproc
  .size enter_\function, . - enter_\function
.endm

  .text
  ENTER malloc, rsi
  ENTER calloc, rdx
  ENTER realloc, rdx
  ENTER memalign, rdx
  ENTER aligned_alloc, rdx
  ENTER posix_memalign, rcx
  ENTER valloc, rsi
  ENTER pvalloc, rsi
  ENTER _Znwm, rsi
  ENTER _Znam, rsi
  ENTER _ZnwmRKSt9nothrow_t, rdx
  ENTER _ZnamRKSt9nothrow_t, rdx
  ENTER _ZnwmSt11align_val_t, rdx
  ENTER _ZnamSt11align_val_t, rdx
  ENTER _ZnwmSt11align_val_tRKSt9nothrow_t, rcx
  ENTER _ZnamSt11align_val_tRKSt9nothrow_t, rcx

  .section .note.GNU-stack, "", @progbits
