/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/heap.h>
#include <prof/otlp.h>
#include <prof/report.h>
#include <prof/session.h>

#include "cleanup.h"

DEFINE_CLEANUP (ProfHeap, prof_heap_free)
DEFINE_CLEANUP (ProfOtlpEncoder, prof_otlp_encoder_free)
DEFINE_CLEANUP (ProfProfile, prof_profile_unref)
DEFINE_CLEANUP (ProfReport, prof_report_free)
DEFINE_CLEANUP (ProfSession, prof_session_free)
DEFINE_CLEANUP (ProfSuppressions, prof_suppressions_free)
