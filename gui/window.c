/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "window.h"

#include <glib/gi18n.h>

#include "compare-tabs.h"
#include "export.h"
#include "recording-tabs.h"
#include "save-as.h"
#include "view/document.h"
#include "view/profile-filters.h"
#include "view/start-page.h"

struct _PyroWindow {
  AdwApplicationWindow parent_instance;
  AdwTabView *tab_view;
  AdwWindowTitle *window_title;
  AdwToastOverlay *toasts;
  GtkStack *stack;
  GtkFileChooserNative *chooser; /* while it is open */
};

G_DEFINE_FINAL_TYPE (PyroWindow, pyro_window, ADW_TYPE_APPLICATION_WINDOW)

/* ---- tabs ---- */

static void
update_title (PyroWindow *self)
{
  AdwTabPage *page = adw_tab_view_get_selected_page (self->tab_view);
  const char *title = page != NULL ? adw_tab_page_get_title (page) : _ ("Pyrograph");
  adw_window_title_set_title (self->window_title, title);
  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_stack_set_visible_child_name (self->stack, page != NULL ? "tabs" : "start");
  gboolean has_document = page != NULL && PYRO_IS_DOCUMENT (adw_tab_page_get_child (page));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.reload", has_document);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.save-as", has_document);
  pyro_compare_tabs_update (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.export", has_document);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.export-again", has_document);
}

static AdwTabPage *
find_page (PyroWindow *self, GFile *file)
{
  for (int i = 0; i < adw_tab_view_get_n_pages (self->tab_view); i++) {
    AdwTabPage *page = adw_tab_view_get_nth_page (self->tab_view, i);
    GtkWidget *child = adw_tab_page_get_child (page);
    if (PYRO_IS_DOCUMENT (child)
        && g_file_equal (pyro_document_get_file (PYRO_DOCUMENT (child)), file))
      return page;
  }
  return NULL;
}

void
pyro_window_open (PyroWindow *self, GFile *file)
{
  AdwTabPage *page = find_page (self, file);
  if (page == NULL) {
    GtkWidget *document = pyro_document_new (file);
    g_autofree char *path = g_file_get_parse_name (file);
    g_autofree char *tooltip = g_markup_escape_text (path, -1);
    page = adw_tab_view_append (self->tab_view, document);
    adw_tab_page_set_tooltip (page, tooltip);
    g_object_bind_property (document, "title", page, "title", G_BINDING_SYNC_CREATE);
    g_object_bind_property (document, "loading", page, "loading", G_BINDING_SYNC_CREATE);
    update_title (self);
  }
  adw_tab_view_set_selected_page (self->tab_view, page);
}

/* The tab may be in another window by now. */
static void
update_title_of (GtkWidget *child, GParamSpec *pspec, AdwTabPage *page)
{
  GtkRoot *root = gtk_widget_get_root (child);
  if (PYRO_IS_WINDOW (root))
    update_title (PYRO_WINDOW (root));
}

void
pyro_window_add_tab (PyroWindow *self, GtkWidget *child, const char *title)
{
  AdwTabPage *page = adw_tab_view_append (self->tab_view, child);
  adw_tab_page_set_title (page, title);
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (child), "title") != NULL) {
    g_object_bind_property (child, "title", page, "title", G_BINDING_SYNC_CREATE);
    g_signal_connect_object (child, "notify::title", G_CALLBACK (update_title_of), page, 0);
  }
  adw_tab_view_set_selected_page (self->tab_view, page);
  update_title (self);
  gtk_widget_child_focus (child, GTK_DIR_TAB_FORWARD);
}

void
pyro_window_add_toast (PyroWindow *self, AdwToast *toast)
{
  g_autoptr (AdwToast) owned = toast;
  if (self->toasts != NULL)
    adw_toast_overlay_add_toast (self->toasts, g_steal_pointer (&owned));
}

void
pyro_window_tell (PyroWindow *self, const char *sentence, gboolean is_news)
{
  g_autofree char *text = g_markup_escape_text (sentence, -1);
  AdwToast *toast = adw_toast_new (text);
  if (is_news)
    adw_toast_set_timeout (toast, 0);
  pyro_window_add_toast (self, toast);
}

static gboolean
close_page (PyroWindow *self, AdwTabPage *page)
{
  GtkWidget *child = adw_tab_page_get_child (page);
  if (pyro_recording_tabs_close (self, page))
    return GDK_EVENT_STOP;
  if (PYRO_IS_DOCUMENT (child))
    pyro_document_cancel (PYRO_DOCUMENT (child));
  adw_tab_view_close_page_finish (self->tab_view, page, TRUE);
  return GDK_EVENT_STOP;
}

/* A tab that is dragged out of the window. */
static AdwTabView *
create_window (PyroWindow *self)
{
  PyroWindow *window = pyro_window_new (gtk_window_get_application (GTK_WINDOW (self)));
  gtk_window_present (GTK_WINDOW (window));
  return window->tab_view;
}

