/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>

#include "otlp/decoder.h"

/* The layouts differ in the numbers of a few fields, which are told apart by their wire types:
 * writers pack all repeated numbers. */

enum {
  IS_1_10 = 1 << PROF_OTLP_LAYOUT_1_10,
  IS_1_9 = 1 << PROF_OTLP_LAYOUT_1_9,
  IS_1_8 = 1 << PROF_OTLP_LAYOUT_1_8,
};

typedef struct {
  unsigned layouts;      /* that all fields so far may have */
  bool is_older;         /* than 1.8 */
  uint32_t n_attributes; /* rows of the dictionary */
} Evidence;

static void
rule_out (Evidence *evidence, unsigned layouts)
{
  evidence->layouts &= ~layouts;
}

/* Field 2 is attributes in 1.10, as many as there are times by chance, or values. */
static void
weigh_numbers (Evidence *evidence, ProfWire numbers, size_t n_times)
{
  uint64_t number;
  size_t n = 0;
  for (; prof_wire_take_varint (&numbers, &number) == PROF_WIRE_OK; n++)
    if (number == 0 || number >= evidence->n_attributes)
      rule_out (evidence, IS_1_10);
  if (n_times == 0)
    rule_out (evidence, IS_1_10);
  else if (n != n_times)
    rule_out (evidence, IS_1_9 | IS_1_8);
}

static void
weigh_sample (Evidence *evidence, ProfWire sample)
{
  ProfWireField field = { 0 };
  ProfWire numbers = { 0 };
  size_t n_times = 0;
  bool is_clear = false;
  while (prof_wire_take_field (&sample, &field) == PROF_WIRE_OK) {
    bool is_packed = field.type == PROF_WIRE_BYTES;
    if (field.number == 2 && is_packed)
      numbers = field.bytes;
    else if (field.number == 2 || (field.number == 5 && !is_packed))
      evidence->is_older |= field.type == PROF_WIRE_VARINT;
    else if (field.number == 5)
      n_times = (size_t)(field.bytes.end - field.bytes.next) / 8;
    if (field.number == 3)
      rule_out (evidence, is_packed ? IS_1_10 : IS_1_9 | IS_1_8);
    if (field.number == 4)
      rule_out (evidence, is_packed ? IS_1_9 | IS_1_8 : IS_1_10);
    is_clear |= field.number == 3 || field.number == 4;
  }
  if (!is_clear && numbers.next < numbers.end)
    weigh_numbers (evidence, numbers, n_times);
}

/* Field 7 is the ID of 16 bytes since 1.9, and was comments before: then everything behind it had a
 * number more. */
static void
weigh_profile_field (Evidence *evidence, const ProfWireField *field)
{
  bool is_packed = field->type == PROF_WIRE_BYTES;
  switch (field->number) {
  case 3:
    evidence->is_older |= is_packed;
    break;
  case 5:
    evidence->is_older |= !is_packed;
    break;
  case 7:
    if (is_packed && field->value != 0 && field->value != 16)
      rule_out (evidence, IS_1_10 | IS_1_9);
    break;
  case 8:
    rule_out (evidence, is_packed ? IS_1_10 | IS_1_9 : IS_1_8);
    break;
  case 9:
    rule_out (evidence, is_packed ? IS_1_8 : IS_1_10 | IS_1_9);
    break;
  case 12:
    rule_out (evidence, IS_1_10 | IS_1_9);
    break;
  default:
    break;
  }
}

static void
weigh_profile (Evidence *evidence, ProfWire profile)
{
  ProfWireField field = { 0 };
  while (prof_wire_take_field (&profile, &field) == PROF_WIRE_OK)
    if (field.number == PROF_OTLP_PROFILE_SAMPLE && field.type == PROF_WIRE_BYTES)
      weigh_sample (evidence, field.bytes);
    else
      weigh_profile_field (evidence, &field);
}

int
prof_otlp_find_layout (ProfOtlpDecoder *decoder, ProfWire request, ProfOtlpLayout *ret)
{
  Evidence evidence = {
    .layouts = IS_1_10 | IS_1_9 | IS_1_8,
    .n_attributes = (uint32_t)decoder->tables[PROF_OTLP_TABLE_ATTRIBUTE].rows.n,
  };
  ProfWire resource, scope, profile;
  while (prof_wire_find_message (&request, PROF_OTLP_REQUEST_RESOURCE_PROFILES, &resource))
    while (prof_wire_find_message (&resource, PROF_OTLP_RESOURCE_PROFILES_SCOPE_PROFILES, &scope))
      while (prof_wire_find_message (&scope, PROF_OTLP_SCOPE_PROFILES_PROFILE, &profile))
        weigh_profile (&evidence, profile);
  if (evidence.is_older)
    return prof_otlp_fail (decoder, -EBADMSG,
                           "its samples have the layout of OTLP 1.7 or older, and 1.8 to 1.11 are "
                           "read: let a collector of v0.136 or newer write it");
  if (evidence.layouts == 0)
    return prof_otlp_fail (decoder, -EBADMSG,
                           "its samples have the layouts of different releases of OTLP");
  *ret = (ProfOtlpLayout)__builtin_ctz (evidence.layouts);
  return 0;
}
