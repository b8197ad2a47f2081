#include "row_insert.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "failure.hpp"

namespace omsctl::metadb {

bool Inserter::goes_in(const std::string& statement) {
  try {
    database_.execute(statement);
    return true;
  } catch (const DatabaseError& error) {
    if (error.number() != no_parent_row)
      throw;
    return false;
  }
}

void Inserter::flush(const std::string& prefix) {
  if (!batch_.empty() && !goes_in(fmt::format("{} {}", prefix, fmt::join(batch_, ","))))
    for (const std::string& tuple : batch_)
      if (std::string statement = fmt::format("{} {}", prefix, tuple); !goes_in(statement))
        waiting_.push_back(std::move(statement));
  batch_.clear();
  batch_size_ = 0;
}

void Inserter::insert_file(const std::filesystem::path& file, const Table& table) {
  const std::string prefix = table.insert_prefix(table.quoted());
  static_cast<void>(parse_file(file, [&](const RowsSection&, std::string_view tuple) {
    const std::string_view values = insertable(tuple);
    if (prefix.size() + batch_size_ + values.size() >= largest_batch)
      flush(prefix);
    batch_.emplace_back(values);
    batch_size_ += values.size() + 1;
  }));
  flush(prefix);
}

void Inserter::finish() {
  while (!waiting_.empty()) {
    std::vector<std::string> still_waiting;
    for (std::string& statement : waiting_)
      if (!goes_in(statement))
        still_waiting.push_back(std::move(statement));
    if (still_waiting.size() == waiting_.size())
      database_.execute(still_waiting.front());
    waiting_ = std::move(still_waiting);
  }
}

}  // namespace omsctl::metadb
