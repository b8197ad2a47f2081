/// Certificates and keys in PEM, made anew for a test.
#pragma once

#include <ctime>
#include <memory>
#include <string>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace omsctl::tests {

class KeyPair {
 public:
  KeyPair() : key_(EVP_EC_gen("P-256"), EVP_PKEY_free) {}

  [[nodiscard]] std::string key() const {
    return pem([&](BIO* out) {
      PEM_write_bio_PrivateKey(out, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }
  [[nodiscard]] std::string encrypted_key() const {
    static unsigned char password[] = "canary";
    return pem([&](BIO* out) {
      PEM_write_bio_PrivateKey(out, key_.get(), EVP_aes_128_cbc(), password, 6, nullptr, nullptr);
    });
  }
  /// Valid from `begin` to `end`, in seconds since the epoch.
  [[nodiscard]] std::string certificate(std::time_t begin, std::time_t end) const {
    const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), X509_free);
    ASN1_TIME_set(X509_getm_notBefore(made.get()), begin);
    ASN1_TIME_set(X509_getm_notAfter(made.get()), end);
    X509_set_pubkey(made.get(), key_.get());
    X509_sign(made.get(), key_.get(), EVP_sha256());
    return pem([&](BIO* out) { PEM_write_bio_X509(out, made.get()); });
  }

 private:
  template <typename Write>
  static std::string pem(const Write& write) {
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> out(BIO_new(BIO_s_mem()), BIO_free_all);
    write(out.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
  }

  std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace omsctl::tests
