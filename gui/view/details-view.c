/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/details-view.h"

#include <glib/gi18n.h>
#include <prof/session.h>

#include "model/units.h"
#include "model/value-types.h"

struct _PyroDetailsView {
  AdwBin parent_instance;
  AdwPreferencesPage *page;
};

G_DEFINE_FINAL_TYPE (PyroDetailsView, pyro_details_view, ADW_TYPE_BIN)

static AdwPreferencesGroup *
add_group (PyroDetailsView *self, const char *title)
{
  GtkWidget *group = adw_preferences_group_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_page_add (self->page, ADW_PREFERENCES_GROUP (group));
  return ADW_PREFERENCES_GROUP (group);
}

/* Rows without a value are left out. */
static void
add_row (AdwPreferencesGroup *group, const char *title, const char *value)
{
  if (value == NULL || *value == '\0')
    return;
  g_autofree char *text = g_utf8_make_valid (value, -1);
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", text, "wrap", TRUE, "wrap-mode",
                                   PANGO_WRAP_WORD_CHAR, "selectable", TRUE, "xalign", 1.0,
                                   "hexpand", TRUE, "margin-top", 8, "margin-bottom", 8, NULL);
  gtk_widget_add_css_class (label, "dim-label");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  adw_preferences_group_add (group, row);
}

static void
add_count (AdwPreferencesGroup *group, const char *title, guint64 count)
{
  g_autofree char *text = pyro_format_count ((double)count);
  add_row (group, title, text);
}

/* Only what is out of the ordinary. */
static void
add_count_if_any (AdwPreferencesGroup *group, const char *title, guint64 count)
{
  if (count > 0)
    add_count (group, title, count);
}

static char *
join_command (const ProfSession *session)
{
  GString *text = g_string_new (NULL);
  for (size_t i = 0; i < session->n_command; i++)
    g_string_append_printf (text, i > 0 ? " %s" : "%s", session->command[i]);
  for (size_t i = 0; i < session->n_pids; i++)
    g_string_append_printf (text, i > 0 ? ", %d" : _ ("Process %d"), session->pids[i]);
  if (session->is_system_wide)
    g_string_append (text, _ ("The whole system"));
  return g_string_free (text, FALSE);
}

static void
add_target (PyroDetailsView *self, const ProfSession *session)
{
  AdwPreferencesGroup *group = add_group (self, _ ("Recording"));
  g_autofree char *command = join_command (session);
  g_autofree char *duration = pyro_format_duration ((double)session->duration_ns);
  add_row (group, _ ("Command"), command);
  if (session->start_ns != 0) {
    g_autoptr (GDateTime) start
        = g_date_time_new_from_unix_local ((gint64)(session->start_ns / 1000000000));
    g_autofree char *text = g_date_time_format (start, "%c");
    add_row (group, _ ("Begun"), text);
  }
  add_row (group, _ ("Duration"), duration);
  add_row (group, _ ("Host"), session->host);
  add_row (group, _ ("Kernel"), session->kernel);
  add_row (group, _ ("Processor"), session->cpu_model);
  if (session->n_cpus > 0)
    add_count (group, _ ("Processors"), session->n_cpus);
  add_row (group, _ ("Recorded by"), session->tool);
}

static char *
describe_event (const ProfSessionEvent *event)
{
  GString *text = g_string_new (NULL);
  if (event->frequency_hz > 0)
    g_string_append_printf (text, _ ("%llu times a second"),
                            (unsigned long long)event->frequency_hz);
  else if (event->period > 0)
    g_string_append_printf (text, _ ("each %llu events"), (unsigned long long)event->period);
  if (*event->requested != '\0' && !g_str_equal (event->requested, event->name))
    g_string_append_printf (text, _ (", in place of %s"), event->requested);
  if (event->excludes_kernel)
    g_string_append (text, _ (", without the kernel"));
  return g_string_free (text, FALSE);
}

static void
add_events (PyroDetailsView *self, const ProfSession *session)
{
  if (session->n_events == 0)
    return;
  AdwPreferencesGroup *group = add_group (self, _ ("Events"));
  for (size_t i = 0; i < session->n_events; i++) {
    g_autofree char *text = describe_event (&session->events[i]);
    add_row (group, session->events[i].name, text);
  }
}

