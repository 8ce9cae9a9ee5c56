/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* Every operator new and delete; also as a library, with the runtime loaded for it alone. */
#include <cstddef>
#include <cstdint>
#include <new>

static void *volatile kept;
static unsigned n_handled;

static void
handle ()
{
  n_handled++;
  std::set_new_handler (nullptr);
}

struct alignas (64) Aligned {
  char bytes[64 * 70];
};

static bool
is_aligned (void *block, std::size_t alignment)
{
  kept = block;
  return reinterpret_cast<std::uintptr_t> (block) % alignment == 0;
}

static bool
run_forms ()
{
  constexpr std::size_t size = 4321, aligned = sizeof (Aligned);
  constexpr std::align_val_t alignment{ 64 };
  bool is_good = true;
  ::operator delete (::operator new (size));
  ::operator delete (::operator new (size), size);
  ::operator delete[] (::operator new[] (size));
  ::operator delete[] (::operator new[] (size), size);
  ::operator delete (::operator new (size, std::nothrow), std::nothrow);
  ::operator delete[] (::operator new[] (size, std::nothrow), std::nothrow);
  void *block = ::operator new (aligned, alignment);
  is_good &= is_aligned (block, 64);
  ::operator delete (block, alignment);
  block = ::operator new (aligned, alignment);
  ::operator delete (block, aligned, alignment);
  block = ::operator new[] (aligned, alignment);
  is_good &= is_aligned (block, 64);
  ::operator delete[] (block, alignment);
  block = ::operator new[] (aligned, alignment);
  ::operator delete[] (block, aligned, alignment);
  block = ::operator new (aligned, alignment, std::nothrow);
  ::operator delete (block, alignment, std::nothrow);
  block = ::operator new[] (aligned, alignment, std::nothrow);
  ::operator delete[] (block, alignment, std::nothrow);
  ::operator delete (nullptr);
  kept = ::operator new (0);
  is_good &= kept != nullptr;
  ::operator delete (kept);
  return is_good;
}

static bool
run_failures ()
{
  volatile std::size_t much = SIZE_MAX / 4;
  std::set_new_handler (handle);
  try {
    kept = ::operator new (much);
    return false;
  } catch (const std::bad_alloc &) {
  }
  std::set_new_handler (handle);
  bool is_null = ::operator new (much, std::nothrow) == nullptr;
  try {
    kept = ::operator new (much, std::align_val_t{ 64 });
    return false;
  } catch (const std::bad_alloc &) {
  }
  return is_null && n_handled == 2;
}

extern "C" int
run ()
{
  return run_forms () && run_failures () ? 0 : 1;
}

/* An argument: without failures, which not every allocator lives through. */
int
main (int argc, char **)
{
  return argc > 1 ? !run_forms () : run ();
}
