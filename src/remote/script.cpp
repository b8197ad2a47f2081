#include "omsctl/remote/script.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/remote/shell.hpp"

namespace omsctl::remote {
namespace {

constexpr std::string_view uses_mark = "# uses: ";

const Script* find(std::string_view name) {
  const auto all = scripts();
  const auto found = std::find_if(
      all.begin(), all.end(), [&](const Script& script) { return script.name == name; });
  return found == all.end() ? nullptr : &*found;
}

bool is_comment(std::string_view line) {
  return base::trim(line).starts_with('#');
}

/// What the tools read, and nobody else.
bool is_directive(std::string_view line) {
  return line.starts_with(uses_mark) || base::trim(line).starts_with("# shellcheck ");
}

/// `name` behind those that it uses; each once.
void add_needed(std::string_view name, std::vector<const Script*>& needed) {
  const Script* script = find(name);
  if (script == nullptr)
    throw base::Error(base::Code::internal, fmt::format("there is no script \"{}\"", name));
  if (std::find(needed.begin(), needed.end(), script) != needed.end())
    return;
  for (const std::string& line : base::lines_of(script->text))
    if (line.starts_with(uses_mark))
      for (const std::string& used : base::split(line.substr(uses_mark.size()), ' '))
        add_needed(used, needed);
  needed.push_back(script);
}

template <typename Unwanted>
std::string lines_without(std::string_view text, Unwanted unwanted) {
  std::string kept;
  for (const std::string& line : base::lines_of(text))
    if (!line.empty() && !unwanted(line))
      kept += line + "\n";
  return kept;
}

template <typename Unwanted>
std::string definitions(const std::set<std::string>& names, Unwanted unwanted) {
  std::vector<const Script*> needed;
  for (const std::string& name : names)
    add_needed(name, needed);
  std::string text;
  for (const Script* script : needed) {
    const std::string lines = lines_without(script->text, unwanted);
    text += script->place == Script::Place::host
                ? lines
                : fmt::format("{}={}\n", script->name, quote(lines));
  }
  return text;
}

}  // namespace

bool is_script(std::string_view name) {
  const Script* script = find(name);
  return script != nullptr && script->place == Script::Place::host;
}

Call with(Call call, const std::vector<std::string>& more) {
  call.arguments.insert(call.arguments.end(), more.begin(), more.end());
  return call;
}

std::string call_text(const Calls& calls) {
  std::vector<std::string> lines;
  lines.reserve(calls.size());
  for (const Call& call : calls) {
    Argv words{call.script};
    words.insert(words.end(), call.arguments.begin(), call.arguments.end());
    lines.push_back(command_line(words));
  }
  return base::join(lines, " &&\n");
}

std::string functions_text(const std::set<std::string>& names) {
  return definitions(names, is_directive);
}

std::string bare_functions(const std::set<std::string>& names) {
  return definitions(names, is_comment);
}

std::string text_of(const Calls& calls) {
  std::set<std::string> names;
  for (const Call& call : calls)
    names.insert(call.script);
  return bare_functions(names) + call_text(calls) + "\n";
}

Calls after_others(Calls calls, long seconds) {
  calls.insert(calls.begin(), Call{"after_others", {std::to_string(seconds)}});
  return calls;
}

std::string framed_text(const std::vector<Question>& questions, const std::string& nonce) {
  std::set<std::string> names;
  std::string text;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const auto& [call, seconds] = questions[i];
    names.insert(call.script);
    const Call framed{"framed", {nonce, std::to_string(i), std::to_string(seconds), call.script}};
    text += call_text({with(framed, call.arguments)}) + "\n";
  }
  return bare_functions({"framed"}) + "functions=" + quote(bare_functions(names)) + "\n" + text;
}

}  // namespace omsctl::remote
