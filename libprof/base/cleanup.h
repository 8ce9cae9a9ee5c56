/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Scope-bound ownership: `cleanup (prof_free) char *name = …`, given away with `steal (&name)`. */
#define cleanup(func) __attribute__ ((cleanup (func##_p)))

#define PROF_DEFINE_CLEANUP(type, func)                                                            \
  static inline void func##_p (type *p)                                                            \
  {                                                                                                \
    func (*p);                                                                                     \
  }

static inline void
prof_free_p (void *p)
{
  free (*(void **)p);
}

static inline void
prof_close_p (int *fd)
{
  if (*fd >= 0)
    close (*fd);
}

static inline void
prof_fclose_p (FILE **file)
{
  if (*file != NULL)
    fclose (*file);
}

static inline void
prof_closedir_p (DIR **dir)
{
  if (*dir != NULL)
    closedir (*dir);
}

/* Returns the pointer and leaves NULL behind, so that the cleanup has nothing to do. */
#define steal(p)                                                                                   \
  __extension__({                                                                                  \
    __auto_type stolen_ = *(p);                                                                    \
    *(p) = NULL;                                                                                   \
    stolen_;                                                                                       \
  })

static inline int
prof_steal_fd (int *fd)
{
  int stolen = *fd;
  *fd = -1;
  return stolen;
}
