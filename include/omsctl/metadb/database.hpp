/// A connection to the MetaDB, and the only place where a value becomes part of an SQL statement.
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
#include "omsctl/base/secret.hpp"

namespace omsctl::metadb {

/// Where the MetaDB is and who we are there.
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
  std::filesystem::path socket{};  ///< set: reached through this unix socket (forwarded over a host)
  std::string user;
  base::Secret password;
  std::filesystem::path ca_file{};  ///< set: TLS is enforced and the server's certificate verified
  base::Milliseconds timeout{10'000};
};

/// One row: a value is bytes, or NULL.
using Row = std::vector<std::optional<std::string>>;

struct Rows {
  std::vector<std::string> columns;
  std::vector<Row> rows;
  /// Index of `column` (case-insensitive, as MySQL compares column names). Throws Error{database}.
  [[nodiscard]] std::size_t index(std::string_view column) const;
  [[nodiscard]] bool has(std::string_view column) const;
};

/// One session: utf8mb4, UTC, sql_mode='NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES', autocommit on. Not
/// thread-safe. Every failure is Error{database} with the server's number and text and the statement's
/// first words, never with the password; a lost connection has hint "the MetaDB …" and lost() true.
class Database {
 public:
  [[nodiscard]] static Database connect(const Endpoint& endpoint);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  [[nodiscard]] Rows query(const std::string& sql);
  /// Row by row; memory does not grow with the table.
  void stream(const std::string& sql, const std::function<void(const Row&)>& each);
  /// Number of affected rows.
  std::uint64_t execute(const std::string& sql);
  /// The one value of the one row; nullopt for NULL or no row.
  [[nodiscard]] std::optional<std::string> value(const std::string& sql);

  [[nodiscard]] const std::string& server_version() const noexcept;
  [[nodiscard]] bool is_oceanbase() const noexcept;
  /// "198.18.0.5:3306" or "198.18.0.5:3306 through a host".
  [[nodiscard]] const std::string& address() const noexcept;

 private:
  struct State;
  explicit Database(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// `name` in backticks, safe whatever its bytes. Throws Error{internal} on a NUL byte.
[[nodiscard]] std::string quote_name(std::string_view name);
[[nodiscard]] std::string quote_name(std::string_view database, std::string_view table);
/// `text` as an SQL string literal that means exactly these bytes under any sql_mode and utf8mb4.
[[nodiscard]] std::string quote_text(std::string_view text);

/// Rolls back at the end of its scope unless committed. `isolation` e.g. "READ COMMITTED".
class Transaction {
 public:
  Transaction(Database& database, std::string_view isolation);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  Transaction(Transaction&&) = delete;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace omsctl::metadb
