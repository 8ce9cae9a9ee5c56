/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "flame-graph.h"
#include "layout/flame-colour.h"
#include "layout/flame-layout.h"
#include "layout/flame-search.h"
#include "view/flame-labels.h"

G_BEGIN_DECLS

/* The parts of the widget: build (worker), zoom (range, history, scrolling), draw, select (keys and
 * the focused box), pointer, menu, search, tip, export. All of the main thread. */

enum { PYRO_FLAME_NO_NODE = G_MAXUINT32 };

/* Of the whole profile, and of one with hidden frames. */
enum { PYRO_FLAME_N_SHAPES = 2 };

typedef struct _PyroFlameSearchRun PyroFlameSearchRun;

struct _PyroFlameGraph {
  GtkWidget parent_instance;

  /* What is shown, and what is asked for. */
  ProfProfile *profile;
  int value_type;
  char *unit;
  PyroFlameTree *tree; /* NULL: nothing yet */
  PyroFlameOrder order;
  GCancellable *loading;                       /* of the newest worker; NULL: none runs */
  PyroFlameShape *shapes[PYRO_FLAME_N_SHAPES]; /* used last first; NULL: none */

  gboolean is_upward;
  gboolean refuses_filters;
  PyroFlameColouring colouring;

  char *search, *search_error;
  PyroFlameMatches matches; /* of `tree`; is_match is NULL while nothing is searched */
  PyroFlameSearchRun *search_run;

  PyroFlameRange range, target; /* shown now; shown at the end of the movement */
  PyroFlameRange movement_start;
  AdwAnimation *movement;
  GArray *history; /* of PyroFlameRange; never empty while there is a tree */
  guint history_position;

  GtkAdjustment *adjustments[2]; /* by GtkOrientation */
  GtkScrollablePolicy scroll_policies[2];
  gboolean is_configuring;

  PyroFlameLayout layout; /* of `range` and the width */
  gboolean is_laid_out;
  int allocated_width, allocated_height;
  GskRenderNode *picture; /* what was drawn last, without what is hovered and selected */
  PyroFlameLabels *labels;
  double row_height;

  guint32 selected; /* node or PYRO_FLAME_NO_NODE */
  double pointer_x, pointer_y;
  gboolean has_pointer;
  double zoom_x; /* where a pinch began */
  PyroFlameRange zoom_range;

  GtkWidget *tip;
  GtkWidget *message;      /* instead of a picture of nothing */
  GtkWidget *focused_item; /* lies on the selected box: what a screen reader sees of it */
  GtkWidget *menu;
};

/* build */
void pyro_flame_graph_build (PyroFlameGraph *self);
void pyro_flame_graph_cancel_build (PyroFlameGraph *self);
void pyro_flame_graph_forget_shapes (PyroFlameGraph *self);
gboolean pyro_flame_graph_is_empty (PyroFlameGraph *self);

/* zoom and scroll */
void pyro_flame_graph_init_zoom (PyroFlameGraph *self);
void pyro_flame_graph_finish_zoom (PyroFlameGraph *self);
/* With a movement, and into the history. */
void pyro_flame_graph_zoom_to (PyroFlameGraph *self, PyroFlameRange range);
/* At once, as by the wheel: the history learns of it when the next zoom comes. */
void pyro_flame_graph_set_range (PyroFlameGraph *self, PyroFlameRange range);
/* Scales the range around a place in the picture. */
void pyro_flame_graph_scale_range (PyroFlameGraph *self, double factor, double x);
void pyro_flame_graph_forget_zoom (PyroFlameGraph *self, PyroFlameRange range);
gboolean pyro_flame_graph_can_go_back (PyroFlameGraph *self);
gboolean pyro_flame_graph_can_go_forward (PyroFlameGraph *self);
gboolean pyro_flame_graph_is_zoomed (PyroFlameGraph *self);
void pyro_flame_graph_lay_out (PyroFlameGraph *self);
void pyro_flame_graph_configure (PyroFlameGraph *self);
void pyro_flame_graph_set_adjustment (PyroFlameGraph *self,
                                      GtkOrientation orientation,
                                      GtkAdjustment *adjustment);
