# shellcheck shell=sh
# after_others SECONDS: waits until no other command of this kind runs on the host any more, and keeps the place as long as
# this shell lives. The lock is on a directory that is always there: nothing is left behind.
after_others() {
  exec 9</run || exit
  flock -w "$1" 9 || { echo 'another command of omsctl still runs here'; exit 75; }
}
