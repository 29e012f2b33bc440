#pragma once
/// Waiting in a coroutine for something that answers by a callback on another thread.

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <utility>

#include "api/http.hpp"

namespace kyhan {

/// Calls `begin` with a callback; resumes on the coroutine's own executor once that was called, on
/// whatever thread. The callback must be called or destroyed, once.
template <class T>
asio::awaitable<T> when_done(std::function<void(std::function<void(T)>)> begin) {
  auto initiation = [](auto handler, std::function<void(std::function<void(T)>)> work) {
    auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
    auto executor = asio::get_associated_executor(*waiting);
    work([waiting, executor](T value) {
      asio::post(executor, [waiting, value = std::move(value)]() mutable {
        auto resume = std::move(*waiting);
        resume(std::move(value));
      });
    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(T)>(
      initiation, asio::use_awaitable, std::move(begin));
}

}  // namespace kyhan
