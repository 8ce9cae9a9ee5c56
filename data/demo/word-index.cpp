/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "word-index.hpp"

#include <algorithm>

namespace demo
{

static inline size_t
hash_word (const std::string &word)
{
  size_t hash = 14695981039346656037u;
  for (char c : word)
    hash = (hash ^ (unsigned char)c) * 1099511628211u;
  return hash;
}

static inline bool
is_letter (char c)
{
  return c >= 'a' && c <= 'z';
}

inline WordCount &
WordIndex::find_slot (const std::string &word)
{
  size_t i = hash_word (word) & (slots.size () - 1);
  while (slots[i].count > 0 && slots[i].word != word)
    i = (i + 1) & (slots.size () - 1);
  return slots[i];
}

void
WordIndex::grow ()
{
  std::vector<WordCount> old (slots.size () * 2);
  old.swap (slots);
  for (WordCount &entry : old)
    if (entry.count > 0)
      find_slot (entry.word) = entry;
}

void
WordIndex::add_word (const std::string &word, unsigned count)
{
  WordCount &slot = find_slot (word);
  slot.count += count;
  if (slot.count > count)
    return;
  slot.word = word;
  if (++n_used * 2 > slots.size ())
    grow ();
}

void
WordIndex::add_document (const std::string &text)
{
  auto begin = text.begin ();
  while (begin != text.end ()) {
    auto end = std::find_if_not (begin, text.end (), is_letter);
    if (end != begin)
      add_word (std::string (begin, end), 1);
    begin = std::find_if (end, text.end (), is_letter);
  }
}

void
WordIndex::merge (const WordIndex &other)
{
  for (const WordCount &entry : other.slots)
    if (entry.count > 0)
      add_word (entry.word, entry.count);
}

std::vector<WordCount>
WordIndex::most_common (size_t n_words) const
{
  std::vector<WordCount> words (slots);
  std::sort (words.begin (), words.end (), [] (const WordCount &a, const WordCount &b) {
    return a.count != b.count ? a.count > b.count : a.word < b.word;
  });
  words.resize (std::min (n_words, words.size ()));
  return words;
}

} // namespace demo
