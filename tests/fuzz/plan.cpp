// A saved plan is what it says, or is refused.
#include "omsctl/base/json.hpp"
#include "omsctl/plan/codec.hpp"
#include "omsctl/plan/describe.hpp"

#include "fuzz.hpp"

using namespace omsctl;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = fuzz::text_of(data, size);
  fuzz::succeeds(base::Code::storage, [&] {
    const plan::Plan plan = plan::decode(text);
    const std::string written = plan::encode(plan);
    fuzz::require(plan::decode(written) == plan, "a plan that is written is read as the same");
    fuzz::require(plan::encode(plan::decode(written)) == written, "and written as the same");
    fuzz::require(base::says_the_same(nlohmann::json::parse(text), nlohmann::json::parse(written)),
                  "nothing of the file is lost or changed");
    (void)plan::table(plan);
    (void)plan::details(plan);
    (void)plan::functions(plan);
  });
  return 0;
}
