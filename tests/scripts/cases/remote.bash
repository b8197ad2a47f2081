# shellcheck shell=bash disable=SC2154,SC2016 # $status, $odd, $shell: of tests/scripts/run
# The hand-over.

case_privilege__tells_who_we_are_and_whether_sudo_works() {
    printf '#!/bin/sh\n[ "$1" = -u ] && echo 1000 || printf "%%s" "DOMAIN\\ada l"\n' >bin/id
    printf '#!/bin/sh\necho "a password is required" >&2; [ "$*" = "-n true" ] && exit 1\n' >bin/sudo
    chmod 755 bin/*
    calls privilege
    says 0 $'omsctl-privilege 1000 1 DOMAIN\\ada l\n'
    content_is err $'a password is required\n'
    printf '#!/bin/sh\nexit 0\n' >bin/sudo
    calls privilege
    says 0 $'omsctl-privilege 1000 0 DOMAIN\\ada l\n'
    printf '#!/bin/sh\n[ "$1" = -u ] && echo 0 || echo root\n' >bin/id
    printf '#!/bin/sh\nexit 1\n' >bin/sudo
    calls privilege
    says 0 $'omsctl-privilege 0 0 root\n'
}
case_after_others__waits_for_the_others_and_keeps_the_place() {
    # The real /run is everybody's: its lock is a stand-in.
    printf '#!/bin/bash\necho "$* $(readlink /proc/self/fd/9)" >>"$PLACE/locks"; exit "$(<"$PLACE/free")"\n' >bin/flock
    chmod 755 bin/flock
    echo 0 >free
    "${shell[@]}" -c 'PATH=$PLACE/bin:$PATH
. "$0"
after_others 60 && readlink /proc/self/fd/9' "$functions/after_others.sh" >out
    content_is out $'/run\n'
    content_is locks $'-w 60 9 /run\n'
    echo 1 >free
    calls after_others 1
    says 75 $'another command of omsctl still runs here\n'
}
frames() { # SECONDS FUNCTION WORD...
    functions_here='hold() ( sleep 20; )
say() ( printf "%s|" "$@"; printf "err\n" >&2; exit 3; )
reads() ( cat; )
'
    functions_text=$functions_here "${shell[@]}" -c 'PATH=$PLACE/bin:$PATH
functions=$functions_text
. "$0"
framed nonce 7 "$@"' "$functions/framed.sh" "$@" >out 2>err
}
case_framed__tells_answer_status_and_error_apart() {
    frames 20 say "$odd" ''
    content_is out $'nonce 7\n'"$odd"$'||\nnonce =3\nerr\nnonce .\n'
    [[ ! -s err ]]
    echo input | frames 20 reads
    content_is out $'nonce 7\n\nnonce =0\n\nnonce .\n'
}
case_framed__ends_what_is_too_slow() {
    frames 1 hold
    content_is out $'nonce 7\n\nnonce =124\n\nnonce .\n'
}
hands_over() { # SECONDS SUDO TEXT
    calls hand_over "$@"
}
case_hand_over__runs_it_in_the_c_locale_with_the_usual_commands() {
    hands_over 60 no 'case $PATH in *:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin) echo "$LC_ALL"; exit 3 ;; esac'
    says 3 $'omsctl-handover\nC\n'
}
case_hand_over__keeps_255_for_ssh_and_has_a_deadline() {
    hands_over 60 no 'exit 255'
    says 254 $'omsctl-handover\n'
    hands_over 1 no 'sleep 20'
    says 124 $'omsctl-handover\n'
}
case_hand_over__goes_through_sudo() {
    printf '#!/bin/bash\nprintf "[%%s]" "$@"\nshift\nexec "$@"\n' >bin/sudo
    chmod 755 bin/sudo
    hands_over 60 yes "printf '%s' done"
    says 0 $'omsctl-handover\n[-n][env][LC_ALL=C][timeout][-k][10][60][/bin/sh][-c][printf \'%s\' done]done'
}
