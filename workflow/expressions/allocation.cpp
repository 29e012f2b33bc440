#include "workflow/expressions/allocation.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <malloc.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

namespace kyhan::containment {
namespace {

thread_local Cell* current = nullptr;

// Charged per block on top of its size. Values nested in each other cost one block a level and are
// freed by recursion, so this also bounds the C stack that freeing or printing them needs.
constexpr std::ptrdiff_t per_block = 96;

// What is jumped out of is lost for good; the leak checker is told so.
void ignore_leaks(bool ignore) {
#if defined(__SANITIZE_ADDRESS__)
  ignore ? __lsan_disable() : __lsan_enable();
#else
  static_cast<void>(ignore);
#endif
}

[[noreturn]] void jump(Escape reason) {
  Cell* cell = current;
  enter(nullptr);
  cell->reason = reason;
  std::longjmp(cell->escape, 1);
}

void reserve(std::size_t bytes) {
  if (current == nullptr) return;
  const auto room = current->hard_limit - current->used;
  if (room < 0 || bytes > static_cast<std::size_t>(room)) jump(Escape::memory);
}

void charge(void* block) {
  if (current == nullptr || block == nullptr) return;
  current->used += static_cast<std::ptrdiff_t>(malloc_usable_size(block)) + per_block;
  if (current->used > current->limit && !current->limit_passed) {
    current->limit_passed = true;
    if (current->on_limit != nullptr) current->on_limit(current->context);
  }
}

void credit(void* block) {
  if (current == nullptr || block == nullptr) return;
  current->used -= static_cast<std::ptrdiff_t>(malloc_usable_size(block)) + per_block;
}

void* require(void* block) {
  if (block != nullptr) return block;
  if (current != nullptr) jump(Escape::memory);
  std::fputs("out of memory\n", stderr);
  std::abort();
}

}  // namespace

void enter(Cell* cell) {
  if ((cell != nullptr) != (current != nullptr)) ignore_leaks(cell != nullptr);
  current = cell;
}

}  // namespace kyhan::containment

namespace containment = kyhan::containment;

// libjq's allocator (jv_alloc.h of jq 1.6), replaced.
extern "C" {

void* jv_mem_alloc_unguarded(std::size_t size) {
  containment::reserve(size);
  void* block = std::malloc(size == 0 ? 1 : size);
  containment::charge(block);
  return block;
}

void* jv_mem_alloc(std::size_t size) {
  return containment::require(jv_mem_alloc_unguarded(size));
}

void* jv_mem_calloc_unguarded(std::size_t count, std::size_t size) {
  if (size != 0 && count > std::numeric_limits<std::size_t>::max() / size) return nullptr;
  containment::reserve(count * size);
  void* block = std::calloc(count == 0 ? 1 : count, size == 0 ? 1 : size);
  containment::charge(block);
  return block;
}

void* jv_mem_calloc(std::size_t count, std::size_t size) {
  return containment::require(jv_mem_calloc_unguarded(count, size));
}

char* jv_mem_strdup_unguarded(const char* text) {
  const std::size_t size = std::strlen(text) + 1;
  auto* copy = static_cast<char*>(jv_mem_alloc_unguarded(size));
  if (copy != nullptr) std::memcpy(copy, text, size);
  return copy;
}

char* jv_mem_strdup(const char* text) {
  return static_cast<char*>(containment::require(jv_mem_strdup_unguarded(text)));
}

void jv_mem_free(void* block) {
  containment::credit(block);
  std::free(block);
}

void* jv_mem_realloc(void* block, std::size_t size) {
  const std::size_t before = block == nullptr ? 0 : malloc_usable_size(block);
  if (size > before) containment::reserve(size - before);
  containment::credit(block);
  void* moved = containment::require(std::realloc(block, size == 0 ? 1 : size));
  containment::charge(moved);
  return moved;
}

// glibc's assertion handler: libjq as Debian builds it keeps its assertions, and some can be
// reached by an expression (`[1] | .[nan:]`, `1e300 | todate`).
void __assert_fail(const char* assertion, const char* file, unsigned line,
                                const char* function) noexcept {
  if (containment::current != nullptr) containment::jump(containment::Escape::assertion);
  std::fprintf(stderr, "%s:%u: %s: Assertion `%s' failed.\n", file, line, function, assertion);
  std::abort();
}

}  // extern "C"
