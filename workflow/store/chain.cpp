#include "workflow/store/chain.hpp"

#include <charconv>
#include <openssl/evp.h>
#include <stdexcept>

namespace kyhan {
namespace {

/// Writes `number` and `end` behind it.
char* put(char* at, char* limit, std::int64_t number, char end) {
  at = std::to_chars(at, limit, number).ptr;
  *at = end;
  return at + 1;
}

}  // namespace

void ChainHasher::FreeContext::operator()(evp_md_ctx_st* context) const noexcept {
  EVP_MD_CTX_free(context);
}
void ChainHasher::FreeDigest::operator()(evp_md_st* digest) const noexcept {
  EVP_MD_free(digest);
}

ChainHasher::ChainHasher()
    : digest_(EVP_MD_fetch(nullptr, "SHA256", nullptr)), context_(EVP_MD_CTX_new()) {
  if (!digest_ || !context_) throw std::runtime_error("SHA-256 is not available");
}

Sha256 ChainHasher::next(const Sha256& previous, const JournalEntry& entry) {
  char head[5 * 21];
  char* end = head;
  char* const limit = head + sizeof head;
  end = put(end, limit, entry.seq, ' ');
  end = put(end, limit, entry.at.time_since_epoch().count(), ' ');
  end = put(end, limit, static_cast<std::int64_t>(entry.type.size()), ' ');
  end = put(end, limit, static_cast<std::int64_t>(entry.actor.size()), ' ');
  end = put(end, limit, static_cast<std::int64_t>(entry.body_json.size()), '\n');

  Sha256 hash{};
  EVP_MD_CTX* context = context_.get();
  const bool done =
      EVP_DigestInit_ex2(context, digest_.get(), nullptr) == 1 &&
      EVP_DigestUpdate(context, previous.data(), previous.size()) == 1 &&
      EVP_DigestUpdate(context, head, static_cast<std::size_t>(end - head)) == 1 &&
      EVP_DigestUpdate(context, entry.type.data(), entry.type.size()) == 1 &&
      EVP_DigestUpdate(context, entry.actor.data(), entry.actor.size()) == 1 &&
      EVP_DigestUpdate(context, entry.body_json.data(), entry.body_json.size()) == 1 &&
      EVP_DigestFinal_ex(context, hash.data(), nullptr) == 1;
  if (!done) throw std::runtime_error("SHA-256 failed");
  return hash;
}

}  // namespace kyhan
