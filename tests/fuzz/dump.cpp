// A safety copy's file may be damaged or swapped: it is read, or refused by name. What begins as
// zstd does is read as a packed file.
#include "omsctl/metadb/copy/sections.hpp"
#include "omsctl/metadb/schema/scan.hpp"

#include "../../src/metadb/copy/statements.hpp"
#include "fuzz.hpp"

using namespace omsctl;

namespace {

constexpr std::string_view zstd_mark = "\x28\xB5\x2F\xFD";

void look_into(std::string_view sql) {
  for (const std::string& statement : metadb::statements_of(sql)) {
    fuzz::require(sql.find(statement) != std::string_view::npos, "a statement is in its text");
    const metadb::Moved same = metadb::moved(statement, {});
    const metadb::Moved other = metadb::moved(statement, {{"oms_rm", "scratch"}});
    fuzz::require(other.left_out.size() <= same.left_out.size(), "a known parent is not left out");
    (void)metadb::auto_increment_of(statement);
    (void)metadb::delete_rule_of(statement, "c");
    (void)metadb::trigger_body(statement);
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input = fuzz::text_of(data, size);
  const bool packed = input.starts_with(zstd_mark);
  const auto file = fuzz::write(packed ? "rows.sql.zst" : "rows.sql", input);
  fuzz::succeeds(base::Code::storage, [&] {
    std::uint64_t rows = 0;
    const auto each = [&](const metadb::RowsSection&, std::string_view tuple) {
      ++rows;
      (void)metadb::values_of(tuple);
      (void)metadb::insertable(tuple);
    };
    const metadb::ParsedFile parsed = metadb::parse_file(file, each, look_into);
    for (const metadb::RowsSection& section : parsed.sections)
      rows -= section.digest.count;
    fuzz::require(rows == 0, "every row is in a section");
    const metadb::ParsedFile again = metadb::parse_file(file);
    fuzz::require(again.sha256 == parsed.sha256 && again.sections.size() == parsed.sections.size(),
                  "a file is read as the same again");
  });
  if (!packed)
    look_into(input);
  return 0;
}
