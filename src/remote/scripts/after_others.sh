# shellcheck shell=sh
# after_others SECONDS: waits until no other command of this kind runs on the host any more, and keeps the place as long as
# this shell lives. The lock is on a directory that is always there: nothing is left behind. flock itself says why it cannot
# lock, the shell that there is no flock; one that has waited in vain says nothing.
after_others() {
  exec 9</run || exit
  said=$(flock -w "$1" 9 2>&1) || { printf '%s\n' "${said:-another command of omsctl still runs here}"; exit 75; }
}
