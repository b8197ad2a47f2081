# shellcheck shell=bash disable=SC2154,SC2016 # $status, $odd: of tests/scripts/run; code of the stand-in
# Containers and images.

warned='echo "WARNING: Error loading config file" >&2;'
absent='echo "Error response from daemon: No such container: x" >&2; exit 1'
daemon_down='echo "Cannot connect to the Docker daemon" >&2; exit 1'
label='[{{index .Config.Labels "omsctl.run"}}]'

case_inspect_container__prints_the_answer_and_no_warning() {
    docker_answers "$warned"' echo " the answer "'
    calls inspect_container "$odd" "$odd"
    says 0 $' the answer \n'
    docker_got "[inspect][--type][container][--format][$odd][$odd]"
}
case_inspect_container__tells_one_that_is_not_there_from_a_docker_that_fails() {
    docker_answers "$absent"
    calls inspect_container c f
    says 1
    docker_answers "$daemon_down"
    calls inspect_container c f
    says 2 $'Cannot connect to the Docker daemon\n'
}
case_container_runs__is_told_by_its_exit_status() {
    docker_answers "$warned echo true"
    calls container_runs "$odd"
    says 0
    docker_got "[inspect][--type][container][--format][{{.State.Running}}][$odd]"
    docker_answers 'echo false'
    calls container_runs c
    says 1
    docker_answers "$absent"
    calls container_runs c
    says 1
    docker_answers "$daemon_down"
    calls container_runs c
    says 2 $'Cannot connect to the Docker daemon\n'
}
case_made_by__prints_the_label() {
    docker_answers 'echo 20261122-151100-7f3a'
    calls made_by "$odd"
    says 0 $'20261122-151100-7f3a\n'
    docker_got "[inspect][--type][container][--format]${label}[$odd]"
}
case_start_container__makes_it_or_starts_its_own() {
    local run=20261122-151100-7f3a
    docker_answers "$absent"
    calls start_container "$odd" "$run" docker run -v "$odd" --name "$odd"
    says 1
    docker_got "[inspect][--type][container][--format]${label}[$odd]" "[run][-v][$odd][--name][$odd]"
    : >docker.log
    docker_answers "$warned echo $run"
    calls start_container "$odd" "$run" docker run x
    says 0 "$run"$'\n'
    [[ $(tail -n +2 docker.log) == *"[start][$odd]" ]]
    : >docker.log
    docker_answers 'echo another'
    calls start_container c "$run" docker run x
    says 0 $'another\n'
    [[ $(tail -n 1 docker.log) == '[run][x]' ]]
}
case_on_own_container__works_on_its_own_alone() {
    docker_answers "$warned"' [[ $1 != rm ]] || exit 7; echo run'
    calls on_own_container "$odd" run docker rm -f
    says 7
    docker_got "[inspect][--type][container][--format]${label}[$odd]" "[rm][-f][$odd]"
    docker_answers 'echo strange'
    calls on_own_container c run docker rm -f
    says 1 $'the container there is not the one that this run has made\n'
    docker_answers 'echo'
    calls on_own_container c run docker rm -f
    says 1 $'the container there is not the one that this run has made\n'
    docker_answers "$absent"
    calls on_own_container c run docker rm -f
    says 0
    docker_answers "$daemon_down"
    calls on_own_container c run docker rm -f
    says 1 $'Cannot connect to the Docker daemon\n'
    [[ $(grep -c '^\[rm\]' docker.log) -eq 1 ]]
}
case_unused_by_others__names_what_another_run_has_mounted() {
    export odd
    docker_answers 'if [[ $1 == ps ]]; then echo a b; else printf "%s\n" run "> /mine" "" "> /theirs" "> $odd" other "> /x"; fi'
    calls unused_by_others run /mine /theirs/deeper
    says 0
    [[ $(tail -n 1 docker.log) == *'{{end}}][a][b]' ]]
    calls unused_by_others run /mine /theirs /x
    says 1 $'a container that this run has not made uses /theirs /x\n'
    calls unused_by_others "$odd" /mine
    says 1 $'a container that this run has not made uses /mine\n'
    calls unused_by_others run "${odd%%$'\n'*}"
    [[ $status -eq 1 ]]
}
case_unused_by_others__holds_without_containers_and_not_without_docker() {
    calls unused_by_others run /mine
    says 0
    docker_got '[ps][-aq]'
    docker_answers 'exit 1'
    calls unused_by_others run /mine
    says 1
    docker_answers '[[ $1 == ps ]] && echo a'
    calls unused_by_others run /mine
    says 1
}
case_docker_exec__runs_a_command_there() {
    docker_answers 'echo out; exit 5'
    calls docker_exec c test -s "$odd"
    says 5 $'out\n'
    docker_got "[exec][c][test][-s][$odd]"
}

layers='["sha256:1111","sha256:2222"]'
# image_has NAME LAYERS: an image of the stand-in; its `load` brings those below loads/ and prints answer.
image_has() { printf '%s\n' "$2" >"${3-images}/$(printf %s "$1" | sha256sum | cut -c1-64)"; }
images_here() {
    mkdir images loads
    : >answer
    docker_answers '
file() { echo "$PLACE/images/$(printf %s "$1" | sha256sum | cut -c1-64)"; }
case "$1 $2" in
    "load -i") [[ -s $3 ]] || exit 1; cp -r "$PLACE/loads/." "$PLACE/images/"; cat "$PLACE/answer" ;;
    "image inspect") [[ $3 != --format ]] || shift 2; cat "$(file "$3")" ;;
    "tag "*) cp "$(file "$2")" "$(file "$3")" ;;
    *) exit 9 ;;
