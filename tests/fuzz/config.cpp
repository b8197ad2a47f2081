// An operator's or a node's config.yaml: read or refused with a place, never shown with its
// secrets, and edited so that it says what was meant and all the rest of it stays.
#include <algorithm>

#include "omsctl/base/text.hpp"
#include "omsctl/config/editor.hpp"
#include "omsctl/config/redaction.hpp"
#include "omsctl/config/settings.hpp"
#include "omsctl/config/values.hpp"

#include "../../src/config/document.hpp"
#include "fuzz.hpp"

using namespace omsctl;
using Lines = std::vector<std::string>;
using Nodes = std::vector<std::string>;

namespace {

constexpr const char* new_url = "http://192.0.2.200:8088";

std::size_t times(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
    ++count;
  return count;
}

/// A password that stands in the file once, and is no word of ours, is not shown.
void expect_secret(const std::string& text,
                   const config::Settings& settings,
                   const std::vector<config::Problem>& problems) {
  const std::string& password = settings.meta_password.reveal();
  const bool telling = password.size() > 3 && times(text, password) == 1;
  if (!telling || std::string_view("[redacted]").find(password) != std::string_view::npos)
    return;
  fuzz::require(times(config::redacted(text), password) == 0, "a password is redacted");
  for (const config::Problem& problem : problems)
    fuzz::require(times(problem.excerpt, password) == 0, "a password is in no message");
}

void load(const std::string& text, config::Origin origin) {
  const config::LoadedSettings loaded = config::load_settings(text, origin);
  fuzz::require(loaded.settings.has_value() != loaded.has_errors(),
                "there are settings, or errors");
  const std::size_t lines = base::split(text, '\n').size();
  for (const config::Problem& problem : loaded.problems) {
    fuzz::require(problem.line <= lines + 1, "a problem is in the file");
    fuzz::require(problem.line == 0 || problem.column > 0, "columns count from 1");
    const std::string shown = config::describe("f", problem);
    fuzz::require(base::printable_lines(shown) == shown, "a problem can be printed");
  }
  if (!loaded.settings)
    return;
  expect_secret(text, *loaded.settings, loaded.problems);
  const config::Values values = config::values_of(text);
  fuzz::require(values.at("cm_nodes") == config::Value(loaded.settings->cm_nodes),
                "cm_nodes are what the file's values say");
  fuzz::require(values.at("drc_rm_db") == config::Value(loaded.settings->rm_db),
                "so is the database");
}

/// The lines of `text` that belong to neither cm_url nor cm_nodes: from another key to the next.
Lines lines_of_others(const std::string& text) {
  const bool marked = text.starts_with(config::byte_order_mark);
  const std::string body = marked ? text.substr(config::byte_order_mark.size()) : text;
  const config::Document document = config::parse_document(body);
  fuzz::require(document.root.has_value(), "what was edited can be parsed");
  const std::vector<config::YamlNode>& items = document.root->items;
  std::vector<bool> edited(base::split(body, '\n').size() + 1);
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    const bool ours = items[i].text == "cm_url" || items[i].text == "cm_nodes";
    for (std::size_t line = items[i].place.line; line < edited.size(); ++line)
      edited[line] = ours;
  }
  Lines others;
  const Lines lines = base::split(body, '\n');
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (!edited[i])
      others.push_back(lines[i]);
  return others;
}

/// Comments on lines of their own.
Lines comments_of(const std::string& text) {
  Lines comments = base::split(text, '\n');
  std::erase_if(comments,
                [](const std::string& line) { return !base::trim(line).starts_with('#'); });
  return comments;
}

/// Keys in braces, or several on a line, have no lines of their own.
bool has_lines(const std::string& text) {
  const bool marked = text.starts_with(config::byte_order_mark);
  const config::Document document =
      config::parse_document(marked ? text.substr(config::byte_order_mark.size()) : text);
  if (!document.root || document.root->flow)
    return false;
  const auto& items = document.root->items;
  const auto is_flow = [](const config::YamlNode& node) { return node.flow; };
  return std::none_of(items.begin(), items.end(), is_flow);
}

void edit(const std::string& text, const config::Values& before, const config::SettingsEdit& edit) {
  std::string result;
  if (!fuzz::succeeds(base::Code::config, [&] { result = config::edit_settings(text, edit); }))
    return;
  config::Values wanted = before;
  if (edit.cm_url)
    wanted["cm_url"] = *edit.cm_url;
  if (edit.cm_nodes)
    wanted["cm_nodes"] = *edit.cm_nodes;
  fuzz::require(config::values_of(result) == wanted, "an edited file says what was meant");
  fuzz::require(config::edit_settings(result, edit) == result, "and nothing is left to edit");
  fuzz::require(wanted != before || result == text, "an edit without a change changes nothing");
  if (!has_lines(text) || !before.contains("cm_url") || !before.contains("cm_nodes"))
    return;
  fuzz::require(lines_of_others(result) == lines_of_others(text), "other keys keep their lines");
  fuzz::require(comments_of(result) == comments_of(text), "comments stay");
}

void edit_in_many_ways(const std::string& text) {
  config::Values values;
  if (!fuzz::succeeds(base::Code::config, [&] { values = config::values_of(text); }))
    return;
  Nodes nodes;
  if (const auto found = values.find("cm_nodes"); found != values.end())
    if (const auto* list = std::get_if<Nodes>(&found->second))
      nodes = *list;
  edit(text, values, {.cm_url = new_url, .cm_nodes = {}});
  if (nodes.size() > 100)
    return;
  Nodes changed = nodes;
  std::reverse(changed.begin(), changed.end());
  if (!nodes.empty())
    edit(text, values, {.cm_url = {}, .cm_nodes = changed});
  changed.emplace_back("2001:db8::7");
  edit(text, values, {.cm_url = new_url, .cm_nodes = changed});
  changed = nodes;
  changed.emplace_back("192.0.2.99");
  edit(text, values, {.cm_url = {}, .cm_nodes = changed});
  changed.erase(changed.begin());
  if (!changed.empty())
    edit(text, values, {.cm_url = {}, .cm_nodes = changed});
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = fuzz::text_of(data, size);
  load(text, config::Origin::target);
  load(text, config::Origin::deployed);
  fuzz::require(times(config::redacted(text), "\n") == times(text, "\n"), "redaction keeps lines");
  edit_in_many_ways(text);
  return 0;
}
