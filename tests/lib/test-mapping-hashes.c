/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/mapping-hashes.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "profile-fixture.h"

static char path[] = "/tmp/test-mapping-hashes-XXXXXX";

static int
make_file (void **state)
{
  (void)state;
  int fd = mkstemp (path);
  close (fd);
  return fd < 0 ? -1 : 0;
}

static int
remove_file (void **state)
{
  (void)state;
  return unlink (path);
}

static void
write_file (const void *bytes, size_t n)
{
  int fd = open (path, O_WRONLY | O_TRUNC | O_CLOEXEC);
  assert_int_equal (write (fd, bytes, n), n);
  close (fd);
}

static void
check_hash (const char *bytes, size_t n, const char *expected)
{
  char hash[PROF_FILE_HASH_SIZE] = "";
  write_file (bytes, n);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  assert_int_equal (prof_file_hash_make (fd, hash), 0);
  assert_string_equal (hash, expected);
  close (fd);
}

/* With python3: hashlib.sha256(b[:4096] + b[-4096:] + len(b).to_bytes(8, 'big')).hexdigest()[:32]
 */
static void
test_hash (void **state)
{
  (void)state;
  char bytes[10000];
  for (size_t i = 0; i < sizeof bytes; i++)
    bytes[i] = (char)(i % 251);
  check_hash (bytes, 0, "af5570f5a1810b7af78caf4bc70a660f");
  check_hash (bytes, 5, "a9de19983a6dd6e7fe93e5c3e39abb07");
  check_hash (bytes, 5000, "8fcb735ccf036663f4dc178cf6653aac");
  check_hash (bytes, 10000, "29e3194e821b97b5565d43a5156ad97a");
}

static void
test_hash_of_what_is_no_file (void **state)
{
  (void)state;
  char hash[PROF_FILE_HASH_SIZE];
  assert_int_equal (prof_file_hash_make (-1, hash), -EBADF);
}

/* ---- mappings ---- */

static const char build_id[] = "0102030405060708";

/* An ELF file with a build ID, or without one. */
static void
write_elf (bool has_build_id)
{
  struct {
    Elf64_Ehdr header;
    Elf64_Phdr segment;
    Elf64_Nhdr note;
    char name[4];
    uint8_t id[8];
  } file = {
    .header = { .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB },
                .e_machine = EM_X86_64,
                .e_phoff = sizeof (Elf64_Ehdr),
                .e_phentsize = sizeof (Elf64_Phdr),
                .e_phnum = has_build_id },
    .segment = { .p_type = PT_NOTE,
                 .p_offset = sizeof (Elf64_Ehdr) + sizeof (Elf64_Phdr),
                 .p_filesz = 24,
                 .p_align = 4 },
    .note = { 4, 8, NT_GNU_BUILD_ID },
    .name = "GNU",
    .id = { 1, 2, 3, 4, 5, 6, 7, 8 },
  };
  write_file (&file, sizeof file);
}

static void
add_mapping (ProfProfile *profile, uint64_t start, const char *filename, const char *id)
{
  const ProfMapping mapping = { .start = start,
                                .limit = start + 1,
                                .filename = add_string (profile, filename),
                                .build_id = add_string (profile, id) };
  assert_true (prof_profile_add_mapping (profile, &mapping) > 0);
}

/* "y" for each mapping that has a hash, else "n". */
static void
check_mappings (ProfMappingHashes *hashes, const ProfProfile *profile, const char *expected)
{
  const char **found = prof_mapping_hashes_get (hashes, profile);
  assert_non_null (found);
  assert_null (found[0]);
  for (size_t i = 0; expected[i] != '\0'; i++)
    assert_int_equal (found[i + 1] != NULL, expected[i] == 'y');
  free (found);
}

static void
test_files_are_those_that_were_profiled (void **state)
{
  (void)state;
  ProfMappingHashes hashes;
  prof_mapping_hashes_init (&hashes);
  ProfProfile *profile = new_cpu_profile ();
  add_mapping (profile, 1, path, build_id);
  add_mapping (profile, 2, path, "ffff");
  add_mapping (profile, 3, path, "");
  add_mapping (profile, 4, "[vdso]", build_id);
  add_mapping (profile, 5, "/no/such/file", build_id);
  add_mapping (profile, 6, "/dev/null", "");
  add_mapping (profile, 7, path, build_id);
  write_elf (true);
  check_mappings (&hashes, profile, "ynnnnny");
  check_mappings (&hashes, profile, "ynnnnny");
  assert_int_equal (hashes.files.n, 1);

  write_file ("no ELF file", 11);
  check_mappings (&hashes, profile, "nnnnnnn");
  prof_profile_unref (profile);
  prof_mapping_hashes_finish (&hashes);
}

static void
test_files_without_build_id (void **state)
{
  (void)state;
  ProfMappingHashes hashes;
  prof_mapping_hashes_init (&hashes);
  write_elf (false);
  ProfProfile *profile = new_cpu_profile ();
  add_mapping (profile, 1, path, "");
  add_mapping (profile, 2, path, build_id);
  prof_profile_set_time (profile, 1000, 1);
  check_mappings (&hashes, profile, "nn");
  prof_profile_set_time (profile, INT64_MAX, 1);
  check_mappings (&hashes, profile, "yn");
  prof_profile_unref (profile);
  prof_mapping_hashes_finish (&hashes);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_hash),
    cmocka_unit_test (test_hash_of_what_is_no_file),
    cmocka_unit_test (test_files_are_those_that_were_profiled),
    cmocka_unit_test (test_files_without_build_id),
  };
  return cmocka_run_group_tests (tests, make_file, remove_file);
}
