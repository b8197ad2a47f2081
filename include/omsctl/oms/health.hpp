/// Is a node, or the VIP, alive? Asked from a host with curl: the path that matters is host to VIP.
#pragma once

#include <string>

namespace omsctl::oms {

/// A script that asks `url` `count` times, each on a connection of its own, and prints one HTTP
/// status a line ("000": no answer); stops asking after a first one that was not answered at all.
[[nodiscard]] std::string http_statuses_script(const std::string& url, int count);

/// Holds when all `count` answers have the HTTP status `expected`.
[[nodiscard]] std::string http_answers_script(const std::string& url,
                                              int count,
                                              const std::string& expected);

/// Prints what `url` answers, cut where it is far too long for an answer of OMS.
[[nodiscard]] std::string body_script(const std::string& url);

/// Holds when `url` (…/oms/health) answers JSON with healthy true (domain §4.2).
[[nodiscard]] std::string healthy_script(const std::string& url);

/// Where a time-series database at `tsdb_url` ("host:port", or with a scheme) says that it lives:
/// InfluxDB answers /ping with 204 and asks for no password.
[[nodiscard]] std::string tsdb_ping_url(const std::string& tsdb_url);

/// Holds when a TCP connection to host:port can be opened.
[[nodiscard]] std::string tcp_script(const std::string& host, int port);

}  // namespace omsctl::oms