esac'
}
loads() { # IMAGE KIND
    printf 'an archive' >"$PLACE/$odd"
    calls load_image "$PLACE/$odd" "$1" "$(digest "$layers"$'\n')" "$2"
    [[ ! -e $PLACE/$odd ]]
}
case_image_layers__are_told_by_a_digest() {
    images_here
    image_has "$odd" "$layers"
    calls image_layers "$odd"
    says 0 "$(digest "$layers"$'\n')"$'\n'
    calls image_layers none
    says 0 "$(digest '')"$'\n'
}
case_has_layers__compares_them() {
    images_here
    image_has "$odd" "$layers"
    calls has_layers "$odd" "$(digest "$layers"$'\n')"
    says 0
    calls has_layers "$odd" other
    says 1 "it is: $(digest "$layers"$'\n')"$'\n'
}
case_load_image__leaves_the_name_that_it_brings() {
    images_here
    image_has "$odd" "$layers" loads
    printf 'Loaded image: x\n' >answer
    loads "$odd" name
    says 0 $'Loaded image: x\n'
}
case_load_image__names_the_right_one_of_several() {
    images_here
    image_has vendor/oms:1 other loads
    image_has sha256:aaaa "$layers" loads
    printf 'The image already exists, renaming\nLoaded image: vendor/oms:1\nLoaded image ID: sha256:aaaa\n' >answer
    loads "$odd" name
    [[ $status -eq 0 && $(tail -n 1 docker.log) == *']' ]]
    grep -qF "[tag][sha256:aaaa][${odd%%$'\n'*}" docker.log
    : >docker.log
    loads sha256:bbbb id
    [[ $status -eq 1 && $(tail -n 1 out) == 'here it is sha256:aaaa, and not sha256:bbbb' ]]
    refute grep -q '^\[tag\]' docker.log
}
case_load_image__takes_no_name_and_no_other_image() {
    images_here
    image_has vendor/oms:1 other loads
    printf 'Loaded image: vendor/oms:1\n' >answer
    loads wanted:1 name
    says 1 $'Loaded image: vendor/oms:1\nnone of them is the image of the initial node\n'
    image_has vendor/oms:1 "$layers" loads
    image_has wanted:1 other
    loads wanted:1 name
    says 1 $'Loaded image: vendor/oms:1\nwanted:1 names another image here\n'
}
case_load_image__tells_what_docker_says() {
    docker_answers 'echo unexpected EOF >&2; exit 1'
    loads wanted:1 name
    says 1 $'unexpected EOF\n'
}
case_send_image__prints_the_archive() {
    docker_answers 'printf "a\0b"; exit 3'
    calls send_image "$odd"
    [[ $status -eq 3 && $(wc -c <out) -eq 3 ]]
    docker_got "[save][$odd]"
}
case_receive_image__loads_what_it_reads() {
    docker_answers 'cat >"$PLACE/got"; exit 4'
    printf 'archive' >sent
    calls receive_image <sent
    says 4
    content_is got archive
    docker_got '[load]'
}
container_is() { # STATE IP MOUNTS
    export STATE=$1 IP=$2 MOUNTS=$3
    docker_answers '
case "$1 $*" in
    exec*) echo "$IP" ;;
    image*) printf "%s\n" '"'$layers'"' ;;
    *".State.Status"*) echo "$STATE" ;;
    *"{{.Image}}"*) echo sha256:aaaa ;;
    *.Mounts*) printf "%s\n" "$MOUNTS" ;;
esac'
}
case_container_right__looks_at_state_address_image_and_mounts() {
    local sum
    sum=$(digest "$layers"$'\n')
    container_is 'running host true' 192.0.2.11 $'/a b>/in\n/c>/d'
    calls container_right "$odd" 192.0.2.11 "$sum" '/a b' /in /c /d
    says 0
    grep -qF '[image][inspect][--format][{{json .RootFS.Layers}}][sha256:aaaa]' docker.log
    calls container_right c 192.0.2.12 "$sum"
    says 1 $'it is: 192.0.2.11\n'
    calls container_right c 192.0.2.11 "$odd"
    says 1 "it is: $sum"$'\n'
    calls container_right c 192.0.2.11 "$sum" /c /d "$odd" /in
    says 1 "$odd is not mounted on /in"$'\n'
    container_is 'exited host true' 192.0.2.11 ''
    calls container_right c 192.0.2.11 "$sum"
    says 1 $'it is: exited host true\n'
}
case_load_image__leaves_no_archive_when_nobody_listens_any_more() {
    docker_answers 'head -c 500000 /dev/zero | tr "\0" x'  # more than a pipe holds
    printf 'an archive' >"$PLACE/$odd"
    env PATH="$PLACE/bin:$PATH" "${shell[@]}" -c '. "$0"
"$@"' "$functions/load_image.sh" load_image "$PLACE/$odd" i d name | true || [[ ${PIPESTATUS[1]} -eq 0 ]]
    is_gone "$PLACE/$odd"
}
case_load_image__leaves_no_archive_when_it_is_ended() {
    docker_answers ': >"$PLACE/began"; sleep 300'
    printf 'an archive' >"$PLACE/$odd"
    calls load_image "$PLACE/$odd" i d name &
    until [[ -e began ]]; do sleep 0.02; done
    end_below $!
    is_gone "$PLACE/$odd"
}
