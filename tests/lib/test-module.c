/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "elf/module.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <libelf.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tests.h"

/* A whole ELF file: two segments that share a page, and a build ID. */
typedef struct {
  Elf64_Ehdr header;
  Elf64_Phdr program_headers[3];
  struct {
    Elf64_Nhdr header;
    char name[4];
    uint8_t id[6];
  } note;
} SmallElf;

static SmallElf
make_elf (void)
{
  return (SmallElf){
    .header = {
      .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
      .e_type = ET_DYN,
      .e_machine = EM_X86_64,
      .e_version = EV_CURRENT,
      .e_phoff = offsetof (SmallElf, program_headers),
      .e_ehsize = sizeof (Elf64_Ehdr),
      .e_phentsize = sizeof (Elf64_Phdr),
      .e_phnum = 3,
    },
    .program_headers = {
      { .p_type = PT_LOAD, .p_flags = PF_R, .p_filesz = 0x1800, .p_align = 4096 },
      { .p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_offset = 0x1800, .p_vaddr = 0x402800,
        .p_filesz = 0x500, .p_align = 4096 },
      { .p_type = PT_NOTE, .p_offset = offsetof (SmallElf, note), .p_filesz = 22, .p_align = 4 },
    },
    .note = {
      .header = { 4, 6, NT_GNU_BUILD_ID },
      .name = "GNU",
      .id = { 0xde, 0xad, 0xbe, 0xef, 0x01, 0x20 },
    },
  };
}

/* Reads the bytes as an image; the module is the test's to free. */
static int
read_image (const void *bytes, size_t n, ProfModule **ret)
{
  ProfModule *module = calloc (1, sizeof *module);
  assert_non_null (module);
  module->n_refs = 1;
  module->fd = -1;
  module->image = malloc (n + 1);
  assert_non_null (module->image);
  memcpy (module->image, bytes, n);
  module->n_image_bytes = n;
  *ret = module;
  return prof_module_read_elf (module);
}

static int
read_result (const void *bytes, size_t n)
{
  ProfModule *module;
  int r = read_image (bytes, n, &module);
  prof_module_unref (module);
  return r;
}

static void
reads_segments_and_build_id (void **state)
{
  (void)state;
  SmallElf elf = make_elf ();
  ProfModule *module;
  assert_int_equal (read_image (&elf, sizeof elf, &module), 0);
  assert_int_equal (module->machine, EM_X86_64);
  assert_string_equal (module->build_id, "deadbeef0120");
  assert_int_equal (module->segments.n, 2);
  assert_true (module->segments.items[1].is_executable);
  uint64_t vaddr;
  assert_true (prof_module_offset_to_vaddr (module, 0x17ff, &vaddr));
  assert_int_equal (vaddr, 0x17ff);
  assert_true (prof_module_offset_to_vaddr (module, 0x1800, &vaddr));
  assert_int_equal (vaddr, 0x402800);
  assert_true (prof_module_offset_to_vaddr (module, 0x1cff, &vaddr));
  assert_int_equal (vaddr, 0x402cff);
  assert_false (prof_module_offset_to_vaddr (module, 0x1d00, &vaddr));
  assert_false (prof_module_offset_to_vaddr (module, UINT64_MAX, &vaddr));
  prof_module_unref (module);
}

static void
executable_segment_wins (void **state)
{
  (void)state;
  SmallElf elf = make_elf ();
  elf.program_headers[0].p_filesz = 0x2000;
  ProfModule *module;
  assert_int_equal (read_image (&elf, sizeof elf, &module), 0);
  uint64_t vaddr;
  assert_true (prof_module_offset_to_vaddr (module, 0x1900, &vaddr));
  assert_int_equal (vaddr, 0x402900);
  prof_module_unref (module);
}

