/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/resource.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "otlp/percent-encoding.h"

void
prof_otlp_resource_finish (ProfOtlpResource *resource)
{
  prof_vec_foreach (attribute, &resource->attributes) {
    free ((char *)attribute->key);
    free ((char *)attribute->value);
  }
  prof_vec_clear (&resource->attributes);
}

/* Keys and values stand behind the array. */
ProfOtlpAttribute *
prof_otlp_attributes_copy (const ProfOtlpAttribute *attributes, size_t n)
{
  size_t n_bytes = n * sizeof *attributes + 1;
  for (size_t i = 0; i < n; i++) {
    n_bytes += strlen (attributes[i].key) + 1;
    n_bytes += attributes[i].value != NULL ? strlen (attributes[i].value) + 1 : 0;
  }
  ProfOtlpAttribute *copies = malloc (n_bytes);
  char *text = (char *)(copies + n);
  for (size_t i = 0; copies != NULL && i < n; i++) {
    copies[i] = (ProfOtlpAttribute){ .key = text, .number = attributes[i].number };
    text = stpcpy (text, attributes[i].key) + 1;
    if (attributes[i].value == NULL)
      continue;
    copies[i].value = text;
    text = stpcpy (text, attributes[i].value) + 1;
  }
  return copies;
}

static const char *
find (const ProfOtlpResource *resource, const char *key)
{
  prof_vec_foreach (attribute, &resource->attributes) {
    if (strcmp (attribute->key, key) == 0)
      return attribute->value != NULL ? attribute->value : "";
  }
  return NULL;
}

static void
add (ProfOtlpResource *resource, const ProfOtlpAttribute *attribute)
{
  if (resource->is_failed || find (resource, attribute->key) != NULL)
    return;
  cleanup (prof_free) char *key = strdup (attribute->key);
  cleanup (prof_free) char *value = attribute->value != NULL ? strdup (attribute->value) : NULL;
  const ProfOtlpAttribute copy = { key, value, attribute->number };
  if (key == NULL || (attribute->value != NULL && value == NULL)
      || prof_vec_push (&resource->attributes, copy) < 0) {
    resource->is_failed = true;
    return;
  }
  (void)steal (&key), (void)steal (&value);
}

void
prof_otlp_resource_add (ProfOtlpResource *resource, const char *key, const char *value)
{
  if (value != NULL && *value != '\0')
    add (resource, &(ProfOtlpAttribute){ key, value, 0 });
}

void
prof_otlp_resource_add_number (ProfOtlpResource *resource, const char *key, int64_t number)
{
  add (resource, &(ProfOtlpAttribute){ key, NULL, number });
}

void
prof_otlp_resource_add_all (ProfOtlpResource *resource,
                            const ProfOtlpAttribute *attributes,
                            size_t n_attributes)
{
  for (size_t i = 0; i < n_attributes; i++)
    add (resource, &attributes[i]);
}

/* ---- the environment ---- */

/* In place. False: a '%' without two digits, or one that means NUL. */
static bool
decode_percent (char *text)
{
  for (const char *p = strchr (text, '%'); p != NULL; p = strchr (p + 1, '%'))
    if (!isxdigit ((unsigned char)p[1]) || !isxdigit ((unsigned char)p[2]))
      return false;
  size_t n = prof_percent_decode (text, strlen (text));
  text[n] = '\0';
  return strlen (text) == n;
}

static char *
trim (char *text)
{
  text += strspn (text, " \t");
  size_t n = strlen (text);
  while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
    text[--n] = '\0';
  return text;
}

/* "key=value,key=value", percent-encoded (W3C Baggage). False: malformed; then nothing is said of
 * what is in `resource`. */
static bool
add_list (ProfOtlpResource *resource, char *list)
{
  char *rest = list;
  for (char *member; (member = strsep (&rest, ",")) != NULL;) {
    char *value = member, *key = trim (strsep (&value, "="));
    if (*key == '\0' && value == NULL)
      continue;
    if (*key == '\0' || value == NULL)
      return false;
    value = trim (value);
    if (!decode_percent (key) || !decode_percent (value))
      return false;
    prof_otlp_resource_add (resource, key, value);
  }
  return true;
}

