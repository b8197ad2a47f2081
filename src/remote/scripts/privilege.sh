# shellcheck shell=sh
# privilege: a line "omsctl-privilege UID STATUS NAME": who we are, and whether `sudo -n` works, which root is not asked.
privilege() (
  uid=$(id -u)
  name=$(id -un)
  status=0
  [ "$uid" -eq 0 ] || { sudo -n true; status=$?; }
  printf 'omsctl-privilege %s %s %s\n' "$uid" "$status" "$name"
)
