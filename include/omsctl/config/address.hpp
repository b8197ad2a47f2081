/// Addresses as config.yaml and the MetaDB write them: IPs, host names, ports and cm_url.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace omsctl::config {

/// A TCP port, 1 to 65535.
struct Port {
  std::uint16_t number = 0;
  [[nodiscard]] bool operator==(const Port&) const = default;
};

/// `text` in the one form that equal addresses share: IPv6 shortened, IPv4-mapped IPv6 as IPv4,
/// names in lower case without the final dot. Nothing when it is neither an IP address nor a host
/// name (RFC 1123, `_` allowed); `127.1`, `010.0.0.1` and `0x7f000001` are neither, since programs
/// disagree on what they mean.
[[nodiscard]] std::optional<std::string> canonical_host(std::string_view text);

/// The same address, however written. False when either is no address.
[[nodiscard]] bool same_host(std::string_view left, std::string_view right);

/// Whether `host` is this machine wherever it is read: 127.0.0.0/8, ::1, 0.0.0.0, ::, localhost.
[[nodiscard]] bool is_loopback(std::string_view host);

/// cm_url in its parts; `text` is what the file says. "http://" is implied when no scheme is given
/// (oms §6).
struct CmUrl {
  std::string text;
  std::string scheme = "http";  ///< http or https
  std::string host;             ///< without the brackets of IPv6
  Port port{8088};
  bool has_port = true;  ///< false: `text` names none and `port` is the default
  /// Same scheme, host and port.
  [[nodiscard]] bool same_place(const CmUrl& other) const;
};

/// Reads `text`, from a file or from cluster_info. Throws Error{config} with the rule it breaks:
/// http or https, a host, a port from 1, no user, path, query or fragment.
[[nodiscard]] CmUrl parse_cm_url(const std::string& text);

}  // namespace omsctl::config
