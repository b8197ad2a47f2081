#include "omsctl/metadb/copy/drill.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "omsctl/base/error.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/metadb/copy/row_stream.hpp"
#include "omsctl/metadb/copy/sections.hpp"
#include "omsctl/metadb/copy/snapshot.hpp"
#include "omsctl/metadb/failure.hpp"
#include "omsctl/metadb/quote.hpp"
#include "omsctl/metadb/row_set.hpp"
#include "omsctl/metadb/rows.hpp"

#include "statements.hpp"

namespace omsctl::metadb {
namespace {

using base::Code;
using base::Error;

/// The databases that a drill makes, gone with it.
class Scratch {
 public:
  Scratch(const Endpoint& endpoint, const Manifest& manifest)
      : endpoint_(endpoint), database_(Database::connect(endpoint)) {
    for (const auto& [file, name] : manifest.databases)
      names_.emplace(name, fmt::format("{}{}", scratch_prefix, names_.size() + 1));
    for (const auto& [name, scratch] : names_)
      require_absent(scratch);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  Scratch(Scratch&&) = delete;
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch() {
    try {
      drop();
    } catch (...) {
      // Told by whoever called drop() before; the next drill refuses to begin, and says what to do.
      made_.clear();
    }
  }

  void make() {
    for (const auto& [name, scratch] : names_) {
      try {
        database_->execute("CREATE DATABASE " + quote_name(scratch));
      } catch (Error& error) {
        error.add_context(
            fmt::format("a drill needs databases of its own: GRANT ALL ON `omsctl\\_drill\\_%`.* "
                        "TO this user"));
        throw;
      }
      made_.push_back(scratch);
    }
  }

  /// On a connection of its own: the drill's may be gone, or in the middle of a transaction that
  /// holds on to the tables.
  void drop() {
    database_.reset();
    if (made_.empty())
      return;
    try {
      Database database = Database::connect(endpoint_);
      database.execute("SET SESSION foreign_key_checks = 0");
      while (!made_.empty()) {
        database.execute("DROP DATABASE IF EXISTS " + quote_name(made_.back()));
        made_.pop_back();
      }
    } catch (Error& error) {
      error.add_context(fmt::format("these databases of the drill are still there, drop them: {}",
                                    fmt::join(made_, ", ")));
      throw;
    }
  }

  [[nodiscard]] Database& database() { return database_.value(); }
  [[nodiscard]] const std::map<std::string, std::string>& names() const noexcept { return names_; }

 private:
  void require_absent(const std::string& scratch) {
    const Rows rows = database_->query(
        "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = " +
        quote_text(scratch));
    if (!rows_named(*database_, rows, "SCHEMA_NAME", scratch).empty())
      throw Error(Code::refused,
                  fmt::format("MetaDB {}: there is a database {} already: another drill runs, or "
                              "one was killed",
                              database_->address(),
                              scratch),
                  fmt::format("when no drill runs: DROP DATABASE {}, then try again", scratch));
  }

  const Endpoint& endpoint_;
  std::optional<Database> database_;
  std::map<std::string, std::string> names_;  ///< dumped → scratch
  std::vector<std::string> made_;
};

/// This user may not make triggers or views of others: that says nothing about the dump.
bool is_about_privileges(unsigned int number) {
  constexpr unsigned int access_denied = 1044;
  constexpr unsigned int table_access_denied = 1142;
  constexpr unsigned int specific_access_denied = 1227;
  constexpr unsigned int binlog_create_routine = 1419;
  return number == access_denied || number == table_access_denied ||
         number == specific_access_denied || number == binlog_create_routine;
}

/// Loads one file of a dump.
class Loading {
 public:
  Loading(Scratch& scratch, const std::string& schema, Drilled& drilled, const Progress& progress)
      : database_(scratch.database()),
        names_(scratch.names()),
        schema_(schema),
        drilled_(drilled),
        progress_(progress) {
    database_.execute("USE " + quote_name(names_.at(schema)));
  }

