#pragma once
/// The hash chain of a journal: who changes one row must change every later one.

#include <memory>

#include "workflow/store/rows.hpp"

struct evp_md_ctx_st;
struct evp_md_st;

namespace kyhan {

/// Where an instance's chain begins: SHA-256 of its id.
[[nodiscard]] inline Sha256 chain_start(const InstanceId& id) {
  return sha256_of(id.text());
}

/// Computes a row's hash: SHA-256 of the previous hash (32 bytes), then "<seq> <at> <length of
/// type> <length of actor> <length of body>\n", then type, actor and body, without separators.
/// Times are milliseconds, lengths bytes. Keeps one OpenSSL context: one thread.
class ChainHasher {
 public:
  ChainHasher();
  [[nodiscard]] Sha256 next(const Sha256& previous, const JournalEntry& entry);

 private:
  struct FreeContext {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  struct FreeDigest {
    void operator()(evp_md_st* digest) const noexcept;
  };
  std::unique_ptr<evp_md_st, FreeDigest> digest_;
  std::unique_ptr<evp_md_ctx_st, FreeContext> context_;
};

}  // namespace kyhan
