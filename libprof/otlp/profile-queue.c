/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/profile-queue.h"

#include <errno.h>
#include <stdlib.h>

int
prof_profile_queue_init (ProfProfileQueue *queue, size_t n_max)
{
  *queue = (ProfProfileQueue){ .n_max = n_max };
  queue->items = calloc (n_max, sizeof *queue->items);
  return queue->items != NULL ? 0 : -ENOMEM;
}

void
prof_profile_queue_finish (ProfProfileQueue *queue)
{
  while (queue->n > 0)
    prof_profile_unref (prof_profile_queue_pop (queue));
  free (queue->items);
  queue->items = NULL;
}

ProfProfile *
prof_profile_queue_push (ProfProfileQueue *queue, ProfProfile *profile, uint64_t now_ns)
{
  ProfProfile *oldest = queue->n == queue->n_max ? prof_profile_queue_pop (queue) : NULL;
  size_t end = (queue->first + queue->n++) % queue->n_max;
  queue->items[end].profile = profile;
  queue->items[end].time_ns = now_ns;
  return oldest;
}

ProfProfile *
prof_profile_queue_pop (ProfProfileQueue *queue)
{
  if (queue->n == 0)
    return NULL;
  ProfProfile *oldest = queue->items[queue->first].profile;
  queue->first = (queue->first + 1) % queue->n_max;
  queue->n--;
  return oldest;
}

uint64_t
prof_profile_queue_get_time (const ProfProfileQueue *queue)
{
  return queue->items[queue->first].time_ns;
}
