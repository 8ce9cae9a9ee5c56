/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
/* C++'s operators new and delete, under their names in the ABI (size_t is "m" on LP64).
 *
 * Most call malloc and free, like the C++ runtime's: the hook goes on to them and counts there.
 * Some of those that an allocator brings do not: they are counted here. And there may be none
 * behind the hook, when the runtime was loaded later, for one library only: the hook's symbols come
 * before that runtime's, so they do its work. */
#include "operators.h"

#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>

#include "entry.h"
#include "next.h"
#include "record.h"

#define PUBLIC __attribute__ ((visibility ("default")))

/* What all operators of a kind have in common takes what each of them does not need. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

/* Name, parameters, arguments, what does its work; and for a trial its arguments, the operator
 * delete that goes with it and its arguments. */
#define NEW_FUNCTIONS(X)                                                                           \
  X (_Znwm, (size_t size), (size), malloc (size + !size), (64), _ZdlPv, (block))                   \
  X (_Znam, (size_t size), (size), malloc (size + !size), (64), _ZdlPv, (block))                   \
  X (_ZnwmRKSt9nothrow_t, (size_t size, const void *nothrow), (size, nothrow),                     \
     malloc (size + !size), (64, &nothrow), _ZdlPv, (block))                                       \
  X (_ZnamRKSt9nothrow_t, (size_t size, const void *nothrow), (size, nothrow),                     \
     malloc (size + !size), (64, &nothrow), _ZdlPv, (block))                                       \
  X (_ZnwmSt11align_val_t, (size_t size, size_t alignment), (size, alignment),                     \
     memalign (alignment, size + !size), (64, 64), _ZdlPvSt11align_val_t, (block, 64))             \
  X (_ZnamSt11align_val_t, (size_t size, size_t alignment), (size, alignment),                     \
     memalign (alignment, size + !size), (64, 64), _ZdlPvSt11align_val_t, (block, 64))             \
  X (_ZnwmSt11align_val_tRKSt9nothrow_t, (size_t size, size_t alignment, const void *nothrow),     \
     (size, alignment, nothrow), memalign (alignment, size + !size), (64, 64, &nothrow),           \
     _ZdlPvSt11align_val_t, (block, 64))                                                           \
  X (_ZnamSt11align_val_tRKSt9nothrow_t, (size_t size, size_t alignment, const void *nothrow),     \
     (size, alignment, nothrow), memalign (alignment, size + !size), (64, 64, &nothrow),           \
     _ZdlPvSt11align_val_t, (block, 64))

/* Name, parameters, arguments; and for a trial its arguments, the operator new that goes with it
 * and its arguments. */
#define DELETE_FUNCTIONS(X)                                                                        \
  X (_ZdlPv, (void *block), (block), (block), _Znwm, (64))                                         \
  X (_ZdaPv, (void *block), (block), (block), _Znwm, (64))                                         \
  X (_ZdlPvm, (void *block, size_t size), (block, size), (block, 64), _Znwm, (64))                 \
  X (_ZdaPvm, (void *block, size_t size), (block, size), (block, 64), _Znwm, (64))                 \
  X (_ZdlPvRKSt9nothrow_t, (void *block, const void *nothrow), (block, nothrow),                   \
     (block, &nothrow), _Znwm, (64))                                                               \
  X (_ZdaPvRKSt9nothrow_t, (void *block, const void *nothrow), (block, nothrow),                   \
     (block, &nothrow), _Znwm, (64))                                                               \
  X (_ZdlPvSt11align_val_t, (void *block, size_t alignment), (block, alignment), (block, 64),      \
     _ZnwmSt11align_val_t, (64, 64))                                                               \
  X (_ZdaPvSt11align_val_t, (void *block, size_t alignment), (block, alignment), (block, 64),      \
     _ZnwmSt11align_val_t, (64, 64))                                                               \
  X (_ZdlPvmSt11align_val_t, (void *block, size_t size, size_t alignment),                         \
     (block, size, alignment), (block, 64, 64), _ZnwmSt11align_val_t, (64, 64))                    \
  X (_ZdaPvmSt11align_val_t, (void *block, size_t size, size_t alignment),                         \
     (block, size, alignment), (block, 64, 64), _ZnwmSt11align_val_t, (64, 64))                    \
  X (_ZdlPvSt11align_val_tRKSt9nothrow_t, (void *block, size_t alignment, const void *nothrow),    \
     (block, alignment, nothrow), (block, 64, &nothrow), _ZnwmSt11align_val_t, (64, 64))           \
  X (_ZdaPvSt11align_val_tRKSt9nothrow_t, (void *block, size_t alignment, const void *nothrow),    \
     (block, alignment, nothrow), (block, 64, &nothrow), _ZnwmSt11align_val_t, (64, 64))

