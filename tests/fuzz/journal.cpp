// A journal may be torn, damaged or edited: what is read of it can be summed up, whatever it says.
#include "omsctl/run/journal.hpp"

#include "omsctl/run/history.hpp"

#include "fuzz.hpp"

using namespace omsctl;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = fuzz::text_of(data, size);
  fuzz::succeeds(base::Code::storage, [&] {
    const auto records = run::records_in(text, "journal.jsonl");
    const run::History history = run::history_of(records);
    fuzz::require(history.order.size() == history.begun.size(), "a step begins once");
    (void)run::summarise(records);
    // A crash tears the line that is being written; when the run goes on, that line is ended.
    const bool ended = text.empty() || text.back() == '\n';
    const std::string torn = text + (ended ? "" : "\n") + R"({"event":"step_done","st)";
    fuzz::require(run::records_in(torn, "").size() == records.size(), "a torn line is ignored");
    const auto later = run::records_in(torn + "\n{\"event\":\"run_resumed\"}\n", "");
    fuzz::require(text.empty() || later.size() == records.size() + 1,
                  "and so is one that was ended");
  });
  return 0;
}
