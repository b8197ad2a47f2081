#include "omsctl/config/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include <boost/url.hpp>
#include <fmt/format.h>

#include "omsctl/base/error.hpp"
#include "omsctl/base/text.hpp"

namespace omsctl::config {
namespace {

constexpr std::string_view digits = "0123456789";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

std::optional<in_addr> ipv4(const std::string& text) {
  in_addr address{};
  if (::inet_pton(AF_INET, text.c_str(), &address) != 1)
    return std::nullopt;
  return address;
}

std::optional<in6_addr> ipv6(const std::string& text) {
  in6_addr address{};
  if (::inet_pton(AF_INET6, text.c_str(), &address) != 1)
    return std::nullopt;
  return address;
}

template <typename Address>
std::string shown(int family, const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  ::inet_ntop(family, &address, buffer.data(), buffer.size());
  return buffer.data();
}

bool is_label(std::string_view label) {
  const auto allowed = [](char c) {
    const char l = lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), allowed);
}

/// A last label that resolvers read as a number makes the whole an IP address in disguise.
bool is_number(std::string_view label) {
  if (label.starts_with("0x") || label.starts_with("0X"))
    return label.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos;
  return label.find_first_not_of(digits) == std::string_view::npos;
}

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > 253)
    return false;
  const std::vector<std::string> labels = base::split(text, '.');
  return std::all_of(labels.begin(), labels.end(), is_label) && !is_number(labels.back());
}

[[noreturn]] void refuse(const std::string& rule) {
  throw base::Error(base::Code::config,
                    "cm_url " + rule,
                    "write it as http://HOST:8088, with the VIP, load balancer or domain as HOST");
}

void check_parts(const boost::urls::url_view& url) {
  if (url.has_userinfo())
    refuse("must not hold a user or password");
  if (!url.encoded_path().empty() && url.encoded_path() != "/")
    refuse("must end after the port");
  if (url.has_query() || url.has_fragment())
    refuse("must not hold a query or fragment");
  if (!canonical_host(std::string(url.encoded_host_address())))
    refuse("needs an IP address or host name");
}

Port port_of(const boost::urls::url_view& url) {
  const std::string text(url.port());
  if (text.empty() || text.size() > 5 || std::stoul(text) == 0 || std::stoul(text) > 65535)
    refuse("needs a port from 1 to 65535 after the last colon");
  return Port{static_cast<std::uint16_t>(std::stoul(text))};
}

}  // namespace

std::optional<std::string> canonical_host(std::string_view text) {
  const std::string host(text);
  if (host.find('\0') != std::string::npos)
    return std::nullopt;
  if (const auto address = ipv4(host))
    return shown(AF_INET, *address);
  if (const auto address = ipv6(host)) {
    if (!IN6_IS_ADDR_V4MAPPED(&*address))
      return shown(AF_INET6, *address);
    in_addr mapped{};
    std::memcpy(&mapped, &address->s6_addr[12], sizeof mapped);
    return shown(AF_INET, mapped);
  }
  if (text.ends_with('.'))
    text.remove_suffix(1);
  return is_name(text) ? std::optional(lower_case(text)) : std::nullopt;
}

bool same_host(std::string_view left, std::string_view right) {
  const auto canonical = canonical_host(left);
  return canonical && canonical == canonical_host(right);
}

bool is_loopback(std::string_view host) {
  const auto canonical = canonical_host(host);
  if (!canonical)
    return false;
  return *canonical == "::1" || *canonical == "::" || *canonical == "0.0.0.0" ||
         *canonical == "localhost" || canonical->ends_with(".localhost") ||
         canonical->starts_with("localhost.") ||
         (canonical->starts_with("127.") && ipv4(*canonical).has_value());
}

bool CmUrl::same_place(const CmUrl& other) const {
  return scheme == other.scheme && same_host(host, other.host) && port == other.port;
}

CmUrl parse_cm_url(const std::string& text) {
  const std::string whole = text.find("://") == std::string::npos ? "http://" + text : text;
  const auto url = boost::urls::parse_uri(whole);
  if (!url)
    refuse("is not a URL");
  CmUrl result;
  result.text = text;
  result.scheme = lower_case(std::string(url->scheme()));
  if (result.scheme != "http" && result.scheme != "https")
    refuse("must begin with http:// or https://");
  check_parts(*url);
  result.host = std::string(url->encoded_host_address());
  result.has_port = url->has_port();
  if (result.has_port)
    result.port = port_of(*url);
  return result;
}

}  // namespace omsctl::config
