/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/document.h"

#include <glib/gi18n.h>

#include "model/loader.h"
#include "view/profile-page.h"
#include "view/recent.h"

struct _PyroDocument {
  AdwBin parent_instance;
  GFile *file;
  char *title;
  PyroProfile *profile;
  PyroLoader *loader; /* while loading */
  GCancellable *cancellable;
  guint progress_source;
  GtkStack *stack;
  GtkProgressBar *progress;
  AdwStatusPage *failure;
  AdwBin *page;
};

G_DEFINE_FINAL_TYPE (PyroDocument, pyro_document, ADW_TYPE_BIN)

enum { PROP_TITLE = 1, PROP_LOADING, PROP_PROFILE, N_PROPS };
static GParamSpec *properties[N_PROPS];

enum { PROGRESS_INTERVAL_MS = 100 };

static gboolean
show_progress (gpointer document)
{
  PyroDocument *self = document;
  double progress = pyro_loader_get_progress (self->loader);
  if (progress < 0 || progress == 1)
    gtk_progress_bar_pulse (self->progress);
  else
    gtk_progress_bar_set_fraction (self->progress, progress);
  return G_SOURCE_CONTINUE;
}

static void
end_loading (PyroDocument *self)
{
  g_clear_handle_id (&self->progress_source, g_source_remove);
  g_clear_object (&self->loader);
  g_clear_object (&self->cancellable);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

static void
show_failure (PyroDocument *self, const char *message)
{
  g_autofree char *text = g_markup_escape_text (message, -1);
  adw_status_page_set_description (self->failure, text);
  gtk_stack_set_visible_child_name (self->stack, "failure");
}

static void
take_profile (GObject *loader, GAsyncResult *result, gpointer document)
{
  g_autoptr (PyroDocument) self = document;
  g_autoptr (GError) error = NULL;
  g_autoptr (PyroProfile) profile = pyro_loader_run_finish (PYRO_LOADER (loader), result, &error);
  if (loader != G_OBJECT (self->loader))
    return; /* a later reading is under way */
  gboolean is_closed = self->stack == NULL;
  end_loading (self);
  if (is_closed)
    return;
  if (profile == NULL) {
    show_failure (self, g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                            ? _ ("It was cancelled.")
                            : error->message);
    return;
  }
  g_set_object (&self->profile, profile);
  pyro_recent_add (self->file);
  adw_bin_set_child (self->page, pyro_profile_page_new (profile));
  gtk_stack_set_visible_child_name (self->stack, "page");
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROFILE]);
}

void
pyro_document_reload (PyroDocument *self)
{
  pyro_document_cancel (self);
  g_clear_handle_id (&self->progress_source, g_source_remove);
  g_set_object (&self->loader, NULL);
  g_clear_object (&self->cancellable);
  self->loader = pyro_loader_new (self->file);
  self->cancellable = g_cancellable_new ();
  self->progress_source = g_timeout_add (PROGRESS_INTERVAL_MS, show_progress, self);
  gtk_progress_bar_set_fraction (self->progress, 0);
  gtk_stack_set_visible_child_name (self->stack, "loading");
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
  pyro_loader_run_async (self->loader, self->cancellable, take_profile, g_object_ref (self));
}

void
pyro_document_cancel (PyroDocument *self)
{
  g_cancellable_cancel (self->cancellable);
}

GFile *
pyro_document_get_file (PyroDocument *self)
{
  return self->file;
}

PyroProfile *
pyro_document_get_profile (PyroDocument *self)
{
  return self->profile;
}

/* ---- GObject ---- */

static void
get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  PyroDocument *self = PYRO_DOCUMENT (object);
  switch (property) {
  case PROP_TITLE:
    g_value_set_string (value, self->title);
    break;
  case PROP_LOADING:
    g_value_set_boolean (value, self->loader != NULL);
    break;
  case PROP_PROFILE:
    g_value_set_object (value, self->profile);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
  }
}

static void
dispose (GObject *object)
{
  PyroDocument *self = PYRO_DOCUMENT (object);
  pyro_document_cancel (self);
  g_clear_handle_id (&self->progress_source, g_source_remove);
  g_clear_object (&self->loader);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->profile);
  g_clear_object (&self->file);
  G_OBJECT_CLASS (pyro_document_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_free (PYRO_DOCUMENT (object)->title);
  G_OBJECT_CLASS (pyro_document_parent_class)->finalize (object);
}

static void
cancel (GtkWidget *widget, const char *action, GVariant *parameter)
{
  pyro_document_cancel (PYRO_DOCUMENT (widget));
}

static void
reload (GtkWidget *widget, const char *action, GVariant *parameter)
{
  pyro_document_reload (PYRO_DOCUMENT (widget));
}

static void
pyro_document_class_init (PyroDocumentClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  object_class->get_property = get_property;
  object_class->dispose = dispose;
  object_class->finalize = finalize;

  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE, flags);
  properties[PROP_PROFILE] = g_param_spec_object ("profile", NULL, NULL, PYRO_TYPE_PROFILE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/libprof/Pyrograph/document.ui");
  gtk_widget_class_bind_template_child (widget_class, PyroDocument, stack);
  gtk_widget_class_bind_template_child (widget_class, PyroDocument, progress);
  gtk_widget_class_bind_template_child (widget_class, PyroDocument, failure);
  gtk_widget_class_bind_template_child (widget_class, PyroDocument, page);
  gtk_widget_class_install_action (widget_class, "document.cancel", NULL, cancel);
  gtk_widget_class_install_action (widget_class, "document.reload", NULL, reload);
}

static void
pyro_document_init (PyroDocument *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
pyro_document_new (GFile *file)
{
  PyroDocument *self = g_object_new (PYRO_TYPE_DOCUMENT, NULL);
  g_autofree char *name = g_file_get_basename (file);
  self->file = g_object_ref (file);
  self->title = g_utf8_make_valid (name, -1);
  pyro_document_reload (self);
  return GTK_WIDGET (self);
}
