/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prof/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The pprof data model (google/pprof proto/profile.proto): tables of plain rows that name each
 * other by index. Row 0 of every table but the samples and the sample types is the empty row and
 * means "none"; string 0 is "". A profile belongs to one thread while it is built; once shared it
 * is not modified any more and any thread may read it. */
typedef struct ProfProfile ProfProfile;

/* A sample type, or the type of the period: "cpu", "nanoseconds". */
typedef struct {
  uint32_t type, unit; /* strings */
} ProfValueType;

/* A part of a file in the address space of a process. */
typedef struct {
  uint64_t start, limit, offset; /* addresses, the limit exclusive; offset in the file */
  uint32_t filename, build_id;   /* strings; the build ID in hex */
  bool has_functions, has_filenames, has_line_numbers, has_inline_frames; /* were looked up */
} ProfMapping;

/* A function. */
typedef struct {
  uint32_t name, system_name, filename; /* strings; the system name is the linker's */
  int64_t start_line;                   /* 0: unknown */
} ProfFunction;

/* A place in a function. */
typedef struct {
  uint32_t function;    /* row */
  int64_t line, column; /* 0: unknown */
} ProfLine;

/* An address in a program. Its lines are rows first_line … first_line + n_lines - 1 of the line
 * table; more than one line: inlined calls, innermost first. */
typedef struct {
  uint64_t address;
  uint32_t mapping; /* row */
  uint32_t first_line, n_lines;
  bool is_folded; /* other functions have the same machine code */
} ProfLocation;

/* A stack: n_locations entries of the stack array, leaf first. */
typedef struct {
  uint32_t first_location, n_locations;
} ProfStack;

/* A property of a sample. */
typedef struct {
  uint32_t key;    /* string */
  uint32_t string; /* 0 if the label is a number */
  uint32_t unit;   /* string; numbers only */
  int64_t number;
} ProfLabel;

/* A stack and what was measured there. Its stack is n_locations entries of the stack array
 * (location indices, leaf first) from first_location on; equal stacks may share entries, others
 * never do. Its values are the next n_value_types entries of the value array from index (sample
 * number * n_value_types).
 */
typedef struct {
  uint32_t first_location, n_locations;
  uint32_t first_label, n_labels;
} ProfSample;

/* ---- life ---- */

/* -ENOMEM. */
PROF_API int prof_profile_new (ProfProfile **ret);
PROF_API ProfProfile *prof_profile_ref (ProfProfile *profile);   /* any thread */
PROF_API ProfProfile *prof_profile_unref (ProfProfile *profile); /* any thread; returns NULL */

/* ---- building: each add returns the index of the new or, where rows are equal, the existing row;
 * or -ENOMEM, -EINVAL (an index that is not in its table, or 0 where "none" makes no sense),
 * -EOVERFLOW (the table is full). A NULL string is "". Rows, lines and stacks that are passed in
 * may not lie in the profile's own tables, which move as they grow; strings may. ---- */

/* Equal strings are one. */
PROF_API int prof_profile_add_string (ProfProfile *profile, const char *string);
/* `bytes` may contain NUL bytes, and is not terminated by one. */
PROF_API int prof_profile_add_string_n (ProfProfile *profile, const char *bytes, size_t n_bytes);
/* Sample types come before the first sample (-EBUSY afterwards) and are never merged. */
PROF_API int prof_profile_add_value_type (ProfProfile *profile, const char *type, const char *unit);
/* Its strings have to be in the table already. */
PROF_API int prof_profile_add_mapping (ProfProfile *profile, const ProfMapping *mapping);
/* Its strings have to be in the table already. */
PROF_API int prof_profile_add_function (ProfProfile *profile, const ProfFunction *function);
/* first_line and n_lines of `location` are ignored: `lines` is copied, innermost first. */
PROF_API int prof_profile_add_location (ProfProfile *profile,
                                        const ProfLocation *location,
                                        const ProfLine *lines,
                                        size_t n_lines);
/* Always a new row. `locations` is leaf first; `values` has one entry for each sample type, of
 * which there must be one (-EINVAL). */
PROF_API int prof_profile_add_sample (ProfProfile *profile,
                                      const uint32_t *locations,
                                      size_t n_locations,
                                      const int64_t *values);
/* Labels go to the newest sample only (-EINVAL for another). Returns 0. */
PROF_API int prof_profile_add_label (ProfProfile *profile,
                                     uint32_t sample,
                                     const char *key,
                                     const char *value);
/* As prof_profile_add_label; `unit` may be NULL. */
PROF_API int prof_profile_add_number_label (
    ProfProfile *profile, uint32_t sample, const char *key, int64_t value, const char *unit);

