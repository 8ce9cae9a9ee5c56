/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/memory-page.h"

#include <glib/gi18n.h>
#include <prof/memory.h>

#include "model/units.h"
#include "view/meter.h"
#include "view/process-table.h"

struct _PyroMemoryPage {
  AdwBin parent_instance;
  guint source;
  PyroMeter *total, *available, *used, *cached, *pressure;
  GtkLabel *waiting; /* what the pressure means, or why there is none */
  PyroProcessTable *processes;
};

G_DEFINE_FINAL_TYPE (PyroMemoryPage, pyro_memory_page, ADW_TYPE_BIN)

static void
show_bytes (PyroMeter *meter, guint64 bytes)
{
  g_autofree char *text = pyro_format_bytes ((double)bytes);
  pyro_meter_show (meter, (double)bytes, text);
}

static void
show_memory (PyroMemoryPage *self)
{
  ProfSystemMemory memory = PROF_SYSTEM_MEMORY_INIT;
  ProfError error = PROF_ERROR_INIT;
  if (prof_get_system_memory (&memory, &error) < 0) {
    gtk_label_set_text (self->waiting, error.message);
    return;
  }
  show_bytes (self->total, memory.total_bytes);
  show_bytes (self->available, memory.available_bytes);
  show_bytes (self->cached, memory.cached_bytes);
  g_autofree char *bytes = pyro_format_bytes ((double)memory.used_bytes);
  g_autofree char *text = g_strdup_printf (_ ("%s (%.0f%%)"), bytes, memory.used_percent);
  pyro_meter_set_top (self->used, (double)memory.total_bytes);
  pyro_meter_show (self->used, (double)memory.used_bytes, text);
}

static void
show_pressure (PyroMemoryPage *self)
{
  ProfMemoryPressure pressure = PROF_MEMORY_PRESSURE_INIT;
  if (prof_get_memory_pressure (&pressure, NULL) < 0) {
    gtk_label_set_text (self->waiting, _ ("This kernel does not measure the pressure."));
    return;
  }
  g_autofree char *share = pyro_format_percent (pressure.some_avg10, 100);
  g_autofree char *text = g_strdup_printf (_ ("Pressure: in the last 10 s some tasks waited for "
                                              "memory %.1f%% of the time, all of them %.1f%%."),
                                           pressure.some_avg10, pressure.full_avg10);
  pyro_meter_set_top (self->pressure, 100);
  pyro_meter_show (self->pressure, pressure.some_avg10, share);
  gtk_label_set_text (self->waiting, text);
}

static gboolean
refresh (gpointer page)
{
  show_pressure (page);
  show_memory (page);
  return G_SOURCE_CONTINUE;
}

static void
map (GtkWidget *widget)
{
  PyroMemoryPage *self = PYRO_MEMORY_PAGE (widget);
  refresh (self);
  self->source = g_timeout_add_seconds (1, refresh, self);
  GTK_WIDGET_CLASS (pyro_memory_page_parent_class)->map (widget);
}

static void
unmap (GtkWidget *widget)
{
  g_clear_handle_id (&PYRO_MEMORY_PAGE (widget)->source, g_source_remove);
  GTK_WIDGET_CLASS (pyro_memory_page_parent_class)->unmap (widget);
}

static void
dispose (GObject *object)
{
  g_clear_handle_id (&PYRO_MEMORY_PAGE (object)->source, g_source_remove);
  G_OBJECT_CLASS (pyro_memory_page_parent_class)->dispose (object);
}

static void
search (PyroMemoryPage *self, GtkSearchEntry *entry)
{
  pyro_process_table_set_search (self->processes, gtk_editable_get_text (GTK_EDITABLE (entry)));
}

static void
pyro_memory_page_class_init (PyroMemoryPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = dispose;
  widget_class->map = map;
  widget_class->unmap = unmap;
  g_type_ensure (PYRO_TYPE_METER);
  g_type_ensure (PYRO_TYPE_PROCESS_TABLE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/libprof/Pyrograph/memory-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PyroMemoryPage, total);
  gtk_widget_class_bind_template_child (widget_class, PyroMemoryPage, available);
  gtk_widget_class_bind_template_child (widget_class, PyroMemoryPage, used);
  gtk_widget_class_bind_template_child (widget_class, PyroMemoryPage, cached);
  gtk_widget_class_bind_template_child (widget_class, PyroMemoryPage, pressure);
  gtk_widget_class_bind_template_child (widget_class, PyroMemoryPage, waiting);
  gtk_widget_class_bind_template_child (widget_class, PyroMemoryPage, processes);
  gtk_widget_class_bind_template_callback (widget_class, search);
}

static void
pyro_memory_page_init (PyroMemoryPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  pyro_process_table_sort_by_memory (self->processes);
}

GtkWidget *
pyro_memory_page_new (void)
{
  return g_object_new (PYRO_TYPE_MEMORY_PAGE, NULL);
}
