# shellcheck shell=bash
# The lab is brought up once for all files; one that is up already and has three hosts is used, and stays up.
# So is the one of the tests of a further region, which they start themselves.
# Descriptor 7 holds the lock that keeps two suites out of one lab.

setup_suite() {
    # shellcheck source=/dev/null
    . "${BASH_SOURCE[0]%/*}/helpers.bash"
    # shellcheck source=/dev/null
    . "${BASH_SOURCE[0]%/*}/region.bash"
    use_lab
    [[ $EUID -eq 0 ]] || { echo "the lab needs root" && return 1; }
    [[ -x $OMSCTL ]] || { echo "no binary $OMSCTL: build it, or set OMSCTL" && return 1; }
    exec 7>"$OMSLAB_DIR.suite"
    flock -n 7 || { echo "another run of these tests uses $OMSLAB_DIR: set OMSLAB_NAME and OMSLAB_DIR" && return 1; }
    export E2E_LAB_WAS_UP=no OMSCTL
    [[ ! -e $OMSLAB_DIR/complete ]] || E2E_LAB_WAS_UP=yes
    "$LAB" up --hosts 3 7>&-
}

teardown_suite() {
    if [[ ${E2E_LAB_WAS_UP:-yes} == no ]]; then
        "$LAB" down 7>&-
        region_labs_down A
    fi
    rm -f -- "$OMSLAB_DIR.suite"
}
