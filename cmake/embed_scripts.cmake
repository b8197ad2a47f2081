# Writes OUTPUT, a C++ source that holds the files SCRIPTS by name: cmake -DOUTPUT=… -DSCRIPTS=a.sh;b.sh -P embed_scripts.cmake
cmake_minimum_required(VERSION 3.25)
set(names)
set(entries)
foreach(file IN LISTS SCRIPTS)
  get_filename_component(name "${file}" NAME_WE)
  if(name IN_LIST names)
    message(FATAL_ERROR "two scripts are called ${name}")
  endif()
  list(APPEND names "${name}")
  file(READ "${file}" text)
  if(file MATCHES "/in_container/")
    set(place "Place::container")
  else()
    set(place "Place::host")
  endif()
  string(APPEND entries "    {\"${name}\", Script::${place}, R\"omsctl(${text})omsctl\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "#include \"omsctl/remote/script.hpp\"

#include <array>

namespace omsctl::remote {

std::span<const Script> scripts() {
  static constexpr auto all = std::to_array<Script>({
${entries}  });
  return all;
}

}  // namespace omsctl::remote
")
