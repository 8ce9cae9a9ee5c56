/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define cleanup(function) __attribute__ ((cleanup (function##_p)))

static inline void
free_p (void *pointer)
{
  free (*(void **)pointer);
}

static inline void
fclose_p (FILE **file)
{
  if (*file != NULL)
    fclose (*file);
}

static inline void
close_p (int *fd)
{
  if (*fd >= 0)
    close (*fd);
}

/* Defines the cleanup of a handle whose free function returns NULL. */
#define DEFINE_CLEANUP(Type, function)                                                             \
  static inline void function##_p (Type **handle)                                                  \
  {                                                                                                \
    *handle = function (*handle);                                                                  \
  }
