#include "omsctl/metadb/database.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include <fmt/format.h>
#include <mysql.h>

#include "omsctl/base/text.hpp"
#include "omsctl/metadb/failure.hpp"
#include "omsctl/metadb/rows.hpp"

#include "peer.hpp"

namespace omsctl::metadb {

DatabaseError::DatabaseError(unsigned int number,
                             bool lost,
                             const std::string& message,
                             std::string hint)
    : Error(base::Code::database, message, std::move(hint)), number_(number), lost_(lost) {}

struct Database::State {
  struct Close {
    void operator()(MYSQL* opened) const noexcept { mysql_close(opened); }
  };
  std::unique_ptr<MYSQL, Close> connection;
  std::string address;
  std::string version;
  bool oceanbase = false;
  bool folds_names = false;

  [[noreturn]] void fail(std::string_view sql) const {
    const std::string said = mysql_error(connection.get());
    // A file that cannot be written has many numbers, and the system's own in the text.
    constexpr unsigned int disk_full = 1114;
    const bool full = said.find("rrcode: 28 ") != std::string::npos;
    const unsigned int number = mysql_errno(connection.get());
    throw DatabaseError(
        number,
        means_lost(number),
        fmt::format("MetaDB {}: {} (error {}) in \"{}\"", address, said, number, first_words(sql)),
        hint_for(full ? disk_full : number, address));
  }

  void send(const std::string& sql) const {
    if (mysql_real_query(connection.get(), sql.data(), sql.size()) != 0)
      fail(sql);
  }
};

namespace {

struct FreeResult {
  void operator()(MYSQL_RES* result) const noexcept { mysql_free_result(result); }
};
using Result = std::unique_ptr<MYSQL_RES, FreeResult>;

std::string address_of(const Endpoint& endpoint) {
  if (endpoint.host.empty())
    return endpoint.socket.string();
  return fmt::format("{}:{}{}",
                     base::in_url(endpoint.host),
                     endpoint.port,
                     endpoint.socket.empty() ? "" : " through a host");
}

unsigned int whole_seconds(base::Milliseconds time) {
  return static_cast<unsigned int>(std::max<std::int64_t>(1, (time.count() + 999) / 1000));
}

void set_options(MYSQL* connection, const Endpoint& endpoint) {
  const unsigned int connect = whole_seconds(endpoint.timeout);
  const unsigned int answer = whole_seconds(endpoint.answer_timeout);
  const unsigned int protocol =
      endpoint.socket.empty() ? MYSQL_PROTOCOL_TCP : MYSQL_PROTOCOL_SOCKET;
  // A server could ask for any file of this machine otherwise.
  const unsigned int no_local_files = 0;
  const std::size_t largest_packet = std::size_t{1} << 30U;
  mysql_options(connection, MYSQL_OPT_CONNECT_TIMEOUT, &connect);
  mysql_options(connection, MYSQL_OPT_READ_TIMEOUT, &answer);
  mysql_options(connection, MYSQL_OPT_WRITE_TIMEOUT, &answer);
  mysql_options(connection, MYSQL_OPT_PROTOCOL, &protocol);
  mysql_options(connection, MYSQL_OPT_LOCAL_INFILE, &no_local_files);
  mysql_options(connection, MYSQL_OPT_MAX_ALLOWED_PACKET, &largest_packet);
  mysql_options(connection, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  if (!endpoint.ca_file.empty()) {
    const my_bool yes = 1;
    mysql_options(connection, MYSQL_OPT_SSL_CA, endpoint.ca_file.c_str());
    mysql_options(connection, MYSQL_OPT_SSL_ENFORCE, &yes);
    if (endpoint.socket.empty())
      mysql_options(connection, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
  }
}

/// A peer that vanished without a word is noticed within 10 + 3 * 5 seconds, however long an answer
/// may take.
void notice_a_dead_peer(MYSQL* connection) {
  const int socket = mysql_get_socket(connection);
  const auto set = [socket](int level, int option, int value) {
    // Fails on a unix socket, where there is no peer to lose.
    static_cast<void>(::setsockopt(socket, level, option, &value, sizeof value));
  };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 10);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 5);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 30'000);
}

std::vector<std::string> column_names(MYSQL_RES* result) {
  std::vector<std::string> names;
  const MYSQL_FIELD* fields = mysql_fetch_fields(result);
  for (unsigned int i = 0; i < mysql_num_fields(result); ++i)
    names.emplace_back(fields[i].name, fields[i].name_length);
  return names;
}

void copy_row(MYSQL_RES* result, MYSQL_ROW values, Row& row) {
  const unsigned long* lengths = mysql_fetch_lengths(result);
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (values[i] == nullptr)
      row[i].reset();
    else if (row[i])
      row[i]->assign(values[i], lengths[i]);
    else
      row[i].emplace(values[i], lengths[i]);
  }
}

bool open_session(MYSQL* connection, const Endpoint& endpoint) {
  const bool local = !endpoint.socket.empty();
  // Matched rows, not changed ones: a conditional UPDATE that sets what is there already has still
  // found its row.
  return mysql_real_connect(connection,
                            local ? nullptr : endpoint.host.c_str(),
                            endpoint.user.c_str(),
                            endpoint.password.reveal().c_str(),
                            nullptr,
                            local ? 0 : endpoint.port,
                            local ? endpoint.socket.c_str() : nullptr,
                            CLIENT_FOUND_ROWS) != nullptr;
}

void prepare_session(Database& database) {
  database.execute("SET NAMES utf8mb4");
  database.execute(
      "SET SESSION time_zone = '+00:00', sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES', "
      "autocommit = 1, foreign_key_checks = 1");
  if (database.is_oceanbase()) {
    // Ten seconds by default, which the dump of a larger table exceeds. In microseconds.
    database.execute("SET SESSION ob_query_timeout = 3600000000, ob_trx_timeout = 86400000000");
    return;
  }
  // What an administrator may have set for all sessions and what would cut or stop a copy.
  database.execute(
      "SET SESSION sql_select_limit = 18446744073709551615, sql_safe_updates = 0, "
      "sql_quote_show_create = 1, "
      "net_write_timeout = 600, net_read_timeout = 600, wait_timeout = 28800, "
      // Whoever holds a table or a row must not hold up an outage. Seconds.
      "lock_wait_timeout = 10, innodb_lock_wait_timeout = 10");
}

}  // namespace

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Database Database::connect(const Endpoint& endpoint) {
  static std::once_flag once;
  std::call_once(once, [] { mysql_library_init(0, nullptr, nullptr); });
  auto state = std::make_unique<State>();
  state->address = address_of(endpoint);
  state->connection.reset(mysql_init(nullptr));
  MYSQL* connection = state->connection.get();
  if (connection == nullptr)
    throw base::Error(base::Code::internal, "no memory for a database connection");
  set_options(connection, endpoint);
  if (!endpoint.ca_file.empty() && !endpoint.socket.empty())
    mysql_options(connection,
                  MARIADB_OPT_TLS_PEER_FP,
                  verified_fingerprint(endpoint, state->address).c_str());
  if (!open_session(connection, endpoint)) {
    const unsigned int number = mysql_errno(connection);
    throw DatabaseError(number,
                        means_lost(number),
                        fmt::format("cannot connect to the MetaDB at {} as {}: {} (error {})",
                                    state->address,
                                    endpoint.user,
                                    mysql_error(connection),
                                    number),
                        connect_hint_for(number, state->address));
  }
  notice_a_dead_peer(connection);
  Database database(std::move(state));
  const Rows about =
      database.query("SELECT VERSION(), @@version_comment, @@lower_case_table_names");
  State& ready = *database.state_;
  ready.version = about.rows.at(0).at(0).value_or("");
  ready.oceanbase =
      (ready.version + about.rows.at(0).at(1).value_or("")).find("OceanBase") != std::string::npos;
  ready.folds_names = about.rows.at(0).at(2) != "0";
  prepare_session(database);
  return database;
}

