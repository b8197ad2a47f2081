# shellcheck shell=sh
# image_layers IMAGE: prints the digest of its layers, as Image::layers_digest() computes it.
image_layers() (
  docker image inspect --format '{{json .RootFS.Layers}}' "$1" 2>/dev/null | sha256sum | cut -c1-64
)
