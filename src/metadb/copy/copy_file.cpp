#include "omsctl/metadb/copy/copy_file.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <zstd.h>

#include "omsctl/base/digest.hpp"
#include "omsctl/base/error.hpp"
#include "omsctl/base/files.hpp"

namespace omsctl::metadb {
namespace {

constexpr std::size_t piece = std::size_t{1} << 17U;

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
};
struct FreeDecompressor {
  void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
};

}  // namespace

struct CopyWriter::State {
  explicit State(const std::filesystem::path& file) : path(file), fd(base::create_file(file)) {}

  std::filesystem::path path;
  base::Fd fd;
  base::Sha256 digest;
  std::string buffer;
  std::uint64_t written = 0;
  std::unique_ptr<ZSTD_CCtx, FreeCompressor> compressor;
  std::vector<char> packed;

  void store(std::string_view bytes) {
    digest.update(bytes);
    base::write_all(fd.get(), bytes, path.string());
  }

  void flush(ZSTD_EndDirective mode) {
    if (!compressor) {
      store(buffer);
      buffer.clear();
      return;
    }
    ZSTD_inBuffer in{buffer.data(), buffer.size(), 0};
    for (std::size_t left = 1; left != 0 || in.pos < in.size;) {
      ZSTD_outBuffer out{packed.data(), packed.size(), 0};
      left = ZSTD_compressStream2(compressor.get(), &out, &in, mode);
      if (ZSTD_isError(left) != 0)
        throw base::Error(
            base::Code::internal,
            fmt::format("cannot compress {}: {}", path.string(), ZSTD_getErrorName(left)));
      store({packed.data(), out.pos});
      if (mode == ZSTD_e_continue && in.pos == in.size)
        break;
    }
    buffer.clear();
  }
};

CopyWriter::CopyWriter(const std::filesystem::path& path) : state_(std::make_unique<State>(path)) {
  state_->buffer.reserve(2 * piece);
  if (path.extension() != ".zst")
    return;
  state_->compressor.reset(ZSTD_createCCtx());
  if (!state_->compressor)
    throw base::Error(base::Code::internal, "no memory for compression");
  ZSTD_CCtx_setParameter(state_->compressor.get(), ZSTD_c_checksumFlag, 1);
  state_->packed.resize(ZSTD_CStreamOutSize());
}

CopyWriter::~CopyWriter() = default;

void CopyWriter::write(std::string_view text) {
  state_->buffer += text;
  state_->written += text.size();
  if (state_->buffer.size() >= piece)
    state_->flush(ZSTD_e_continue);
}

std::uint64_t CopyWriter::written() const noexcept {
  return state_->written;
}

std::string CopyWriter::finish() {
  state_->flush(ZSTD_e_end);
  base::sync_file(state_->fd.get(), state_->path.string());
  state_->fd.close();
  return state_->digest.finish();
}

struct CopyReader::State {
  explicit State(const std::filesystem::path& file)
      : path(file), fd(base::open_for_reading(file)) {}

  std::filesystem::path path;
  base::Fd fd;
  base::Sha256 digest;
  std::string text;  ///< what was read and not yet given out starts at `given`
  std::size_t given = 0;
  bool ended = false;
  bool frame_open = false;
  std::unique_ptr<ZSTD_DCtx, FreeDecompressor> decompressor;
  std::vector<char> raw = std::vector<char>(piece);
  std::vector<char> unpacked;

  [[noreturn]] void fail(std::string_view how) const {
    throw base::Error(base::Code::storage,
                      fmt::format("{} is damaged: {}", path.string(), how),
                      "take a new copy, or use another one: omsctl metadb list");
  }

  std::string_view read_piece() {
    for (;;) {
      const ssize_t got = ::read(fd.get(), raw.data(), raw.size());
      if (got >= 0)
        return {raw.data(), static_cast<std::size_t>(got)};
      if (errno != EINTR)
        throw base::Error(
            base::Code::storage,
            fmt::format(
                "cannot read {}: {}", path.string(), std::generic_category().message(errno)));
    }
  }

  void unpack(std::string_view bytes) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    for (bool more = true; more;) {
      ZSTD_outBuffer out{unpacked.data(), unpacked.size(), 0};
      const std::size_t left = ZSTD_decompressStream(decompressor.get(), &out, &in);
      if (ZSTD_isError(left) != 0)
        fail(ZSTD_getErrorName(left));
      frame_open = left != 0;
      text.append(unpacked.data(), out.pos);
      more = in.pos < in.size || out.pos == out.size;
    }
  }

  /// Reads one more piece; false at the end of the file.
  bool more() {
    if (ended)
      return false;
    text.erase(0, given);
    given = 0;
    const std::string_view bytes = read_piece();
    ended = bytes.empty();
    if (ended && frame_open)
      fail("it ends too early");
    digest.update(bytes);
    if (decompressor && !ended)
      unpack(bytes);
    else
      text += bytes;
    return !ended;
  }
};

CopyReader::CopyReader(const std::filesystem::path& path) : state_(std::make_unique<State>(path)) {
  if (path.extension() != ".zst")
    return;
  state_->decompressor.reset(ZSTD_createDCtx());
  if (!state_->decompressor)
    throw base::Error(base::Code::internal, "no memory for decompression");
  state_->unpacked.resize(ZSTD_DStreamOutSize());
}

CopyReader::~CopyReader() = default;

std::string_view CopyReader::line() {
  std::size_t searched = state_->given;
  std::size_t end = std::string::npos;
  while ((end = state_->text.find('\n', searched)) == std::string::npos) {
    searched = state_->text.size() - state_->given;
    if (!state_->more())
      state_->fail("it ends too early");
  }
  const std::size_t start = state_->given;
  state_->given = end + 1;
  return std::string_view(state_->text).substr(start, end - start);
}

void CopyReader::skip(std::uint64_t bytes) {
  while (bytes > 0) {
    const std::uint64_t here = std::min<std::uint64_t>(bytes, state_->text.size() - state_->given);
    state_->given += here;
    bytes -= here;
    if (bytes > 0 && !state_->more())
      state_->fail("it ends too early");
  }
}

std::string CopyReader::text(std::uint64_t bytes) {
  std::string text;
  while (text.size() < bytes) {
    const std::uint64_t here =
        std::min<std::uint64_t>(bytes - text.size(), state_->text.size() - state_->given);
    text += std::string_view(state_->text).substr(state_->given, here);
    state_->given += here;
    if (text.size() < bytes && !state_->more())
      state_->fail("it ends too early");
  }
  return text;
}

bool CopyReader::next_is(std::string_view text) {
  while (state_->text.size() - state_->given < text.size())
    if (!state_->more())
      state_->fail("it ends too early");
  return std::string_view(state_->text).substr(state_->given, text.size()) == text;
}

void CopyReader::expect(std::string_view text) {
  if (!next_is(text))
    state_->fail("a statement is not the one that was written");
  state_->given += text.size();
}

bool CopyReader::at_end() {
  while (state_->given == state_->text.size())
    if (!state_->more())
      return true;
  return false;
}

std::string CopyReader::finish() {
  while (!at_end())
    state_->given = state_->text.size();
  return state_->digest.finish();
}

void CopyReader::damaged(std::string_view how) const {
  state_->fail(how);
}

}  // namespace omsctl::metadb
