# shellcheck shell=sh
# send_image IMAGE: prints it as an archive.
send_image() (
  docker save "$1"
)
