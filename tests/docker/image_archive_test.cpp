#include "omsctl/docker/image_archive.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "omsctl/docker/answers.hpp"
#include "omsctl/docker/image.hpp"

#include "docker/image_archive_samples.hpp"

namespace omsctl::docker {
namespace {

using tests::Entries;
using tests::File;
using tests::packed;
using tests::Packing;
using tests::saved_image;

constexpr const char* reference = "oms-lab/oms:feature_4.2.1-ce";

ImageArchive archive_of(const std::string& bytes) {
  const File file(bytes);
  return read_image_archive(file.path());
}

/// One entry's content replaced, or the entry left out when there is no content.
Entries spoilt(const std::string& name, const std::string& content) {
  Entries entries = saved_image("1", reference);
  std::erase_if(entries, [&](const auto& entry) { return entry.first == name; });
  if (!content.empty())
    entries.emplace_back(name, content);
  return entries;
}

/// The same image as `docker image inspect` says it.
Image inspected() {
  return parse_images(
             R"([{"Id":"sha256:aa","RepoTags":[],"Size":5,"RootFS":{"Type":"layers","Layers":)"
             R"(["sha256:111","sha256:22"]},"Config":{"Env":["PATH=/usr/bin","OMS=1"],"User":"",)"
             R"("Cmd":["/root/docker_cmd.sh"],"WorkingDir":"/root","Entrypoint":null}}])")
      .front();
}

class Packed : public testing::TestWithParam<Packing> {};

TEST_P(Packed, IsReadWholeAndDigested) {
  const std::string bytes = packed(saved_image("1", reference), GetParam());
  const ImageArchive archive = archive_of(bytes);
  EXPECT_EQ(archive.problem, "");
  EXPECT_EQ(archive.size, bytes.size());
  EXPECT_EQ(archive.sha256, base::sha256(bytes));
  ASSERT_EQ(archive.images.size(), 1U);
  EXPECT_EQ(archive.images[0].references, std::vector<std::string>{reference});
  EXPECT_EQ(archive.images[0].id, "sha256:" + base::sha256(tests::image_config("1")));
  EXPECT_TRUE(archive.images[0].same_as(inspected()));
  EXPECT_TRUE(archive.holds(inspected()));
}

/// The bytes up to the second of the two blocks of zeros are needed in a plain archive, all bytes
/// in a packed one.
TEST_P(Packed, IsRefusedWhenItEndsTooEarly) {
  const std::string bytes = packed(saved_image("1", reference), GetParam());
  std::mt19937 random(4);
  std::vector<std::size_t> lengths{0, 1, 2, 10, 511, 512, 513};
  for (const std::size_t missing : {1UL,
                                    4UL,
                                    8UL,
                                    9UL,
                                    511UL,
                                    512UL,
                                    513UL,
                                    1023UL,
                                    1024UL,
                                    1025UL,
                                    1536UL,
                                    2048UL,
                                    2560UL,
                                    4096UL})
    if (missing < bytes.size())
      lengths.push_back(bytes.size() - missing);
  for (int i = 0; i < 150; ++i)
    lengths.push_back(random() % bytes.size());
  File file("");
  for (const std::size_t length : lengths) {
    file.write(bytes.substr(0, length));
    EXPECT_NE(read_image_archive(file.path()).problem, "") << length << " of " << bytes.size();
  }
  file.write(bytes);
  EXPECT_EQ(read_image_archive(file.path()).problem, "");
}

TEST_P(Packed, NeverCrashesWhenBytesAreFlipped) {
  const std::string bytes = packed(saved_image("1", reference), GetParam());
  std::mt19937 random(5);
  File file("");
  for (int i = 0; i < 200; ++i) {
    std::string spoilt_bytes = bytes;
    for (int flips = 1 + static_cast<int>(random() % 4); flips > 0; --flips)
      spoilt_bytes[random() % (i % 2 == 0 ? bytes.size() : 512)] = static_cast<char>(random());
    file.write(spoilt_bytes);
    const ImageArchive archive = read_image_archive(file.path());
    EXPECT_EQ(archive.problem.empty(), !archive.images.empty());
  }
}

std::string name_of(const testing::TestParamInfo<Packing>& test) {
  const std::vector<std::string> names{"Nothing", "Gzip", "Bzip2", "Xz", "Zstd"};
  return names.at(static_cast<std::size_t>(test.param));
}

INSTANTIATE_TEST_SUITE_P(
    By,
    Packed,
    testing::Values(Packing::none, Packing::gzip, Packing::bzip2, Packing::xz, Packing::zstd),
    name_of);

TEST(ImageArchive, HoldsSeveralImages) {
  Entries entries = saved_image("1", reference);
  const Entries second = saved_image("2", "oms-lab/oms:feature_4.2.2-ce");
  const auto text = [](const Entries& list) { return list.at(5).second; };
  const std::string one = text(entries);
  const std::string two = text(second);
  entries.insert(entries.end(), second.begin(), second.end());
  entries.emplace_back("manifest.json",
                       one.substr(0, one.rfind(']')) + "," + two.substr(two.find('{')));
  const ImageArchive archive = archive_of(packed(entries, Packing::gzip));
  EXPECT_EQ(archive.problem, "");
  ASSERT_EQ(archive.images.size(), 2U);
  EXPECT_EQ(archive.images[1].references, std::vector<std::string>{"oms-lab/oms:feature_4.2.2-ce"});
  EXPECT_TRUE(archive.holds(inspected()));
  EXPECT_FALSE(archive.images[1].same_as(inspected()));
}

TEST(ImageArchive, OfDocker25AndLaterIsReadByItsManifestToo) {
  const std::string config = tests::image_config("1");
  const std::string name = "blobs/sha256/" + base::sha256(config);
  const ImageArchive archive = archive_of(
      packed({{name, config},
              {"blobs/sha256/" + std::string(64, '1'), std::string(9'000, 'l')},
              {"blobs/sha256/" + std::string(64, '2'), "{ a small layer, no JSON"},
              {"index.json", R"({"schemaVersion":2,"manifests":[]})"},
              {"manifest.json",
               R"([{"Config":")" + name + R"(","RepoTags":null,"Layers":["blobs/sha256/)" +
                   std::string(64, '1') + R"(","blobs/sha256/)" + std::string(64, '2') +
                   R"("],"LayerSources":{}}])"},
              {"oci-layout", R"({"imageLayoutVersion":"1.0.0"})"}},
             Packing::none));
  EXPECT_EQ(archive.problem, "");
  ASSERT_EQ(archive.images.size(), 1U);
  EXPECT_TRUE(archive.images[0].references.empty());
  EXPECT_TRUE(archive.holds(inspected()));
}

