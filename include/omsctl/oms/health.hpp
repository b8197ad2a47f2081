/// Is a node, or the VIP, alive? Asked from a host with curl: the path that matters is host to VIP.
#pragma once

#include <string>

#include "omsctl/remote/script.hpp"

namespace omsctl::oms {

/// Asks `url` `count` times, each on a connection of its own, and prints one HTTP status a line
/// ("000": no answer); stops asking after a first one that was not answered at all.
[[nodiscard]] remote::Call http_statuses(const std::string& url, int count);

/// Holds when all `count` answers have the HTTP status `expected`.
[[nodiscard]] remote::Call http_answers(const std::string& url,
                                        int count,
                                        const std::string& expected);

/// Prints what `url` answers, cut where it is far too long for an answer of OMS.
[[nodiscard]] remote::Call http_body(const std::string& url);

/// Holds when `url` (…/oms/health) answers JSON with healthy true (oms §4.2).
[[nodiscard]] remote::Call healthy(const std::string& url);

/// Where a time-series database at `tsdb_url` ("host:port", or with a scheme) says that it lives:
/// InfluxDB answers /ping with 204 and asks for no password.
[[nodiscard]] std::string tsdb_ping_url(const std::string& tsdb_url);

/// Holds when a TCP connection to host:port can be opened; else says that there is none to `what`.
[[nodiscard]] remote::Call reaches(const std::string& what, const std::string& host, int port);

}  // namespace omsctl::oms