/* ---- opening ---- */

static void
open_each (PyroWindow *self, GListModel *files)
{
  for (guint i = 0; i < g_list_model_get_n_items (files); i++) {
    g_autoptr (GFile) file = g_list_model_get_item (files, i);
    pyro_window_open (self, file);
  }
}

static void
take_response (GtkNativeDialog *chooser, int response, PyroWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));
    open_each (self, files);
  }
  g_clear_object (&self->chooser);
}

static void
choose_files (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroWindow *self = PYRO_WINDOW (widget);
  if (self->chooser == NULL) {
    self->chooser = gtk_file_chooser_native_new (_ ("Open Profiles"), GTK_WINDOW (self),
                                                 GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
    gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
    gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
    pyro_profile_filters_add (GTK_FILE_CHOOSER (self->chooser));
    g_signal_connect (self->chooser, "response", G_CALLBACK (take_response), self);
  }
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static gboolean
take_drop (PyroWindow *self, const GValue *value)
{
  GSList *files = g_value_get_boxed (value);
  for (GSList *file = files; file != NULL; file = file->next)
    pyro_window_open (self, file->data);
  return files != NULL;
}

static void
open_file (PyroWindow *self, GFile *file)
{
  pyro_window_open (self, file);
}

/* ---- actions ---- */

static void
close_tab (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroWindow *self = PYRO_WINDOW (widget);
  AdwTabPage *page = adw_tab_view_get_selected_page (self->tab_view);
  if (page != NULL)
    adw_tab_view_close_page (self->tab_view, page);
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
reload (GtkWidget *widget, const char *action, GVariant *parameter)
{
  AdwTabPage *page = adw_tab_view_get_selected_page (PYRO_WINDOW (widget)->tab_view);
  GtkWidget *child = page != NULL ? adw_tab_page_get_child (page) : NULL;
  if (PYRO_IS_DOCUMENT (child))
    pyro_document_reload (PYRO_DOCUMENT (child));
}

/* ---- GObject ---- */

static void
dispose (GObject *object)
{
  PyroWindow *self = PYRO_WINDOW (object);
  g_clear_object (&self->chooser);
  G_OBJECT_CLASS (pyro_window_parent_class)->dispose (object);
}

static gboolean
close_request (GtkWindow *window)
{
  return pyro_recording_tabs_close_all (PYRO_WINDOW (window))
         || GTK_WINDOW_CLASS (pyro_window_parent_class)->close_request (window);
}

static void
add_bindings (GtkWidgetClass *class)
{
  gtk_widget_class_add_binding_action (class, GDK_KEY_o, GDK_CONTROL_MASK, "win.open", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_w, GDK_CONTROL_MASK, "win.close-tab", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_F5, 0, "win.reload", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_r, GDK_CONTROL_MASK, "win.record", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_r, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "win.record-again", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_d, GDK_CONTROL_MASK, "win.compare", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_m, GDK_CONTROL_MASK, "win.memory", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_s, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "win.save-as", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_e, GDK_CONTROL_MASK, "win.export-again",
                                       NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_e, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "win.export", NULL);
}

static void
pyro_window_class_init (PyroWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = dispose;
  GTK_WINDOW_CLASS (class)->close_request = close_request;
  g_type_ensure (PYRO_TYPE_START_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/libprof/Pyrograph/window.ui");
  gtk_widget_class_bind_template_child (widget_class, PyroWindow, tab_view);
  gtk_widget_class_bind_template_child (widget_class, PyroWindow, window_title);
  gtk_widget_class_bind_template_child (widget_class, PyroWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, PyroWindow, stack);
  gtk_widget_class_bind_template_callback (widget_class, update_title);
  gtk_widget_class_bind_template_callback (widget_class, close_page);
  gtk_widget_class_bind_template_callback (widget_class, create_window);
  gtk_widget_class_bind_template_callback (widget_class, open_file);
  gtk_widget_class_install_action (widget_class, "win.open", NULL, choose_files);
  gtk_widget_class_install_action (widget_class, "win.close-tab", NULL, close_tab);
  gtk_widget_class_install_action (widget_class, "win.reload", NULL, reload);
  pyro_compare_tabs_install (widget_class);
  pyro_export_install (widget_class);
  pyro_recording_tabs_install (widget_class);
  pyro_save_as_install (widget_class);
  add_bindings (widget_class);
}

static void
pyro_window_init (PyroWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  GtkDropTarget *drop = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  g_signal_connect_swapped (drop, "drop", G_CALLBACK (take_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drop));
  update_title (self);
}

AdwTabView *
pyro_window_get_tab_view (PyroWindow *self)
{
  return self->tab_view;
}

PyroWindow *
pyro_window_new (GtkApplication *application)
{
  return g_object_new (PYRO_TYPE_WINDOW, "application", application, NULL);
}