void pyro_flame_graph_show_row (PyroFlameGraph *self, guint32 row);
double pyro_flame_graph_get_row_y (PyroFlameGraph *self, guint32 row);
gboolean pyro_flame_graph_find_row (PyroFlameGraph *self, double y, guint32 *ret_row);

/* draw */
void pyro_flame_graph_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);
/* The picture has changed. */
void pyro_flame_graph_redraw (PyroFlameGraph *self);
PyroFlameColour pyro_flame_graph_get_colour (PyroFlameGraph *self,
                                             const PyroFlameBox *box,
                                             PyroFlameTheme theme);
/* The text of a box; free it. */
char *pyro_flame_graph_make_label (PyroFlameGraph *self, const PyroFlameBox *box);

/* select */
void pyro_flame_graph_select_node (PyroFlameGraph *self, guint32 node);
void pyro_flame_graph_zoom_to_node (PyroFlameGraph *self, guint32 node);
const PyroFlameBox *pyro_flame_graph_get_selected_box (PyroFlameGraph *self, guint32 *ret_row);
void pyro_flame_graph_add_keys (GtkWidgetClass *class);
/* The name of a node: valid UTF-8, "All" for the root. */
char *pyro_flame_graph_get_name (PyroFlameGraph *self, guint32 node);
/* Tells a screen reader of the selected box and its neighbours. */
void pyro_flame_graph_describe_selection (PyroFlameGraph *self);

/* pointer */
void pyro_flame_graph_init_pointer (PyroFlameGraph *self);
const PyroFlameBox *pyro_flame_graph_get_hovered (PyroFlameGraph *self, guint32 *ret_row);

/* menu */
void pyro_flame_graph_add_actions (GtkWidgetClass *class);
void pyro_flame_graph_update_actions (PyroFlameGraph *self);
void pyro_flame_graph_open_menu (PyroFlameGraph *self, double x, double y);

/* search */
void pyro_flame_graph_run_search (PyroFlameGraph *self);
void pyro_flame_graph_cancel_search (PyroFlameGraph *self);
void pyro_flame_graph_set_search (PyroFlameGraph *self, const char *search);
/* Selects the next (1) or previous (-1) match. */
void pyro_flame_graph_step_match (PyroFlameGraph *self, int step);

/* tip */
void pyro_flame_graph_update_tip (PyroFlameGraph *self);
void pyro_flame_graph_allocate_tip (PyroFlameGraph *self, int width, int height);

enum {
  PYRO_FLAME_SIGNAL_FILTER,
  PYRO_FLAME_SIGNAL_OPEN_SOURCE,
  PYRO_FLAME_SIGNAL_FAILED,
  PYRO_FLAME_N_SIGNALS,
};
extern guint pyro_flame_graph_signals[PYRO_FLAME_N_SIGNALS];

enum {
  PYRO_FLAME_PROP_UPWARD = 1,
  PYRO_FLAME_PROP_BOTTOM_UP,
  PYRO_FLAME_PROP_COLLAPSE_RECURSION,
  PYRO_FLAME_PROP_COLOURING,
  PYRO_FLAME_PROP_SEARCH,
  PYRO_FLAME_PROP_SEARCH_ERROR,
  PYRO_FLAME_PROP_MATCH_SHARE,
  PYRO_FLAME_PROP_N_MATCHES,
  PYRO_FLAME_PROP_SELECTION,
  PYRO_FLAME_PROP_LOADING,
  PYRO_FLAME_PROP_EMPTY,
  PYRO_FLAME_PROP_CAN_GO_BACK,
  PYRO_FLAME_PROP_CAN_GO_FORWARD,
  PYRO_FLAME_PROP_ZOOMED,
  PYRO_FLAME_N_PROPS,
};
void pyro_flame_graph_add_properties (GObjectClass *class);
void pyro_flame_graph_notify (PyroFlameGraph *self, int property);

G_END_DECLS
