/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  PYRO_TARGET_COMMAND,
  PYRO_TARGET_PROCESS,
  PYRO_TARGET_SYSTEM,
} PyroTarget;

typedef enum {
  PYRO_MEASURE_CPU,
  PYRO_MEASURE_HEAP, /* of a command alone */
  PYRO_MEASURE_BOTH,
} PyroMeasure;

/* What to record, and how, as the user said it. No text is NULL; "" leaves the choice to prof. */
typedef struct {
  PyroTarget target;
  PyroMeasure measure;
  char *command;     /* quoted as for a shell */
  char *folder;      /* where the command runs */
  char *environment; /* NAME=value …, quoted as for a shell */
  guint pid;         /* PYRO_TARGET_PROCESS */
  char *event;
  guint frequency; /* samples a second; 0: prof's choice */
  char *unwind;    /* as of prof record -u */
  guint duration_s;
  char *sampling;       /* as of prof record --sampling */
  gboolean is_uncached; /* no names of functions are kept; a preference, not kept with these */
} PyroRecordOptions;

PyroRecordOptions *pyro_record_options_new (void);
PyroRecordOptions *pyro_record_options_copy (const PyroRecordOptions *self);
void pyro_record_options_free (PyroRecordOptions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PyroRecordOptions, pyro_record_options_free)

/* The command line of a recording that is steered. NULL with a sentence for what no recording can
 * be made of: no command, no process, quotes that don't end, no NAME=value. */
char **pyro_record_options_to_argv (const PyroRecordOptions *self,
                                    const char *prof,
                                    const char *output,
                                    GError **error);
/* What is recorded, for a title: "xz", "firefox (4711)", "System". */
char *pyro_record_options_get_title (const PyroRecordOptions *self);

/* Those of the last recording, from the user's configuration; defaults if there are none. */
PyroRecordOptions *pyro_record_options_load (void);
void pyro_record_options_save (const PyroRecordOptions *self);
gboolean pyro_record_options_exist (void);

G_END_DECLS
