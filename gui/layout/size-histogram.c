/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "size-histogram.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "timeline-lanes.h"

int
pyro_size_histogram_find_types (const ProfProfile *profile,
                                unsigned value_type,
                                unsigned *ret_objects,
                                unsigned *ret_bytes)
{
  static const char *const pairs[][2] = { { "alloc_objects", "alloc_space" },
                                          { "inuse_objects", "inuse_space" },
                                          { "objects", "space" } };
  int found = -ENOENT;
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    int objects = prof_profile_find_value_type (profile, pairs[i][0]);
    int bytes = prof_profile_find_value_type (profile, pairs[i][1]);
    if (objects < 0 || bytes < 0)
      continue;
    bool is_meant = value_type == (unsigned)objects || value_type == (unsigned)bytes;
    if (found == 0 && !is_meant)
      continue;
    *ret_objects = (unsigned)objects;
    *ret_bytes = (unsigned)bytes;
    found = 0;
  }
  return found;
}

static uint64_t
get_size (const ProfLabel *labels, const ProfSample *sample, uint32_t key, double mean)
{
  for (uint32_t i = 0; i < sample->n_labels; i++) {
    const ProfLabel *label = &labels[sample->first_label + i];
    if (label->key == key && label->string == 0 && label->number >= 0)
      return (uint64_t)label->number;
  }
  return mean < 0x1p63 ? (uint64_t)mean : INT64_MAX;
}

static uint32_t
get_class (uint64_t size)
{
  return size == 0 ? 0 : 64 - (uint32_t)__builtin_clzll (size);
}

/* What is below the smallest and above the greatest class is left out. */
static void
trim (PyroSizeHistogram *histogram)
{
  uint32_t first = 0, end = 65;
  while (end > 0 && histogram->classes[end - 1].objects + histogram->classes[end - 1].bytes <= 0)
    end--;
  while (first < end && histogram->classes[first].objects + histogram->classes[first].bytes <= 0)
    first++;
  histogram->n_classes = end - first;
  memmove (histogram->classes, &histogram->classes[first],
           histogram->n_classes * sizeof *histogram->classes);
}

static void
name_classes (PyroSizeHistogram *histogram)
{
  for (uint32_t i = 1; i < 65; i++) {
    histogram->classes[i].min_bytes = (uint64_t)1 << (i - 1);
    histogram->classes[i].max_bytes = 2 * (histogram->classes[i].min_bytes - 1) + 1;
  }
}

void
pyro_size_histogram_init (PyroSizeHistogram *histogram,
                          const ProfProfile *profile,
                          unsigned objects_type,
                          unsigned bytes_type)
{
  size_t n_samples, n_labels, n_values, n_types;
  const ProfSample *samples = prof_profile_get_samples (profile, &n_samples);
  const ProfLabel *labels = prof_profile_get_labels (profile, &n_labels);
  const int64_t *values = prof_profile_get_values (profile, &n_values);
  prof_profile_get_value_types (profile, &n_types);
  uint32_t key = pyro_timeline_find_string (profile, "bytes");
  memset (histogram, 0, sizeof *histogram);
  name_classes (histogram);
  for (size_t i = 0; i < n_samples; i++, values += n_types) {
    double objects = fabs ((double)values[objects_type]), bytes = fabs ((double)values[bytes_type]);
    double mean = objects > 0 ? bytes / objects : bytes;
    uint64_t size = get_size (labels, &samples[i], key, mean);
    PyroSizeClass *class = &histogram->classes[get_class (size)];
    class->objects += objects;
    class->bytes += bytes;
    histogram->objects += objects;
    histogram->bytes += bytes;
    histogram->top = fmax (histogram->top, class->bytes);
  }
  trim (histogram);
}