void
prof_otlp_resource_add_environment (ProfOtlpResource *resource,
                                    const char *service_name,
                                    const char *attributes)
{
  prof_otlp_resource_add (resource, "service.name", service_name);
  if (attributes == NULL)
    return;
  ProfOtlpResource listed = { 0 };
  cleanup (prof_free) char *list = strdup (attributes);
  if (list == NULL)
    resource->is_failed = true;
  else if (add_list (&listed, list))
    prof_otlp_resource_add_all (resource, listed.attributes.items, listed.attributes.n);
  else
    prof_log (PROF_LOG_WARNING, "OTEL_RESOURCE_ATTRIBUTES in the environment is not used: it is no "
                                "list of key=value, "
                                "separated by commas and percent-encoded");
  resource->is_failed |= listed.is_failed;
  prof_otlp_resource_finish (&listed);
}

/* ---- what is found ---- */

static const char *
get_name (const char *path)
{
  const char *slash = strrchr (path, '/');
  return slash != NULL ? slash + 1 : path;
}

static void
add_executable (ProfOtlpResource *resource, const char *path)
{
  prof_otlp_resource_add (resource, "process.executable.name", get_name (path));
  if (*path == '/')
    prof_otlp_resource_add (resource, "process.executable.path", path);
}

/* Semantic conventions, host.arch. */
static const char *
get_architecture (const char *machine)
{
  static const struct {
    const char *machine, *name;
  } names[] = { { "x86_64", "amd64" },
                { "aarch64", "arm64" },
                { "i686", "x86" },
                { "armv7l", "arm32" },
                { "ppc64le", "ppc64" } };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp (machine, names[i].machine) == 0)
      return names[i].name;
  return machine;
}

/* `kernel`: "Linux 6.1.0 x86_64". */
static void
add_machine (ProfOtlpResource *resource, const char *host, const char *kernel)
{
  const char *machine = strrchr (kernel, ' ');
  prof_otlp_resource_add (resource, "host.name", host);
  if (machine != NULL)
    prof_otlp_resource_add (resource, "host.arch", get_architecture (machine + 1));
  prof_otlp_resource_add (resource, "os.type", "linux");
  prof_otlp_resource_add (resource, "os.description", kernel);
}

void
prof_otlp_resource_add_session (ProfOtlpResource *resource,
                                const ProfSession *session,
                                const ProfOwnProcess *own)
{
  for (size_t i = 0; i < session->n_resource; i++)
    prof_otlp_resource_add (resource, session->resource[i].key, session->resource[i].value);
  if (session->n_command > 0)
    add_executable (resource, session->command[0]);
  if (session->n_pids == 1)
    prof_otlp_resource_add_number (resource, "process.pid", session->pids[0]);
  add_machine (resource, session->host, session->kernel);
  if (strcmp (session->host, own->host) == 0)
    prof_otlp_resource_add (resource, "host.id", own->host_id);
}

void
prof_otlp_resource_add_own (ProfOtlpResource *resource, const ProfOwnProcess *own)
{
  prof_otlp_resource_add (resource, "service.instance.id", own->instance_id);
  prof_otlp_resource_add_number (resource, "process.pid", own->pid);
  add_executable (resource, own->path);
  add_machine (resource, own->host, own->kernel);
  prof_otlp_resource_add (resource, "host.id", own->host_id);
  prof_otlp_resource_add (resource, "container.id", own->container_id);
}

void
prof_otlp_resource_add_service_name (ProfOtlpResource *resource)
{
  char name[512];
  const char *executable = find (resource, "process.executable.name");
  snprintf (name, sizeof name, "unknown_service%s%s", executable != NULL ? ":" : "",
            executable != NULL ? executable : "");
  prof_otlp_resource_add (resource, "service.name", name);
}