TEST(ImageArchive, MayBePackedByTarItself) {
  Entries entries = saved_image("1", reference);
  for (auto& entry : entries)
    entry.first.insert(0, "./");
  EXPECT_EQ(archive_of(packed(entries, Packing::none)).problem, "");
}

/// A file that is no image archive, and what an operator is told.
struct Case {
  const char* name;
  std::string bytes;
  const char* problem;
};

class NoArchive : public testing::TestWithParam<Case> {};

TEST_P(NoArchive, IsToldInWords) {
  const ImageArchive archive = archive_of(GetParam().bytes);
  EXPECT_NE(archive.problem.find(GetParam().problem), std::string::npos) << archive.problem;
  EXPECT_FALSE(archive.holds(inspected()));
  EXPECT_TRUE(archive.images.empty());
}

std::string with_manifest(const std::string& manifest) {
  return packed(spoilt("manifest.json", manifest), Packing::none);
}

std::string with_config(const std::string& config) {
  Entries entries = saved_image("1", reference);
  entries[0].second = config;
  return packed(entries, Packing::none);
}

INSTANTIATE_TEST_SUITE_P(
    Files,
    NoArchive,
    testing::Values(
        Case{"Empty", "", "it is empty"},
        Case{"Text", "not found: 404\n", "no tar archive"},
        Case{"LongText", std::string(100'000, 'x'), "no tar archive"},
        Case{"Zeros", std::string(100'000, '\0'), "manifest.json"},
        Case{"NoManifest", packed({{"etc/passwd", "root"}}, Packing::gzip), "no manifest.json"},
        Case{"ManifestIsNoJson", with_manifest("manifest"), "no JSON"},
        Case{"ManifestIsCutOff", with_manifest("[{"), "no JSON"},
        Case{"ManifestIsAnObject", with_manifest("{}"), "lists no image"},
        Case{"ManifestIsEmpty", with_manifest("[]"), "lists no image"},
        Case{"ManifestHoldsNumbers", with_manifest("[1, null]"), "names no config"},
        Case{"ConfigIsANumber", with_manifest(R"([{"Config":7}])"), "names no config"},
        Case{"LayersAreNumbers",
             with_manifest(R"([{"Config":"repositories","Layers":[1]}])"),
             "no text"},
        Case{"LayersAreAnObject",
             with_manifest(R"([{"Config":"repositories","Layers":{"a":1}}])"),
             "no list"},
        Case{"LayerIsMissing",
             with_manifest(R"([{"Config":"repositories","Layers":["gone/layer.tar"]}])"),
             "names gone/layer.tar, which is not in it"},
        Case{"ConfigIsMissing",
             with_manifest(R"([{"Config":"gone.json","Layers":["bbbb/layer.tar"]}])"),
             "names gone.json, which is not in it"},
        Case{"ConfigIsALayer",
             with_manifest(R"([{"Config":"bbbb/layer.tar","Layers":["bbbb/layer.tar"]}])"),
             "bbbb/layer.tar is no JSON"},
        Case{"ManifestIsHuge",
             with_manifest("[" + std::string(5UL << 20U, ' ') + "]"),
             "longer than 4 MiB"},
        Case{"ManifestIsDeep", with_manifest(std::string(1'000'000, '[')), "nested too deep"},
        Case{"ConfigIsDeep",
             with_config(R"({"config":{"Env":)" + std::string(500'000, '[') +
                         std::string(500'000, ']') + "}}"),
             "nested too deep"},
        Case{"ConfigHasNoLayers", with_config(R"({"config":{}})"), "0 of them are in"},
        Case{"ConfigHasOtherLayers",
             with_config(R"({"rootfs":{"diff_ids":["sha256:1"]}})"),
             "names 2 layers of an image, 1 of them"},
        Case{"ConfigIsAList", with_config("[1,2]"), "0 of them are in"},
        Case{
            "LayersOfConfigAreNumbers", with_config(R"({"rootfs":{"diff_ids":[1,2]}})"), "no text"},
        Case{"ManifestNamesAnEntryWithControlCharacters",
             with_manifest(R"([{"Config":"\u001b[2J","Layers":[]}])"),
             "which is not in it"}),
    [](const testing::TestParamInfo<Case>& test) { return test.param.name; });

TEST(ImageArchive, WithMoreJsonThanAnyIsRefused) {
  Entries entries = saved_image("1", reference);
  for (int i = 0; i < 6; ++i)
    entries.emplace_back(std::to_string(i) + ".json", "[" + std::string(3UL << 20U, ' ') + "]");
  std::string bytes;
  for (const auto& entry : entries) {  // one archive after the other, without their end marks
    const std::string one = packed({entry}, Packing::none);
    bytes += one.substr(0, one.size() - 1024);
  }
  EXPECT_NE(archive_of(bytes + std::string(1024, '\0')).problem.find("more JSON"),
            std::string::npos);
}

TEST(ImageArchive, WithMoreEntriesThanAnyIsRefused) {
  Entries one{{"aaaaaa", ""}};
  const std::string header = packed(one, Packing::none).substr(0, 512);
  std::string bytes;
  for (int i = 0; i < 20'001; ++i) {
    std::string next = header;
    const std::string name = std::to_string(100'000 + i);
    int sum = 0;
    for (std::size_t c = 0; c < 6; ++c) {
      sum += name[c] - next[c];
      next[c] = name[c];
    }
    // The checksum: six octal digits at 148.
    const int checked =
        static_cast<int>(std::strtol(next.substr(148, 6).c_str(), nullptr, 8)) + sum;
    next.replace(148, 6, fmt::format("{:06o}", checked));
    bytes += next;
  }
  EXPECT_NE(archive_of(bytes + std::string(1024, '\0')).problem.find("more entries"),
            std::string::npos);
}

TEST(ImageArchive, IsNoDirectoryNoPipeAndNoMissingFile) {
  const base::TempDir directory;
  EXPECT_EQ(read_image_archive(directory.path()).problem, "it is a directory");
  const auto pipe = directory.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(read_image_archive(pipe).problem, "it is no regular file");
  EXPECT_NE(read_image_archive(directory.path() / "nothing").problem, "");
  EXPECT_NE(read_image_archive(pipe / "below").problem, "");
}

TEST(ImageArchive, TellsHowFarItIs) {
  const std::string bytes = packed(saved_image("1", reference), Packing::none);
  const File file(bytes);
  std::uint64_t last = 0;
  const ImageArchive archive =
      read_image_archive(file.path(), [&](std::uint64_t done, std::uint64_t total) {
        EXPECT_GE(done, last);
        EXPECT_EQ(total, bytes.size());
        last = done;
      });
  EXPECT_EQ(archive.problem, "");
  EXPECT_EQ(last, bytes.size());
}

TEST(ImageArchive, IsNotReadOnWhenStopped) {
  const File file(packed(saved_image("1", reference), Packing::none));
  std::stop_source source;
  source.request_stop();
  EXPECT_NE(read_image_archive(file.path(), {}, source.get_token()).problem.find("interrupted"),
            std::string::npos);
}

}  // namespace
}  // namespace omsctl::docker
