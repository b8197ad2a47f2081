/// A random deployment of two regions: the four tables in a layout that nobody has seen, and tables
/// elsewhere that hang on them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "omsctl/metadb/database.hpp"
#include "omsctl/metadb/rows.hpp"

#include "metadb/typed_columns.hpp"

namespace omsctl::metadb {

class RandomSchema {
 public:
  explicit RandomSchema(unsigned int seed) : values_(seed) { design(); }

  /// CREATE TABLE, INSERT and CREATE TRIGGER statements for schema "lab".
  [[nodiscard]] const std::vector<std::string>& statements() const noexcept { return statements_; }
  /// All rows of all tables as the server gives them raw, sorted; not by the code under test.
  [[nodiscard]] std::map<std::string, std::vector<Row>> content(Database& database) const;

 private:
  struct RandomTable {
    std::string name;
    std::vector<std::string> definitions;  ///< columns in no order
    std::vector<std::string> keys;         ///< come last
    std::vector<std::string> columns;      ///< names, in the order of values
    std::map<std::string, TypedColumn> extra;
    bool has_key = false;
  };

  void design();
  RandomTable table(const std::string& name,
                    const std::vector<std::string>& columns,
                    const std::vector<std::string>& keys,
                    bool has_key);
  void add_extras(RandomTable& table);
  void add_generated(RandomTable& table);
  void create(RandomTable table, const std::vector<std::vector<std::string>>& rows);
  void add_triggers(const RandomTable& table);
  bool perhaps(std::size_t one_in = 2) { return values_.below(one_in) == 0; }

  Values values_;
  std::vector<std::string> statements_;
  std::map<std::string, std::vector<std::string>> reads_;  ///< table → expressions
};

}  // namespace omsctl::metadb