static void
refuses_what_is_no_elf (void **state)
{
  (void)state;
  SmallElf elf = make_elf ();
  assert_int_equal (read_result ("", 0), -EBADMSG);
  assert_int_equal (read_result ("#!/bin/sh\nexit 0\nexit 0\n", 24), -EBADMSG);
  for (size_t n = 0; n < offsetof (SmallElf, note); n++)
    assert_int_equal (read_result (&elf, n), -EBADMSG);
  elf.header.e_ident[EI_DATA] = ELFDATA2MSB;
  assert_int_equal (read_result (&elf, sizeof elf), -EBADMSG);
  elf = make_elf ();
  elf.header.e_ident[EI_CLASS] = 7;
  assert_int_equal (read_result (&elf, sizeof elf), -EBADMSG);
}

static void
refuses_bad_program_headers (void **state)
{
  (void)state;
  SmallElf elf = make_elf ();
  elf.header.e_phnum = 0xffff;
  assert_int_equal (read_result (&elf, sizeof elf), -EBADMSG);
  elf = make_elf ();
  elf.header.e_phoff = UINT64_MAX - 8;
  assert_int_equal (read_result (&elf, sizeof elf), -EBADMSG);
  elf = make_elf ();
  elf.header.e_phentsize = 1;
  assert_int_equal (read_result (&elf, sizeof elf), -EBADMSG);
  elf = make_elf ();
  elf.program_headers[1].p_filesz = UINT64_MAX - 0x100;
  assert_int_equal (read_result (&elf, sizeof elf), -EBADMSG);
}

static void
bad_note_means_no_build_id (void **state)
{
  (void)state;
  SmallElf good = make_elf ();
  SmallElf elves[] = { good, good, good, good, good };
  elves[0].note.header.n_namesz = UINT32_MAX;
  elves[1].note.header.n_descsz = UINT32_MAX;
  elves[2].note.header.n_descsz = 0;
  elves[3].program_headers[2].p_offset = UINT64_MAX - 2;
  elves[4].program_headers[2].p_filesz = UINT64_MAX;
  for (size_t i = 0; i < sizeof elves / sizeof *elves; i++) {
    ProfModule *module;
    assert_int_equal (read_image (&elves[i], sizeof elves[i], &module), 0);
    assert_null (module->build_id);
    prof_module_unref (module);
  }
}

static void
reads_32_bit (void **state)
{
  (void)state;
  struct {
    Elf32_Ehdr header;
    Elf32_Phdr program_header;
  } elf = {
    .header = {
      .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, EV_CURRENT },
      .e_machine = EM_386,
      .e_phoff = sizeof (Elf32_Ehdr),
      .e_phentsize = sizeof (Elf32_Phdr),
      .e_phnum = 1,
    },
    .program_header = { .p_type = PT_LOAD, .p_vaddr = 0x8048000, .p_filesz = 0x100 },
  };
  ProfModule *module;
  assert_int_equal (read_image (&elf, sizeof elf, &module), 0);
  assert_int_equal (module->machine, EM_386);
  uint64_t vaddr;
  assert_true (prof_module_offset_to_vaddr (module, 0x10, &vaddr));
  assert_int_equal (vaddr, 0x8048010);
  prof_module_unref (module);
}

/* ---- files ---- */

typedef struct {
  ProfModuleCache cache;
  char path[64];
} Fixture;

static int
set_up (void **state)
{
  static Fixture fixture;
  prof_module_cache_init (&fixture.cache);
  snprintf (fixture.path, sizeof fixture.path, "/tmp/libprof-module-XXXXXX");
  int fd = mkstemp (fixture.path);
  SmallElf elf = make_elf ();
  if (fd < 0 || write (fd, &elf, sizeof elf) != sizeof elf || close (fd) < 0)
    return -1;
  *state = &fixture;
  return 0;
}

static int
tear_down (void **state)
{
  Fixture *fixture = *state;
  unlink (fixture->path);
  prof_module_cache_finish (&fixture->cache);
  return 0;
}

static ProfModuleKey
key_of (const char *path)
{
  struct stat file;
  assert_int_equal (stat (path, &file), 0);
  return (ProfModuleKey){ .path = path,
                          .device_major = major (file.st_dev),
                          .device_minor = minor (file.st_dev),
                          .inode = file.st_ino };
}

