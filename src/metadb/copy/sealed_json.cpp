#include "sealed_json.hpp"

#include <fmt/format.h>

#include "omsctl/base/digest.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"
#include "omsctl/base/json.hpp"

namespace omsctl::metadb {
namespace {

constexpr auto seal = "sha256_of_this";

std::string digest_of(nlohmann::json json) {
  json.erase(seal);
  // Replaced, not thrown: a flipped bit may have made it no UTF-8.
  return base::sha256(json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace

void unusable(const std::filesystem::path& path, const std::string& why) {
  throw base::Error(base::Code::storage,
                    fmt::format("{} {}", path.string(), why),
                    "do not rely on this copy; see which others there are: omsctl metadb list");
}

void write_sealed(const std::filesystem::path& path, nlohmann::json json) {
  json[seal] = digest_of(json);
  base::write_file(path, json.dump(2) + "\n");
}

nlohmann::json read_sealed(const std::filesystem::path& path) {
  nlohmann::json json;
  try {
    json = base::parse_whole_json(base::read_file(path));
  } catch (const nlohmann::json::exception&) {
    unusable(path, "is not JSON");
  }
  if (!json.is_object())
    unusable(path, "is not JSON");
  const auto sealed = json.find(seal);
  if (sealed == json.end() || *sealed != digest_of(json))
    unusable(path, "is not as it was written: its content has another digest");
  json.erase(seal);
  return json;
}

}  // namespace omsctl::metadb
