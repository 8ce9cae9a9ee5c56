/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "elf/address-space.h"

#include "tests.h"

typedef struct {
  ProfModuleCache cache;
  ProfAddressSpace space;
} Fixture;

static int
set_up (void **state)
{
  static Fixture fixture;
  prof_module_cache_init (&fixture.cache);
  prof_address_space_init (&fixture.space, 1234);
  *state = &fixture;
  return 0;
}

static int
tear_down (void **state)
{
  Fixture *fixture = *state;
  prof_address_space_finish (&fixture->space);
  prof_module_cache_finish (&fixture->cache);
  return 0;
}

static void
add (ProfAddressSpace *space, uint64_t start, uint64_t end, uint64_t offset, const char *path)
{
  ProfCodeMap map = { .start = start, .end = end, .offset = offset, .key.path = path };
  assert_int_equal (prof_address_space_add (space, &map), 0);
}

static void
assert_map (const ProfAddressSpace *space,
            size_t i,
            uint64_t start,
            uint64_t end,
            uint64_t offset,
            const char *path)
{
  assert_true (i < space->maps.n);
  const ProfCodeMap *map = &space->maps.items[i];
  assert_int_equal (map->start, start);
  assert_int_equal (map->end, end);
  assert_int_equal (map->offset, offset);
  assert_string_equal (map->key.path, path);
}

static void
sorts_maps (void **state)
{
  ProfAddressSpace *space = &((Fixture *)*state)->space;
  add (space, 0x3000, 0x4000, 0, "/c");
  add (space, 0x1000, 0x2000, 0, "/a");
  add (space, 0x2000, 0x3000, 0, "/b");
  assert_int_equal (space->maps.n, 3);
  assert_map (space, 0, 0x1000, 0x2000, 0, "/a");
  assert_map (space, 1, 0x2000, 0x3000, 0, "/b");
  assert_map (space, 2, 0x3000, 0x4000, 0, "/c");
}

static void
new_map_splits_old (void **state)
{
  ProfAddressSpace *space = &((Fixture *)*state)->space;
  add (space, 0x1000, 0x9000, 0x10000, "/old");
  add (space, 0x3000, 0x4000, 0, "/new");
  assert_int_equal (space->maps.n, 3);
  assert_map (space, 0, 0x1000, 0x3000, 0x10000, "/old");
  assert_map (space, 1, 0x3000, 0x4000, 0, "/new");
  assert_map (space, 2, 0x4000, 0x9000, 0x13000, "/old");
}

static void
new_map_covers_several (void **state)
{
  ProfAddressSpace *space = &((Fixture *)*state)->space;
  add (space, 0x1000, 0x3000, 0, "/a");
  add (space, 0x3000, 0x4000, 0, "/b");
  add (space, 0x5000, 0x6000, 0, "/c");
  add (space, 0x7000, 0x9000, 0, "/d");
  add (space, 0x2000, 0x8000, 0x100, "/new");
  assert_int_equal (space->maps.n, 3);
  assert_map (space, 0, 0x1000, 0x2000, 0, "/a");
  assert_map (space, 1, 0x2000, 0x8000, 0x100, "/new");
  assert_map (space, 2, 0x8000, 0x9000, 0x1000, "/d");
}

static void
same_map_again_replaces (void **state)
{
  ProfAddressSpace *space = &((Fixture *)*state)->space;
  add (space, 0x1000, 0x3000, 0, "/a");
  uint64_t generation = space->generation;
  add (space, 0x1000, 0x3000, 0x50, "/b");
  assert_int_equal (space->maps.n, 1);
  assert_map (space, 0, 0x1000, 0x3000, 0x50, "/b");
  assert_true (space->generation > generation);
}

static void
empty_map_changes_nothing (void **state)
{
  ProfAddressSpace *space = &((Fixture *)*state)->space;
  add (space, 0x1000, 0x1000, 0, "/a");
  add (space, 0x2000, 0x1000, 0, "/a");
  assert_int_equal (space->maps.n, 0);
}

static void
deleted_name_is_marked (void **state)
{
  ProfAddressSpace *space = &((Fixture *)*state)->space;
  add (space, 0x1000, 0x2000, 0, "/tmp/a (deleted)");
  assert_map (space, 0, 0x1000, 0x2000, 0, "/tmp/a");
  assert_true (space->maps.items[0].key.is_deleted);
}

