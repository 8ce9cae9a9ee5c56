/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/resource.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests.h"

/* As "key=value;…", numbers with '#', in the order of their precedence. */
static void
check (ProfOtlpResource *resource, const char *expected)
{
  char text[2048] = "";
  size_t n = 0;
  assert_false (resource->is_failed);
  prof_vec_foreach (attribute, &resource->attributes) {
    if (attribute->value != NULL)
      n += (size_t)snprintf (text + n, sizeof text - n, "%s=%s;", attribute->key, attribute->value);
    else
      n += (size_t)snprintf (text + n, sizeof text - n, "%s#%d;", attribute->key,
                             (int)attribute->number);
  }
  assert_string_equal (text, expected);
  prof_otlp_resource_finish (resource);
}

static void
check_environment (const char *service_name, const char *attributes, const char *expected)
{
  ProfOtlpResource resource = { 0 };
  prof_otlp_resource_add_environment (&resource, service_name, attributes);
  check (&resource, expected);
}

static void
test_first_one_stays (void **state)
{
  (void)state;
  ProfOtlpResource resource = { 0 };
  prof_otlp_resource_add (&resource, "a", "first");
  prof_otlp_resource_add (&resource, "a", "second");
  prof_otlp_resource_add_number (&resource, "a", 3);
  prof_otlp_resource_add (&resource, "b", "");
  prof_otlp_resource_add (&resource, "b", NULL);
  prof_otlp_resource_add_number (&resource, "b", 4);
  check (&resource, "a=first;b#4;");
}

static void
test_environment (void **state)
{
  (void)state;
  check_environment (NULL, NULL, "");
  check_environment ("shop", NULL, "service.name=shop;");
  check_environment (NULL, "a=1,b=2", "a=1;b=2;");
  check_environment ("shop", "service.name=other,a=1", "service.name=shop;a=1;");
  check_environment ("", "service.name=other", "service.name=other;");
  check_environment (NULL, " a = 1 ,, b=x%2Cy%3dz%20 ,", "a=1;b=x,y=z ;");
  check_environment (NULL, "a=b=c", "a=b=c;");
  check_environment (NULL, "a=1,a=2", "a=1;");
}

/* The specification: "the entire environment variable value SHOULD be discarded". */
static void
test_environment_that_is_malformed (void **state)
{
  (void)state;
  check_environment (NULL, "a=1,b", "");
  check_environment (NULL, "a=1,=b", "");
  check_environment (NULL, "a=1,b=%4", "");
  check_environment (NULL, "a=1,b=%zz", "");
  check_environment (NULL, "a=1,b=x%00y", "");
  check_environment ("shop", "a", "service.name=shop;");
}

static const ProfOwnProcess own = {
  .pid = 42,
  .path = "/usr/bin/server",
  .instance_id = "c0ffee",
  .host = "here",
  .host_id = "0123",
  .kernel = "Linux 6.1.0 x86_64",
  .container_id = "abcd",
};

static void
test_own_process (void **state)
{
  (void)state;
  ProfOtlpResource resource = { 0 };
  prof_otlp_resource_add_own (&resource, &own);
  prof_otlp_resource_add_service_name (&resource);
  check (&resource, "service.instance.id=c0ffee;process.pid#42;process.executable.name=server;"
                    "process.executable.path=/usr/bin/server;host.name=here;host.arch=amd64;"
                    "os.type=linux;os.description=Linux 6.1.0 x86_64;host.id=0123;"
                    "container.id=abcd;service.name=unknown_service:server;");
}

static void
test_session_of_a_command (void **state)
{
  (void)state;
  const char *const command[] = { "sort", "--key=secret" };
  const ProfSession session = {
    .command = command,
    .n_command = 2,
    .host = "there",
    .kernel = "Linux 6.6.1 aarch64",
  };
  ProfOtlpResource resource = { 0 };
  prof_otlp_resource_add_session (&resource, &session, &own);
  prof_otlp_resource_add_service_name (&resource);
  check (&resource, "process.executable.name=sort;host.name=there;host.arch=arm64;os.type=linux;"
                    "os.description=Linux 6.6.1 aarch64;service.name=unknown_service:sort;");
}

