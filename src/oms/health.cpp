#include "omsctl/oms/health.hpp"

#include <fmt/format.h>

#include "omsctl/base/text.hpp"

namespace omsctl::oms {

using remote::Call;

Call http_statuses(const std::string& url, int count) {
  return {"http_statuses", {url, std::to_string(count)}};
}

Call http_answers(const std::string& url, int count, const std::string& expected) {
  return {"http_answers", {url, std::to_string(count), expected}};
}

Call http_body(const std::string& url) {
  return {"http_body", {url}};
}

Call healthy(const std::string& url) {
  return {"healthy", {url}};
}

std::string tsdb_ping_url(const std::string& tsdb_url) {
  const bool has_scheme = tsdb_url.starts_with("http://") || tsdb_url.starts_with("https://");
  std::string url = (has_scheme ? "" : "http://") + tsdb_url;
  while (url.ends_with('/'))
    url.pop_back();
  return url + "/ping";
}

Call reaches(const std::string& what, const std::string& host, int port) {
  return {"reaches",
          {fmt::format("{} {}:{}", what, host, port),
           fmt::format("http://{}:{}/", base::in_url(host), port)}};
}

}  // namespace omsctl::oms
