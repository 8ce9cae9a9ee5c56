/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/doctor.h>

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/text.h"
#include "engine/doctor-checks.h"
#include "engine/doctor-facts.h"

struct ProfDoctor {
  size_t n_checks;
  ProfCheck *checks;
  ProfDoctorAnswer *answers; /* the strings of the checks */
};

int
prof_doctor_new (ProfDoctor **ret, ProfError *reterr)
{
  size_t n;
  ProfDoctorFacts facts;
  if (ret == NULL)
    return prof_error_set (reterr, -EINVAL, "prof_doctor_new: ret is NULL");
  const ProfDoctorQuestion *questions = prof_doctor_questions (&n);
  ProfDoctor *doctor = calloc (1, sizeof *doctor);
  if (doctor != NULL) {
    doctor->checks = calloc (n, sizeof *doctor->checks);
    doctor->answers = calloc (n, sizeof *doctor->answers);
  }
  if (doctor == NULL || doctor->checks == NULL || doctor->answers == NULL) {
    prof_doctor_free (doctor);
    return prof_error_set (reterr, -ENOMEM, "Can't check what may be profiled: out of memory");
  }
  prof_doctor_facts_find (&facts);
  for (size_t i = 0; i < n; i++) {
    ProfDoctorAnswer *answer = &doctor->answers[i];
    questions[i].decide (&facts, answer);
    doctor->checks[i] = (ProfCheck){ questions[i].id, _ (questions[i].title), answer->status,
                                     answer->detail, answer->remedy };
  }
  doctor->n_checks = n;
  *ret = doctor;
  return 0;
}

ProfDoctor *
prof_doctor_free (ProfDoctor *doctor)
{
  if (doctor == NULL)
    return NULL;
  free (doctor->checks);
  free (doctor->answers);
  free (doctor);
  return NULL;
}

const ProfCheck *
prof_doctor_get_checks (const ProfDoctor *doctor, size_t *ret_n)
{
  *ret_n = doctor->n_checks;
  return doctor->checks;
}
