# shellcheck shell=sh
# uses: ask_http
# http_body URL: prints what it answers, cut where it is far too long for an answer of OMS, which has some hundred bytes.
http_body() (
  ask_http -sk --max-time 4 --url "$1" | head -c 65536
)
