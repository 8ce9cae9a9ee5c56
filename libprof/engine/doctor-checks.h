/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>

#include <prof/doctor.h>

#include "engine/doctor-facts.h"

typedef struct {
  ProfCheckStatus status;
  char detail[224];
  char remedy[224];
} ProfDoctorAnswer;

/* Pure: what the facts mean for one thing that profiling needs. */
typedef struct {
  const char *id;
  const char *title;
  void (*decide) (const ProfDoctorFacts *facts, ProfDoctorAnswer *ret);
} ProfDoctorQuestion;

const ProfDoctorQuestion *prof_doctor_questions (size_t *ret_n);