/* What the samples were taken by: one each `period` units of that type. 0 or -ENOMEM. */
PROF_API int prof_profile_set_period (ProfProfile *profile,
                                      const char *type,
                                      const char *unit,
                                      int64_t period);
/* When it was recorded, in nanoseconds since the Unix epoch, and for how long. */
PROF_API void prof_profile_set_time (ProfProfile *profile, int64_t time_ns, int64_t duration_ns);
/* The sample type to show first, by its name. 0 or -ENOMEM. */
PROF_API int prof_profile_set_default_sample_type (ProfProfile *profile, const char *type);
/* A line of free text. 0 or -ENOMEM. */
PROF_API int prof_profile_add_comment (ProfProfile *profile, const char *comment);
/* Regular expressions, for viewers: functions whose frames to leave out, and of these to keep. 0 or
 * -ENOMEM. */
PROF_API int prof_profile_set_frame_filters (ProfProfile *profile,
                                             const char *drop_frames,
                                             const char *keep_frames);
/* Where the profile is explained. 0 or -ENOMEM. */
PROF_API int prof_profile_set_doc_url (ProfProfile *profile, const char *doc_url);

/* ---- reading: arrays are borrowed, and do not move once building is over ---- */

/* Never NULL; "" for an index out of range. */
PROF_API const char *prof_profile_get_string (const ProfProfile *profile, uint32_t string);
/* In bytes, without the NUL byte at the end. */
PROF_API size_t prof_profile_get_string_size (const ProfProfile *profile, uint32_t string);
/* Strings are 0 to this, exclusive. */
PROF_API size_t prof_profile_get_n_strings (const ProfProfile *profile);
/* The sample types: which values each sample has. */
PROF_API const ProfValueType *prof_profile_get_value_types (const ProfProfile *profile,
                                                            size_t *ret_n);
/* In the order in which they were added. */
PROF_API const ProfSample *prof_profile_get_samples (const ProfProfile *profile, size_t *ret_n);
/* The stacks of all samples: ProfSample.first_location says where one begins. */
PROF_API const uint32_t *prof_profile_get_stacks (const ProfProfile *profile, size_t *ret_n);
/* The different stacks of the samples, as far as they share entries: *ret, which has at least one
 * row, and by sample the row of its stack, in *ret_rows; free both. A selection (see
 * prof_profile_select) of stacks that are as in its profile has all stacks of that. -ENOMEM. */
PROF_API int prof_profile_number_stacks (const ProfProfile *profile,
                                         ProfStack **ret,
                                         size_t *ret_n,
                                         uint32_t **ret_rows);
/* The values of all samples: *ret_n is the number of samples times that of sample types. */
PROF_API const int64_t *prof_profile_get_values (const ProfProfile *profile, size_t *ret_n);
/* The labels of all samples: ProfSample.first_label says where those of one begin. */
PROF_API const ProfLabel *prof_profile_get_labels (const ProfProfile *profile, size_t *ret_n);
/* Row 0 is the empty one. */
PROF_API const ProfLocation *prof_profile_get_locations (const ProfProfile *profile, size_t *ret_n);
/* The lines of all locations: ProfLocation.first_line says where those of one begin. */
PROF_API const ProfLine *prof_profile_get_lines (const ProfProfile *profile, size_t *ret_n);
/* Row 0 is the empty one. */
PROF_API const ProfFunction *prof_profile_get_functions (const ProfProfile *profile, size_t *ret_n);
/* Row 0 is the empty one. */
PROF_API const ProfMapping *prof_profile_get_mappings (const ProfProfile *profile, size_t *ret_n);
/* Strings. */
PROF_API const uint32_t *prof_profile_get_comments (const ProfProfile *profile, size_t *ret_n);
/* As prof_profile_set_period has it. */
PROF_API ProfValueType prof_profile_get_period_type (const ProfProfile *profile);
/* In units of the period type; 0: unknown. */
PROF_API int64_t prof_profile_get_period (const ProfProfile *profile);
/* The start, since the Unix epoch; 0: unknown. */
PROF_API int64_t prof_profile_get_time_ns (const ProfProfile *profile);
/* 0: unknown. */
PROF_API int64_t prof_profile_get_duration_ns (const ProfProfile *profile);
PROF_API uint32_t prof_profile_get_drop_frames (const ProfProfile *profile); /* a string */
PROF_API uint32_t prof_profile_get_keep_frames (const ProfProfile *profile); /* a string */
PROF_API uint32_t prof_profile_get_doc_url (const ProfProfile *profile);     /* a string */
/* The index of the sample type to show first: the named default, else the last one
 * (google/pprof's rule). -ENOENT if the profile has none. */
