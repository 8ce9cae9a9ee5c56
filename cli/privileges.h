/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

/* A recorder that may look at every process gives up the capabilities that no recording takes, for
 * this process and whatever it should execute, and leaves no core: it would hold pieces of the
 * memory of others. For before the first thread and after the command is forked, which keeps what
 * it has. */
void privileges_drop (void);
