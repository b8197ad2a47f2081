/// Whether the server behind a forwarded socket is the MetaDB, before a password goes there.
#pragma once

#include <string>

#include "omsctl/metadb/database.hpp"

namespace omsctl::metadb {

/// SHA-1 of the certificate that the server behind `endpoint.socket` shows, in hex, after it was
/// verified against `ca_file` and `host`. The client library cannot: it takes a unix socket's
/// server for "localhost", and does not even insist on TLS there; but it does insist on a
/// certificate that it knows by this digest, before it sends anything about the user. Throws
/// DatabaseError 2026 when TLS is not offered or the certificate is not right.
[[nodiscard]] std::string verified_fingerprint(const Endpoint& endpoint,
                                               const std::string& address);

}  // namespace omsctl::metadb
