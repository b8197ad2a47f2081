/// A connection to the MetaDB.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "omsctl/base/clock.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/secret.hpp"
#include "omsctl/metadb/rows.hpp"

namespace omsctl::metadb {

/// Where the MetaDB is and who we are there.
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
  std::filesystem::path
      socket{};  ///< set: reached through this unix socket (forwarded over a host)
  std::string user;
  base::Secret password;
  /// Set: TLS is enforced and the server's certificate verified, with its name `host`, before
  /// anything is said about the user; through a `socket` too.
  std::filesystem::path ca_file{};
  base::Milliseconds timeout{10'000};  ///< for the connection to be made
  /// For one answer. Long, because a large table is read without a pause only once the server has
  /// begun; a peer that is gone is noticed by TCP keepalive within half a minute whatever is set
  /// here.
  base::Milliseconds answer_timeout{600'000};
};

/// Error{database} with the server's (or client library's) error number.
class DatabaseError final : public base::Error {
 public:
  DatabaseError(unsigned int number, bool lost, const std::string& message, std::string hint);
  [[nodiscard]] unsigned int number() const noexcept { return number_; }
  /// The connection is gone; whether the statement took effect is not known.
  [[nodiscard]] bool lost() const noexcept { return lost_; }

 private:
  unsigned int number_;
  bool lost_;
};

/// One session: utf8mb4, UTC, sql_mode='NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES', autocommit on,
/// foreign keys checked. Not thread-safe. Every failure is a DatabaseError with the server's number
/// and text and the statement's first words, never with the password; a lost connection has hint
/// "the MetaDB …" and lost() true.
class Database {
 public:
  [[nodiscard]] static Database connect(const Endpoint& endpoint);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  [[nodiscard]] Rows query(const std::string& sql);
  /// Row by row; memory does not grow with the table. `each` must not use this session.
  void stream(const std::string& sql, const std::function<void(const Row&)>& each);
  /// Number of affected rows; for an UPDATE the rows that matched, changed or not.
  std::uint64_t execute(const std::string& sql);
  /// The one value of the one row; nullopt for NULL or no row.
  [[nodiscard]] std::optional<std::string> value(const std::string& sql);

  [[nodiscard]] const std::string& server_version() const noexcept;
  [[nodiscard]] bool is_oceanbase() const noexcept;
  /// Whether the server takes names of databases and tables that differ by case for the same
  /// (lower_case_table_names).
  [[nodiscard]] bool folds_names() const noexcept;
  /// "198.18.0.5:3306" or "198.18.0.5:3306 through a host".
  [[nodiscard]] const std::string& address() const noexcept;

 private:
  struct State;
  explicit Database(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace omsctl::metadb
