/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "engine/heap-pipeline.h"

/* Looks for slots that were claimed since the last time. 0 or -ENOMEM. */
int prof_heap_images_find_new (ProfHeapPipeline *pipeline);

/* True if nothing more will be written: the process is gone, or runs another program. */
bool prof_heap_image_is_over (const ProfHeapPipeline *pipeline, const ProfHeapImage *image);

/* Lets go of an image and frees its slot. 0 or -ENOMEM. */
int prof_heap_image_close (ProfHeapPipeline *pipeline, size_t image);

/* Takes back the numbers of known stacks: they mean nothing to a later recording of the region. */
void prof_heap_images_forget_stacks (ProfHeapPipeline *pipeline);

void prof_heap_images_finish (ProfHeapPipeline *pipeline);
