/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/source-text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  MAX_BYTES = 16 << 20,
  MAX_LINES = 1000000,
  MAX_LINE_BYTES = 2000,
};

struct PyroSourceText {
  char *bytes;
  GArray *starts; /* gsize; of the lines, and the end of the last */
  gint64 time_ns;
};

static PyroSourceText *
take_bytes (char *bytes, gsize n_bytes)
{
  PyroSourceText *self = g_new0 (PyroSourceText, 1);
  self->bytes = bytes;
  self->starts = g_array_new (FALSE, FALSE, sizeof (gsize));
  gsize start = 0;
  g_array_append_val (self->starts, start);
  while (start < n_bytes && self->starts->len <= MAX_LINES) {
    const char *end = memchr (bytes + start, '\n', n_bytes - start);
    start = end != NULL ? (gsize)(end - bytes) + 1 : n_bytes;
    g_array_append_val (self->starts, start);
  }
  return self;
}

PyroSourceText *
pyro_source_text_new (const char *bytes, gsize n_bytes)
{
  return take_bytes (g_memdup2 (bytes, n_bytes), n_bytes);
}

void
pyro_source_text_free (PyroSourceText *self)
{
  g_free (self->bytes);
  g_array_unref (self->starts);
  g_free (self);
}

static gboolean
refuse (GError **error, const char *path, const char *reason)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("“%s” can’t be shown: %s."), shown, reason);
  return FALSE;
}

static gboolean
check (const char *path, const struct stat *status, GError **error)
{
  if (!S_ISREG (status->st_mode))
    return refuse (error, path, _ ("it is no regular file"));
  if (status->st_size > MAX_BYTES)
    return refuse (error, path, _ ("it is bigger than 16 MiB"));
  return TRUE;
}

/* -1: errno says why. */
static gssize
read_all (int fd, char *bytes, gsize size)
{
  gsize n = 0;
  while (n < size) {
    gssize n_more = read (fd, bytes + n, size - n);
    if (n_more < 0 && errno == EINTR)
      continue;
    if (n_more < 0)
      return -1;
    if (n_more == 0)
      break;
    n += (gsize)n_more;
  }
  return (gssize)n;
}

static PyroSourceText *
read_open (int fd, const char *path, GError **error)
{
  struct stat status;
  if (fstat (fd, &status) < 0) {
    refuse (error, path, g_strerror (errno));
    return NULL;
  }
  if (!check (path, &status, error))
    return NULL;
  g_autofree char *bytes = g_malloc ((gsize)status.st_size + 1);
  gssize n = read_all (fd, bytes, (gsize)status.st_size);
  if (n < 0) {
    refuse (error, path, g_strerror (errno));
    return NULL;
  }
  if (memchr (bytes, '\0', (gsize)n) != NULL) {
    refuse (error, path, _ ("it is no text"));
    return NULL;
  }
  PyroSourceText *self = take_bytes (g_steal_pointer (&bytes), (gsize)n);
  self->time_ns = (gint64)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
  return self;
}

PyroSourceText *
pyro_source_text_read (const char *path, GError **error)
{
  /* A profile may name a FIFO, whose open would wait for a writer. */
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) {
    refuse (error, path, g_strerror (errno));
    return NULL;
  }
  PyroSourceText *self = read_open (fd, path, error);
  close (fd);
  return self;
}

guint
pyro_source_text_get_n_lines (const PyroSourceText *self)
{
  return self->starts->len - 1;
}

char *
pyro_source_text_get_line (const PyroSourceText *self, guint line)
{
  gsize start = g_array_index (self->starts, gsize, line);
  gsize n = g_array_index (self->starts, gsize, line + 1) - start;
  const char *text = self->bytes + start;
  while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
    n--;
  return g_utf8_make_valid (text, (gssize)MIN (n, MAX_LINE_BYTES));
}

gint64
pyro_source_text_get_time_ns (const PyroSourceText *self)
{
  return self->time_ns;
}
