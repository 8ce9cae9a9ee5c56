/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Runs one file of the corpus; its bytes are in a block of just their size, so that a sanitizer
 * sees a read past the end. */
static void
replay (const char *path)
{
  FILE *file = fopen (path, "rb");
  if (file == NULL) {
    perror (path);
    exit (1);
  }
  fseek (file, 0, SEEK_END);
  size_t size = (size_t)ftell (file);
  rewind (file);
  uint8_t *data = malloc (size > 0 ? size : 1);
  if (data == NULL || fread (data, 1, size, file) != size) {
    perror (path);
    exit (1);
  }
  fclose (file);
  LLVMFuzzerTestOneInput (data, size);
  free (data);
}

int
main (int argc, char **argv)
{
  unsigned n_replayed = 0;
  for (int i = 1; i < argc; i++) {
    DIR *dir = opendir (argv[i]);
    if (dir == NULL) {
      replay (argv[i]);
      n_replayed++;
      continue;
    }
    for (struct dirent *entry; (entry = readdir (dir)) != NULL;) {
      if (entry->d_name[0] == '.')
        continue;
      char path[4096];
      snprintf (path, sizeof path, "%s/%s", argv[i], entry->d_name);
      replay (path);
      n_replayed++;
    }
    closedir (dir);
  }
  printf ("%u inputs replayed\n", n_replayed);
  return n_replayed > 0 ? 0 : 1;
}
