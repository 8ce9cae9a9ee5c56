/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/demangle.h"

#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libiberty/demangle.h>

#include "base/cleanup.h"
#include "base/vec.h"

#define MAX_NAME_BYTES (64u << 10)
#define MAX_RESULT_BYTES (64u << 10)

typedef struct {
  PROF_VEC (char) text;
  int status; /* -ENOMEM, or -EFBIG: too long */
  jmp_buf give_up;
} Result;

/* The demanglers put no bound on what they print, and a name of 1 KiB can ask for 2^100 bytes by
 * references to its own parts, so this jumps out of them. They print without holding memory, but
 * for the characters of a Rust identifier that was encoded with Punycode; those are never ASCII
 * punctuation, and nothing grows without punctuation. */
static void
print (const char *bytes, size_t n_bytes, void *user_data)
{
  Result *result = user_data;
  if (result->status == 0 && result->text.n + n_bytes > MAX_RESULT_BYTES)
    result->status = -EFBIG;
  if (result->status == 0)
    result->status = prof_vec_append (&result->text, bytes, n_bytes);
  if (result->status < 0 && n_bytes > 0 && ispunct ((unsigned char)bytes[0]) && bytes[0] != '_')
    longjmp (result->give_up, 1);
}

typedef int (*Demangler) (const char *, int, demangle_callbackref, void *);

static bool
run (Demangler demangler, const char *name, Result *result)
{
  result->text.n = 0;
  if (setjmp (result->give_up) != 0)
    return false;
  int options = DMGL_PARAMS | DMGL_ANSI | DMGL_RET_DROP;
  return demangler (name, options, print, result) != 0 && result->status == 0;
}

/* A legacy Rust name is a C++ name too, with a hash as its last part: Rust goes first. */
static bool
demangle (const char *name, Result *result)
{
  if (run (rust_demangle_callback, name, result))
    return true;
  return result->status == 0 && name[1] != 'R' && run (cplus_demangle_v3_callback, name, result);
}

static bool
may_be_mangled (const char *name)
{
  return strncmp (name, "_Z", 2) == 0 || strncmp (name, "_R", 2) == 0
         || strncmp (name, "_GLOBAL_", 8) == 0;
}

int
prof_demangle (const char *name, char **ret)
{
  *ret = NULL;
  if (!may_be_mangled (name) || strlen (name) > MAX_NAME_BYTES)
    return 0;
  size_t n_mangled = strcspn (name, "@");
  cleanup (prof_free) char *mangled = strndup (name, n_mangled);
  if (mangled == NULL)
    return -ENOMEM;
  Result result = { 0 };
  if (demangle (mangled, &result)) {
    const char *rest = name + n_mangled;
    result.status = prof_vec_append (&result.text, rest, strlen (rest) + 1);
    if (result.status == 0)
      *ret = steal (&result.text.items);
  }
  prof_vec_clear (&result.text);
  return result.status == -ENOMEM ? -ENOMEM : 0;
}
