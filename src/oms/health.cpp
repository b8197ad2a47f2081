#include "omsctl/oms/health.hpp"

#include <fmt/format.h>

#include "omsctl/remote/shell.hpp"

namespace omsctl::oms {

using remote::command_line;

namespace {

/// curl without what a host's ~/.curlrc and proxy variables would make of it: the way that matters
/// is the straight one.
remote::Argv curl(const remote::Argv& words) {
  remote::Argv argv{"curl", "-q", "--noproxy", "*", "--globoff"};
  argv.insert(argv.end(), words.begin(), words.end());
  return argv;
}

constexpr int longest_body = 65536;  // bytes; an answer of /oms/health has some hundred

}  // namespace

std::string http_statuses_script(const std::string& url, int count) {
  const remote::Argv one = curl({"-sk",
                                 "-o",
                                 "/dev/null",
                                 "-H",
                                 "Connection: close",
                                 "--connect-timeout",
                                 "3",
                                 "--max-time",
                                 "4",
                                 "-w",
                                 "%{http_code}\\n",
                                 url});
  if (count <= 1)
    return command_line(one) + " || true\n";
  // One process and one connection for each request: 20 processes would take seconds on a busy
  // host.
  remote::Argv many = one;
  many.pop_back();
  for (int i = 0; i < count; ++i) {
    if (i > 0)
      many.insert(many.end(), {"-o", "/dev/null"});
    many.push_back(url);
  }
  // One that refuses now and then is asked three times; one that swallows packets (28: timed out),
  // once.
  return fmt::format(
      "n=0\nwhile first=$({}); status=$?; [ \"$first\" = 000 ]; do\n"
      "  n=$((n + 1)); if [ $status -eq 28 ] || [ $n -ge 3 ]; then echo 000; exit 0; fi\ndone\n"
      "{} || true\n",
      command_line(one),
      command_line(many));
}

std::string tsdb_ping_url(const std::string& tsdb_url) {
  const bool has_scheme = tsdb_url.starts_with("http://") || tsdb_url.starts_with("https://");
  std::string url = (has_scheme ? "" : "http://") + tsdb_url;
  while (url.ends_with('/'))
    url.pop_back();
  return url + "/ping";
}

std::string tcp_script(const std::string& host, int port) {
  // curl tells how long the connection took; 0 means that there was none. What the server says does
  // not matter.
  const std::string address = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return fmt::format(
      "t=$({})\ncase $t in 0|0.000000|0.000|'') echo 'no connection'; exit 1;; esac\n",
      command_line(curl({"-s",
                         "-o",
                         "/dev/null",
                         "--connect-timeout",
                         "4",
                         "--max-time",
                         "5",
                         "-w",
                         "%{time_connect}",
                         fmt::format("http://{}:{}/", address, port)})));
}

std::string http_answers_script(const std::string& url, int count, const std::string& expected) {
  return fmt::format(
      "all=$(\n{0})\ngood=$(printf '%s\\n' \"$all\" | grep -c -x -F {1})\n"
      "[ \"$good\" -eq {2} ] || {{ echo \"$good of {2} requests to\" {3} \"answered\" {1}\", "
      "others:\" "
      "$(printf '%s\\n' \"$all\" | grep -v -x -F {1} | sed 's/^000$/no answer/' | sort | uniq -c | "
      "tr "
      "-s ' '); exit 1; }}\n",
      http_statuses_script(url, count),
      remote::quote(expected),
      count,
      remote::quote(url));
}

std::string body_script(const std::string& url) {
  return fmt::format(
      "{} | head -c {}", command_line(curl({"-sk", "--max-time", "4", url})), longest_body);
}

std::string healthy_script(const std::string& url) {
  return fmt::format(
      "body=$({} | tr -d ' \\t\\r\\n')\ncase $body in *'\"healthy\":true'*) exit 0;; esac\n"
      "echo \"not healthy: $(printf %s \"$body\" | head -c 300)\"; exit 1\n",
      body_script(url));
}

}  // namespace omsctl::oms
