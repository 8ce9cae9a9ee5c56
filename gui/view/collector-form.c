/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/collector-form.h"

#include <glib/gi18n.h>
#include <string.h>

struct _PyroCollectorForm {
  AdwBin parent_instance;
  PyroCollector *collector;
  PyroSecrets *secrets;
  GBindingGroup *bindings;       /* of the collector's properties */
  GtkFileChooserNative *chooser; /* while it is open */
  GtkEditable *name, *endpoint, *resource, *user, *secret, *headers;
  GtkEditable *ca_file, *certificate_file, *key_file;
  AdwComboRow *protocol, *authentication;
  GtkSwitch *compresses;
  GtkWidget *warning, *session_only;
  gboolean is_edited[PYRO_N_SECRETS];
  gboolean is_filling;
};

G_DEFINE_FINAL_TYPE (PyroCollectorForm, pyro_collector_form, ADW_TYPE_BIN)

/* ---- secrets ---- */

static GtkEditable *
get_row (PyroCollectorForm *self, PyroSecretPurpose purpose)
{
  return purpose == PYRO_SECRET_HEADERS ? self->headers : self->secret;
}

static void
take_edit (PyroCollectorForm *self, GtkEditable *row)
{
  PyroSecretPurpose purpose
      = row == self->headers ? PYRO_SECRET_HEADERS : PYRO_SECRET_AUTHENTICATION;
  if (!self->is_filling)
    self->is_edited[purpose] = TRUE;
}

static void
fill (PyroCollectorForm *self, PyroSecretPurpose purpose, const char *text)
{
  self->is_filling = TRUE;
  gtk_editable_set_text (get_row (self, purpose), text);
  self->is_filling = FALSE;
}

typedef struct {
  PyroCollectorForm *form;
  PyroCollector *collector;
  PyroSecretPurpose purpose;
} Lookup;

/* Another collector may be shown by now, or something have been typed. */
static void
take_secret (GObject *secrets, GAsyncResult *result, gpointer data)
{
  Lookup *lookup = data;
  PyroCollectorForm *self = lookup->form;
  char *secret = pyro_secrets_lookup_finish (PYRO_SECRETS (secrets), result);
  if (self->collector == lookup->collector && !self->is_edited[lookup->purpose])
    fill (self, lookup->purpose, secret);
  pyro_secret_free (secret);
  g_object_unref (lookup->form);
  g_object_unref (lookup->collector);
  g_free (lookup);
}

static void
look_up (PyroCollectorForm *self, PyroSecretPurpose purpose)
{
  Lookup *lookup = g_new0 (Lookup, 1);
  lookup->form = g_object_ref (self);
  lookup->collector = g_object_ref (self->collector);
  lookup->purpose = purpose;
  pyro_secrets_lookup_async (self->secrets, pyro_collector_get_id (self->collector), purpose,
                             take_secret, lookup);
}

void
pyro_collector_form_commit (PyroCollectorForm *self)
{
  for (guint purpose = 0; purpose < PYRO_N_SECRETS && self->collector != NULL; purpose++) {
    if (!self->is_edited[purpose])
      continue;
    self->is_edited[purpose] = FALSE;
    g_autofree char *label
        = g_strdup_printf (_ ("Pyrograph: %s"),
                           pyro_collector_get_text (self->collector, PYRO_COLLECTOR_NAME));
    pyro_secrets_store (self->secrets, pyro_collector_get_id (self->collector), purpose, label,
                        gtk_editable_get_text (get_row (self, purpose)));
  }
}

/* ---- what depends on what ---- */

static void
update_authentication (PyroCollectorForm *self)
{
  guint kind = adw_combo_row_get_selected (self->authentication);
  gtk_widget_set_visible (GTK_WIDGET (self->user), kind == PYRO_AUTHENTICATION_PASSWORD);
  gtk_widget_set_visible (GTK_WIDGET (self->secret), kind != PYRO_AUTHENTICATION_NONE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->secret),
                                 kind == PYRO_AUTHENTICATION_PASSWORD ? _ ("Password")
                                                                      : _ ("Token"));
}

static gboolean
is_local (const char *authority)
{
  static const char *const hosts[] = { "localhost", "127.0.0.1", "[::1]" };
  size_t length = strcspn (authority, *authority == '[' ? "/" : ":/");
  for (size_t i = 0; i < G_N_ELEMENTS (hosts); i++)
    if (strncasecmp (authority, hosts[i], strlen (hosts[i])) == 0
        && (*authority == '[' || length == strlen (hosts[i])))
      return TRUE;
  return FALSE;
}

static void
update_warning (PyroCollectorForm *self)
{
  static const char plain[] = "http://";
  const char *endpoint = gtk_editable_get_text (self->endpoint);
  gtk_widget_set_visible (self->warning, g_ascii_strncasecmp (endpoint, plain, strlen (plain)) == 0
                                             && endpoint[strlen (plain)] != '\0'
                                             && !is_local (endpoint + strlen (plain)));
}

