# shellcheck shell=sh
# inspect_container CONTAINER FORMAT: prints the one line that docker has for it. Exits with 1 when there is no such
# container, with 2, and says why, when docker cannot tell.
inspect_container() (
  said=$(docker inspect --type container --format "$2" "$1" 2>&1) ||
    case $said in
      *[Nn]'o such container'*) exit 1 ;;
      *) printf '%s\n' "$said"; exit 2 ;;
    esac
  printf '%s\n' "$said" | tail -n 1  # warnings come before it
)
