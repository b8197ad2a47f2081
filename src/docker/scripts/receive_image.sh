# shellcheck shell=sh
# receive_image: loads the archive that it reads.
receive_image() (
  docker load
)
