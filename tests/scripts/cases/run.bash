# shellcheck shell=bash disable=SC2154,SC2016 # $status, $odd: of tests/scripts/run
# Files, room on disk, the second copy.

# fails COMMAND...: they exit with 1, whatever their arguments.
fails() {
    local name
    for name in "$@"; do printf '#!/bin/sh\nexit 1\n' >"bin/$name" && chmod 755 "bin/$name"; done
}

case_prints__compares_what_a_command_prints() {
    calls prints "$odd" printf '%s\n' "$odd"
    says 0
    calls prints x printf '%s' "$odd"
    says 1 "it is: $odd"$'\n'
}
case_digest_of__is_the_sha_256() {
    printf 'text' >"$odd"
    calls digest_of "$PLACE/$odd"
    says 0 "$(digest text)"$'\n'
}
case_has_digest__compares_it() {
    printf 'text' >"$odd"
    calls has_digest "$PLACE/$odd" "$(digest text)"
    says 0
    calls has_digest "$PLACE/$odd" other
    says 1 "it is: $(digest text)"$'\n'
    calls has_digest "$PLACE/none" other
    says 1 $'it is: \n'
}
case_is_absent__holds_when_nothing_is_there() {
    calls is_absent "$PLACE/$odd"
    says 0
    : >"$odd"
    calls is_absent "$PLACE/$odd"
    says 1
}
case_put_file__arrives_whole_with_its_mode() {
    printf 'text' >sent
    printf 'before' >"$odd"
    calls put_file "$PLACE/$odd" 0640 "$(digest text)" <sent
    says 0
    content_is "$PLACE/$odd" text
    mode_is "$PLACE/$odd" 640
}
case_put_file__that_did_not_arrive_whole_is_not_left_there() {
    printf 'tex' >sent
    printf 'before' >"$odd"
    calls put_file "$PLACE/$odd" 0600 "$(digest text)" <sent
    says 1 $'it did not arrive whole\n'
    fails sync
    calls put_file "$PLACE/$odd" 0600 "$(digest tex)" <sent
    says 1
    content_is "$PLACE/$odd" before
    [[ ! -e $PLACE/$odd.omsctl-part ]]
    calls put_file "$PLACE/no/$odd" 0600 "$(digest tex)" <sent
    says 1
}
case_receive_file__is_for_root_alone_and_follows_no_link() {
    printf 'precious' >precious
    ln -s precious "$PLACE/$odd"
    printf 'text' >sent
    calls receive_file "$PLACE/$odd" "$(digest text)" <sent
    says 0
    content_is "$PLACE/$odd" text
    mode_is "$PLACE/$odd" 600
    content_is precious precious
}
case_receive_file__that_did_not_arrive_whole_is_not_left_there() {
    printf 'tex' >sent
    calls receive_file "$PLACE/$odd" "$(digest text)" <sent
    says 1 $'it did not arrive whole\n'
    [[ ! -e $PLACE/$odd ]]
    fails sync
    calls receive_file "$PLACE/$odd" "$(digest tex)" <sent
    says 1
    [[ ! -e $PLACE/$odd ]]
}
case_receive_file__that_is_ended_midway_leaves_nothing() {
    mkfifo pipe
    calls receive_file "$PLACE/$odd" "$(digest text)" <pipe &
    exec 5>pipe
    printf 'te' >&5
    until [[ -s $PLACE/$odd ]]; do sleep 0.02; done
    end_below $!
    exec 5>&-
    is_gone "$PLACE/$odd"
}
case_make_directories__are_open_whatever_the_umask() {
    (umask 077 && calls make_directories "$PLACE/$odd/deep" "$PLACE/two" && says 0)
    mode_is "$PLACE/$odd" 755
    mode_is "$PLACE/$odd/deep" 755
    : >file
    calls make_directories "$PLACE/file/x"
    says 1
}
case_remove_files__takes_any_name() {
    : >"$odd"
    calls remove_files "$odd" none
    says 0
    [[ ! -e $PLACE/$odd ]]
    mkdir directory
    calls remove_files directory
    says 1
}
case_remove_directories__with_all_in_them() {
    mkdir -p "$PLACE/$odd/$odd" kept
    calls remove_directories "$odd" none
    says 0
    [[ ! -e $PLACE/$odd && -d kept ]]
}
case_remove_empty_directories__leaves_those_that_hold_something() {
    mkdir -p "$PLACE/$odd" "full/$odd"
    calls remove_empty_directories "$odd" none full
    says 0
    [[ ! -e $PLACE/$odd && -d full ]]
    fails rmdir
    calls remove_empty_directories full
    says 1
}
case_reserve_room__is_private_and_goes_through_no_link() {
    printf 'precious' >precious
    ln -s precious "$PLACE/$odd"
    calls reserve_room "$PLACE/$odd" 4096
    says 0
    [[ $(stat -c '%s %F' "$PLACE/$odd") == '4096 regular file' ]]
    mode_is "$PLACE/$odd" 600
    content_is precious precious
    fails fallocate
    calls reserve_room "$PLACE/$odd" 5000
    says 0
    [[ $(stat -c %s "$PLACE/$odd") == 5000 ]]
    fails head
    calls reserve_room "$PLACE/$odd" 5000
    says 1
    [[ ! -e $PLACE/$odd ]]
}
case_reserve_content__changes_nothing() {
    printf 'text' >"$odd"
    calls reserve_content "$PLACE/$odd" 100000
    says 0
    content_is "$PLACE/$odd" text
    printf '#!/bin/sh\necho "fallocate: $0: No space left on device" >&2; exit 1\n' >bin/fallocate
    chmod 755 bin/fallocate
    calls reserve_content "$PLACE/$odd" 100000
    [[ $status -eq 1 && $(<out) == *'No space left'* ]]
    printf '#!/bin/sh\necho "Operation not supported" >&2; exit 1\n' >bin/fallocate
    calls reserve_content "$PLACE/$odd" 100000
    says 0
}
case_private_directory_of__makes_it() {
    calls private_directory_of "$PLACE/$odd/deep/file"
    says 0
    mode_is "$PLACE/$odd/deep" 700
    : >plain
    calls private_directory_of "$PLACE/plain/file"
    says 1
}
case_reserve_copy__takes_up_room_in_a_private_directory() {
    calls reserve_copy "$PLACE/$odd/run.tar" 4096
    says 0
    mode_is "$PLACE/$odd" 700
    [[ $(stat -c '%s %a' "$PLACE/$odd/run.tar") == '4096 600' ]]
    fails fallocate head
    calls reserve_copy "$PLACE/$odd/run.tar" 4096
    says 1
    [[ ! -e $PLACE/$odd/run.tar ]]
    fails mkdir
    calls reserve_copy "$PLACE/$odd/run.tar" 4096
    says 1
}
case_receive_copy__writes_into_the_room() {
    calls reserve_copy "$PLACE/$odd/run.tar" 16
    printf 'archive' >sent
    calls receive_copy "$PLACE/$odd/run.tar" <sent
    says 0
    [[ $(stat -c %s "$PLACE/$odd/run.tar") == 16 && $(head -c 7 "$PLACE/$odd/run.tar") == archive ]]
    fails dd
    calls receive_copy "$PLACE/$odd/run.tar" <sent
    says 1 $'dd cannot write it\n'
}
case_finish_copy__gives_up_the_rest_and_compares() {
    printf 'archive and more' >"$odd"
    calls finish_copy "$PLACE/$odd" 7 "$(digest archive)"
    says 0
    content_is "$PLACE/$odd" archive
    calls finish_copy "$PLACE/$odd" 7 other
    says 1 $'it did not arrive whole\n'
    fails sync
    calls finish_copy "$PLACE/$odd" 7 "$(digest archive)"
    says 1
}
case_remove_copies__and_what_is_empty_above() {
    mkdir -p "$PLACE/$odd/copies/run" "two/copies/run" two/copies/other
    : >"$odd/copies/run/file"
    calls remove_copies "$PLACE/$odd/copies/run"
    says 0
    [[ ! -e $PLACE/$odd ]]
    calls remove_copies "$PLACE/two/copies/run"
    says 0
    [[ ! -e two/copies/run && -d two/copies/other ]]
}
case_list_copies__prints_names() {
    calls list_copies "$PLACE/$odd"
    says 0
    mkdir -p "$PLACE/$odd/b" "$PLACE/$odd/a"
    calls list_copies "$PLACE/$odd"
    says 0 $'a\nb\n'
}
case_read_copy__prints_it_or_says_that_there_is_none() {
    calls read_copy "$PLACE/$odd"
    says 3
    content_is err $'absent\n'
    printf 'a\0b' >"$odd"
    calls read_copy "$PLACE/$odd"
    [[ $status -eq 0 ]]
    cmp "$PLACE/$odd" out
}
