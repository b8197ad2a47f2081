// The scripts that run on hosts, as they go over, in the shells that /bin/sh may be there.
#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "omsctl/base/files.hpp"
#include "omsctl/base/text.hpp"
#include "omsctl/remote/process.hpp"
#include "omsctl/remote/script.hpp"
#include "omsctl/remote/shell.hpp"

namespace omsctl::remote {
namespace {

class Scripts : public testing::TestWithParam<Argv> {};

/// tests/scripts/cases has one or more for each.
TEST_P(Scripts, DoWhatTheirCasesSay) {
  const base::TempDir place;
  for (const Script& script : scripts())
    base::write_file(place.path() / (std::string(script.name) + ".sh"),
                     bare_functions({std::string(script.name)}));
  Argv argv{OMSCTL_SOURCE_DIR "/tests/scripts/run", place.path().string()};
  argv.insert(argv.end(), GetParam().begin(), GetParam().end());
  const Result result = run_process({.argv = argv, .deadline = base::Milliseconds{110'000}});
  EXPECT_TRUE(result.ok()) << result.out << result.err << describe(result);
}

std::string name_of(const testing::TestParamInfo<Argv>& shell) {
  return shell.param.front();
}

INSTANTIATE_TEST_SUITE_P(Shells,
                         Scripts,
                         testing::Values(Argv{"dash"}, Argv{"bash"}, Argv{"busybox", "sh"}),
                         name_of);

TEST(Script, IsAFunctionOfItsNameWithAShellOfItsOwn) {
  for (const Script& script : scripts()) {
    EXPECT_TRUE(script.text.starts_with("# shellcheck shell=sh\n#")) << script.name;
    const std::string name(script.name);
    // These two are the shell that the others run in.
    const bool outermost = name == "hand_over" || name == "after_others";
    const std::string head = "\n" + name + (outermost ? "() {\n" : "() (\n");
    EXPECT_EQ(script.text.find(head) != std::string_view::npos, script.place == Script::Place::host)
        << script.name;
  }
}

TEST(Script, IsNotThereUnderAnotherName) {
  EXPECT_TRUE(is_script("stop_programs"));
  EXPECT_FALSE(is_script("stop"));
  EXPECT_FALSE(is_script("run_job"));  // what a container runs is no call
  EXPECT_ANY_THROW((void)text_of({{"stop"}}));
}

/// The sources and the scripts, in one text.
std::string all_sources() {
  std::string text;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(OMSCTL_SOURCE_DIR "/src"))
    if (entry.path().extension() == ".cpp")
      text += base::read_file(entry.path());
  for (const Script& script : scripts())
    for (const std::string& line : base::lines_of(script.text))
      if (line.starts_with("# uses: "))
        text += line + " ";
  return text;
}

TEST(Script, IsCalledOrUsed) {
  const std::string sources = all_sources();
  for (const Script& script : scripts())
    EXPECT_TRUE(sources.find(fmt::format("{{\"{}\"", script.name)) != std::string::npos ||
                sources.find(fmt::format(" {} ", script.name)) != std::string::npos)
        << script.name;
}

TEST(TextOf, HoldsWhatTheCallsNeedOnceAndNoComments) {
  const std::string text = text_of({{"has_digest", {"/it's", "x"}}, {"digest_of", {"-"}}});
  EXPECT_EQ(text.find('#'), std::string::npos) << text;
  EXPECT_EQ(text.find("digest_of() ("), text.rfind("digest_of() (")) << text;
  EXPECT_NE(text.find("prints() ("), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("\nhas_digest '/it'\\''s' x &&\ndigest_of -\n")) << text;
}

TEST(TextOf, StopsAtTheFirstCallThatFails) {
  const auto run = [](const Calls& calls) {
    return run_process({.argv = {"/bin/sh", "-c", text_of(calls)}});
  };
  const Result result =
      run({{"missing_commands", {"-a"}}, {"read_copy", {"/none"}}, {"missing_commands", {"-b"}}});
  EXPECT_EQ(result.out, "-a\n");
  EXPECT_EQ(result.exit_code, 3);
}

TEST(FunctionsText, CanBeLoadedIntoAShellAndKeepsWhatAPersonReads) {
  const std::string text = functions_text({"start_job"});
  EXPECT_NE(text.find("# start_job CONTAINER"), std::string::npos);
  EXPECT_EQ(text.find("# uses:"), std::string::npos);
  EXPECT_NE(text.find("run_job='"), std::string::npos);
}

}  // namespace
}  // namespace omsctl::remote
