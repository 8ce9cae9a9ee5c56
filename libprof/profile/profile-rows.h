/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/profile.h>

#include "profile/row-index.h"

/* What makes rows of a table equal. */
extern const ProfRowKind prof_mapping_kind, prof_function_kind, prof_location_kind;
extern const ProfRowKind prof_module_kind; /* mappings, wherever they are */
extern const ProfRowKind prof_stack_kind;  /* samples, by their stacks alone */
extern const ProfRowKind prof_sample_kind; /* samples, by stack and labels in any order */
extern const ProfRowKind prof_comment_kind, prof_unknown_field_kind;

bool prof_labels_equal (const ProfLabel *a, const ProfLabel *b);
uint64_t prof_label_hash (const ProfLabel *label);
