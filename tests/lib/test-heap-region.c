/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/heap-region.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests.h"

static ProfHeapRegion
make_region (const ProfHeapRegionConfig *config)
{
  ProfHeapRegion region;
  assert_int_equal (prof_heap_region_new (config, &region, NULL), 0);
  return region;
}

static const ProfHeapRegionConfig sampled
    = { .rate_bytes = 524288, .min_sample_bytes = 1024, .tracks_frees = true };

static void
test_header_says_what_is_wanted (void **state)
{
  (void)state;
  ProfHeapRegion region = make_region (&sampled);
  const ProfHeapHeader *header = region.header;
  assert_int_equal (header->magic, PROF_HEAP_MAGIC);
  assert_int_equal (header->flags, PROF_HEAP_TRACKS_FREES);
  assert_int_equal (header->rate_bytes, 524288);
  assert_int_equal (header->min_sample_bytes, 1024);
  assert_int_equal (header->n_slots, 128);
  assert_int_equal (header->only_pid, 0);
  assert_int_equal (header->is_running, 0);
  assert_int_equal (header->slot_bytes,
                    4096 + header->maps_bytes + header->stacks_bytes + header->ring_bytes);
  assert_int_equal (header->total_bytes, 4096 + 128 * header->slot_bytes);
  assert_int_equal (header->ring_bytes & (header->ring_bytes - 1), 0);
  prof_heap_region_set_running (&region, true);
  assert_int_equal (header->is_running, 1);
  prof_heap_region_set_running (&region, false);
  assert_int_equal (header->is_running, 0);
  prof_heap_region_finish (&region);
}

static void
test_exact_rings_are_greater (void **state)
{
  (void)state;
  ProfHeapRegionConfig config = { .rate_bytes = 1 };
  ProfHeapHeader exact, ours, chosen;
  prof_heap_region_fill_header (&config, &exact);
  prof_heap_region_fill_header (&sampled, &ours);
  assert_true (exact.ring_bytes > ours.ring_bytes);
  assert_true (exact.stacks_bytes > ours.stacks_bytes);
  assert_int_equal (exact.flags, 0);
  config.ring_bytes = 1 << 20;
  config.max_stack_bytes = 4096;
  prof_heap_region_fill_header (&config, &chosen);
  assert_int_equal (chosen.ring_bytes, 1 << 20);
  assert_int_equal (chosen.max_stack_bytes, 4096);
}

static uint64_t
get_used_bytes (const ProfHeapRegion *region)
{
  struct stat info;
  assert_int_equal (fstat (region->fd, &info), 0);
  return (uint64_t)info.st_blocks * 512;
}

static void
test_memory_is_used_where_it_is_touched (void **state)
{
  (void)state;
  ProfHeapRegion region = make_region (&sampled);
  assert_true (get_used_bytes (&region) <= 4096);
  memset (prof_heap_region_get_ring (&region, 127), 1, region.ring_bytes);
  assert_in_range (get_used_bytes (&region), region.ring_bytes, region.ring_bytes + 8192);
  prof_heap_region_finish (&region);
}

static void
test_nobody_can_change_its_size (void **state)
{
  (void)state;
  ProfHeapRegion region = make_region (&sampled);
  assert_int_equal (ftruncate (region.fd, 4096), -1);
  assert_int_equal (ftruncate (region.fd, (off_t)region.total_bytes + 4096), -1);
  assert_int_equal (fcntl (region.fd, F_GETFD), FD_CLOEXEC);
  prof_heap_region_finish (&region);
}

static void
test_parts_of_slots_follow_each_other (void **state)
{
  (void)state;
  ProfHeapRegion region = make_region (&sampled);
  for (uint32_t i = 0; i < region.n_slots; i++) {
    const uint8_t *slot = (const uint8_t *)prof_heap_region_get_slot (&region, i);
    assert_ptr_equal (slot, (const uint8_t *)region.header + 4096 + i * region.slot_bytes);
    assert_ptr_equal (prof_heap_region_get_maps (&region, i), slot + 4096);
    assert_ptr_equal (prof_heap_region_get_stacks (&region, i), slot + 4096 + region.maps_bytes);
    assert_ptr_equal (prof_heap_region_get_ring (&region, i),
                      slot + 4096 + region.maps_bytes + region.stacks_bytes);
  }
  prof_heap_region_finish (&region);
}

static void
test_freed_slot_is_empty_and_gives_its_memory_back (void **state)
{
  (void)state;
  ProfHeapRegion region = make_region (&sampled);
  ProfHeapSlot *slot = prof_heap_region_get_slot (&region, 1);
  ProfHeapSlot *neighbour = prof_heap_region_get_slot (&region, 2);
  slot->state = neighbour->state = PROF_HEAP_SLOT_CLAIMED;
  slot->pid = 77;
  slot->head = 1000;
  slot->n_dropped_frees = 3;
  neighbour->pid = 78;
  memset (prof_heap_region_get_maps (&region, 1), 'x', region.slot_bytes - 4096);
  prof_heap_region_free_slot (&region, 1);
  assert_int_equal (slot->state, PROF_HEAP_SLOT_FREE);
  assert_int_equal (slot->pid, 0);
  assert_int_equal (slot->head, 0);
  assert_int_equal (slot->n_dropped_frees, 0);
  assert_int_equal (*prof_heap_region_get_maps (&region, 1), 0);
  assert_int_equal (prof_heap_region_get_ring (&region, 1)[region.ring_bytes - 1], 0);
  assert_int_equal (neighbour->pid, 78);
  assert_true (get_used_bytes (&region) <= 64 << 10);
  prof_heap_region_finish (&region);
}