static ProfModule *
get_file (Fixture *fixture, pid_t pid, const ProfModuleKey *key)
{
  ProfModule *module;
  assert_int_equal (prof_module_cache_get_file (&fixture->cache, pid, key, 0x1000, 0x2000, 0,
                                                &module),
                    0);
  return module;
}

static void
opens_file_once (void **state)
{
  Fixture *fixture = *state;
  ProfModuleKey key = key_of (fixture->path);
  ProfModule *module = get_file (fixture, getpid (), &key);
  assert_true (module->fd >= 0);
  assert_int_equal (module->id, 0);
  assert_string_equal (module->build_id, "deadbeef0120");
  assert_int_equal (fcntl (module->fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  assert_ptr_equal (get_file (fixture, 1, &key), module);
  assert_int_equal (fixture->cache.n_open_files, 1);
  key.inode++;
  assert_ptr_not_equal (get_file (fixture, 1, &key), module);
}

static void
gone_process_leaves_the_path (void **state)
{
  Fixture *fixture = *state;
  ProfModuleKey key = key_of (fixture->path);
  assert_true (get_file (fixture, INT32_MAX, &key)->fd >= 0);
}

static void
unknown_inode_takes_the_path (void **state)
{
  Fixture *fixture = *state;
  ProfModuleKey key = { .path = fixture->path };
  assert_true (get_file (fixture, getpid (), &key)->fd >= 0);
}

static void
replaced_file_is_not_taken (void **state)
{
  Fixture *fixture = *state;
  ProfModuleKey key = key_of (fixture->path);
  key.inode++;
  ProfModule *module = get_file (fixture, getpid (), &key);
  assert_int_equal (module->fd, -1);
  assert_int_equal (module->open_errno, ESTALE);
  assert_int_equal (module->machine, 0);
}

static void
deleted_program_is_found (void **state)
{
  Fixture *fixture = *state;
  ProfModuleKey key = key_of ("/proc/self/exe");
  key.path = "/no/such/program";
  key.is_deleted = true;
  ProfModule *module = get_file (fixture, getpid (), &key);
  assert_true (module->fd >= 0);
  assert_true (module->machine != 0);
}

static void
only_regular_files_are_opened (void **state)
{
  Fixture *fixture = *state;
  char fifo[80];
  snprintf (fifo, sizeof fifo, "%s.fifo", fixture->path);
  assert_int_equal (mkfifo (fifo, 0600), 0);
  const char *const paths[] = { fifo, "/tmp", "/dev/null" };
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    ProfModuleKey key = key_of (paths[i]);
    ProfModule *module = get_file (fixture, getpid (), &key);
    assert_int_equal (module->fd, -1);
    assert_int_equal (module->open_errno, EINVAL);
  }
  unlink (fifo);
}

static void
files_are_bounded (void **state)
{
  Fixture *fixture = *state;
  fixture->cache.max_open_files = 0;
  ProfModuleKey key = key_of (fixture->path);
  ProfModule *module = get_file (fixture, getpid (), &key);
  assert_int_equal (module->fd, -1);
  assert_int_equal (module->open_errno, EMFILE);
}

static void
deleted_files_are_counted (void **state)
{
  Fixture *fixture = *state;
  ProfModuleKey key = key_of (fixture->path);
  struct stat file;
  assert_int_equal (stat (fixture->path, &file), 0);
  get_file (fixture, getpid (), &key);
  assert_int_equal (prof_module_cache_count_deleted_bytes (&fixture->cache), 0);
  assert_int_equal (unlink (fixture->path), 0);
  assert_int_equal (prof_module_cache_count_deleted_bytes (&fixture->cache), file.st_size);
}

static void
truncated_file_is_an_error (void **state)
{
  Fixture *fixture = *state;
  assert_int_equal (truncate (fixture->path, 70), 0);
  ProfModuleKey key = key_of (fixture->path);
  ProfModule *module = get_file (fixture, getpid (), &key);
  assert_true (module->fd >= 0);
  assert_int_equal (module->machine, 0);
}

static void
libelf_handles_are_separate (void **state)
{
  Fixture *fixture = *state;
  ProfModuleKey key = key_of ("/proc/self/exe");
  key.path = "/proc/self/exe";
  ProfModule *module = get_file (fixture, getpid (), &key);
  Elf *first = prof_module_open_elf (module), *second = prof_module_open_elf (module);
  assert_non_null (first);
  assert_non_null (second);
  assert_ptr_not_equal (first, second);
  assert_int_equal (elf_end (first), 0);
  assert_non_null (elf64_getehdr (second));
  assert_int_equal (elf64_getehdr (second)->e_machine, module->machine);
  elf_end (second);
}

static void
no_handle_without_file (void **state)
{
  Fixture *fixture = *state;
  ProfModuleKey key = { .path = "/no/such/file" };
  ProfModule *module = get_file (fixture, getpid (), &key);
  assert_null (prof_module_open_elf (module));
  assert_int_equal (errno, ENOENT);
}

static void
vdso_is_an_elf_image (void **state)
{
  Fixture *fixture = *state;
  ProfModule *module, *again;
  assert_int_equal (prof_module_cache_get_vdso (&fixture->cache, &module), 0);
  assert_int_equal (prof_module_cache_get_vdso (&fixture->cache, &again), 0);
  assert_ptr_equal (module, again);
  if (module->image == NULL) {
    print_message ("no vDSO in this process\n");
    skip ();
  }
  assert_true (module->machine != 0);
  Elf *elf = prof_module_open_elf (module);
  assert_non_null (elf);
  size_t n_sections;
  assert_int_equal (elf_getshdrnum (elf, &n_sections), 0);
  assert_true (n_sections > 1);
  elf_end (elf);
}

static void
special_modules_are_distinct (void **state)
{
  Fixture *fixture = *state;
  ProfModule *kernel, *first, *second, *again;
  assert_int_equal (prof_module_cache_get_kernel (&fixture->cache, &kernel), 0);
  assert_int_equal (prof_module_cache_get_anonymous (&fixture->cache, 1, &first), 0);
  assert_int_equal (prof_module_cache_get_anonymous (&fixture->cache, 2, &second), 0);
  assert_int_equal (prof_module_cache_get_anonymous (&fixture->cache, 1, &again), 0);
  assert_ptr_equal (first, again);
  assert_ptr_not_equal (first, second);
  assert_int_equal (kernel->kind, PROF_MODULE_KERNEL);
  assert_int_equal (second->id, 2);
}

static void
reference_outlives_the_cache (void **state)
{
  Fixture *fixture = *state;
  ProfModuleKey key = key_of (fixture->path);
  ProfModule *module = prof_module_ref (get_file (fixture, getpid (), &key));
  prof_module_cache_finish (&fixture->cache);
  assert_string_equal (module->build_id, "deadbeef0120");
  assert_null (prof_module_unref (module));
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)

int
main (void)
{
  static const struct CMUnitTest tests[] = {
    cmocka_unit_test (reads_segments_and_build_id),
    cmocka_unit_test (executable_segment_wins),
    cmocka_unit_test (refuses_what_is_no_elf),
    cmocka_unit_test (refuses_bad_program_headers),
    cmocka_unit_test (bad_note_means_no_build_id),
    cmocka_unit_test (reads_32_bit),
    TEST (opens_file_once),
    TEST (gone_process_leaves_the_path),
    TEST (unknown_inode_takes_the_path),
    TEST (replaced_file_is_not_taken),
    TEST (deleted_program_is_found),
    TEST (only_regular_files_are_opened),
    TEST (files_are_bounded),
    TEST (deleted_files_are_counted),
    TEST (truncated_file_is_an_error),
    TEST (libelf_handles_are_separate),
    TEST (no_handle_without_file),
    TEST (vdso_is_an_elf_image),
    TEST (special_modules_are_distinct),
    TEST (reference_outlives_the_cache),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
