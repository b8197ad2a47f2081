# shellcheck shell=sh
# uses: http_body
# healthy URL: holds when …/oms/health answers JSON with healthy true.
healthy() (
  body=$(http_body "$1" | tr -d ' \t\r\n')
  case $body in *'"healthy":true'*) exit 0 ;; esac
  printf 'not healthy: %s\n' "$(printf %s "$body" | head -c 300)"
  exit 1
)
