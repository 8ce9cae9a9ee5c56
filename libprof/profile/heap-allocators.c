/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "profile/heap.h"

#include <fnmatch.h>

/* Frames of these are between a program and its memory. */
static const char *const functions[] = {
  "malloc",          "calloc",         "realloc",        "reallocarray",     "memalign",
  "aligned_alloc",   "posix_memalign", "valloc",         "pvalloc",          "_int_malloc",
  "_int_realloc",    "_int_memalign",  "__libc_malloc",  "__libc_calloc",    "__libc_realloc",
  "__libc_memalign", "__libc_valloc",  "__libc_pvalloc", "__rust_alloc",     "__rust_alloc_zeroed",
  "__rust_realloc",  "__rdl_alloc",    "__rdl_realloc",  "runtime.mallocgc", "runtime.newobject",
  "_Znwm",           "_Znam",
};

/* Beginnings of names, which are followed by types or parameters. */
static const char *const families[] = {
  "operator new",
  "alloc::alloc::",
  "<alloc::alloc::Global ",
};

/* C++ templates, of which "allocate" is the allocator's own. */
static const char *const templates[] = {
  "std::allocator<",           "std::allocator_traits<",     "std::__new_allocator<",
  "__gnu_cxx::new_allocator<", "__gnu_cxx::__alloc_traits<",
};

/* Allocator libraries, without "lib" and ".so". */
static const char *const libraries[] = {
  "libprof-heap.so",
  "libtcmalloc",
  "libjemalloc",
  "libmimalloc",
};

static bool
begins_with (const char *text, const char *beginning)
{
  return strncmp (text, beginning, strlen (beginning)) == 0;
}

static bool
is_one_of (const char *name, const char *const *list, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (begins_with (name, list[i]))
      return true;
  return false;
}

/* A symbol may have a version, or be that of a call through the PLT: "malloc@plt". */
static bool
is_function (const char *name)
{
  size_t n_name = strcspn (name, "@");
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    if (strlen (functions[i]) == n_name && memcmp (functions[i], name, n_name) == 0)
      return true;
  return false;
}

static bool
is_template (const char *name)
{
  return is_one_of (name, templates, sizeof templates / sizeof *templates)
         && strstr (name, ">::allocate") != NULL;
}

static bool
is_library (const char *module)
{
  const char *slash = strrchr (module, '/');
  return is_one_of (slash != NULL ? slash + 1 : module, libraries,
                    sizeof libraries / sizeof *libraries);
}

static bool
is_match (const char *name, const char *const *patterns)
{
  cleanup (prof_free) char *bare = strndup (name, strcspn (name, "("));
  for (size_t i = 0; patterns != NULL && patterns[i] != NULL; i++)
    if (fnmatch (patterns[i], name, 0) == 0
        || (bare != NULL && fnmatch (patterns[i], bare, 0) == 0))
      return true;
  return false;
}

int
prof_heap_find_allocators (ProfHeap *heap, const char *const *others)
{
  int type = prof_profile_get_default_value_type (heap->profile);
  int r = prof_report_new (heap->profile, (unsigned)type, &heap->report, NULL);
  if (r < 0)
    return r;
  heap->is_allocator = calloc (heap->report->functions.n + 1, sizeof *heap->is_allocator);
  if (heap->is_allocator == NULL)
    return -ENOMEM;
  for (size_t i = 0; i < heap->report->functions.n; i++) {
    const ProfReportFunction *function = &heap->report->functions.items[i];
    heap->is_allocator[i]
        = is_function (function->name) || is_template (function->name)
          || is_one_of (function->name, families, sizeof families / sizeof *families)
          || is_library (function->module) || is_match (function->name, others);
  }
  return 0;
}

ProfHeapStart
prof_heap_find_start (const ProfHeap *heap, const ProfSample *sample)
{
  const ProfReport *report = heap->report;
  ProfHeapStart start = { .function = UINT32_MAX };
  for (uint32_t i = 0; i < sample->n_locations; i++) {
    uint32_t row = heap->profile->stacks.items[sample->first_location + i];
    const ProfReportFrames *frames = &report->location_frames[row];
    for (uint32_t j = 0; j < frames->n; j++) {
      start = (ProfHeapStart){ i, j, report->frames.items[frames->first + j] };
      if (!heap->is_allocator[start.function])
        return start;
    }
  }
  return start;
}
