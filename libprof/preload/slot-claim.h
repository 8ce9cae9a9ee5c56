/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "recording.h"

/* False: not what heap-layout.h describes. */
bool region_init (Region *region, ProfHeapHeader *header, uint64_t n_bytes);

/* What a process knows of its parent's slot, as it was when it was forked. */
typedef struct {
  uint32_t pid, slot; /* pid 0: no parent with a slot */
} ClaimedSlot;

/* Takes a free slot for this process and fills in `ret`; `latest` becomes this slot. Whether the
 * process's own maps are written, or its parent's are its own, `is_image_new` tells. False: none is
 * free, which is counted. */
bool slot_claim (const Region *region,
                 ProfHeapObstacle obstacle,
                 bool is_image_new,
                 ClaimedSlot *latest,
                 Recording *ret);
