/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "unwind/unwinder.h"

#include "cfi-elf.h"
#include "tests.h"

/* A program without any unwind table, whose entry is at 0x1000. */

enum { BASE = 0x7000000, CODE_BYTES = 0x2000, ENTRY = 0x1000, STACK = 0x10000, MAX_FRAMES = 8 };

#define AT(offset) ((uint64_t)BASE + (offset))

/* Return addresses, and the calls before them. */
enum { IN_ENTRY = 0x1016, BEHIND_ENTRY = 0x101d, IN_CALLER = 0x1228, IN_OTHER = 0x1428 };

typedef struct {
  ProfModuleCache modules;
  ProfAddressSpace space;
  ProfModule *module;
  ProfUnwinder *unwinder;
} World;

static ProfModule *
make_module (void)
{
  static const uint8_t call[] = { 0xe8, 0, 1, 0, 0 };
  static const uint8_t call_rbx[] = { 0xff, 0xd3 };
  static const uint8_t call_behind_r12[] = { 0x41, 0xff, 0x54, 0x24, 0x08 };
  CfiElfStart start = cfi_elf_start (EM_X86_64, 0, 0);
  ProfModule *module = calloc (1, sizeof *module);
  uint8_t *image = calloc (1, CODE_BYTES);
  assert_non_null (module);
  assert_non_null (image);
  start.header.e_entry = ENTRY;
  memcpy (image, &start, sizeof start);
  memcpy (image + IN_ENTRY - sizeof call, call, sizeof call);
  memcpy (image + BEHIND_ENTRY - sizeof call, call, sizeof call);
  memcpy (image + IN_CALLER - sizeof call_rbx, call_rbx, sizeof call_rbx);
  memcpy (image + IN_OTHER - sizeof call_behind_r12, call_behind_r12, sizeof call_behind_r12);
  *module = (ProfModule){
    .n_refs = 1, .kind = PROF_MODULE_VDSO, .fd = -1, .image = image, .n_image_bytes = CODE_BYTES
  };
  assert_int_equal (prof_module_read_elf (module), 0);
  return module;
}

static int
set_up (void **state)
{
  static const ProfUnwindOptions options
      = { PROF_ARCH_X86_64, .uses_tables = true, .uses_frame_pointers = true, MAX_FRAMES };
  static World world;
  ProfCodeMap map = { .start = BASE, .end = BASE + CODE_BYTES, .key = { .path = "program" } };
  prof_module_cache_init (&world.modules);
  prof_address_space_init (&world.space, 1);
  assert_int_equal (prof_address_space_add (&world.space, &map), 0);
  world.module = make_module ();
  world.space.maps.items[0].module = world.module;
  assert_int_equal (prof_unwinder_new (&options, &world.modules, &world.unwinder), 0);
  *state = &world;
  return 0;
}

static int
tear_down (void **state)
{
  World *world = *state;
  prof_unwinder_free (world->unwinder);
  world->space.maps.items[0].module = NULL;
  prof_module_unref (world->module);
  prof_address_space_finish (&world->space);
  prof_module_cache_finish (&world->modules);
  return 0;
}

/* From a leaf that has left its return address on the top of the stack. */
static ProfStackEnd
unwind (World *world, const uint64_t *words, size_t n_words, size_t *ret_n)
{
  uint64_t pcs[MAX_FRAMES];
  ProfUnwindRegisters registers = { .pc = AT (0x1300), .sp = STACK, .fp = 7 };
  ProfStackSlice slice = { STACK, (const uint8_t *)words, 8 * n_words };
  ProfStackEnd end;
  *ret_n = prof_unwinder_unwind (world->unwinder, &world->space, &registers, &slice, pcs, &end);
  return end;
}

static void
entry_is_the_outermost_frame (void **state)
{
  World *world = *state;
  assert_int_equal (world->module->entry, ENTRY);
  assert_true (prof_unwinder_is_root (world->unwinder, &world->space, AT (ENTRY)));
  assert_true (prof_unwinder_is_root (world->unwinder, &world->space, AT (IN_ENTRY) - 1));
  assert_false (prof_unwinder_is_root (world->unwinder, &world->space, AT (ENTRY) - 1));
  assert_false (prof_unwinder_is_root (world->unwinder, &world->space, AT (BEHIND_ENTRY) - 1));
}

static void
entry_is_found (void **state)
{
  const uint64_t words[] = { AT (IN_CALLER), 99, AT (0x1500), AT (IN_ENTRY) };
  size_t n;
  assert_int_equal (unwind (*state, words, 4, &n), PROF_STACK_ROOT);
  assert_int_equal (n, 3);
}

static void
frame_between_stops_the_search (void **state)
{
  const uint64_t others[] = { AT (IN_OTHER), AT (IN_CALLER), AT (BEHIND_ENTRY) };
  for (size_t i = 0; i < 3; i++) {
    const uint64_t words[] = { AT (IN_CALLER), 99, others[i], AT (IN_ENTRY) };
    size_t n;
    assert_int_equal (unwind (*state, words, 4, &n), PROF_STACK_NO_UNWIND_DATA);
    assert_int_equal (n, 2);
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (entry_is_the_outermost_frame, set_up, tear_down),
    cmocka_unit_test_setup_teardown (entry_is_found, set_up, tear_down),
    cmocka_unit_test_setup_teardown (frame_between_stops_the_search, set_up, tear_down),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
