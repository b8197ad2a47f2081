# shellcheck shell=sh
# ask_http CURL-OPTION...: curl without what a host's ~/.curlrc and proxy variables would make of it: the way that matters
# is the straight one.
ask_http() (
  curl -q --noproxy '*' --globoff "$@"
)
