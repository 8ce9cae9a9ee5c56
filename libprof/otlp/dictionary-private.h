/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "otlp/dictionary.h"

/* For the files of the dictionary. */

size_t prof_otlp_dictionary_begin_row (ProfOtlpDictionary *dictionary, ProfOtlpTable table);
/* The number of the row. */
uint32_t prof_otlp_dictionary_end_row (ProfOtlpDictionary *dictionary,
                                       ProfOtlpTable table,
                                       size_t start);
uint32_t prof_otlp_dictionary_add_string (ProfOtlpDictionary *dictionary,
                                          const char *bytes,
                                          size_t n);

/* Attributes, unified. */
uint32_t prof_otlp_dictionary_get_flag (ProfOtlpDictionary *dictionary,
                                        ProfOtlpText text,
                                        bool is_true);
uint32_t prof_otlp_dictionary_get_bytes_attribute (ProfOtlpDictionary *dictionary,
                                                   ProfOtlpText key,
                                                   const char *bytes,
                                                   size_t n);
