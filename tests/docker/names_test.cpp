#include "omsctl/docker/names.hpp"

#include <gtest/gtest.h>

namespace omsctl::docker {
namespace {

TEST(PathProblem, IsNoneForWhatDockerCanMount) {
  for (const char* path :
       {"/data", "/data/it's \"odd\" $(id) `id`; :,", "/步骤/\xF0\x9F\x98\x80", "/-v", "/ "})
    EXPECT_EQ(path_problem(path), "") << path;
}

TEST(PathProblem, NamesWhatCannotBeUsed) {
  for (const char* path : {"", "data", "-v", "./x"})
    EXPECT_EQ(path_problem(path), "is not absolute") << path;
  for (const char* path : {"/a\nb", "/a\x1b[31m", "/a\x7f", "/a\xff", "/a\xEF\xBF\xBD"})
    EXPECT_EQ(path_problem(path), "holds a control character or is no UTF-8 text") << path;
  for (const char* path : {"//", "/a/", "/a//b", "/a/../b", "/./a", "/.."})
    EXPECT_EQ(path_problem(path), "has a part that is empty, \".\" or \"..\"") << path;
  EXPECT_EQ(path_problem("/"), "is the root directory");
  EXPECT_NE(path_problem("/" + std::string(5000, 'x')), "");
  EXPECT_NE(path_problem(std::string_view("/a\0b", 4)), "");
}

TEST(ContainerName, IsWhatDockerAllows) {
  EXPECT_TRUE(is_container_name("oms_421.a-b"));
  for (const char* name : {"", "-oms", "_oms", "a b", "a/b", "a\n", "$(id)", "ä"})
    EXPECT_FALSE(is_container_name(name)) << name;
}

TEST(ImageReference, CannotBeAnOption) {
  EXPECT_TRUE(is_image_reference("reg.example:5000/oms/oms-ce:feature_4.2.1@sha256:aa"));
  for (const char* reference : {"", "-it", "--privileged", "a b", "a;b", "a\n"})
    EXPECT_FALSE(is_image_reference(reference)) << reference;
}

}  // namespace
}  // namespace omsctl::docker
