/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/system-memory.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/read-file.h"

enum { MAX_MEMINFO_BYTES = 1 << 20 };

enum { TOTAL, AVAILABLE, BUFFERS, CACHED, SLAB_RECLAIMABLE, N_FIELDS };

static const char *const field_names[N_FIELDS]
    = { "MemTotal:", "MemAvailable:", "Buffers:", "Cached:", "SReclaimable:" };

typedef struct {
  uint64_t bytes[N_FIELDS];
  bool is_known[N_FIELDS];
} Fields;

static int
find_field (const char *line, size_t n)
{
  for (int i = 0; i < N_FIELDS; i++) {
    size_t n_name = strlen (field_names[i]);
    if (n >= n_name && memcmp (line, field_names[i], n_name) == 0)
      return i;
  }
  return -ENOENT;
}

/* "    16384 kB": all of the lines that are read here count KiB. */
static int
parse_kib (const char *text, const char *end, uint64_t *ret_bytes)
{
  uint64_t value = 0;
  while (text < end && *text == ' ')
    text++;
  const char *digits = text;
  for (; text < end && isdigit ((unsigned char)*text); text++)
    if (__builtin_mul_overflow (value, 10, &value)
        || __builtin_add_overflow (value, (uint64_t)(*text - '0'), &value))
      return -EBADMSG;
  if (text == digits || __builtin_mul_overflow (value, 1024, &value))
    return -EBADMSG;
  *ret_bytes = value;
  return 0;
}

static int
parse_line (const char *line, const char *end, Fields *fields)
{
  int field = find_field (line, (size_t)(end - line));
  if (field < 0)
    return 0;
  fields->is_known[field] = true;
  return parse_kib (line + strlen (field_names[field]), end, &fields->bytes[field]);
}

static int
parse_lines (const char *text, size_t n, Fields *fields)
{
  for (const char *line = text, *end = text + n; line < end;) {
    const char *newline = memchr (line, '\n', (size_t)(end - line));
    const char *line_end = newline != NULL ? newline : end;
    int r = parse_line (line, line_end, fields);
    if (r < 0)
      return r;
    line = newline != NULL ? newline + 1 : end;
  }
  return fields->is_known[TOTAL] && fields->is_known[AVAILABLE] ? 0 : -EBADMSG;
}

int
prof_system_memory_parse (const char *text, size_t n, ProfSystemMemory *ret)
{
  Fields fields = { 0 };
  uint64_t cached;
  int r = parse_lines (text, n, &fields);
  if (r < 0)
    return r;
  if (__builtin_add_overflow (fields.bytes[CACHED], fields.bytes[BUFFERS], &cached)
      || __builtin_add_overflow (cached, fields.bytes[SLAB_RECLAIMABLE], &cached))
    return -EBADMSG;
  uint64_t total = fields.bytes[TOTAL], available = fields.bytes[AVAILABLE];
  uint64_t used = available < total ? total - available : 0;
  *ret = (ProfSystemMemory){ .total_bytes = total,
                             .available_bytes = available,
                             .used_bytes = used,
                             .cached_bytes = cached,
                             .used_percent = total > 0 ? 100.0 * (double)used / (double)total : 0 };
  return 0;
}

int
prof_get_system_memory (ProfSystemMemory *ret, ProfError *reterr)
{
  cleanup (prof_free) char *text = NULL;
  size_t n;
  if (ret == NULL)
    return prof_error_set (reterr, -EINVAL, "prof_get_system_memory: ret is NULL");
  int r = prof_read_file ("/proc/meminfo", MAX_MEMINFO_BYTES, &text, &n);
  if (r < 0)
    return prof_error_set (reterr, r, "Can't read the memory of the system from /proc/meminfo: %s",
                           strerrordesc_np (-r));
  r = prof_system_memory_parse (text, n, ret);
  if (r < 0)
    return prof_error_set (reterr, r,
                           "/proc/meminfo does not have the lines MemTotal and "
                           "MemAvailable of proc(5)");
  return 0;
}
