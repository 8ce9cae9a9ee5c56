/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/endpoint.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

static const char host_characters[] = "abcdefghijklmnopqrstuvwxyz"
                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
static const char ipv6_characters[] = "0123456789abcdefABCDEF:.";

static bool
is_printable (const char *text)
{
  for (; *text != '\0'; text++)
    if (*text <= ' ' || *text >= 0x7f)
      return false;
  return true;
}

/* Returns where the host ends; NULL: it is none. */
static const char *
skip_host (const char *text)
{
  if (*text != '[') {
    size_t n = strspn (text, host_characters);
    return n > 0 ? text + n : NULL;
  }
  size_t n = strspn (text + 1, ipv6_characters);
  return n > 1 && text[1 + n] == ']' ? text + 1 + n + 1 : NULL;
}

static bool
is_port (const char *text, size_t n)
{
  unsigned port = 0;
  for (size_t i = 0; i < n; i++) {
    if (text[i] < '0' || text[i] > '9' || port > 65535)
      return false;
    port = port * 10 + (unsigned)(text[i] - '0');
  }
  return port > 0 && port <= 65535;
}

static const char *
parse_authority (ProfOtlpEndpoint *endpoint)
{
  const char *end = endpoint->authority + endpoint->n_authority;
  if (memchr (endpoint->authority, '@', endpoint->n_authority) != NULL)
    return N_ ("holds a user or a password, which have settings of their own");
  if (endpoint->n_authority == 0)
    return N_ ("has no host");
  const char *host_end = skip_host (endpoint->authority);
  if (host_end == NULL || (host_end < end && *host_end != ':'))
    return N_ ("has a host that is no name and no address");
  if (host_end < end && !is_port (host_end + 1, (size_t)(end - host_end - 1)))
    return N_ ("has a port that is not a number from 1 to 65535");
  return NULL;
}

const char *
prof_otlp_endpoint_parse (const char *text, ProfOtlpEndpoint *ret)
{
  *ret = (ProfOtlpEndpoint){ 0 };
  if (!is_printable (text))
    return N_ ("holds a space, a control character or one that is not ASCII");
  const char *separator = strstr (text, "://");
  if (separator != NULL && separator < text + strcspn (text, "/?#@")) {
    ret->is_https = strncasecmp (text, "https://", 8) == 0;
    if (!ret->is_https && strncasecmp (text, "http://", 7) != 0)
      return N_ ("has another scheme than http:// and https://");
    ret->has_scheme = true;
    text = separator + 3;
  }
  ret->authority = text;
  ret->n_authority = strcspn (text, "/?#");
  ret->path = text + ret->n_authority;
  if (strchr (ret->path, '#') != NULL)
    return N_ ("holds a '#'");
  if (*ret->path == '?')
    return N_ ("has a query without a path before it");
  return parse_authority (ret);
}
