/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "dwfl-unwinder.h"

#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/vec.h"
#include "unwind/stack-slice.h"

enum { PAGE_BYTES = 4096 };

/* Of those that have a DWARF number: rip has one, the pc of aarch64 has none. */
#if defined(__x86_64__)
enum { N_DWARF_REGISTERS = 17 };
#else
enum { N_DWARF_REGISTERS = 32 };
#endif

/* What libdwfl knows of a process, as long as its maps are the same. */
typedef struct {
  pid_t pid;
  uint64_t generation;
  Dwfl *dwfl; /* NULL: nothing */
} Process;

struct DwflUnwinder {
  PROF_VEC (Process) processes;

  /* Of the stack that is being unwound. */
  const RecordedStack *stack;
  uint64_t *pcs;
  size_t n, max;
  bool has_read_below, has_read_beyond; /* what was not copied */
};

DwflUnwinder *
dwfl_unwinder_new (void)
{
  return calloc (1, sizeof (DwflUnwinder));
}

DwflUnwinder *
dwfl_unwinder_free (DwflUnwinder *unwinder)
{
  if (unwinder == NULL)
    return NULL;
  prof_vec_foreach (process, &unwinder->processes)
    dwfl_end (process->dwfl);
  prof_vec_clear (&unwinder->processes);
  free (unwinder);
  return NULL;
}

/* ---- what libdwfl asks ---- */

static bool
get_thread (Dwfl *dwfl, pid_t tid, void *user_data, void **ret_thread)
{
  (void)dwfl;
  (void)tid;
  *ret_thread = user_data;
  return true;
}

static pid_t
next_thread (Dwfl *dwfl, void *user_data, void **thread)
{
  bool is_first = *thread == NULL;
  *thread = user_data;
  return is_first ? dwfl_pid (dwfl) : 0;
}

static bool
read_memory (Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *ret, void *user_data)
{
  (void)dwfl;
  DwflUnwinder *unwinder = user_data;
  const ProfStackSlice *slice = &unwinder->stack->slice;
  unwinder->has_read_below |= address < slice->start;
  unwinder->has_read_beyond |= address >= slice->start + slice->n_bytes;
  return prof_stack_slice_read (slice, address, ret) == PROF_STACK_GOES_ON;
}

static bool
set_registers (Dwfl_Thread *thread, void *thread_data)
{
  const DwflUnwinder *unwinder = thread_data;
  const ProfUnwindRegisters *registers = &unwinder->stack->registers;
  dwfl_thread_state_register_pc (thread, registers->pc);
  return dwfl_thread_state_registers (thread, 0, N_DWARF_REGISTERS, registers->registers);
}

static const Dwfl_Thread_Callbacks thread_callbacks = {
  .get_thread = get_thread,
  .next_thread = next_thread,
  .memory_read = read_memory,
  .set_initial_registers = set_registers,
};

static int
find_no_elf (Dwfl_Module *module,
             void **module_data,
             const char *name,
             Dwarf_Addr base,
             char **file_name,
             Elf **elf)
{
  (void)module, (void)module_data, (void)name, (void)base, (void)file_name, (void)elf;
  return -1;
}

static int
find_no_debuginfo (Dwfl_Module *module,
                   void **module_data,
                   const char *name,
                   Dwarf_Addr base,
                   const char *file_name,
                   const char *link,
                   GElf_Word crc,
                   char **debug_file_name)
{
  (void)module, (void)module_data, (void)name, (void)base;
  (void)file_name, (void)link, (void)crc, (void)debug_file_name;
  return -1;
}

static const Dwfl_Callbacks callbacks
    = { .find_elf = find_no_elf, .find_debuginfo = find_no_debuginfo };

/* ---- the modules of a process ---- */

/* The vDSO is in no file. */
static int
open_image (const ProfModule *module)
{
  int fd = memfd_create ("image", MFD_CLOEXEC);
  if (fd >= 0
      && write (fd, module->image, module->n_image_bytes) != (ssize_t)module->n_image_bytes) {
    close (fd);
    return -1;
  }
  return fd;
}

/* Linkers may place code in the middle of a page: then the mapping begins before the segment. */
static bool
find_bias (const ProfModule *module, const ProfCodeMap *map, uint64_t *ret)
{
  uint64_t vaddr;
  for (uint64_t skipped = 0; skipped < PAGE_BYTES; skipped += 16)
    if (prof_module_offset_to_vaddr (module, map->offset + skipped, &vaddr)) {
      *ret = map->start + skipped - vaddr;
      return true;
    }
  return false;
}

