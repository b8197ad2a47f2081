# shellcheck shell=sh
# uses: image_layers prints
# has_layers IMAGE DIGEST: holds when the image there has these layers.
has_layers() (
  prints "$2" image_layers "$1"
)