void
pyro_collector_form_show (PyroCollectorForm *self, PyroCollector *collector, PyroSecrets *secrets)
{
  pyro_collector_form_commit (self);
  g_set_object (&self->collector, collector);
  g_binding_group_set_source (self->bindings, collector);
  if (g_set_object (&self->secrets, secrets) && secrets != NULL)
    g_object_bind_property (secrets, "session-only", self->session_only, "visible",
                            G_BINDING_SYNC_CREATE);
  for (guint purpose = 0; purpose < PYRO_N_SECRETS; purpose++) {
    fill (self, purpose, "");
    if (collector != NULL)
      look_up (self, purpose);
  }
}

void
pyro_collector_form_focus (PyroCollectorForm *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->name));
}

/* ---- files ---- */

static void
take_file (GtkNativeDialog *chooser, int response, PyroCollectorForm *self)
{
  const char *property = g_object_get_data (G_OBJECT (chooser), "property");
  if (response == GTK_RESPONSE_ACCEPT && self->collector != NULL) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
    g_object_set (self->collector, property, g_file_peek_path (file), NULL);
  }
  g_clear_object (&self->chooser);
}

static void
choose_file (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroCollectorForm *self = PYRO_COLLECTOR_FORM (widget);
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_ ("Choose a PEM File"),
                                               GTK_WINDOW (gtk_widget_get_root (widget)),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_object_set_data_full (G_OBJECT (self->chooser), "property",
                          g_variant_dup_string (parameter, NULL), g_free);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (take_file), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- GObject ---- */

static void
dispose (GObject *object)
{
  PyroCollectorForm *self = PYRO_COLLECTOR_FORM (object);
  g_clear_object (&self->chooser);
  g_clear_object (&self->bindings);
  g_clear_object (&self->collector);
  g_clear_object (&self->secrets);
  G_OBJECT_CLASS (pyro_collector_form_parent_class)->dispose (object);
}

static void
pyro_collector_form_class_init (PyroCollectorFormClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/libprof/Pyrograph/collector-form.ui");
  gtk_widget_class_bind_template_child (widget_class, PyroCollectorForm, name);
  gtk_widget_class_bind_template_child (widget_class, PyroCollectorForm, endpoint);
  gtk_widget_class_bind_template_child (widget_class, PyroCollectorForm, resource);
  gtk_widget_class_bind_template_child (widget_class, PyroCollectorForm, user);
  gtk_widget_class_bind_template_child (widget_class, PyroCollectorForm, secret);
  gtk_widget_class_bind_template_child (widget_class, PyroCollectorForm, headers);
  gtk_widget_class_bind_template_child (widget_class, PyroCollectorForm, ca_file);
  gtk_widget_class_bind_template_child (widget_class, PyroCollectorForm, certificate_file);
  gtk_widget_class_bind_template_child (widget_class, PyroCollectorForm, key_file);
  gtk_widget_class_bind_template_child (widget_class, PyroCollectorForm, protocol);
  gtk_widget_class_bind_template_child (widget_class, PyroCollectorForm, authentication);
  gtk_widget_class_bind_template_child (widget_class, PyroCollectorForm, compresses);
  gtk_widget_class_bind_template_child (widget_class, PyroCollectorForm, warning);
  gtk_widget_class_bind_template_child (widget_class, PyroCollectorForm, session_only);
  gtk_widget_class_bind_template_callback (widget_class, update_authentication);
  gtk_widget_class_bind_template_callback (widget_class, take_edit);
  gtk_widget_class_install_action (widget_class, "form.choose-file", "s", choose_file);
}

static void
bind_rows (PyroCollectorForm *self)
{
  const struct {
    const char *property;
    gpointer row;
    const char *of_row;
  } rows[] = {
    { "name", self->name, "text" },
    { "endpoint", self->endpoint, "text" },
    { "resource", self->resource, "text" },
    { "user", self->user, "text" },
    { "ca-file", self->ca_file, "text" },
    { "certificate-file", self->certificate_file, "text" },
    { "key-file", self->key_file, "text" },
    { "protocol", self->protocol, "selected" },
    { "authentication", self->authentication, "selected" },
    { "compresses", self->compresses, "active" },
  };
  self->bindings = g_binding_group_new ();
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    g_binding_group_bind (self->bindings, rows[i].property, rows[i].row, rows[i].of_row,
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
}

static void
pyro_collector_form_init (PyroCollectorForm *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  bind_rows (self);
  update_authentication (self);
  g_signal_connect_object (self->endpoint, "changed", G_CALLBACK (update_warning), self,
                           G_CONNECT_SWAPPED);
}
