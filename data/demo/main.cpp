/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include <pthread.h>

#include "checksum.h"
#include "word-index.hpp"

/* A workload to try a profiler on: C and C++, threads, inlined calls, allocations, no frame
 * pointers. Always the same work. Most CPU goes to demo_checksum (with mix and rotate inlined),
 * then to escape_time (inlined into render_row and render), then to WordIndex::add_word. */

namespace demo
{

/* Words of a few syllables, the earlier ones more often. */
static std::string
write_document (uint64_t seed)
{
  static const char *const syllables[] = { "ka", "lo", "mi", "ter", "sun", "ve", "ra", "dor" };
  std::string text;
  for (int i = 0; i < 4000; i++) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    uint64_t word = (seed >> 40) * (seed >> 40) >> 36;
    do {
      text += syllables[word % 8];
      word /= 8;
    } while (word > 0);
    text += i % 12 == 11 ? ".\n" : " ";
  }
  return text;
}

struct Indexer {
  WordIndex index;
  uint64_t checksum = 0;

  void
  run (uint64_t first_document, uint64_t n_documents)
  {
    for (uint64_t i = 0; i < n_documents; i++) {
      std::string text = write_document (first_document + i);
      checksum += demo_checksum (text.data (), text.size ());
      index.add_document (text);
    }
  }
};

static inline int
escape_time (double x, double y)
{
  double a = 0, b = 0;
  int n = 0;
  for (; n < 1000 && a * a + b * b < 4; n++) {
    double next = a * a - b * b + x;
    b = 2 * a * b + y;
    a = next;
  }
  return n;
}

static unsigned
render_row (double y)
{
  unsigned sum = 0;
  for (int column = 0; column < 1600; column++)
    sum += unsigned (escape_time (column / 533.0 - 2.2, y));
  return sum;
}

static void
render (unsigned *sum)
{
  for (int row = 0; row < 1600; row++)
    *sum += render_row (row / 667.0 - 1.2);
}

static void
name_thread (std::thread &thread, const char *name)
{
  pthread_setname_np (thread.native_handle (), name);
}

} // namespace demo

int
main ()
{
  enum { N_INDEXERS = 2, N_DOCUMENTS = 3000 };
  std::vector<demo::Indexer> indexers (N_INDEXERS);
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < N_INDEXERS; i++) {
    threads.emplace_back (&demo::Indexer::run, &indexers[i], i * N_DOCUMENTS, N_DOCUMENTS);
    demo::name_thread (threads.back (), "indexer");
  }
  unsigned sum = 0;
  threads.emplace_back (demo::render, &sum);
  demo::name_thread (threads.back (), "renderer");
  for (auto &thread : threads)
    thread.join ();

  for (unsigned i = 1; i < N_INDEXERS; i++) {
    indexers[0].index.merge (indexers[i].index);
    indexers[0].checksum += indexers[i].checksum;
  }
  for (const demo::WordCount &entry : indexers[0].index.most_common (3))
    std::printf ("%s %u\n", entry.word.c_str (), entry.count);
  std::printf ("%016llx %u\n", (unsigned long long)indexers[0].checksum, sum);
  return 0;
}
