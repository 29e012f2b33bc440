#pragma once
/// The one write connection with its statements kept at hand. Private to the store.

#include <memory>
#include <unordered_map>

#include "workflow/store/chain.hpp"
#include "workflow/store/sqlite.hpp"

namespace kyhan {

struct StoreWriter {
  explicit StoreWriter(std::unique_ptr<Database> connection) : database(std::move(connection)) {}

  /// The statement of a literal, found by its address: each is asked for at one place only, many
  /// thousand times a second.
  Statement& statement(const char* literal) {
    auto found = statements.find(literal);
    if (found == statements.end()) {
      found = statements.emplace(literal, database->prepare(literal)).first;
    }
    return found->second;
  }

  std::unique_ptr<Database> database;
  std::unordered_map<const char*, Statement> statements;  ///< Go before the connection.
  ChainHasher hasher;
};

}  // namespace kyhan