static void
add_quality (PyroDetailsView *self, const ProfSession *session)
{
  AdwPreferencesGroup *group = add_group (self, _ ("Samples"));
  add_count (group, _ ("Taken"), session->n_samples);
  add_count (group, _ ("Lost"), session->n_lost);
  add_count_if_any (group, _ ("Times throttled by the kernel"), session->n_throttled);
  add_count_if_any (group, _ ("Left out by the sampling strategy"), session->n_refused);
  add_row (group, _ ("Unwinding"), session->unwind);
  add_row (group, _ ("Sampling strategy"), session->sampling);

  guint64 all = session->n_samples;
  g_autofree char *count = pyro_format_count ((double)session->n_truncated);
  g_autofree char *percent = pyro_format_percent ((double)session->n_truncated, (double)all);
  g_autofree char *text = g_strdup_printf ("%s (%s)", count, percent);
  add_row (group, _ ("Stacks cut short"), text);
}

/* Where stacks ended early: the most frequent first, as the recorder sorts them. */
static void
add_stack_ends (PyroDetailsView *self, const ProfSession *session)
{
  enum { MAX_ROWS = 12 };
  AdwPreferencesGroup *group = NULL;
  size_t n_rows = 0;
  for (size_t i = 0; i < session->n_stack_ends && n_rows < MAX_ROWS; i++) {
    const ProfSessionStackEnd *end = &session->stack_ends[i];
    if (g_str_equal (end->reason, "root"))
      continue;
    if (group == NULL)
      group = add_group (self, _ ("Where Stacks Were Cut Short"));
    g_autofree char *count = pyro_format_count ((double)end->n_stacks);
    g_autofree char *text = g_strdup_printf ("%s: %s", end->reason, count);
    add_row (group, *end->module != '\0' ? end->module : _ ("Unknown module"), text);
    n_rows++;
  }
}

static void
add_notes (PyroDetailsView *self, const ProfSession *session)
{
  if (session->n_notes == 0)
    return;
  AdwPreferencesGroup *group = add_group (self, _ ("Notes"));
  for (size_t i = 0; i < session->n_notes; i++) {
    g_autofree char *text = g_utf8_make_valid (session->notes[i], -1);
    GtkWidget *row = adw_action_row_new ();
    adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), text);
    adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
    adw_action_row_set_icon_name (ADW_ACTION_ROW (row), "dialog-information-symbolic");
    adw_preferences_group_add (group, row);
  }
}

static void
add_session (PyroDetailsView *self, ProfProfile *profile, size_t index)
{
  ProfSession *session;
  if (prof_profile_get_session (profile, index, &session, NULL) < 0)
    return;
  add_target (self, session);
  add_notes (self, session);
  add_events (self, session);
  add_quality (self, session);
  add_stack_ends (self, session);
  prof_session_free (session);
}

static void
add_contents (PyroDetailsView *self, PyroProfile *profile)
{
  ProfProfile *source = pyro_profile_get_source (profile);
  AdwPreferencesGroup *group = add_group (self, _ ("Profile"));
  size_t n_samples, n_functions, n_locations;
  prof_profile_get_samples (source, &n_samples);
  prof_profile_get_functions (source, &n_functions);
  prof_profile_get_locations (source, &n_locations);
  g_autofree char *types = pyro_value_types_join (source);
  g_autofree char *path = pyro_profile_get_file (profile) != NULL
                              ? g_file_get_parse_name (pyro_profile_get_file (profile))
                              : NULL;
  add_row (group, _ ("File"), path);
  add_row (group, _ ("Sample types"), types);
  add_count (group, _ ("Different samples"), n_samples);
  add_count (group, _ ("Functions"), n_functions > 0 ? n_functions - 1 : 0);
  add_count (group, _ ("Locations"), n_locations > 0 ? n_locations - 1 : 0);
}

static void
pyro_details_view_class_init (PyroDetailsViewClass *class)
{
}

static void
pyro_details_view_init (PyroDetailsView *self)
{
  self->page = ADW_PREFERENCES_PAGE (adw_preferences_page_new ());
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->page));
}

GtkWidget *
pyro_details_view_new (PyroProfile *profile)
{
  PyroDetailsView *self = g_object_new (PYRO_TYPE_DETAILS_VIEW, NULL);
  ProfProfile *source = pyro_profile_get_source (profile);
  for (size_t i = 0; i < prof_profile_get_n_sessions (source); i++)
    add_session (self, source, i);
  add_contents (self, profile);
  return GTK_WIDGET (self);
}
