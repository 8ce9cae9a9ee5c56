/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/prof.h>

/* The initializers are C++20 too: they name each member, in the order of the struct. */
ProfError error = PROF_ERROR_INIT;
ProfCpuConfig cpu_config = PROF_CPU_CONFIG_INIT;
ProfExporterConfig exporter_config = PROF_EXPORTER_CONFIG_INIT;
ProfFilter filter = PROF_FILTER_INIT;
ProfHeapSelection heap_selection = PROF_HEAP_SELECTION_INIT;
ProfMemoryConfig memory_config = PROF_MEMORY_CONFIG_INIT;
ProfOtlpOptions otlp_options = PROF_OTLP_OPTIONS_INIT;
ProfSession session = PROF_SESSION_INIT;