static void
test_session_of_a_process_that_says_who_it_is (void **state)
{
  (void)state;
  const int32_t pid = 7;
  const ProfSessionAttribute said[] = { { "service.name", "shop" }, { "host.name", "pod" } };
  const ProfSession session = {
    .pids = &pid,
    .n_pids = 1,
    .host = "here",
    .kernel = "",
    .resource = said,
    .n_resource = 2,
  };
  ProfOtlpResource resource = { 0 };
  prof_otlp_resource_add_session (&resource, &session, &own);
  prof_otlp_resource_add_service_name (&resource);
  check (&resource, "service.name=shop;host.name=pod;process.pid#7;os.type=linux;host.id=0123;");
}

static void
test_own_process_is_found (void **state)
{
  (void)state;
  ProfOwnProcess found;
  prof_own_process_read (&found);
  assert_int_equal (found.pid, getpid ());
  assert_non_null (strstr (found.path, "/test-resource"));
  assert_int_equal (strncmp (found.kernel, "Linux ", 6), 0);
  assert_int_equal (strlen (found.instance_id), 36);
  assert_int_equal (found.instance_id[14], '4');
}

/* ---- containers ---- */

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER_ID "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static void
check_cgroup (const char *text, const char *expected)
{
  char id[PROF_CONTAINER_ID_SIZE] = "";
  assert_int_equal (prof_container_id_find_in_cgroup (text, id), expected[0] != '\0');
  assert_string_equal (id, expected);
}

static void
test_container_id_in_cgroup (void **state)
{
  (void)state;
  check_cgroup ("", "");
  check_cgroup ("0::/\n", "");
  check_cgroup ("0::/user.slice/user-1000.slice/session-3.scope\n", "");
  check_cgroup ("0::/system.slice/docker-" ID ".scope\n", ID);
  check_cgroup ("12:cpu,cpuacct:/docker/" ID "\n11:memory:/\n", ID);
  check_cgroup ("0::/\n1:name=systemd:/kubepods/besteffort/pod1-2-3/" ID, ID);
  check_cgroup ("0::/kubepods.slice/kubepods-pod1_2.slice/cri-containerd-" ID ".scope\n", ID);
  check_cgroup ("0::/machine.slice/libpod-" ID ".scope/container\n", ID);
  check_cgroup ("0::/docker/" ID "0\n", "");
  check_cgroup ("0::/docker/0123456789abcdef\n", "");
  check_cgroup (ID, "");
}

static void
check_mountinfo (const char *text, const char *expected)
{
  char id[PROF_CONTAINER_ID_SIZE] = "";
  assert_int_equal (prof_container_id_find_in_mountinfo (text, id), expected[0] != '\0');
  assert_string_equal (id, expected);
}

static void
test_container_id_in_mountinfo (void **state)
{
  (void)state;
  check_mountinfo ("", "");
  check_mountinfo ("24 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n", "");
  check_mountinfo ("24 1 8:1 / / rw\n"
                   "30 24 8:1 /var/lib/docker/containers/" ID
                   "/hostname /etc/hostname rw - ext4 /dev/sda1 rw\n",
                   ID);
  check_mountinfo ("30 24 0:24 /containers/overlay-containers/" ID
                   "/userdata/hostname /etc/hostname rw - tmpfs tmpfs rw\n",
                   ID);
  check_mountinfo ("30 24 8:1 /x/" ID "/data /data rw - ext4 /dev/sda1 rw\n", "");
  check_mountinfo ("30 24 8:1 /x/" OTHER_ID "0/hostname /etc/hostname rw - ext4 a rw\n", "");
  check_mountinfo ("30 24 8:1 /hostname", "");
  check_mountinfo ("30 24", "");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_first_one_stays),
    cmocka_unit_test (test_environment),
    cmocka_unit_test (test_environment_that_is_malformed),
    cmocka_unit_test (test_own_process),
    cmocka_unit_test (test_session_of_a_command),
    cmocka_unit_test (test_session_of_a_process_that_says_who_it_is),
    cmocka_unit_test (test_own_process_is_found),
    cmocka_unit_test (test_container_id_in_cgroup),
    cmocka_unit_test (test_container_id_in_mountinfo),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
