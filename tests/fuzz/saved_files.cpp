// run.json, and the manifest and backup.json of a safety copy: each is read as what it says, or
// refused. Inputs are JSON without the digest that the files of a copy hold of themselves; they
// are read as they are, and once more with it.
#include "omsctl/base/json.hpp"
#include "omsctl/metadb/copy/backup_info.hpp"
#include "omsctl/metadb/copy/manifest.hpp"
#include "omsctl/run/store/run_file.hpp"

#include "../../src/cli/choices.hpp"
#include "../../src/metadb/copy/sealed_json.hpp"
#include "fuzz.hpp"

using namespace omsctl;

namespace {

constexpr const char* info_name = "backup.json";

void expect_whole(const std::string& text, const std::string& written) {
  fuzz::require(base::says_the_same(nlohmann::json::parse(text), nlohmann::json::parse(written)),
                "nothing of a file is lost or changed");
}

/// `text`: what the files hold besides the digest.
void read_copy(const std::string& text) {
  fuzz::succeeds(base::Code::storage, [&] {
    const metadb::Manifest manifest = metadb::read_manifest(fuzz::place());
    const nlohmann::json written = manifest;
    fuzz::require(nlohmann::json(written.get<metadb::Manifest>()) == written,
                  "a manifest that is written is read as the same");
    expect_whole(text, written.dump());
    for (const auto& [name, digest] : manifest.files)
      fuzz::require(name.find('/') == std::string::npos, "a file lies in the copy's directory");
  });
  fuzz::succeeds(base::Code::storage, [] {
    const metadb::BackupInfo info = metadb::read_backup_info(fuzz::place());
    metadb::write_backup_info(fuzz::place(), info);
    fuzz::require(metadb::read_backup_info(fuzz::place()) == info,
                  "a backup.json that is written is read as the same");
  });
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = fuzz::text_of(data, size);
  fuzz::succeeds(base::Code::storage, [&] {
    const auto rewritten = [](const std::string& file) {
      run::RunFile read = run::decode_run_file(file);
      read.choices = cli::encode(cli::decode_choices(read.choices));
      return run::encode(read);
    };
    const std::string written = rewritten(text);
    fuzz::require(rewritten(written) == written, "a run.json that is written is read as the same");
    expect_whole(text, written);
  });
  for (const char* name : {metadb::manifest_name, info_name})
    fuzz::write(name, text);
  read_copy("{}");
  auto json = base::try_json(text);
  if (!json || !json->is_object())
    return 0;
  json->erase("sha256_of_this");
  for (const char* name : {metadb::manifest_name, info_name})
    metadb::write_sealed(fuzz::place() / name, *json);
  read_copy(json->dump());
  return 0;
}
