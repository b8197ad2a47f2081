// A journal may be torn, damaged or edited: what is read of it can be summed up, whatever it says.
#include "omsctl/run/store/journal.hpp"

#include "omsctl/run/store/history.hpp"

#include "fuzz.hpp"

using namespace omsctl;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = fuzz::text_of(data, size);
  fuzz::succeeds(base::Code::storage, [&] {
    const auto records = run::records_in(text, "journal.jsonl");
    (void)run::history_of(records);
    // A crash tears the line that is being written; when the run goes on, that line is cut off.
    const std::string whole(run::whole_lines(text));
    const std::string torn = whole + R"({"event":"step_done","st)";
    fuzz::require(run::records_in(torn, "").size() == records.size(), "a torn line is ignored");
    fuzz::require(run::whole_lines(torn) == whole, "and cut off when the run goes on");
  });
  return 0;
}
