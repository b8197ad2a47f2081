/// Image archives as `docker save` writes them, made without Docker.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "omsctl/base/digest.hpp"
#include "omsctl/base/files.hpp"

namespace omsctl::tests {

using Entries = std::vector<std::pair<std::string, std::string>>;  // name, content

enum class Packing { none, gzip, bzip2, xz, zstd };

inline std::string packed(const Entries& entries, Packing packing) {
  archive* writer = archive_write_new();
  const int chosen = packing == Packing::gzip    ? archive_write_add_filter_gzip(writer)
                     : packing == Packing::bzip2 ? archive_write_add_filter_bzip2(writer)
                     : packing == Packing::xz    ? archive_write_add_filter_xz(writer)
                     : packing == Packing::zstd  ? archive_write_add_filter_zstd(writer)
                                                 : ARCHIVE_OK;
  EXPECT_EQ(chosen, ARCHIVE_OK);
  archive_write_set_format_ustar(writer);
  archive_write_set_bytes_in_last_block(writer, 1);  // as Go's writer: nothing after the end mark
  std::string bytes(8UL << 20U, '\0');
  std::size_t used = 0;
  EXPECT_EQ(archive_write_open_memory(writer, bytes.data(), bytes.size(), &used), ARCHIVE_OK);
  for (const auto& [name, content] : entries) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    EXPECT_EQ(archive_write_header(writer, entry), ARCHIVE_OK) << archive_error_string(writer);
    EXPECT_EQ(archive_write_data(writer, content.data(), content.size()),
              static_cast<la_ssize_t>(content.size()));
    archive_entry_free(entry);
  }
  EXPECT_EQ(archive_write_close(writer), ARCHIVE_OK);
  archive_write_free(writer);
  bytes.resize(used);
  return bytes;
}

/// A layer that packing does not make smaller.
inline std::string layer() {
  std::mt19937 random(1);
  std::string bytes(70'000, '\0');
  for (char& byte : bytes)
    byte = static_cast<char>(random());
  return bytes;
}

/// The config of an image with two layers.
inline std::string image_config(const std::string& version) {
  return R"({"architecture":"amd64","config":{"Env":["PATH=/usr/bin","OMS=)" + version +
         R"("],"Cmd":["/root/docker_cmd.sh"],"WorkingDir":"/root"},"rootfs":{"type":"layers",)"
         R"("diff_ids":["sha256:11)" +
         version + R"(","sha256:22"]}})";
}

/// An image as Docker before 25 saves it.
inline Entries saved_image(const std::string& version, const std::string& reference) {
  const std::string config = image_config(version);
  const std::string name = base::sha256(config) + ".json";
  return {{name, config},
          {"aaaa" + version + "/VERSION", "1.0"},
          {"aaaa" + version + "/json", R"({"id":"aaaa"})"},
          {"aaaa" + version + "/layer.tar", layer()},
          {"bbbb/layer.tar", std::string(3'000, '\0')},
          {"manifest.json",
           R"([{"Config":")" + name + R"(","RepoTags":[")" + reference + R"("],"Layers":["aaaa)" +
               version + R"(/layer.tar","bbbb/layer.tar"]}])" + "\n"},
          {"repositories", R"({"oms":{}})"}};
}

/// A file with this content, for one test.
class File {
 public:
  explicit File(const std::string& content) { write(content); }
  void write(const std::string& content) {
    std::ofstream(path(), std::ios::binary) << content;  // a thousand of them need no fsync
  }
  [[nodiscard]] std::filesystem::path path() const { return directory_.path() / "oms.tar"; }

 private:
  base::TempDir directory_;
};

}  // namespace omsctl::tests
