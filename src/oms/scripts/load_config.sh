# shellcheck shell=sh
# load_config CONTAINER: makes the components' own configuration of config.yaml.
load_config() (
  docker exec -w /root "$1" python -m omsflow.scripts.units.oms_init_manager --init-config-file
)