void Database::stream(const std::string& sql, const std::function<void(const Row&)>& each) {
  state_->send(sql);
  MYSQL* connection = state_->connection.get();
  const Result result(mysql_use_result(connection));
  if (!result) {
    if (mysql_field_count(connection) != 0)
      state_->fail(sql);
    return;
  }
  Row row(mysql_num_fields(result.get()));
  while (MYSQL_ROW values = mysql_fetch_row(result.get())) {
    copy_row(result.get(), values, row);
    each(row);
  }
  if (mysql_errno(connection) != 0)
    state_->fail(sql);
}

Rows Database::query(const std::string& sql) {
  state_->send(sql);
  MYSQL* connection = state_->connection.get();
  const Result result(mysql_store_result(connection));
  if (!result) {
    if (mysql_errno(connection) != 0)
      state_->fail(sql);
    return {};
  }
  Rows answer{column_names(result.get()), {}};
  while (MYSQL_ROW values = mysql_fetch_row(result.get())) {
    answer.rows.emplace_back(answer.columns.size());
    copy_row(result.get(), values, answer.rows.back());
  }
  return answer;
}

std::uint64_t Database::execute(const std::string& sql) {
  state_->send(sql);
  MYSQL* connection = state_->connection.get();
  const Result discarded(mysql_store_result(connection));
  if (mysql_errno(connection) != 0)
    state_->fail(sql);
  return discarded ? 0 : mysql_affected_rows(connection);
}

std::optional<std::string> Database::value(const std::string& sql) {
  const Rows answer = query(sql);
  if (answer.rows.empty() || answer.rows.front().empty())
    return std::nullopt;
  return answer.rows.front().front();
}

const std::string& Database::server_version() const noexcept {
  return state_->version;
}
bool Database::is_oceanbase() const noexcept {
  return state_->oceanbase;
}
bool Database::folds_names() const noexcept {
  return state_->folds_names;
}
const std::string& Database::address() const noexcept {
  return state_->address;
}

}  // namespace omsctl::metadb
