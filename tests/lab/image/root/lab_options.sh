# shellcheck shell=bash disable=SC2034 # the variables are for the scripts that source this
# What the lab tells this container, from the control directory that is mounted at /run/omslab. Sourced.
STARTSECS=0 STEP_SECONDS=0 END_LINE='# 【结束】全部初始化步骤执行成功'
# shellcheck source=/dev/null
[ -r /run/omslab/layout.env ] && . /run/omslab/layout.env
[ -s /run/omslab/startsecs ] && STARTSECS=$(cat /run/omslab/startsecs)
[ -s /run/omslab/step_seconds ] && STEP_SECONDS=$(cat /run/omslab/step_seconds)

# fault KIND: true while the lab has set this fault; its argument is in $FAULT_ARGUMENT.
fault() {
    FAULT_ARGUMENT=
    [ -e "/run/omslab/fault/$1" ] && FAULT_ARGUMENT=$(cat "/run/omslab/fault/$1")
}
