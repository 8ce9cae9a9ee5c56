/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

/* Looks up the C++ runtime's operators new and delete, at once. */
void operators_look_up (void);
