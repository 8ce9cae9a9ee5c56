/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>

enum { PROF_CONTAINER_ID_SIZE = 65 };

/* The container that a process is in, as Docker, containerd, CRI-O and Podman name it: 64 hex
 * digits. False: none is named. */

/* From /proc/PID/cgroup: a part of a path, such as docker-<id>.scope. */
bool prof_container_id_find_in_cgroup (const char *text, char ret[PROF_CONTAINER_ID_SIZE]);

/* From /proc/PID/mountinfo, where a cgroup namespace hides the path: the host's directory of
 * /etc/hostname, such as /var/lib/docker/containers/<id>/hostname. */
bool prof_container_id_find_in_mountinfo (const char *text, char ret[PROF_CONTAINER_ID_SIZE]);
