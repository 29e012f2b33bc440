#pragma once
/// Runs a function on a stack of its own, large enough for libjq's recursion over the deepest value
/// that fits its memory quota: the stacks of the server's threads are not.

namespace kyhan {

/// One stack per calling thread, kept for the thread's life; address space, not memory, until used.
/// The function must not throw. Throws std::bad_alloc when the address space is used up.
void run_on_big_stack(void (*function)(void*), void* argument);

/// Gives back the memory this thread's big stack has touched.
void shrink_big_stack();

}  // namespace kyhan
