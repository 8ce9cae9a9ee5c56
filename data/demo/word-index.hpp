/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace demo
{

struct WordCount {
  std::string word;
  unsigned count = 0;
};

/* Counts the words of documents: a hash table with linear probing. */
class WordIndex
{
public:
  WordIndex () : slots (64)
  {
  }
  void add_document (const std::string &text);
  void add_word (const std::string &word, unsigned count);
  void merge (const WordIndex &other);
  std::vector<WordCount> most_common (size_t n_words) const;

private:
  WordCount &find_slot (const std::string &word);
  void grow ();

  std::vector<WordCount> slots; /* as many as a power of two; count 0: free */
  size_t n_used = 0;
};

} // namespace demo