PROF_API int prof_profile_get_default_value_type (const ProfProfile *profile);
/* The index of the sample type of that name, or -ENOENT. */
PROF_API int prof_profile_find_value_type (const ProfProfile *profile, const char *type);

/* ---- combining ---- */

/* Adds the samples of `other`; samples with equal stack and labels (in any order) become one, whose
 * values are the sums, stopping at the ends of int64_t. The sample types and the period type must
 * be the same (-EINVAL), but a profile without sample types takes over all that `other` has. As
 * google/pprof does, a module that is mapped at another address (ASLR) counts as the same, and its
 * addresses move along. Periods: the greater; time: the earlier; durations: their sum. Sessions,
 * unknown fields and comments of both are kept, equal comments once. Merging n profiles one after
 * the other costs as much as reading them. After -ENOMEM or -EOVERFLOW (too many rows) `profile`
 * holds a part of `other`. */
PROF_API int prof_profile_merge (ProfProfile *profile, const ProfProfile *other, ProfError *reterr);

/* Makes a new profile of two recordings of one run that have different sample types (CPU and heap):
 * the sample types of `profile` and then those of `other`, the samples of both with 0 for what they
 * did not measure, the first one's default type and period, and the comments of both. Sessions
 * become one: the first one's, with the counts of the other added to its own, and its events, stack
 * ends, series and notes after them. Time is the earlier start, to the later end. Unknown fields
 * are left out. -EINVAL: a sample type of one name in both; -ENOMEM, -EOVERFLOW. */
PROF_API int prof_profile_join (const ProfProfile *profile,
                                const ProfProfile *other,
                                ProfProfile **ret,
                                ProfError *reterr);

/* How a base is scaled before it is subtracted. */
typedef enum {
  PROF_NORMALIZE_NONE,     /* not at all */
  PROF_NORMALIZE_DURATION, /* the base is scaled by the ratio of the durations */
  PROF_NORMALIZE_TOTAL,    /* the base is scaled to the same total, for each sample type */
} ProfNormalize;

/* Makes a new profile: the samples of `profile` and, with negative values and the label
 * `pprof::base` = "true", those of `base`, as google/pprof -diff_base does. Scaled values are
 * rounded, each with what rounding took from those before it, so that sums stay right; samples of
 * the base of which nothing is left are dropped. -EINVAL: of different kinds,
 * or durations that are not known. */
PROF_API int prof_profile_diff (const ProfProfile *base,
                                const ProfProfile *profile,
                                ProfNormalize normalize,
                                ProfProfile **ret,
                                ProfError *reterr);

/* POSIX extended regular expressions that are searched for in the function name and the file name
 * of any line of a location and in the file name of its mapping; NULL: not used. The rules are
 * those of google/pprof's options of the same names. */
typedef struct {
  size_t size;        /* set by the initializer; lets the struct grow */
  const char *focus;  /* keeps samples with a match */
  const char *ignore; /* drops samples with a match; wins over focus */
  const char *hide;   /* removes lines that match, locations that are left without lines or whose
                         mapping matches, and samples that are left without locations */
  /* Removes the callers of the match nearest to the root, and samples without a match. Sees what
   * hide has left. */
  const char *show_from;
  /* Keep or drop samples with a label that matches, as "key=value" or "key=number unit". */
  const char *label_focus, *label_ignore;
  /* Keeps samples whose label end_timestamp_ns is at or after start_ns and before end_ns; an end of
   * 0 is no bound, both 0 are no filter. */
  int64_t start_ns, end_ns;
} ProfFilter;

/* Lets everything through. */
#define PROF_FILTER_INIT                                                                           \
  {                                                                                                \
    .size = sizeof (ProfFilter), .focus = NULL, .ignore = NULL, .hide = NULL, .show_from = NULL,   \
    .label_focus = NULL, .label_ignore = NULL, .start_ns = 0, .end_ns = 0                          \
  }

/* Makes a new profile of what the filter lets through, with the rows that this needs. Samples keep
 * their order and are not merged. -EINVAL names the expression at fault. */
PROF_API int prof_profile_filter (const ProfProfile *profile,
                                  const ProfFilter *filter,
                                  ProfProfile **ret,
                                  ProfError *reterr);

/* The same for looking at: takes a fraction of the time and memory, since the result shares the
 * tables of `profile`, to which it takes a reference, with the rows that it does not need. It has
 * no unknown fields, and nothing can be added to it. */
PROF_API int prof_profile_select (ProfProfile *profile,
                                  const ProfFilter *filter,
                                  ProfProfile **ret,
                                  ProfError *reterr);

#ifdef __cplusplus
}
#endif
