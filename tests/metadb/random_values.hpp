/// Random SQL literals for property tests, from a fixed seed.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace omsctl::metadb {

/// Random SQL literals of every type that MariaDB 10.11 has, its edges among them.
class Values {
 public:
  explicit Values(unsigned int seed) : random_(seed) {}

  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }
  std::string one_of(const std::vector<std::string>& values) {
    return values[below(values.size())];
  }

  std::string integer() {
    return one_of({"0",
                   "1",
                   "-1",
                   "127",
                   "-128",
                   "255",
                   "32767",
                   "-8388608",
                   "9223372036854775807",
                   "-9223372036854775808",
                   "18446744073709551615",
                   std::to_string(random_())});
  }
  std::string decimal() {
    return one_of({"0",
                   "-0.000000000000000000000000000001",
                   "0.1",
                   "99999999999999999999999999999999999.9",
                   fmt::format("-{}.{}", random_(), random_())});
  }
  std::string real() {
    return one_of({"0e0",
                   "-0e0 * 1",
                   "0e0 * -1",
                   "0.1e0",
                   "1e0 / 3",
                   "3.4028234663852886e38",
                   "1.17549435e-38",
                   "1e-45",
                   "16777217",
                   "-2.5e-7",
                   fmt::format("{}e{}", random_(), static_cast<int>(below(50)) - 30)});
  }
  std::string wide_real() {
    return one_of({real(),
                   "1.7976931348623157e308",
                   "4.9e-324",
                   "2.2250738585072014e-308",
                   "9007199254740993",
                   "1.0000000000000002"});
  }
  std::string bits() {
    return fmt::format("b'{:b}'", random_() * (std::uint64_t{random_()} << below(30)));
  }
  std::string date() {
    return one_of({"'0000-00-00'",
                   "'2023-02-31'",
                   "'2023-00-00'",
                   "'1000-01-01'",
                   "'9999-12-31'",
                   fmt::format("'20{:02}-{:02}-{:02}'", below(100), 1 + below(12), 1 + below(28))});
  }
  std::string time() {
    return one_of(
        {"'-838:59:59.999999'",
         "'838:59:59'",
         "'00:00:00'",
         "'-00:00:00.000001'",
         fmt::format(
             "'{:02}:{:02}:{:02}.{:06}'", below(24), below(60), below(60), below(1000000))});
  }
  std::string datetime() {
    return one_of(
        {"'0000-00-00 00:00:00'",
         "'2023-02-31 23:59:59.999999'",
         "'9999-12-31 23:59:59.999999'",
         fmt::format("'20{:02}-03-26 {:02}:30:00.{:06}'", below(100), below(24), below(1000000))});
  }
  std::string timestamp() {
    // 2021-10-31 01:30 UTC and 00:30 UTC are the same local time in Berlin.
    return one_of(
        {"'0000-00-00 00:00:00'",
         "'1970-01-01 00:00:01'",
         "'2038-01-19 03:14:07'",
         "'2021-10-31 00:30:00'",
         "'2021-10-31 01:30:00.000001'",
         fmt::format("'20{:02}-03-26 {:02}:30:00.{:06}'", below(38), below(24), below(1000000))});
  }
  std::string bytes(std::size_t longest) {
    std::string hex;
    for (std::size_t i = below(longest + 1); i-- > 0;)
      hex += fmt::format("{:02X}", below(256));
    return hex.empty() ? "''" : "0x" + hex;
  }
  /// Text out of `characters` (UTF-8 as hex) and ASCII.
  std::string text(const std::vector<std::string>& characters, std::size_t longest) {
    std::string hex;
    for (std::size_t i = below(longest + 1); i-- > 0;)
      hex += below(2) == 0 ? one_of(characters) : fmt::format("{:02X}", 1 + below(126));
    return hex.empty() ? "''" : "_utf8mb4 0x" + hex;
  }
  std::string point() {
    return fmt::format(
        "ST_GeomFromText('POINT({} {})', {})", below(99), below(99), below(2) * 4326);
  }
  std::string geometry() {
    return one_of({point(),
                   "ST_GeomFromText('LINESTRING(0 0,1 1,2.5 -1)')",
                   "ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))')",
                   "ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1))')"});
  }
  std::string set() {
    return fmt::format("{}", random_() * (std::uint64_t{random_()} << below(32)));
  }

 private:
  std::mt19937 random_;
};

}  // namespace omsctl::metadb
