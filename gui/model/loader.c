/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/loader.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <prof/pprof.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/error.h"

/* The worker reads `fd`; the main thread only asks for its position, and puts /dev/null in its
 * place to end the reading. */
struct _PyroLoader {
  GObject parent_instance;
  GFile *file;
  int fd;
  goffset size;
};

G_DEFINE_FINAL_TYPE (PyroLoader, pyro_loader, G_TYPE_OBJECT)

static void
finalize (GObject *object)
{
  PyroLoader *self = PYRO_LOADER (object);
  if (self->fd >= 0)
    close (self->fd);
  g_clear_object (&self->file);
  G_OBJECT_CLASS (pyro_loader_parent_class)->finalize (object);
}

static void
pyro_loader_class_init (PyroLoaderClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
}

static void
pyro_loader_init (PyroLoader *self)
{
  self->fd = -1;
}

PyroLoader *
pyro_loader_new (GFile *file)
{
  PyroLoader *self = g_object_new (PYRO_TYPE_LOADER, NULL);
  self->file = g_object_ref (file);
  return self;
}

double
pyro_loader_get_progress (PyroLoader *self)
{
  off_t position = self->fd >= 0 ? lseek (self->fd, 0, SEEK_CUR) : -1;
  if (position < 0 || self->size <= 0)
    return -1;
  return MIN ((double)position / self->size, 1);
}

/* A pipe or a device could block for ever. */
static gboolean
check_is_file (PyroLoader *self, const char *name, GError **error)
{
  struct stat status;
  if (fstat (self->fd, &status) < 0)
    return TRUE;
  self->size = status.st_size;
  if (S_ISREG (status.st_mode))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
               S_ISDIR (status.st_mode) ? _ ("“%s” is a folder: open a profile in it.")
                                        : _ ("“%s” is no ordinary file."),
               name);
  return FALSE;
}

static gboolean
open_file (PyroLoader *self, GError **error)
{
  g_autofree char *name = g_file_get_parse_name (self->file);
  const char *path = g_file_peek_path (self->file);
  if (path == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                 _ ("“%s” is not on this computer: copy it here, then open the copy."), name);
    return FALSE;
  }
  self->fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (self->fd >= 0)
    return check_is_file (self, name, error);
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _ ("“%s” can’t be opened: %s."),
               name, g_strerror (errno));
  return FALSE;
}

/* Stacks are text. A pprof file begins with gzip's magic, or with the tag of its first field, which
 * is a control character for every field below 4. */
static gboolean
looks_collapsed (int fd)
{
  guchar first;
  return pread (fd, &first, 1, 0) == 1 && first >= ' ' && first != 0x7f;
}

static void
unref_profile (gpointer profile)
{
  prof_profile_unref (profile);
}

static void
read_profile (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  PyroLoader *self = source;
  ProfProfile *profile;
  ProfError reason = PROF_ERROR_INIT;
  int rc = looks_collapsed (self->fd) ? prof_collapsed_read (self->fd, &profile, &reason)
                                      : prof_pprof_read (self->fd, &profile, &reason);
  GError *error = NULL;
  if (rc == 0)
    g_task_return_pointer (task, profile, unref_profile);
  else if (!pyro_set_error (&error, &reason))
    g_task_return_error (task, error);
}

static void
end_reading (GCancellable *cancellable, gpointer loader)
{
  PyroLoader *self = loader;
  int nothing = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing < 0)
    return;
  dup3 (nothing, self->fd, O_CLOEXEC);
  close (nothing);
}

void
pyro_loader_run_async (PyroLoader *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;
  if (!open_file (self, &error)) {
    g_task_return_error (task, error);
    return;
  }
  if (cancellable != NULL)
    g_cancellable_connect (cancellable, G_CALLBACK (end_reading), g_object_ref (self),
                           g_object_unref);
  g_task_run_in_thread (task, read_profile);
}

PyroProfile *
pyro_loader_run_finish (PyroLoader *self, GAsyncResult *result, GError **error)
{
  ProfProfile *profile = g_task_propagate_pointer (G_TASK (result), error);
  if (profile == NULL)
    return NULL;
  g_autofree char *name = g_file_get_basename (self->file);
  g_autofree char *title = g_utf8_make_valid (name, -1);
  PyroProfile *opened = pyro_profile_new (profile, title, self->file);
  prof_profile_unref (profile);
  return opened;
}
