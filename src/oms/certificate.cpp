#include "omsctl/oms/certificate.hpp"

#include <memory>
#include <optional>
#include <string_view>

#include <climits>
#include <fmt/format.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace omsctl::oms {
namespace {

using Kind = CertificateProblem::Kind;

template <typename T, void (*release)(T*)>
struct Release {
  void operator()(T* used) const noexcept { release(used); }
};
using Certificate = std::unique_ptr<X509, Release<X509, X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY, EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Release<BIO, BIO_free_all>>;

Bio reader(const std::string& text) {
  return Bio(
      BIO_new_mem_buf(text.data(), text.size() > INT_MAX ? 0 : static_cast<int>(text.size())));
}

/// Called when the key is encrypted: nobody can be asked, here or where nginx starts.
int no_password(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

struct ReadKey {
  Key key;
  bool encrypted = false;
};

ReadKey read_key(const base::Secret& pem) {
  ReadKey read;
  const Bio bio = reader(pem.reveal());
  read.key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, &read.encrypted));
  return read;
}

Certificate read_certificate(const std::string& pem) {
  const Bio bio = reader(pem);
  bool asked = false;
  return Certificate(PEM_read_bio_X509_AUX(bio.get(), nullptr, no_password, &asked));
}

/// "2027-01-31 12:00:00 UTC".
std::string date_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1)
    return "a date that cannot be read";
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC",
                     parts.tm_year + 1900,
                     parts.tm_mon + 1,
                     parts.tm_mday,
                     parts.tm_hour,
                     parts.tm_min,
                     parts.tm_sec);
}

/// Whether `time` is after `now`; a date that cannot be read is neither after nor before.
bool is_after(const ASN1_TIME* time, std::time_t now) {
  return ASN1_TIME_cmp_time_t(time, now) == 1;
}
bool is_before(const ASN1_TIME* time, std::time_t now) {
  return ASN1_TIME_cmp_time_t(time, now) == -1;
}

std::optional<CertificateProblem> date_problem(const X509* certificate, std::time_t now) {
  const ASN1_TIME* begin = X509_get0_notBefore(certificate);
  const ASN1_TIME* end = X509_get0_notAfter(certificate);
  if (is_before(end, now))
    return CertificateProblem{Kind::expired, "the certificate expired on " + date_of(end)};
  if (is_after(begin, now))
    return CertificateProblem{Kind::expired,
                              "the certificate is not valid before " + date_of(begin)};
  if (is_before(end, now + certificate_notice))
    return CertificateProblem{Kind::expires_soon, "the certificate expires on " + date_of(end)};
  return std::nullopt;
}

}  // namespace

std::vector<CertificateProblem> certificate_problems(const std::string& crt_pem,
                                                     const base::Secret& key_pem,
                                                     std::time_t now) {
  std::vector<CertificateProblem> problems;
  const Certificate certificate = read_certificate(crt_pem);
  const ReadKey read = read_key(key_pem);
  if (!certificate)
    problems.push_back({Kind::unreadable, "the certificate's file holds no PEM certificate"});
  if (read.encrypted)
    problems.push_back(
        {Kind::unreadable, "the key asks for a password: nginx would wait for it at its start"});
  else if (!read.key)
    problems.push_back({Kind::unreadable, "the key's file holds no PEM private key"});
  if (certificate && read.key && X509_check_private_key(certificate.get(), read.key.get()) != 1)
    problems.push_back({Kind::mismatch, "the key does not belong to the certificate"});
  if (certificate)
    if (const auto problem = date_problem(certificate.get(), now))
      problems.push_back(*problem);
  ERR_clear_error();  // what was tried in vain must not be taken for a failure of TLS later
  return problems;
}

}  // namespace omsctl::oms
