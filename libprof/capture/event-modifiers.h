/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <linux/perf_event.h>

/* Reads what may follow an event's name, "u:period=1000", into the attributes: u, k, h (count in
 * user space, kernel, hypervisor; all three if none is named), p, pp or ppp (precise), letters
 * also together ("ukp"), period=N or freq=N. -EINVAL: none of these; nothing is changed then. */
int prof_event_modifiers_parse (const char *text, struct perf_event_attr *attr);

/* The shortest modifiers that say where the event counts: "", ":u", ":u:k" … */
const char *prof_event_modifiers_describe (const struct perf_event_attr *attr);
