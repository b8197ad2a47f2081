# shellcheck shell=sh
# look_at_path PATH: a line "KIND MODE UID:GID ENTRIES FREE SIZE" (entries 0 or 1; free blocks, size of a block), then the
# nearest ancestor that exists. Not df: blanks in the name of a device shift its columns.
look_at_path() (
  kind=other entries=0
  if [ -d "$1" ]; then
    kind=directory
    # shellcheck disable=SC2012 # how many bytes, and not which names
    entries=$(ls -A -- "$1" 2>/dev/null | head -c 1 | wc -c)
  elif [ -f "$1" ]; then
    kind="file"
  elif [ ! -e "$1" ] && [ ! -L "$1" ]; then
    kind=absent
  fi
  nearest=$1
  while [ ! -e "$nearest" ]; do nearest=$(dirname -- "$nearest"); done
  # shellcheck disable=SC2046 # words
  echo $kind $(stat -L -c '%a %u:%g' -- "$1" 2>/dev/null || echo - -) "$entries" $(stat -f -c '%a %S' -- "$nearest")
  printf %s "$nearest"
)