static void
finds_by_address (void **state)
{
  Fixture *fixture = *state;
  ProfAddressSpace *space = &fixture->space;
  add (space, 0x1000, 0x2000, 0, "/no/such/a");
  add (space, 0x2000, 0x3000, 0, "/no/such/b");
  add (space, 0x8000, UINT64_MAX, 0, "");
  assert_null (prof_address_space_find (space, &fixture->cache, 0xfff));
  assert_null (prof_address_space_find (space, &fixture->cache, 0x3000));
  assert_null (prof_address_space_find (space, &fixture->cache, UINT64_MAX));
  const ProfCodeMap *map = prof_address_space_find (space, &fixture->cache, 0x1fff);
  assert_string_equal (map->module->path, "/no/such/a");
  assert_int_equal (map->module->kind, PROF_MODULE_FILE);
  assert_int_equal (map->module->open_errno, ENOENT);
  map = prof_address_space_find (space, &fixture->cache, 0x2000);
  assert_string_equal (map->module->path, "/no/such/b");
  assert_ptr_equal (prof_address_space_find (space, &fixture->cache, 0x2fff), map);
  map = prof_address_space_find (space, &fixture->cache, UINT64_MAX - 1);
  assert_int_equal (map->module->kind, PROF_MODULE_ANONYMOUS);
}

static void
latest_map_is_not_stale (void **state)
{
  Fixture *fixture = *state;
  ProfAddressSpace *space = &fixture->space;
  add (space, 0x1000, 0x2000, 0, "/no/such/a");
  assert_non_null (prof_address_space_find (space, &fixture->cache, 0x1800));
  add (space, 0x1000, 0x1900, 0, "/no/such/b");
  const ProfCodeMap *map = prof_address_space_find (space, &fixture->cache, 0x1800);
  assert_string_equal (map->module->path, "/no/such/b");
  prof_address_space_clear (space);
  assert_null (prof_address_space_find (space, &fixture->cache, 0x1800));
}

static void
invented_names_are_anonymous (void **state)
{
  static const char *const names[]
      = { "",        "//anon",   "/memfd:jit (deleted)", "[heap]",
          "[stack]", "[anon:x]", "/dev/zero (deleted)",  "/SYSV00000000 (deleted)" };
  Fixture *fixture = *state;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    add (&fixture->space, 0x1000, 0x2000, 0, names[i]);
    const ProfCodeMap *map = prof_address_space_find (&fixture->space, &fixture->cache, 0x1000);
    assert_int_equal (map->module->kind, PROF_MODULE_ANONYMOUS);
    assert_int_equal (map->module->pid, 1234);
  }
}

static void
vdso_has_its_image (void **state)
{
  Fixture *fixture = *state;
  add (&fixture->space, 0x1000, 0x2000, 0, "[vdso]");
  const ProfCodeMap *map = prof_address_space_find (&fixture->space, &fixture->cache, 0x1000);
  assert_int_equal (map->module->kind, PROF_MODULE_VDSO);
}

static void
clone_is_independent (void **state)
{
  Fixture *fixture = *state;
  add (&fixture->space, 0x1000, 0x2000, 0, "/no/such/a");
  add (&fixture->space, 0x5000, 0x6000, 0, "");
  prof_address_space_find (&fixture->space, &fixture->cache, 0x5000);
  ProfAddressSpace child;
  prof_address_space_init (&child, 77);
  assert_int_equal (prof_address_space_clone (&fixture->space, &child), 0);
  prof_address_space_clear (&fixture->space);
  assert_map (&child, 0, 0x1000, 0x2000, 0, "/no/such/a");
  const ProfCodeMap *map = prof_address_space_find (&child, &fixture->cache, 0x5000);
  assert_int_equal (map->module->pid, 77);
  prof_address_space_finish (&child);
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)

int
main (void)
{
  static const struct CMUnitTest tests[] = {
    TEST (sorts_maps),
    TEST (new_map_splits_old),
    TEST (new_map_covers_several),
    TEST (same_map_again_replaces),
    TEST (empty_map_changes_nothing),
    TEST (deleted_name_is_marked),
    TEST (finds_by_address),
    TEST (latest_map_is_not_stale),
    TEST (invented_names_are_anonymous),
    TEST (vdso_has_its_image),
    TEST (clone_is_independent),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
