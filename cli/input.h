/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/pprof.h>

#include "handles.h"

typedef enum {
  INPUT_ANY,     /* told apart by the first bytes */
  INPUT_PROFILE, /* likewise: pprof or OTLP */
  INPUT_PPROF,
  INPUT_OTLP,
  INPUT_COLLAPSED,
} InputFormat;

/* Reads a profile from a file, "-" being standard input; of a dump of OTLP profiles, the sum of
 * those that are of the first one's kind. 0, or -1 after a message that names the file. */
int read_profile (const char *path, InputFormat format, ProfProfile **ret);

/* The profile of this directory's newest file prof*.pb.gz: its path is to be freed. -ENOENT. */
int find_newest_profile (char **ret);

/* The row of the sample type of that name, or of the default one for NULL; -1 after a message that
 * lists the names there are. */
int choose_value_type (const ProfProfile *profile, const char *name);
