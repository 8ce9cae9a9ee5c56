/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

/* Where profilers outside look (OTEP 4947): a thread's ProfThreadContext; NULL: it has no span. */
extern __attribute__ ((visibility ("default"))) _Thread_local void *otel_thread_ctx_v1;
