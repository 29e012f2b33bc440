#pragma once
/// Work for the engine's thread.

#include <functional>

#include "workflow/core/result.hpp"

namespace kyhan {

class Batch;

/// What is to be told once the batch is durable.
using After = std::function<void()>;

/// One command on its way. Exactly one of the two is told in the end: what `run` gave, or `refuse`.
struct Job {
  std::function<Result<After>(Batch&)> run;
  std::function<void(const Error&)> refuse;
};

}  // namespace kyhan