typedef struct {
#define DECLARE_NEW(name, parameters, arguments, plain, ...) void *(*name)parameters;
#define DECLARE_DELETE(name, parameters, arguments, ...) void (*name) parameters;
  NEW_FUNCTIONS (DECLARE_NEW)
  DELETE_FUNCTIONS (DECLARE_DELETE)
} Operators;

static Operators operators; /* what the program's calls go on to */
static Operators behind;    /* as found behind the hook */
/* An allocator may use the operators itself when dlsym(3) calls it. */
static __thread bool is_looking_up __attribute__ ((tls_model ("initial-exec")));

/* The operator that `caller` would call without the hook. */
static void *
find_runtime_operator (const void *caller, const char *name)
{
  Dl_info info;
  if (!dladdr (caller, &info))
    return NULL;
  void *object = dlopen (info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
  void *found = object ? dlsym (object, name) : NULL;
  if (object)
    dlclose (object);
  return found;
}

/* Memory is short: new handlers and exceptions are the runtime's. */
#define DEFINE_NEW(name, parameters, arguments, plain, ...)                                        \
  PUBLIC void *name parameters;                                                                    \
  static void *plain_##name parameters                                                             \
  {                                                                                                \
    void *block = plain;                                                                           \
    if (LIKELY (block))                                                                            \
      return block;                                                                                \
    void *(*runtime)parameters = find_runtime_operator (__builtin_return_address (0), #name);      \
    return runtime && runtime != name ? runtime arguments : NULL;                                  \
  }                                                                                                \
  static void *counted_##name parameters                                                           \
  {                                                                                                \
    return count_bytes (size) ? enter_##name arguments : behind.name arguments;                    \
  }                                                                                                \
  static void *early_##name parameters                                                             \
  {                                                                                                \
    if (is_looking_up)                                                                             \
      return plain_##name arguments;                                                               \
    operators_look_up ();                                                                          \
    return operators.name arguments;                                                               \
  }                                                                                                \
  void *name parameters                                                                            \
  {                                                                                                \
    return operators.name arguments;                                                               \
  }
NEW_FUNCTIONS (DEFINE_NEW)

#define DEFINE_SAMPLE(name, arguments, ...)                                                        \
  void *sample_##name (__VA_ARGS__, const Caller *caller)                                          \
  {                                                                                                \
    return record_or_uncount (behind.name arguments, size, caller);                                \
  }
DEFINE_SAMPLE (_Znwm, (size), size_t size)
DEFINE_SAMPLE (_Znam, (size), size_t size)
DEFINE_SAMPLE (_ZnwmRKSt9nothrow_t, (size, nothrow), size_t size, const void *nothrow)
DEFINE_SAMPLE (_ZnamRKSt9nothrow_t, (size, nothrow), size_t size, const void *nothrow)
DEFINE_SAMPLE (_ZnwmSt11align_val_t, (size, alignment), size_t size, size_t alignment)
DEFINE_SAMPLE (_ZnamSt11align_val_t, (size, alignment), size_t size, size_t alignment)
DEFINE_SAMPLE (_ZnwmSt11align_val_tRKSt9nothrow_t,
               (size, alignment, nothrow),
               size_t size,
               size_t alignment,
               const void *nothrow)
DEFINE_SAMPLE (_ZnamSt11align_val_tRKSt9nothrow_t,
               (size, alignment, nothrow),
               size_t size,
               size_t alignment,
               const void *nothrow)

#define DEFINE_DELETE(name, parameters, arguments, ...)                                            \
  static void plain_##name parameters                                                              \
  {                                                                                                \
    free (block);                                                                                  \
  }                                                                                                \
  static __attribute__ ((noinline)) void sampled_##name parameters                                 \
  {                                                                                                \
    record_free (block);                                                                           \
    behind.name arguments;                                                                         \
  }                                                                                                \
  static void counted_##name parameters                                                            \
  {                                                                                                \
    if (is_maybe_sampled (block))                                                                  \
      sampled_##name arguments;                                                                    \
    else                                                                                           \
      behind.name arguments;                                                                       \
  }                                                                                                \
  static void early_##name parameters                                                              \
  {                                                                                                \
    if (!is_looking_up)                                                                            \
      operators_look_up ();                                                                        \
    (is_looking_up ? plain_##name : operators.name) arguments;                                     \
  }                                                                                                \
  PUBLIC void name parameters;                                                                     \
  void name parameters                                                                             \
  {                                                                                                \
    operators.name arguments;                                                                      \
  }
DELETE_FUNCTIONS (DEFINE_DELETE)

static Operators operators = {
#define INITIAL_NEW(name, parameters, arguments, plain, ...) .name = early_##name,
#define INITIAL_DELETE(name, parameters, arguments, ...) .name = early_##name,
  NEW_FUNCTIONS (INITIAL_NEW) DELETE_FUNCTIONS (INITIAL_DELETE)
};

/* ---- which of them call malloc and free: tried out ---- */

#define TRIAL_BYTES (1 << 20)

/* The hook counts what arrives at it. */
static bool
has_counted (void)
{
  bool has_counted = this_thread.countdown.left != TRIAL_BYTES;
  this_thread.countdown.left = TRIAL_BYTES;
  return has_counted;
}

/* The hook takes a sampled block's address out of the set when it is freed. */
static bool
has_taken_out (void *block)
{
  return !live_set_remove (&process.live, (uint64_t)block);
}

static const char nothrow; /* std::nothrow_t has no content */

#define LOOK_UP_NEW(name, parameters, arguments, plain, ...)                                       \
  behind.name = dlsym (RTLD_NEXT, #name);                                                          \
  found.name = behind.name ? behind.name : plain_##name;

#define LOOK_UP_DELETE(name, parameters, arguments, ...)                                           \
  behind.name = dlsym (RTLD_NEXT, #name);                                                          \
  found.name = behind.name ? behind.name : plain_##name;

#define TRY_NEW(name, parameters, arguments, plain, trial, delete, delete_trial)                   \
  if (behind.name && behind.delete) {                                                              \
    has_counted ();                                                                                \
    void *block = behind.name trial;                                                               \
    if (!has_counted ())                                                                           \
      found.name = counted_##name;                                                                 \
    behind.delete delete_trial;                                                                    \
  }

#define TRY_DELETE(name, parameters, arguments, trial, new, new_trial)                             \
  if (behind.name && behind.new) {                                                                 \
    void *block = behind.new new_trial;                                                            \
    live_set_add (&process.live, (uint64_t)block);                                                 \
    behind.name trial;                                                                             \
    if (!has_taken_out (block))                                                                    \
      found.name = counted_##name;                                                                 \
  }

void
operators_look_up (void)
{
  int saved_errno = errno;
  int64_t saved_left = this_thread.countdown.left;
  Operators found;
  next_look_up ();
  is_looking_up = true;
  NEW_FUNCTIONS (LOOK_UP_NEW)
  DELETE_FUNCTIONS (LOOK_UP_DELETE)
  next_forget_error ();
  NEW_FUNCTIONS (TRY_NEW)
  DELETE_FUNCTIONS (TRY_DELETE)
  operators = found;
  is_looking_up = false;
  this_thread.countdown.left = saved_left;
  errno = saved_errno;
}