/* ---- the environment ---- */

static void
expect_environment (const ProfHeapRegion *region, const char *preload, const char *expected)
{
  char heap[128];
  char **strings = prof_heap_region_make_environment (region, "/lib/hook.so", preload);
  assert_non_null (strings);
  assert_string_equal (strings[0], expected);
  snprintf (heap, sizeof heap, "PROF_HEAP=%d:%d:%016llx", getpid (), region->fd,
            (unsigned long long)region->header->token);
  assert_string_equal (strings[1], heap);
  assert_null (strings[2]);
  free (strings);
}

static void
test_environment_keeps_what_was_preloaded (void **state)
{
  (void)state;
  ProfHeapRegion region = make_region (&sampled);
  expect_environment (&region, NULL, "LD_PRELOAD=/lib/hook.so");
  expect_environment (&region, "", "LD_PRELOAD=/lib/hook.so");
  expect_environment (&region, "/a.so:/b.so", "LD_PRELOAD=/lib/hook.so:/a.so:/b.so");
  prof_heap_region_finish (&region);
}

/* A child, which has no descriptor of it, opens it by the name that the environment gives. */
static int
open_by_name (const char *name, uint64_t total_bytes, uint64_t token)
{
  char path[64];
  int pid, fd;
  unsigned long long wanted;
  if (sscanf (name, "PROF_HEAP=%d:%d:%llx", &pid, &fd, &wanted) != 3 || wanted != token)
    return 1;
  close (fd);
  snprintf (path, sizeof path, "/proc/%d/fd/%d", pid, fd);
  int opened = open (path, O_RDWR | O_CLOEXEC);
  if (opened < 0)
    return 2;
  ProfHeapHeader *header = mmap (NULL, total_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, opened, 0);
  if (header == MAP_FAILED || header->magic != PROF_HEAP_MAGIC || header->token != token)
    return 3;
  header->n_refused++;
  return 0;
}

static void
test_others_can_open_it_by_its_name (void **state)
{
  (void)state;
  int status;
  ProfHeapRegion region = make_region (&sampled);
  char **strings = prof_heap_region_make_environment (&region, "/lib/hook.so", NULL);
  pid_t pid = fork ();
  if (pid == 0)
    _exit (open_by_name (strings[1], region.total_bytes, region.token));
  assert_int_equal (waitpid (pid, &status, 0), pid);
  assert_int_equal (status, 0);
  assert_int_equal (region.header->n_refused, 1);
  free (strings);
  prof_heap_region_finish (&region);
}

static void
test_process_closed_to_others_is_refused (void **state)
{
  (void)state;
  ProfHeapRegion region;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prctl (PR_SET_DUMPABLE, 0), 0);
  assert_int_equal (prof_heap_region_new (&sampled, &region, &error), -EACCES);
  assert_int_equal (prctl (PR_SET_DUMPABLE, 1), 0);
  assert_string_equal (error.message,
                       "Can't record a heap: this program has privileges that keep others from "
                       "opening the memory it shares with them; record with a copy of it that has "
                       "no file capabilities");
}

/* ---- a region of the hook's own ---- */

static void
test_adopted_region_is_left_as_it_is (void **state)
{
  (void)state;
  ProfHeapHeader wanted;
  ProfHeapRegion region;
  prof_heap_region_fill_header (&sampled, &wanted);
  wanted.n_slots = 1;
  wanted.total_bytes = 4096 + wanted.slot_bytes;
  ProfHeapHeader *header = aligned_alloc (4096, wanted.total_bytes);
  assert_non_null (header);
  *header = wanted;
  assert_int_equal (prof_heap_region_adopt (header, &region), 0);
  prof_heap_region_set_running (&region, true);
  ProfHeapSlot *slot = prof_heap_region_get_slot (&region, 0);
  slot->state = PROF_HEAP_SLOT_CLAIMED;
  prof_heap_region_free_slot (&region, 0);
  assert_int_equal (slot->state, PROF_HEAP_SLOT_CLAIMED);
  prof_heap_region_finish (&region);
  assert_int_equal (header->is_running, 1);
  header->n_slots = 2;
  assert_int_equal (prof_heap_region_adopt (header, &region), -EINVAL);
  header->n_slots = 1;
  header->maps_bytes += 4096;
  assert_int_equal (prof_heap_region_adopt (header, &region), -EINVAL);
  free (header);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_header_says_what_is_wanted),
    cmocka_unit_test (test_exact_rings_are_greater),
    cmocka_unit_test (test_memory_is_used_where_it_is_touched),
    cmocka_unit_test (test_nobody_can_change_its_size),
    cmocka_unit_test (test_parts_of_slots_follow_each_other),
    cmocka_unit_test (test_freed_slot_is_empty_and_gives_its_memory_back),
    cmocka_unit_test (test_environment_keeps_what_was_preloaded),
    cmocka_unit_test (test_others_can_open_it_by_its_name),
    cmocka_unit_test (test_process_closed_to_others_is_refused),
    cmocka_unit_test (test_adopted_region_is_left_as_it_is),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
