/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "base/wire-buffer.h"
#include "profile/profile-tables.h"

/* The unknown fields of a profile by the row that they belong to. */
typedef struct {
  const ProfProfile *profile; /* borrowed */
  ProfUnknownField *fields;   /* sorted by table, row and place */
} ProfUnknownFields;

int prof_unknown_fields_init (ProfUnknownFields *unknown, const ProfProfile *profile);
void prof_unknown_fields_finish (ProfUnknownFields *unknown);

/* Appends those of one row. */
void prof_unknown_fields_put (const ProfUnknownFields *unknown,
                              ProfTableKind table,
                              uint32_t row,
                              ProfWireBuffer *buffer);
