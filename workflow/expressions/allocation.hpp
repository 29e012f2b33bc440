#pragma once
/// Containment of libjq on one thread: what it allocates is counted, and when it asks for too much
/// or fails an assertion the thread jumps out of it instead of dying.
///
/// libjq has no way to fail an allocation: it aborts the process. Its allocator and glibc's
/// assertion handler are therefore replaced by those in allocation.cpp, which the executable
/// exports to the shared library (ENABLE_EXPORTS in CMake).

#include <csetjmp>
#include <cstddef>

namespace kyhan::containment {

enum class Escape { none, memory, assertion };

/// Filled by the frame that enters libjq; that frame must outlive the stay. Jumping out runs no
/// destructors, so no frame in between may own anything.
struct Cell {
  std::jmp_buf escape;
  Escape reason = Escape::none;
  std::ptrdiff_t used = 0;        ///< Bytes charged since entering; frees are credited.
  std::ptrdiff_t limit = 0;       ///< Beyond it `on_limit` is called, once.
  std::ptrdiff_t hard_limit = 0;  ///< Beyond it the thread jumps to `escape`.
  bool limit_passed = false;
  void (*on_limit)(void*) = nullptr;
  void* context = nullptr;
};

/// Makes `cell` this thread's containment; null ends it.
void enter(Cell* cell);

}  // namespace kyhan::containment
