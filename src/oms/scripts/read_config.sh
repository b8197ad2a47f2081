# shellcheck shell=sh
# read_config FILE COPY: prints "half" when a write of this run was cut short (the mark beside COPY), else "whole"; then
# the file.
read_config() (
  if [ -e "${2%.*}.writing" ]; then echo half; else echo whole; fi
  cat "$1"
)
