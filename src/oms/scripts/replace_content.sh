# shellcheck shell=sh
# uses: digest_of
# replace_content CONTAINER FILE SOURCE BEFORE AFTER: gives FILE the content of SOURCE, a file beside it, and looks at it
# through the container. The inode stays, since the container has it mounted as a single file, and so do owner and mode.
# FILE must have the SHA-256 BEFORE; AFTER means done already. Anything else is a stranger's edit, exit status 3, unless a
# mark beside it shows that a write of this run, forward or back, was cut short: then it is written again. The mark goes as
# soon as FILE is whole: from then on whoever changes it is a stranger.
replace_content() (
  container=$1 file=$2 source=$3 before=$4 after=$5
  # One mark for both directions: what the way forward has torn, the way back may write.
  mark=${source%.*}.writing
  [ "$(digest_of "$source")" = "$after" ] || { printf '%s is not what the run put there\n' "$source"; exit 4; }
  now=$(digest_of "$file")
  if [ "$now" != "$after" ]; then
    if [ "$now" != "$before" ] && [ ! -e "$mark" ]; then
      printf '%s was changed by somebody else:\n' "$file"
      exit 3
    fi
    : >"$mark" && sync "$mark" || exit 4
    if ! { dd if="$source" of="$file" bs=1048576 conv=notrunc,fsync 2>/dev/null &&
      truncate -s "$(stat -c %s "$source")" "$file" && sync "$file"; }; then
      printf 'cannot write %s\n' "$file"
      exit 4
    fi
  fi
  rm -f "$mark" || exit 4
  seen=$(docker exec "$container" sha256sum /home/admin/conf/config.yaml 2>&1) ||
    { printf 'cannot look through the container: %s\n' "$seen"; exit 5; }
  seen=${seen%% *}
  [ "$seen" = "$after" ] || { printf 'the container sees another file (digest %s)\n' "$seen"; exit 5; }
)
