/// What a child process reads and writes, as seen from this side.
#pragma once

#include <csignal>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "omsctl/base/files.hpp"

namespace omsctl::remote {

/// No SIGPIPE for this thread while it lives; one of our own making is taken back.
class SigpipeBlock {
 public:
  SigpipeBlock();
  SigpipeBlock(const SigpipeBlock&) = delete;
  SigpipeBlock& operator=(const SigpipeBlock&) = delete;
  SigpipeBlock(SigpipeBlock&&) = delete;
  SigpipeBlock& operator=(SigpipeBlock&&) = delete;
  ~SigpipeBlock();

 private:
  sigset_t pipe_{};
  sigset_t before_{};
};

/// What the child reads: `text`, a descriptor of the caller, or nothing.
class Feed {
 public:
  /// `text` must outlive this object; it counts where `descriptor` is -1.
  Feed(std::string_view text, int descriptor);

  [[nodiscard]] int child() const noexcept { return child_ ? child_.get() : descriptor_; }
  [[nodiscard]] int ours() const noexcept { return ours_.get(); }
  void close_child() noexcept { child_.close(); }
  void close() noexcept { ours_.close(); }
  /// Writes once, and closes when all is written or the child reads no more.
  void write_some();

 private:
  std::string_view text_;
  int descriptor_;
  base::Fd child_;
  base::Fd ours_;
};

/// What the child writes: collected, handed on piece by piece, or written to a descriptor of the
/// caller.
class Sink {
 public:
  /// Keeps the newest `keep` bytes.
  Sink(std::function<void(std::string_view)> on_output, int descriptor, std::size_t keep);

  [[nodiscard]] int child() const noexcept { return child_ ? child_.get() : descriptor_; }
  [[nodiscard]] int ours() const noexcept { return ours_.get(); }
  [[nodiscard]] bool is_open() const noexcept { return static_cast<bool>(ours_); }
  void close_child() noexcept { child_.close(); }
  /// Reads once; false when there is nothing to read just now, or never again.
  bool read_some();
  /// Reads what has been written already, and closes.
  void finish();
  /// The text collected; `truncated` is set when some was dropped.
  std::string text(bool& truncated);

 private:
  void take(std::string_view piece);
  void trim(std::size_t size);

  std::function<void(std::string_view)> on_output_;
  int descriptor_;
  std::size_t keep_;
  base::Fd child_;
  base::Fd ours_;
  std::string text_;
  bool dropped_ = false;
};

}  // namespace omsctl::remote
