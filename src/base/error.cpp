#include "omsctl/base/error.hpp"

#include <array>
#include <utility>

namespace omsctl::base {
namespace {

struct Row {
  Code code;
  int exit_code;
  std::string_view name;
};

constexpr std::array<Row, 13> table{{
    {Code::internal, 1, "internal"},
    {Code::usage, 2, "usage"},
    {Code::config, 3, "config"},
    {Code::refused, 4, "refused"},
    {Code::stopped, 5, "stopped"},
    {Code::rollback_incomplete, 6, "rollback_incomplete"},
    {Code::unverified, 7, "unverified"},
    {Code::locked, 8, "locked"},
    {Code::stale, 9, "stale"},
    {Code::interrupted, 130, "interrupted"},
    {Code::database, 4, "database"},
    {Code::remote, 4, "remote"},
    {Code::storage, 4, "storage"},
}};

const Row& row_of(Code code) noexcept {
  for (const Row& row : table)
    if (row.code == code)
      return row;
  return table.front();
}

}  // namespace

int exit_code(Code code) noexcept {
  return row_of(code).exit_code;
}
std::string_view name(Code code) noexcept {
  return row_of(code).name;
}

Error::Error(Code code, const std::string& message, std::string hint)
    : std::runtime_error(message), code_(code), hint_(std::move(hint)) {}

Error& Error::add_context(std::string line) {
  trace_.push_back(std::move(line));
  return *this;
}

}  // namespace omsctl::base
