#include "omsctl/base/digest.hpp"

#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "omsctl/base/error.hpp"

namespace omsctl::base {

struct Sha256::State {
  struct Free {
    void operator()(EVP_MD_CTX* used) const noexcept { EVP_MD_CTX_free(used); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  if (!state_->context || EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) != 1)
    throw Error(Code::internal, "SHA-256 is not available in the crypto library");
}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(std::string_view data) {
  if (EVP_DigestUpdate(state_->context.get(), data.data(), data.size()) != 1)
    throw Error(Code::internal, "SHA-256 failed");
}

std::string Sha256::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned int size = 0;
  if (EVP_DigestFinal_ex(state_->context.get(), raw.data(), &size) != 1)
    throw Error(Code::internal, "SHA-256 failed");
  std::string hex;
  for (unsigned int i = 0; i < size; ++i)
    hex += fmt::format("{:02x}", raw.at(i));
  return hex;
}

std::string sha256(std::string_view data) {
  Sha256 digest;
  digest.update(data);
  return digest.finish();
}

}  // namespace omsctl::base
