/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/target-identity.h"

#include <string.h>
#include <unistd.h>

#include "tests.h"

static const char *
find (const ProfContextAttributes *attributes, const char *key)
{
  prof_vec_foreach (attribute, attributes) {
    if (strcmp (attribute->key, key) == 0)
      return attribute->value;
  }
  return NULL;
}

static void
test_this_process (void **state)
{
  (void)state;
  char path[PATH_MAX] = "";
  assert_true (readlink ("/proc/self/exe", path, sizeof path - 1) > 0);
  ProfTargetIdentity identity;
  ProfContextAttributes attributes = { 0 };
  prof_target_identity_read (getpid (), &identity);
  assert_int_equal (prof_target_identity_add (&identity, &attributes), 0);
  assert_string_equal (find (&attributes, "process.executable.path"), path);
  assert_string_equal (find (&attributes, "process.executable.name"), "test-target-identity");
  prof_context_attributes_finish (&attributes);
}

static void
test_what_the_process_says_counts (void **state)
{
  (void)state;
  ProfTargetIdentity identity = { .executable = "/usr/bin/shop", .container_id = "c0ffee" };
  ProfContextAttributes attributes = { 0 };
  assert_int_equal (prof_target_identity_add (&identity, &attributes), 0);
  assert_int_equal (attributes.n, 3);
  assert_string_equal (find (&attributes, "process.executable.name"), "shop");
  assert_string_equal (find (&attributes, "container.id"), "c0ffee");
  identity = (ProfTargetIdentity){ .executable = "/usr/bin/other", .container_id = "facade" };
  assert_int_equal (prof_target_identity_add (&identity, &attributes), 0);
  assert_int_equal (attributes.n, 3);
  assert_string_equal (find (&attributes, "container.id"), "c0ffee");
  prof_context_attributes_finish (&attributes);
}

static void
test_no_process (void **state)
{
  (void)state;
  ProfTargetIdentity identity;
  ProfContextAttributes attributes = { 0 };
  prof_target_identity_read (INT_MAX, &identity);
  assert_int_equal (prof_target_identity_add (&identity, &attributes), 0);
  assert_int_equal (attributes.n, 0);
  prof_context_attributes_finish (&attributes);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_this_process),
    cmocka_unit_test (test_what_the_process_says_counts),
    cmocka_unit_test (test_no_process),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
