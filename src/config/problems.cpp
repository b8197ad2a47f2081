#include "problems.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "omsctl/base/text.hpp"
#include "omsctl/config/redaction.hpp"

namespace omsctl::config {
namespace {

constexpr std::size_t excerpt_length = 160;
/// Of each severity: nobody reads more, and a file that is something else has one in every line.
constexpr std::size_t most_problems = 500;

/// Characters, not bytes, before `column`, plus one: what editors count.
std::size_t column_for_people(std::string_view line, std::size_t column) {
  const std::string_view before = line.substr(0, column);
  const auto continuation = std::count_if(before.begin(), before.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
  });
  return column + 1 - static_cast<std::size_t>(continuation);
}

std::string excerpt_of(std::string_view line) {
  return base::printable(base::shortened(line, excerpt_length));
}

}  // namespace

Problems::Problems(const std::string& text, Origin origin)
    : lines_(base::lines_of(text)), shown_(base::lines_of(redacted(text))), origin_(origin) {}

void Problems::error(Place place, std::string message, std::string hint) {
  add(true, place, std::move(message), std::move(hint));
}

void Problems::warning(Place place, std::string message, std::string hint) {
  add(false, place, std::move(message), std::move(hint));
}

void Problems::rule(Place place, std::string message, std::string hint) {
  add(origin_ == Origin::target, place, std::move(message), std::move(hint));
}

void Problems::error(std::string message, std::string hint) {
  if (is_full(true))
    return;
  problems_.push_back({.message = std::move(message), .hint = std::move(hint)});
}

void Problems::warning(std::string message, std::string hint) {
  if (is_full(false))
    return;
  problems_.push_back({.is_error = false, .message = std::move(message), .hint = std::move(hint)});
}

bool Problems::is_full(bool is_error) {
  return (is_error ? errors_ : warnings_)++ >= most_problems;
}

void Problems::add(bool is_error, Place place, std::string message, std::string hint) {
  if (is_full(is_error))
    return;
  Problem problem{.is_error = is_error,
                  .line = place.line + 1,
                  .column = place.column + 1,
                  .message = std::move(message),
                  .hint = std::move(hint)};
  if (place.line < lines_.size()) {
    problem.column =
        column_for_people(lines_[place.line], std::min(place.column, lines_[place.line].size()));
    problem.excerpt = excerpt_of(shown_[place.line]);
  }
  problems_.push_back(std::move(problem));
}

std::vector<Problem> Problems::take() {
  const auto order = [](const Problem& problem) { return std::tie(problem.line, problem.column); };
  std::stable_sort(problems_.begin(), problems_.end(), [&](const Problem& a, const Problem& b) {
    return order(a) < order(b);
  });
  const auto same = [](const Problem& a, const Problem& b) {
    return a.line == b.line && a.column == b.column && a.message == b.message;
  };
  problems_.erase(std::unique(problems_.begin(), problems_.end(), same), problems_.end());
  return std::move(problems_);
}

}  // namespace omsctl::config
