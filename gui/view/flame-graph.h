/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gtk/gtk.h>
#include <prof/profile.h>

G_BEGIN_DECLS

/* The call tree of a profile as boxes: the wider, the more. It scrolls (GtkScrollable): put it into
 * a GtkScrolledWindow. Main thread only.
 *
 * Properties (rw unless said otherwise; each notifies, so GPropertyAction and bindings work):
 *   upward               bool    roots at the bottom (flame) instead of at the top (icicle)
 *   bottom-up            bool    roots are the functions that were running, below them callers
 *   collapse-recursion   bool    what a function does below itself counts as its own
 *   colouring            PyroFlameColouring; nicks function, module, kind, difference
 *   search               string  extended regular expression, case ignored unless it has a capital
 *   search-error   (ro)  string  why `search` is no expression; NULL if it is one
 *   match-share    (ro)  double  0…1 of what is shown; -1 while nothing is searched
 *   n-matches      (ro)  uint    functions that match
 *   selection      (ro)  string  name of the selected function; NULL: none
 *   loading        (ro)  bool    a new picture is being made; the old one stays until then
 *   empty          (ro)  bool    there is a profile and it has nothing to show
 *   can-go-back, can-go-forward, zoomed   (ro) bool
 *
 * Signals:
 *   filter-requested (PyroFlameFilter kind, const char *function)   from the context menu
 *   open-source-requested (const char *file, int line)              line 0: not known
 *   failed (const char *message)                                    a sentence for a toast
 *
 * Actions of the widget, for menus, buttons and keys: flame.zoom, flame.back, flame.forward,
 * flame.reset, flame.focus, flame.ignore, flame.hide, flame.show-from, flame.copy-name,
 * flame.copy-stack, flame.show-source,
 * flame.open-source, flame.next-match, flame.previous-match. */
#define PYRO_TYPE_FLAME_GRAPH (pyro_flame_graph_get_type ())
G_DECLARE_FINAL_TYPE (PyroFlameGraph, pyro_flame_graph, PYRO, FLAME_GRAPH, GtkWidget)

typedef enum {
  PYRO_FLAME_COLOURING_FUNCTION,
  PYRO_FLAME_COLOURING_MODULE,
  PYRO_FLAME_COLOURING_KIND, /* kernel, program, libraries, not symbolized */
  PYRO_FLAME_COLOURING_DIFFERENCE,
} PyroFlameColouring;
#define PYRO_TYPE_FLAME_COLOURING (pyro_flame_colouring_get_type ())
GType pyro_flame_colouring_get_type (void);

typedef enum {
  PYRO_FLAME_FILTER_FOCUS,
  PYRO_FLAME_FILTER_IGNORE,
  PYRO_FLAME_FILTER_HIDE,
  PYRO_FLAME_FILTER_SHOW_FROM,
} PyroFlameFilter;
#define PYRO_TYPE_FLAME_FILTER (pyro_flame_filter_get_type ())
GType pyro_flame_filter_get_type (void);

GtkWidget *pyro_flame_graph_new (void);

/* Shows a sample type of `profile` (a reference is taken; NULL: nothing). The picture is made by a
 * worker; of several calls the last one wins. The zoom survives where the new tree has the same
 * path of functions. */
void pyro_flame_graph_set_profile (PyroFlameGraph *self, ProfProfile *profile, int value_type);

/* Without the parts of the context menu that would emit filter-requested. Before it is shown. */
void pyro_flame_graph_refuse_filters (PyroFlameGraph *self);

/* Selects the widest box of the function and shows it. FALSE: nothing has that name. */
gboolean pyro_flame_graph_select (PyroFlameGraph *self, const char *function);
const char *pyro_flame_graph_get_selection (PyroFlameGraph *self);

void pyro_flame_graph_back (PyroFlameGraph *self);
void pyro_flame_graph_forward (PyroFlameGraph *self);
void pyro_flame_graph_reset (PyroFlameGraph *self);

typedef enum {
  PYRO_FLAME_PICTURE_SVG,
  PYRO_FLAME_PICTURE_PNG,
  PYRO_FLAME_PICTURE_PDF,
} PyroFlamePicture;

/* Writes the graph as it is zoomed, in all its depth and in light colours. */
void pyro_flame_graph_export_async (PyroFlameGraph *self,
                                    GFile *file,
                                    PyroFlamePicture format,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean pyro_flame_graph_export_finish (PyroFlameGraph *self,
                                         GAsyncResult *result,
                                         GError **error);

G_END_DECLS
