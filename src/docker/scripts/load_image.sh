# shellcheck shell=sh
# uses: image_layers
# load_image ARCHIVE IMAGE DIGEST name|id: loads an archive and removes it, whatever comes of it; succeeds when IMAGE then
# names an image with layers of this digest. What docker has loaded is read from its own answer; one of them with these
# layers gets that name, where it is a name and is free.
load_image() (
  archive=$1 image=$2 layers=$3 kind=$4
  # PIPE: what is printed after the connection was lost would end the shell without its EXIT trap.
  trap 'rm -f -- "$archive"' EXIT
  trap 'exit 143' HUP INT PIPE TERM
  said=$(docker load -i "$archive" 2>&1)
  status=$?
  printf '%s\n' "$said"
  [ $status -eq 0 ] || exit 1
  [ "$(image_layers "$image")" != "$layers" ] || exit 0
  # "Loaded image: NAME" or, for one without a name, "Loaded image ID: sha256:…", a line for each.
  found=$(printf '%s\n' "$said" | sed -n 's/^Loaded image: //p; s/^Loaded image ID: //p' |
    while IFS= read -r one; do
      [ "$(image_layers "$one")" != "$layers" ] || { printf %s "$one"; break; }
    done)
  if [ -z "$found" ]; then
    echo 'none of them is the image of the initial node'
    exit 1
  elif [ "$kind" = id ]; then
    printf 'here it is %s, and not %s\n' "$found" "$image"
    exit 1
  elif docker image inspect "$image" >/dev/null 2>&1; then
    printf '%s names another image here\n' "$image"
    exit 1
  fi
  docker tag "$found" "$image"
)
