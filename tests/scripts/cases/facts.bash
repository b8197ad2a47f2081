# shellcheck shell=bash disable=SC2154,SC2016 # $status, $odd: of tests/scripts/run; code of the stand-in
# What is asked of a host.

case_host_name__is_the_hosts() {
    calls host_name
    says 0 "$(hostname)"$'\n'
}
case_own_addresses__are_those_that_ip_shows() {
    printf '#!/bin/sh\n[ "$*" = "-o addr show" ] && printf "%%s\\n" "1: lo inet 127.0.0.1/8 scope" "2: e inet6 fe80::1/64 x"\n' >bin/ip
    chmod 755 bin/ip
    calls own_addresses
    says 0 $'127.0.0.1\nfe80::1\n'
    printf '#!/bin/sh\nexit 127\n' >bin/ip
    calls own_addresses
    says 0
}
case_host_clock__is_seconds() {
    local before
    before=$(date +%s)
    calls host_clock
    [[ $status -eq 0 && $(<out) =~ ^([0-9]+)\.[0-9]+$ && $((BASH_REMATCH[1] - before)) -lt 60 ]]
}
case_docker_version__is_the_servers() {
    docker_answers 'echo 20.10.24'
    calls docker_version
    says 0 $'20.10.24\n'
    docker_got '[version][--format][{{.Server.Version}}]'
    rm bin/docker
    PATH=$PLACE/bin:/nowhere calls_without_docker docker_version
    says 127
}
# The real PATH may hold a docker; `sh` and `env` are all that it needs.
calls_without_docker() {
    status=0
    /usr/bin/env LC_ALL=C PATH="$PLACE/bin" sh -c '. "$0"
"$@"' "$functions/$1.sh" "$@" >"$PLACE/out" 2>"$PLACE/err" || status=$?
}
case_all_containers__are_asked_by_their_ids() {
    docker_answers '[[ $1 == ps ]] && printf "a\nb\n" || { echo list; echo warned >&2; }'
    calls all_containers
    says 0 $'list\n'
    [[ ! -s err ]]
    docker_got '[ps][-aq][--no-trunc]' '[inspect][--type][container][a][b]'
    docker_answers ':'
    calls all_containers
    says 0 $'[]\n'
    docker_answers 'exit 1'
    calls all_containers
    says 1
}
case_all_images__are_asked_once_each() {
    docker_answers '[[ $2 == ls ]] && printf "b\na\nb\n" || echo list'
    calls all_images
    says 0 $'list\n'
    docker_got '[image][ls][-q][--no-trunc]' '[image][inspect][a][b]'
    docker_answers ':'
    calls all_images
    says 0 $'[]\n'
    docker_answers 'exit 1'
    calls all_images
    says 1
}
case_tcp_sockets__are_the_kernels_lists() {
    calls tcp_sockets
    [[ $(head -n 1 out) == *local_address* ]]
}
case_missing_commands__are_named() {
    calls missing_commands cat "$odd" grep no-such-command
    says 0 "$odd"$'\nno-such-command\n'
}
case_look_at_path__tells_kind_owner_and_room() {
    mkdir -p "$PLACE/$odd/full/x" "$PLACE/$odd/empty"
    : >"$odd/file"
    ln -s nowhere "$PLACE/$odd/link"
    chmod 750 "$PLACE/$odd"/*/
    chmod 640 "$PLACE/$odd/file"
    local path name kind entries mode
    while read -r name kind mode entries; do
        path=$PLACE/$odd/$name
        calls look_at_path "$path"
        [[ $status -eq 0 && $(head -n 1 out) =~ ^"$kind $mode 0:0 $entries "[0-9]+\ [0-9]+$ ]]
        diff <(printf %s "$path") <(tail -n +2 out)
    done <<<'full directory 750 1
empty directory 750 0
file file 640 0'
    for name in none none/deeper; do
        calls look_at_path "$PLACE/$odd/$name"
        [[ $(head -n 1 out) =~ ^'absent - - 0 '[0-9]+\ [0-9]+$ ]]
        diff <(printf %s "$PLACE/$odd") <(tail -n +2 out)
    done
    calls look_at_path "$PLACE/$odd/link"
    [[ $(head -n 1 out) == 'other - - 0 '* ]]
}
case_look_at_path__tells_no_room_when_the_file_system_does_not() {
    printf '#!/bin/sh\nexit 1\n' >bin/stat
    chmod 755 bin/stat
    calls look_at_path "$PLACE"
    [[ $(head -n 1 out) == 'directory - - 1' ]]
}
case_read_certificate__prints_a_file_and_nothing_else() {
    printf 'pem' >"$odd"
    calls read_certificate "$PLACE/$odd"
    says 0 pem
    calls read_certificate "$PLACE/none"
    says 1
    calls read_certificate /dev/zero
    says 1
    truncate -s 2M "$PLACE/$odd"
    calls read_certificate "$PLACE/$odd"
    [[ $(wc -c <out) -eq 1048576 ]]
}
case_read_file__prints_it() {
    printf 'a\nb' >"$odd"
    calls read_file "$odd"
    says 0 $'a\nb'
    calls read_file none
    says 1
}
