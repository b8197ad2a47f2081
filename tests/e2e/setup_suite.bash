# shellcheck shell=bash
# The lab is brought up once for all files; one that is up already and has three hosts is used, and stays up.

setup_suite() {
    # shellcheck source=/dev/null
    . "${BASH_SOURCE[0]%/*}/helpers.bash"
    use_lab
    [[ $EUID -eq 0 ]] || { echo "the lab needs root" && return 1; }
    [[ -x $OMSCTL ]] || { echo "no binary $OMSCTL: build it, or set OMSCTL" && return 1; }
    export E2E_LAB_WAS_UP=no OMSCTL
    [[ ! -e $OMSLAB_DIR/complete ]] || E2E_LAB_WAS_UP=yes
    "$LAB" up --hosts 3
}

teardown_suite() {
    [[ ${E2E_LAB_WAS_UP:-yes} == yes ]] || "$LAB" down
}
