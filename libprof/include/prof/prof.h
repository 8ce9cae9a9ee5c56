/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/cpu.h>
#include <prof/doctor.h>
#include <prof/error.h>
#include <prof/events.h>
#include <prof/exporter.h>
#include <prof/heap.h>
#include <prof/memory.h>
#include <prof/otlp.h>
#include <prof/pprof.h>
#include <prof/profile.h>
#include <prof/report.h>
#include <prof/sampling.h>
#include <prof/session.h>
#include <prof/trace.h>
