# shellcheck shell=sh
# uses: inspect_container
# made_by CONTAINER: prints the run that has made it; nothing for a stranger's. Fails as inspect_container does.
made_by() (
  inspect_container "$1" '{{index .Config.Labels "omsctl.run"}}'
)
