/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  PYRO_AUTHENTICATION_NONE,
  PYRO_AUTHENTICATION_TOKEN,
  PYRO_AUTHENTICATION_PASSWORD,
  PYRO_N_AUTHENTICATIONS,
} PyroAuthentication;

/* Its texts; none is NULL, an empty one was not given. */
typedef enum {
  PYRO_COLLECTOR_NAME = 1,
  PYRO_COLLECTOR_ENDPOINT,
  PYRO_COLLECTOR_CA_FILE,
  PYRO_COLLECTOR_CERTIFICATE_FILE,
  PYRO_COLLECTOR_KEY_FILE,
  PYRO_COLLECTOR_USER,
  PYRO_COLLECTOR_RESOURCE, /* key=value …, quoted as for a shell */
  PYRO_N_COLLECTOR_TEXTS,
} PyroCollectorText;

/* Where profiles are sent, and how, as the user said it. Holds no secret: see PyroSecrets.
 *
 * Properties (rw, each notifies):
 *   name, endpoint, ca-file, certificate-file, key-file, user, resource   string
 *   protocol         uint   a ProfOtlpProtocol
 *   authentication   uint   a PyroAuthentication
 *   compresses       bool */
#define PYRO_TYPE_COLLECTOR (pyro_collector_get_type ())
G_DECLARE_FINAL_TYPE (PyroCollector, pyro_collector, PYRO, COLLECTOR, GObject)

/* `id` names it in files and in the keyring; NULL: a new one. */
PyroCollector *pyro_collector_new (const char *id);
PyroCollector *pyro_collector_copy (PyroCollector *self);

const char *pyro_collector_get_id (PyroCollector *self);
const char *pyro_collector_get_text (PyroCollector *self, PyroCollectorText text);
guint pyro_collector_get_protocol (PyroCollector *self);
PyroAuthentication pyro_collector_get_authentication (PyroCollector *self);
gboolean pyro_collector_get_compresses (PyroCollector *self);

/* From a group of a key file, which may hold anything: what can't be used is left as it is. */
void pyro_collector_read (PyroCollector *self, GKeyFile *file, const char *group);
/* Leaves out a user and password in the endpoint. */
void pyro_collector_write (PyroCollector *self, GKeyFile *file, const char *group);

G_END_DECLS
