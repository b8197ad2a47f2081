/// The https certificate that new nodes get, and its key: whether nginx can serve with them.
#pragma once

#include <ctime>
#include <string>
#include <vector>

#include "omsctl/base/secret.hpp"

namespace omsctl::oms {

struct CertificateProblem {
  enum class Kind {
    unreadable,    ///< no certificate, no key, or a key that asks for a password
    mismatch,      ///< the key is another certificate's
    expired,       ///< or not valid yet
    expires_soon,  ///< within certificate_notice; all others are errors
  } kind = Kind::unreadable;
  std::string text;  ///< never with anything of the key in it
  [[nodiscard]] bool is_error() const noexcept { return kind != Kind::expires_soon; }
};

/// Seconds before its end in which a certificate is warned of.
inline constexpr std::time_t certificate_notice = 30L * 24 * 3600;

/// What is wrong with the pair at `now`; nothing when nginx can serve with it until the notice. The
/// first certificate of the file counts, as for nginx.
[[nodiscard]] std::vector<CertificateProblem> certificate_problems(const std::string& crt_pem,
                                                                   const base::Secret& key_pem,
                                                                   std::time_t now);

}  // namespace omsctl::oms
