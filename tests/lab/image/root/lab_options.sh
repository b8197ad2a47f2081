# shellcheck shell=bash disable=SC2034 # the variables are for the scripts that source this
# What the lab tells this container, from the control directory that is mounted at /run/omslab. Sourced.
# Every option of a layout is in its layout.env; the lab may set another speed for this host.
# shellcheck source=/dev/null
. /run/omslab/layout.env || return 1
[ -s /run/omslab/startsecs ] && STARTSECS=$(cat /run/omslab/startsecs)
[ -s /run/omslab/step_seconds ] && STEP_SECONDS=$(cat /run/omslab/step_seconds)

# fault KIND: true while the lab has set this fault; its argument is in $FAULT_ARGUMENT.
fault() {
    FAULT_ARGUMENT=
    [ -e "/run/omslab/fault/$1" ] && FAULT_ARGUMENT=$(cat "/run/omslab/fault/$1")
}
