/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/memory.h>

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests.h"

/* A directory of the test's own, with the programs "program" and "other". */
typedef struct {
  char directory[64], program[80], other[80];
} Scratch;

static Scratch
set_up (void)
{
  Scratch scratch = { .directory = "/tmp/test-memory-check-XXXXXX" };
  assert_non_null (mkdtemp (scratch.directory));
  snprintf (scratch.program, sizeof scratch.program, "%s/program", scratch.directory);
  snprintf (scratch.other, sizeof scratch.other, "%s/other", scratch.directory);
  return scratch;
}

static void
tear_down (Scratch *scratch)
{
  unlink (scratch->program);
  unlink (scratch->other);
  rmdir (scratch->directory);
}

static void
write_program (const char *path, const void *bytes, size_t n)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
  assert_true (fd >= 0);
  assert_int_equal (write (fd, bytes, n), n);
  close (fd);
}

static void
write_script (const char *path, const char *first_line)
{
  char text[256];
  int n = snprintf (text, sizeof text, "#!%s\necho\n", first_line);
  write_program (path, text, (size_t)n);
}

/* A header and one program header: PT_INTERP for what is linked dynamically. */
typedef struct {
  Elf64_Ehdr header;
  Elf64_Phdr segment;
} Program;

#if defined __aarch64__
enum { MACHINE = EM_AARCH64 };
#else
enum { MACHINE = EM_X86_64 };
#endif

static Program
make_program (Elf64_Word segment_type)
{
  return (Program){
    .header
    = { .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
        .e_type = ET_EXEC,
        .e_machine = MACHINE,
        .e_version = EV_CURRENT,
        .e_phoff = sizeof (Elf64_Ehdr),
        .e_ehsize = sizeof (Elf64_Ehdr),
        .e_phentsize = sizeof (Elf64_Phdr),
        .e_phnum = 1,
        .e_shentsize = sizeof (Elf64_Shdr) },
    .segment = { .p_type = segment_type },
  };
}

static void
expect_good (const char *command)
{
  ProfError error = PROF_ERROR_INIT;
  if (prof_memory_check_command (command, &error) != 0)
    fail_msg ("%s", error.message);
}

static void
expect_refused (const char *command, const char *words)
{
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_memory_check_command (command, &error), -ENOEXEC);
  if (strstr (error.message, words) == NULL)
    fail_msg ("%s", error.message);
}

static void
test_programs_of_debian_are_good (void **state)
{
  (void)state;
  expect_good ("sh");
  expect_good ("/bin/sh");
}

static void
test_static_programs_are_refused (void **state)
{
  (void)state;
  Scratch scratch = set_up ();
  Program program = make_program (PT_LOAD);
  write_program (scratch.program, &program, sizeof program);
  expect_refused (scratch.program, "linked statically");
  program = make_program (PT_INTERP);
  write_program (scratch.program, &program, sizeof program);
  expect_good (scratch.program);
  tear_down (&scratch);
}

static void
test_programs_of_other_machines_are_refused (void **state)
{
  (void)state;
  Scratch scratch = set_up ();
  Program program = make_program (PT_INTERP);
  program.header.e_machine = EM_RISCV;
  write_program (scratch.program, &program, sizeof program);
  expect_refused (scratch.program, "another machine");
  Elf32_Ehdr small
      = { .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, ELFDATA2LSB, EV_CURRENT },
          .e_machine = MACHINE,
          .e_version = EV_CURRENT,
          .e_ehsize = sizeof small };
  write_program (scratch.program, &small, sizeof small);
  expect_refused (scratch.program, "another machine");
  tear_down (&scratch);
}

static void
test_scripts_are_what_runs_them (void **state)
{
  (void)state;
  Scratch scratch = set_up ();
  char line[100];
  write_script (scratch.program, " /bin/sh -e");
  expect_good (scratch.program);
  Program program = make_program (PT_LOAD);
  write_program (scratch.other, &program, sizeof program);
  snprintf (line, sizeof line, " \t%s -e", scratch.other);
  write_script (scratch.program, line);
  expect_refused (scratch.program, "linked statically");
  expect_refused (scratch.program, scratch.other);
  tear_down (&scratch);
}

/* The kernel refuses it; here it only has to end. */
static void
test_script_that_runs_itself_ends (void **state)
{
  (void)state;
  Scratch scratch = set_up ();
  write_script (scratch.program, scratch.program);
  expect_good (scratch.program);
  tear_down (&scratch);
}

static void
test_programs_that_gain_rights_are_refused (void **state)
{
  (void)state;
  if (geteuid () != 0) {
    print_message ("SKIP: only root can give a program away\n");
    skip ();
  }
  Scratch scratch = set_up ();
  Program program = make_program (PT_INTERP);
  write_program (scratch.program, &program, sizeof program);
  assert_int_equal (chown (scratch.program, 65534, 0), 0);
  assert_int_equal (chmod (scratch.program, 04755), 0);
  expect_refused (scratch.program, "rights");
  assert_int_equal (chown (scratch.program, 0, 65534), 0);
  assert_int_equal (chmod (scratch.program, 02755), 0);
  expect_refused (scratch.program, "rights");
  assert_int_equal (chown (scratch.program, 0, 0), 0);
  assert_int_equal (chmod (scratch.program, 06755), 0);
  expect_good (scratch.program);
  tear_down (&scratch);
}

/* Running it will tell what is wrong. */
static void
test_what_can_not_be_read_is_no_obstacle (void **state)
{
  (void)state;
  Scratch scratch = set_up ();
  expect_good ("/nonexistent/program");
  expect_good ("no-such-program-anywhere");
  expect_good (scratch.directory);
  write_program (scratch.program, "", 0);
  expect_good (scratch.program);
  write_program (scratch.program, "\177ELF", 4);
  expect_good (scratch.program);
  write_script (scratch.program, "");
  expect_good (scratch.program);
  assert_int_equal (prof_memory_check_command (NULL, NULL), -EINVAL);
  tear_down (&scratch);
}

static void
test_commands_are_found_by_path (void **state)
{
  (void)state;
  Scratch scratch = set_up ();
  char path[256], old[4096];
  Program program = make_program (PT_LOAD);
  write_program (scratch.program, &program, sizeof program);
  snprintf (old, sizeof old, "%s", getenv ("PATH"));
  snprintf (path, sizeof path, "/nonexistent:%s:/bin", scratch.directory);
  assert_int_equal (setenv ("PATH", path, 1), 0);
  expect_refused ("program", scratch.program);
  assert_int_equal (setenv ("PATH", old, 1), 0);
  tear_down (&scratch);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_programs_of_debian_are_good),
    cmocka_unit_test (test_static_programs_are_refused),
    cmocka_unit_test (test_programs_of_other_machines_are_refused),
    cmocka_unit_test (test_scripts_are_what_runs_them),
    cmocka_unit_test (test_script_that_runs_itself_ends),
    cmocka_unit_test (test_programs_that_gain_rights_are_refused),
    cmocka_unit_test (test_what_can_not_be_read_is_no_obstacle),
    cmocka_unit_test (test_commands_are_found_by_path),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
