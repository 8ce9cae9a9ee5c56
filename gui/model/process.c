/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/process.h"

#include <math.h>
#include <pwd.h>
#include <string.h>

#include "model/units.h"

struct _PyroProcess {
  GObject parent_instance;
  guint pid, parent_pid;
  guint64 start_ticks, cpu_ticks, children_ticks, rss_bytes;
  double cpu_share;
  char *name, *command_line, *user;
  char *haystack; /* what a search looks at */
};

G_DEFINE_FINAL_TYPE (PyroProcess, pyro_process, G_TYPE_OBJECT)

enum {
  PROP_PID = 1,
  PROP_NAME,
  PROP_COMMAND_LINE,
  PROP_USER,
  PROP_CPU_SHARE,
  PROP_RSS_BYTES,
  PROP_CPU_TEXT,
  PROP_RSS_TEXT,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

static void
set_cpu_share (PyroProcess *self, double share)
{
  if (self->cpu_share == share)
    return;
  self->cpu_share = share;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CPU_SHARE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CPU_TEXT]);
}

static void
set_rss_bytes (PyroProcess *self, guint64 bytes)
{
  if (self->rss_bytes == bytes)
    return;
  self->rss_bytes = bytes;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RSS_BYTES]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RSS_TEXT]);
}

/* exec gives a process another name and command line. */
static void
set_command (PyroProcess *self, const PyroProcessSample *sample)
{
  if (g_strcmp0 (self->name, sample->name) == 0
      && g_strcmp0 (self->command_line, sample->command_line) == 0)
    return;
  g_free (self->name);
  g_free (self->command_line);
  g_free (self->haystack);
  self->name = g_strdup (sample->name);
  self->command_line = g_strdup (sample->command_line);
  g_autofree char *words
      = g_strdup_printf ("%u %s %s %s", self->pid, self->name, self->command_line, self->user);
  self->haystack = g_utf8_casefold (words, -1);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMMAND_LINE]);
}

gboolean
pyro_process_update (PyroProcess *self, const PyroProcessSample *sample, double ticks)
{
  if (self->pid != sample->pid || self->start_ticks != sample->start_ticks)
    return FALSE;
  set_cpu_share (self, ticks > 0 && sample->cpu_ticks > self->cpu_ticks
                           ? (double)(sample->cpu_ticks - self->cpu_ticks) / ticks
                           : 0);
  self->parent_pid = sample->parent_pid;
  self->cpu_ticks = sample->cpu_ticks;
  self->children_ticks = sample->children_ticks;
  set_rss_bytes (self, sample->rss_bytes);
  set_command (self, sample);
  return TRUE;
}

guint
pyro_process_get_pid (PyroProcess *self)
{
  return self->pid;
}

guint
pyro_process_get_parent_pid (PyroProcess *self)
{
  return self->parent_pid;
}

guint64
pyro_process_get_total_ticks (PyroProcess *self)
{
  return self->cpu_ticks + self->children_ticks;
}

guint64
pyro_process_get_rss_bytes (PyroProcess *self)
{
  return self->rss_bytes;
}

const char *
pyro_process_get_name (PyroProcess *self)
{
  return self->name;
}

gboolean
pyro_process_matches (PyroProcess *self, const char *text)
{
  g_autofree char *needle = g_utf8_casefold (text, -1);
  return strstr (self->haystack, needle) != NULL;
}

/* ---- GObject ---- */

static void
get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  PyroProcess *self = PYRO_PROCESS (object);
  switch (property) {
  case PROP_PID:
    g_value_set_uint (value, self->pid);
    break;
  case PROP_NAME:
    g_value_set_string (value, self->name);
    break;
  case PROP_COMMAND_LINE:
    g_value_set_string (value, self->command_line);
    break;
  case PROP_USER:
    g_value_set_string (value, self->user);
    break;
  case PROP_CPU_SHARE:
    g_value_set_double (value, self->cpu_share);
    break;
  case PROP_RSS_BYTES:
    g_value_set_uint64 (value, self->rss_bytes);
    break;
  case PROP_CPU_TEXT:
    g_value_take_string (value, pyro_format_percent (self->cpu_share, 1));
    break;
  case PROP_RSS_TEXT:
    g_value_take_string (value, pyro_format_bytes ((double)self->rss_bytes));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
  }
}

static void
finalize (GObject *object)
{
  PyroProcess *self = PYRO_PROCESS (object);
  g_free (self->name);
  g_free (self->command_line);
  g_free (self->user);
  g_free (self->haystack);
  G_OBJECT_CLASS (pyro_process_parent_class)->finalize (object);
}

static void
pyro_process_class_init (PyroProcessClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  properties[PROP_PID] = g_param_spec_uint ("pid", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_COMMAND_LINE] = g_param_spec_string ("command-line", NULL, NULL, NULL, flags);
  properties[PROP_USER] = g_param_spec_string ("user", NULL, NULL, NULL, flags);
  properties[PROP_CPU_SHARE]
      = g_param_spec_double ("cpu-share", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_RSS_BYTES]
      = g_param_spec_uint64 ("rss-bytes", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_CPU_TEXT] = g_param_spec_string ("cpu-text", NULL, NULL, NULL, flags);
  properties[PROP_RSS_TEXT] = g_param_spec_string ("rss-text", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
pyro_process_init (PyroProcess *self)
{
}

static char *
find_user (guint uid)
{
  char text[4096];
  struct passwd entry, *found = NULL;
  if (getpwuid_r (uid, &entry, text, sizeof text, &found) == 0 && found != NULL)
    return g_utf8_make_valid (entry.pw_name, -1);
  return g_strdup_printf ("%u", uid);
}

PyroProcess *
pyro_process_new (const PyroProcessSample *sample)
{
  PyroProcess *self = g_object_new (PYRO_TYPE_PROCESS, NULL);
  self->pid = sample->pid;
  self->parent_pid = sample->parent_pid;
  self->start_ticks = sample->start_ticks;
  self->cpu_ticks = sample->cpu_ticks;
  self->children_ticks = sample->children_ticks;
  self->rss_bytes = sample->rss_bytes;
  self->user = sample->user != NULL ? g_strdup (sample->user) : find_user (sample->uid);
  set_command (self, sample);
  return self;
}
