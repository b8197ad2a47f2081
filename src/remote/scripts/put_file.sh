# shellcheck shell=sh
# uses: digest_of
# put_file FILE MODE DIGEST: makes it of what it reads, which must have this SHA-256. Written beside its place and renamed:
# a half-written config.yaml never stands under its name.
put_file() (
  umask 077
  part=$1.omsctl-part
  if ! { cat >"$part" && chmod "$2" "$part" && sync "$part"; }; then
    rm -f -- "$part"
    exit 1
  elif [ "$(digest_of "$part")" != "$3" ]; then
    rm -f -- "$part"
    echo 'it did not arrive whole'
    exit 1
  fi
  mv -- "$part" "$1"
)
