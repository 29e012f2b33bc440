#include "workflow/expressions/big_stack.hpp"

#include <cstddef>
#include <cstdint>
#include <new>
#include <sys/mman.h>
#include <ucontext.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace kyhan {
namespace {

constexpr std::size_t stack_bytes = std::size_t{512} * 1024 * 1024;
constexpr std::size_t guard_bytes = 64 * 1024;

class Stack {
 public:
  Stack() {
    base_ = ::mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (base_ == MAP_FAILED) throw std::bad_alloc();
    ::mprotect(base_, guard_bytes, PROT_NONE);
  }
  ~Stack() { ::munmap(base_, stack_bytes); }
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  [[nodiscard]] void* base() const { return static_cast<char*>(base_) + guard_bytes; }
  [[nodiscard]] std::size_t size() const { return stack_bytes - guard_bytes; }

 private:
  void* base_;
};

Stack& stack() {
  thread_local Stack one;
  return one;
}

struct Call {
  void (*function)(void*);
  void* argument;
  ucontext_t caller;
  ucontext_t callee;
#if defined(__SANITIZE_ADDRESS__)
  void* fake_stack = nullptr;
  const void* caller_base = nullptr;
  std::size_t caller_size = 0;
#endif
};

// makecontext passes ints only, so the call stands here; nested calls are not made.
thread_local Call* current = nullptr;

void trampoline() {
  Call* call = current;
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(nullptr, &call->caller_base, &call->caller_size);
#endif
  call->function(call->argument);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(nullptr, call->caller_base, call->caller_size);
#endif
}

}  // namespace

void run_on_big_stack(void (*function)(void*), void* argument) {
  Stack& own = stack();
  Call call{};
  call.function = function;
  call.argument = argument;
  ::getcontext(&call.callee);
  call.callee.uc_stack.ss_sp = own.base();
  call.callee.uc_stack.ss_size = own.size();
  call.callee.uc_link = &call.caller;
  ::makecontext(&call.callee, trampoline, 0);
  current = &call;
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(&call.fake_stack, own.base(), own.size());
#endif
  ::swapcontext(&call.caller, &call.callee);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(call.fake_stack, nullptr, nullptr);
#endif
  current = nullptr;
}

void shrink_big_stack() {
  ::madvise(stack().base(), stack().size(), MADV_DONTNEED);
}

}  // namespace kyhan
