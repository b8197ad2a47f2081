/// The files of a copy as streams: plain, or compressed when the name ends in .zst, hashed on the
/// way.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace omsctl::metadb {

/// Writes a file of mode 0600 in pieces.
class CopyWriter {
 public:
  explicit CopyWriter(const std::filesystem::path& path);
  CopyWriter(const CopyWriter&) = delete;
  CopyWriter& operator=(const CopyWriter&) = delete;
  CopyWriter(CopyWriter&&) = delete;
  CopyWriter& operator=(CopyWriter&&) = delete;
  ~CopyWriter();

  void write(std::string_view text);
  /// Flushes and fsyncs; SHA-256 of the file as it lies on the disk.
  [[nodiscard]] std::string finish();
  /// Bytes given to write() so far.
  [[nodiscard]] std::uint64_t written() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Reads such a file in lines and pieces. Every failure is Error{storage} naming the file.
class CopyReader {
 public:
  explicit CopyReader(const std::filesystem::path& path);
  CopyReader(const CopyReader&) = delete;
  CopyReader& operator=(const CopyReader&) = delete;
  CopyReader(CopyReader&&) = delete;
  CopyReader& operator=(CopyReader&&) = delete;
  ~CopyReader();

  /// The next line without its newline, valid until the next call. Throws when the file ends before
  /// a newline.
  [[nodiscard]] std::string_view line();
  void skip(std::uint64_t bytes);
  /// The next `bytes`, for texts that fit into memory.
  [[nodiscard]] std::string text(std::uint64_t bytes);
  /// Throws when `text` does not come next.
  void expect(std::string_view text);
  [[nodiscard]] bool next_is(std::string_view text);
  [[nodiscard]] bool at_end();
  /// Reads what is left; SHA-256 of the file as it lies on the disk.
  [[nodiscard]] std::string finish();
  /// Throws Error{storage}: this file is damaged, and how.
  [[noreturn]] void damaged(std::string_view how) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace omsctl::metadb
