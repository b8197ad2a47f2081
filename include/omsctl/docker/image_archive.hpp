/// An image archive, as `docker save` writes it: what is in it, found out without Docker.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "omsctl/docker/image.hpp"

namespace omsctl::docker {

/// What was read of a file that should be an image archive.
struct ImageArchive {
  std::string problem{};        ///< why it is none, in words for an operator; empty when it is one
  std::string hint{};           ///< what to do about it
  std::string sha256{};         ///< of the file itself
  std::uint64_t size = 0;       ///< bytes of the file
  std::vector<Image> images{};  ///< `id` is the digest of the image's config, `size` is not known

  /// Whether one of its images is the same as `image`.
  [[nodiscard]] bool holds(const Image& image) const;
};

/// Told bytes of the file that are done, and all bytes of it.
using ArchiveProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// Reads the whole file once, as a stream: packed by gzip, bzip2, xz or zstd, or not at all; with
/// the layout of Docker alone or that of OCI beside it. What is wrong with the file is told in
/// `problem`, never thrown; so is a stop. Memory does not grow with the file.
///
/// The content of layers is not compared with their digests: Docker does that when it loads them.
[[nodiscard]] ImageArchive read_image_archive(const std::filesystem::path& file,
                                              const ArchiveProgress& progress = {},
                                              const std::stop_token& stop = {});

}  // namespace omsctl::docker
