/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/error.h>

/* What is wrong with the name of an event, for a person. All return the error's code. */

/* -ENOENT, with the nearest names. */
int prof_event_error_unknown (ProfError *reterr, const char *name);
/* -EINVAL, with the modifiers there are. */
int prof_event_error_modifiers (ProfError *reterr, const char *name);
/* -EINVAL: what libpfm4 did not take (PFM_ERR_…), with the event's unit masks. */
int prof_event_error_pfm (ProfError *reterr, const char *name, int pfm_error);
/* -EACCES: opening tracefs failed with `code`. */
int prof_event_error_tracefs (ProfError *reterr, const char *name, int code);