/* A file is reported once: several mappings are its segments, and libdwfl can't have it a second
 * time, as V8 maps its built-in code from node's file again, nearer to what it compiles. */
static bool
is_reported (ProfAddressSpace *space, size_t n_maps, const ProfModule *module)
{
  for (size_t i = 0; i < n_maps; i++)
    if (space->maps.items[i].module == module)
      return true;
  return false;
}

static void
report_map (Dwfl *dwfl, const ProfCodeMap *map)
{
  const ProfModule *module = map->module;
  uint64_t bias;
  if (!find_bias (module, map, &bias))
    return;
  int fd = module->kind == PROF_MODULE_VDSO ? open_image (module)
                                            : fcntl (module->fd, F_DUPFD_CLOEXEC, 0);
  if (fd >= 0 && dwfl_report_elf (dwfl, module->path, module->path, fd, bias, true) == NULL)
    close (fd);
}

static Dwfl *
open_process (DwflUnwinder *unwinder, const RecordedStack *stack)
{
  ProfAddressSpace *space = stack->space;
  Dwfl *dwfl = dwfl_begin (&callbacks);
  if (dwfl == NULL)
    return NULL;
  dwfl_report_begin (dwfl);
  for (size_t i = 0; i < space->maps.n; i++) {
    const ProfCodeMap *map
        = prof_address_space_find (space, stack->modules, space->maps.items[i].start);
    if (map != NULL && !is_reported (space, i, map->module))
      report_map (dwfl, map);
  }
  if (dwfl_report_end (dwfl, NULL, NULL) == 0
      && dwfl_attach_state (dwfl, NULL, space->pid, &thread_callbacks, unwinder))
    return dwfl;
  dwfl_end (dwfl);
  return NULL;
}

static Process *
get_process (DwflUnwinder *unwinder, pid_t pid)
{
  prof_vec_foreach (process, &unwinder->processes)
    if (process->pid == pid)
      return process;
  if (prof_vec_push (&unwinder->processes, (Process){ .pid = pid }) < 0)
    return NULL;
  return &unwinder->processes.items[unwinder->processes.n - 1];
}

static Dwfl *
get_dwfl (DwflUnwinder *unwinder, const RecordedStack *stack)
{
  Process *process = get_process (unwinder, stack->space->pid);
  if (process == NULL)
    return NULL;
  if (process->dwfl == NULL || process->generation != stack->space->generation) {
    dwfl_end (process->dwfl);
    process->dwfl = open_process (unwinder, stack);
    process->generation = stack->space->generation;
  }
  return process->dwfl;
}

/* ---- stacks ---- */

static int
take_frame (Dwfl_Frame *frame, void *user_data)
{
  DwflUnwinder *unwinder = user_data;
  Dwarf_Addr pc;
  bool is_activation;
  if (unwinder->n == unwinder->max || !dwfl_frame_pc (frame, &pc, &is_activation))
    return DWARF_CB_ABORT;
  unwinder->pcs[unwinder->n++] = is_activation ? pc : pc - 1;
  return DWARF_CB_OK;
}

/* A register that could not be read only ends the stack where a frame further out needs it; then
 * libdwfl calls it the end of the stack. */
static const char *
find_reason (const DwflUnwinder *unwinder, int status)
{
  if (unwinder->has_read_beyond)
    return "reads beyond the copy";
  if (unwinder->has_read_below)
    return "reads below the stack pointer";
  if (status > 0)
    return "depth limit";
  return status < 0 ? dwfl_errmsg (-1) : "end of the stack";
}

size_t
dwfl_unwinder_unwind (DwflUnwinder *unwinder,
                      const RecordedStack *stack,
                      uint64_t *pcs,
                      size_t max,
                      const char **ret_reason)
{
  Dwfl *dwfl = get_dwfl (unwinder, stack);
  unwinder->stack = stack;
  unwinder->pcs = pcs;
  unwinder->n = 0;
  unwinder->max = max;
  unwinder->has_read_below = unwinder->has_read_beyond = false;
  *ret_reason = "no module known";
  if (dwfl == NULL)
    return 0;
  int r = dwfl_getthread_frames (dwfl, stack->space->pid, take_frame, unwinder);
  *ret_reason = find_reason (unwinder, r);
  return unwinder->n;
}
