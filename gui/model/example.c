/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/example.h"

#include "model/data-file.h"

GFile *
pyro_example_find (void)
{
  return pyro_data_file_find ("pyrograph/examples/word-index.pb.gz");
}
