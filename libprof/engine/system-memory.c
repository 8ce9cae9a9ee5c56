/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/system-memory.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/read-file.h"
#include "base/sized.h"
#include "engine/kib-fields.h"

enum { MAX_MEMINFO_BYTES = 1 << 20 };

enum { TOTAL, AVAILABLE, BUFFERS, CACHED, SLAB_RECLAIMABLE, N_FIELDS };

int
prof_system_memory_parse (const char *text, size_t n, ProfSystemMemory *ret)
{
  ProfKibField fields[N_FIELDS] = { { .name = "MemTotal:" },
                                    { .name = "MemAvailable:" },
                                    { .name = "Buffers:" },
                                    { .name = "Cached:" },
                                    { .name = "SReclaimable:" } };
  uint64_t cached;
  int r = prof_kib_fields_parse (text, n, fields, N_FIELDS);
  if (r < 0)
    return r;
  if (!fields[TOTAL].is_known || !fields[AVAILABLE].is_known
      || __builtin_add_overflow (fields[CACHED].bytes, fields[BUFFERS].bytes, &cached)
      || __builtin_add_overflow (cached, fields[SLAB_RECLAIMABLE].bytes, &cached))
    return -EBADMSG;
  uint64_t total = fields[TOTAL].bytes, available = fields[AVAILABLE].bytes;
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
  ProfSystemMemory memory;
  if (!prof_sized_is_valid (ret, sizeof memory))
    return prof_error_set (reterr, -EINVAL,
                           "prof_get_system_memory: ret is not set by PROF_SYSTEM_MEMORY_INIT");
  int r = prof_read_file ("/proc/meminfo", MAX_MEMINFO_BYTES, &text, &n);
  if (r < 0)
    return prof_error_set (reterr, r, "Can't read the memory of the system from /proc/meminfo: %s",
                           strerrordesc_np (-r));
  r = prof_system_memory_parse (text, n, &memory);
  if (r < 0)
    return prof_error_set (reterr, r,
                           "/proc/meminfo does not have the lines MemTotal and "
                           "MemAvailable of proc(5)");
  return prof_sized_fill (ret, &memory, sizeof memory);
}
