/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "environment.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "slot-claim.h"
#include "system-call.h"

typedef struct {
  unsigned pid, fd;
  unsigned long long token;
} Address;

/* Neither strtoul(3), which sets errno, nor sscanf(3), which allocates. */
static bool
parse_number (const char **text, unsigned base, char end, unsigned long long *ret)
{
  unsigned long long number = 0;
  const char *c = *text;
  for (; *c && *c != end; c++) {
    unsigned digit = *c >= 'a' ? (unsigned)(*c - 'a') + 10 : (unsigned)(*c - '0');
    if (digit >= base || __builtin_mul_overflow (number, base, &number)
        || __builtin_add_overflow (number, digit, &number))
      return false;
  }
  bool is_number = c != *text && *c == end;
  *text = *c ? c + 1 : c;
  *ret = number;
  return is_number;
}

static bool
parse_address (const char *text, Address *ret)
{
  unsigned long long pid, fd;
  if (!parse_number (&text, 10, ':', &pid) || !parse_number (&text, 10, ':', &fd)
      || !parse_number (&text, 16, '\0', &ret->token) || pid > INT32_MAX || fd > INT32_MAX)
    return false;
  ret->pid = (unsigned)pid;
  ret->fd = (unsigned)fd;
  return true;
}

static char *
put_number (char *at, unsigned number)
{
  char digits[10];
  unsigned n = 0;
  do
    digits[n++] = (char)('0' + number % 10);
  while (number /= 10);
  while (n)
    *at++ = digits[--n];
  return at;
}

static char *
put_text (char *at, const char *text)
{
  while (*text)
    *at++ = *text++;
  return at;
}

static long
open_memory (const Address *address)
{
  char path[48];
  char *at = put_number (put_text (path, "/proc/"), address->pid);
  at = put_number (put_text (at, "/fd/"), address->fd);
  *at = '\0';
  return system_call (SYS_openat, AT_FDCWD, (long)path, O_RDWR | O_CLOEXEC, 0, 0, 0);
}

/* A descriptor of that number may be any other file by now. */
static bool
map_memory (long fd, uint64_t token, Region *ret)
{
  off_t n_bytes = lseek ((int)fd, 0, SEEK_END);
  if (n_bytes <= (off_t)PROF_HEAP_PAGE)
    return false;
  void *memory = mmap (NULL, (size_t)n_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, (int)fd, 0);
  if (memory == MAP_FAILED)
    return false;
  ProfHeapHeader *header = memory;
  if (header->magic == PROF_HEAP_MAGIC && header->token == token
      && region_init (ret, header, (uint64_t)n_bytes)) {
    madvise (memory, (size_t)n_bytes, MADV_DONTDUMP);
    return true;
  }
  munmap (memory, (size_t)n_bytes);
  return false;
}

bool
environment_map (Region *ret)
{
  const char *value = secure_getenv (PROF_HEAP_ENVIRONMENT);
  Address address;
  if (!value || !parse_address (value, &address))
    return false;
  long fd = open_memory (&address);
  if (fd < 0)
    return false;
  bool is_mapped = map_memory (fd, address.token, ret);
  system_call (SYS_close, fd, 0, 0, 0, 0, 0);
  return is_mapped;
}