  void load(const std::filesystem::path& file) {
    static_cast<void>(parse_file(
        file,
        [this](const RowsSection& section, std::string_view tuple) { add(section, tuple); },
        [this](std::string_view sql) {
          flush();
          for (const std::string& statement : statements_of(sql))
            execute(statement);
        }));
  }

 private:
  void add(const RowsSection& section, std::string_view tuple) {
    const std::string prefix = section.table.insert_prefix(quote_name(section.table.name));
    if (prefix != prefix_ || batch_.size() + tuple.size() >= largest_batch)
      flush();
    prefix_ = prefix;
    batch_ += batch_.empty() ? " " : ",";
    batch_ += insertable(tuple);
    rows_ += 1;
  }

  void flush() {
    if (batch_.empty())
      return;
    execute(prefix_ + batch_);
    bytes_ += batch_.size();
    batch_.clear();
    if (progress_)
      progress_(fmt::format("drill of {}", schema_), rows_, bytes_);
  }

  void execute(const std::string& statement) {
    const Moved ours = moved(statement, names_);
    for (const std::string& parent : ours.left_out)
      drilled_.notes.push_back(fmt::format(
          "a foreign key of {} into {}, which is not in the dump, was left out", schema_, parent));
    const std::size_t word = statement.find_first_not_of(" \r\n");
    const std::string_view text =
        std::string_view(statement).substr(std::min(word, statement.size()));
    const bool code = text.starts_with("CREATE") && !text.starts_with("CREATE TABLE");
    try {
      database_.execute(text.starts_with("CREATE TABLE") ? ours.statement : statement);
    } catch (const DatabaseError& error) {
      if (error.lost())
        throw;
      if (code && is_about_privileges(error.number())) {
        drilled_.notes.push_back(fmt::format(
            "not tried in {}, since this user may not: {}", schema_, first_words(text)));
        return;
      }
      throw Error(Code::unverified,
                  fmt::format("the dump of {} does not load: {}", schema_, error.what()),
                  "take a new copy (omsctl metadb backup), and keep this one to look into");
    }
  }

  Database& database_;
  const std::map<std::string, std::string>& names_;
  std::string schema_;
  Drilled& drilled_;
  const Progress& progress_;
  std::string prefix_;
  std::string batch_;
  std::uint64_t rows_ = 0;
  std::uint64_t bytes_ = 0;
};

void compare(Scratch& scratch, const Manifest& manifest, Drilled& drilled) {
  for (const SavedRows& saved : manifest.tables) {
    DrilledTable table{.name = saved.rows.database + "." + saved.rows.table,
                       .rows = saved.digest.count};
    const RowDigest now = digest_rows(scratch.database(),
                                      {scratch.names().at(saved.rows.database), saved.rows.table});
    if (now != saved.digest)
      table.problem =
          fmt::format("{} rows were dumped, {} came back{}",
                      saved.digest.count,
                      now.count,
                      now.count == saved.digest.count ? ", and they are not the same" : "");
    drilled.tables.push_back(std::move(table));
  }
}

Drilled load_and_compare(Scratch& scratch,
                         const Manifest& manifest,
                         const std::filesystem::path& directory,
                         const Progress& progress) {
  Drilled drilled;
  scratch.make();
  for (const auto& [file, schema] : manifest.databases)
    Loading(scratch, schema, drilled, progress).load(directory / file);
  compare(scratch, manifest, drilled);
  return drilled;
}

}  // namespace

Drilled drill(const Endpoint& endpoint,
              const std::filesystem::path& directory,
              const Progress& progress) {
  const Manifest manifest = verify_snapshot(directory);
  if (manifest.databases.empty())
    throw Error(Code::storage,
                fmt::format("{} holds rows of some tables, not a dump", directory.string()),
                "a drill needs a full dump: omsctl metadb list");
  Scratch scratch(endpoint, manifest);
  Drilled drilled;
  try {
    drilled = load_and_compare(scratch, manifest, directory, progress);
  } catch (Error& error) {
    try {
      scratch.drop();
    } catch (const Error& second) {
      for (const std::string& line : second.trace())
        error.add_context(line);
    }
    throw;
  }
  scratch.drop();
  return drilled;
}

}  // namespace omsctl::metadb
