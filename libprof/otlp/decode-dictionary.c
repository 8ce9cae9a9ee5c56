/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <stdlib.h>

#include "base/text.h"
#include "otlp/decoder.h"

const char *const prof_otlp_table_names[PROF_OTLP_N_TABLES]
    = { N_ ("mapping"), N_ ("location"),  N_ ("function"), N_ ("link"),
        N_ ("string"),  N_ ("attribute"), N_ ("stack") };

/* ---- the tables ---- */

static int
take_table_field (ProfOtlpDecoder *decoder, const ProfWireField *field, void *row)
{
  (void)row;
  ProfWire wire;
  if (field->number > PROF_OTLP_N_TABLES)
    return 0;
  ProfOtlpRows *table = &decoder->tables[field->number - 1];
  int r = prof_otlp_take_bytes (decoder, field, &wire);
  if (r == 0 && table->rows.n == decoder->limits->table_rows)
    return prof_otlp_fail (decoder, -EFBIG, "its %s table has more than %zu rows",
                           prof_otlp_table_names[field->number - 1], table->rows.n);
  return r < 0 ? r : prof_vec_push (&table->rows, wire);
}

int
prof_otlp_decode_dictionary (ProfOtlpDecoder *decoder, ProfWire wire)
{
  int r = prof_otlp_take_fields (decoder, wire, take_table_field, NULL);
  for (unsigned i = 0; r == 0 && i < PROF_OTLP_N_TABLES; i++) {
    ProfOtlpRows *table = &decoder->tables[i];
    table->places = calloc (table->rows.n + 1, sizeof *table->places);
    if (table->places == NULL)
      return -ENOMEM;
  }
  const ProfOtlpRows *strings = &decoder->tables[PROF_OTLP_TABLE_STRING];
  if (r == 0 && strings->rows.n > 0 && strings->rows.items[0].next < strings->rows.items[0].end)
    return prof_otlp_fail (decoder, -EBADMSG, "string 0 of its dictionary is not empty");
  return r;
}

void
prof_otlp_clear_dictionary (ProfOtlpDecoder *decoder)
{
  for (unsigned i = 0; i < PROF_OTLP_N_TABLES; i++) {
    prof_vec_clear (&decoder->tables[i].rows);
    free (decoder->tables[i].places);
    decoder->tables[i].places = NULL;
  }
}

/* Row 0 means none and exists, also in a table that was left out. */
int
prof_otlp_check_index (ProfOtlpDecoder *decoder, ProfOtlpTable table, uint32_t index)
{
  if (index == 0 || index < decoder->tables[table].rows.n)
    return 0;
  return prof_otlp_fail_row (decoder, "names %s %u, which does not exist",
                             prof_otlp_table_names[table], index);
}

/* Small rows weigh in memory, too. */
int
prof_otlp_charge_row (ProfOtlpDecoder *decoder, ProfWire row)
{
  enum { ROW_BYTES = 64 };
  decoder->n_row_bytes += ROW_BYTES + (uint64_t)(row.end - row.next);
  if (decoder->n_row_bytes > decoder->limits->row_bytes)
    return prof_otlp_fail (decoder, -EFBIG, "its profiles use their dictionaries too often");
  return 0;
}

int
prof_otlp_find_string (ProfOtlpDecoder *decoder, uint32_t index, ProfWire *ret)
{
  int r = prof_otlp_check_index (decoder, PROF_OTLP_TABLE_STRING, index);
  *ret = (ProfWire){ 0 };
  if (r < 0 || index == 0)
    return r;
  *ret = decoder->tables[PROF_OTLP_TABLE_STRING].rows.items[index];
  return prof_otlp_charge_row (decoder, *ret);
}

int
prof_otlp_look_up (
    ProfOtlpDecoder *decoder, ProfOtlpTable table, uint32_t index, ProfWire *ret_row, uint32_t *ret)
{
  const ProfOtlpPlace *place = &decoder->tables[table].places[index];
  *ret = place->row;
  if (place->profile == decoder->profile_number)
    return 1;
  *ret_row = index < decoder->tables[table].rows.n ? decoder->tables[table].rows.items[index]
                                                   : (ProfWire){ decoder->start, decoder->start };
  prof_otlp_enter_row (decoder, prof_otlp_table_names[table], index, ret_row->next);
  return prof_otlp_charge_row (decoder, *ret_row);
}

void
prof_otlp_set_place (ProfOtlpDecoder *decoder, ProfOtlpTable table, uint32_t index, uint32_t row)
{
  decoder->tables[table].places[index] = (ProfOtlpPlace){ decoder->profile_number, row };
}

int
prof_otlp_take_row (ProfOtlpDecoder *decoder, int added, uint32_t *ret)
{
  if (added == -EOVERFLOW)
    return prof_otlp_fail (decoder, -EFBIG, "it has too many rows, or too many bytes of strings");
  if (added >= 0)
    *ret = (uint32_t)added;
  return added < 0 ? added : 0;
}

/* ---- strings ---- */

int
prof_otlp_add_string (ProfOtlpDecoder *decoder, const void *bytes, size_t n, uint32_t *ret)
{
  if (n == 0) {
    *ret = 0;
    return 0;
  }
  return prof_otlp_take_row (decoder, prof_profile_add_string_n (decoder->profile, bytes, n), ret);
}

int
prof_otlp_get_string (ProfOtlpDecoder *decoder, uint32_t index, uint32_t *ret)
{
  ProfWire bytes;
  int r = prof_otlp_check_index (decoder, PROF_OTLP_TABLE_STRING, index);
  *ret = 0;
  if (r < 0 || index == 0)
    return r;
  r = prof_otlp_look_up (decoder, PROF_OTLP_TABLE_STRING, index, &bytes, ret);
  if (r != 0)
    return r < 0 ? r : 0;
  r = prof_otlp_add_string (decoder, bytes.next, (size_t)(bytes.end - bytes.next), ret);
  if (r == 0)
    prof_otlp_set_place (decoder, PROF_OTLP_TABLE_STRING, index, *ret);
  return r;
}
