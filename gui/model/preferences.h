/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  PYRO_SCHEME_SYSTEM,
  PYRO_SCHEME_LIGHT,
  PYRO_SCHEME_DARK,
  PYRO_N_SCHEMES,
} PyroScheme;

enum { PYRO_N_COLOURINGS = 3 };

typedef struct {
  PyroScheme scheme;
  gboolean has_flames;      /* roots at the bottom */
  guint colouring;          /* of flame graphs at first, a PyroFlameColouring */
  char *folder;             /* of recordings; "": the usual one */
  gboolean asks_to_discard; /* before a recording is thrown away */
  gboolean has_symbol_cache;
} PyroPreferences;

/* The user's, of GSettings; where there are none, or none that can be used, the defaults. */
PyroPreferences *pyro_preferences_load (void);
/* FALSE with a sentence: they are not kept, or last until the app ends. */
gboolean pyro_preferences_save (const PyroPreferences *self, GError **error);
void pyro_preferences_free (PyroPreferences *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PyroPreferences, pyro_preferences_free)

G_END_DECLS
