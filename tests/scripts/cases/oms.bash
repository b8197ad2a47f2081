# shellcheck shell=bash disable=SC2154,SC2016 # $status, $odd: of tests/scripts/run; code of the stand-in
# Programs, health, config.yaml.

status_lines='nginx                            RUNNING   pid 905, uptime 3 days, 5:40:09
oms_console                      STOPPED   Nov 22 01:09 AM
oms_drc_cm                       FATAL     Exited too quickly (process log may have details)
unix:///var/run/supervisor.sock no such file
'
supervisor_says() {
    printf '%s' "$1" >"$PLACE/states"
    docker_answers 'cat "$PLACE/states"; exit 3'
}

case_lines_in_state__take_only_the_second_word_for_a_state() {
    printf 'a RUNNING x\nb STOPPED RUNNING\nc\tFATAL\nd RUNNINGS\nRUNNING\n' >lines
    calls lines_in_state 'RUNNING|FATAL' <lines
    says 0 $'a RUNNING x\nc\tFATAL\n'
}
case_program_states__are_printed_whatever_the_exit_status() {
    supervisor_says "$status_lines"
    calls program_states "$odd"
    says 0 "$status_lines"
    docker_got "[exec][$odd][supervisorctl][status]"
}
case_program_states__fail_when_supervisor_does_not_answer() {
    supervisor_says $'error: the server is FATAL ly RUNNING away\n'
    calls program_states c
    says 1 $'error: the server is FATAL ly RUNNING away\n'
    docker_answers 'echo "Error: no such container" >&2; exit 1'
    calls program_states c
    says 1 $'Error: no such container\n'
}
case_stop_programs__stops_all_and_fails_as_docker_does() {
    docker_answers 'echo stopped; exit 7'
    calls stop_programs "$odd"
    says 7 $'stopped\n'
    docker_got "[exec][$odd][supervisorctl][stop][all]"
}
case_start_programs__gives_up_the_room_and_starts_whatever_comes_of_it() {
    : >"$odd"
    docker_answers '[[ ! -e $5 ]] && exit 9'
    calls start_programs "$odd" "$PLACE/$odd" a "$odd"
    says 0
    [[ ! -e $PLACE/$odd ]]
    docker_got "[exec][$odd][supervisorctl][start][a][$odd]"
}
case_restart_programs__restarts_these() {
    docker_answers 'exit 4'
    calls restart_programs c a "$odd"
    says 4
    docker_got "[exec][c][supervisorctl][restart][a][$odd]"
}
case_programs_run__holds_when_each_is_running() {
    supervisor_says "$status_lines"
    calls programs_run c nginx
    says 0
    calls programs_run c
    says 0
}
case_programs_run__tells_which_is_not_and_what_it_is_instead() {
    supervisor_says "$status_lines"
    calls programs_run c nginx oms_drc_cm absent
    says 1 'not RUNNING: oms_drc_cm
oms_drc_cm                       FATAL     Exited too quickly (process log may have details)
not RUNNING: absent
'
}
case_programs_run__takes_no_name_for_a_pattern_or_a_word_of_the_shell() {
    local name
    for name in 'a+b?(c)|d{2}' 'x.*y[a-z]^$' 'back\slash\n\c' '$(touch${IFS}canary)`touch${IFS}canary`;'"'"'"/&' 步骤 -n 0x10 1; do
        supervisor_says "$name   RUNNING   pid 1, uptime 0:00:01"$'\n'
        calls programs_run c "$name"
        says 0
        supervisor_says $'16   RUNNING   pid 1\nnginx_x  RUNNING\n1.0 RUNNING\n'
        calls programs_run c "$name"
        says 1 "not RUNNING: $name"$'\n'
    done
    calls programs_run c nginx.x
    says 1 $'not RUNNING: nginx.x\n'
}
case_node_quiet__holds_when_nothing_runs_starts_or_stops() {
    supervisor_says $'a   STOPPED   x\nb   EXITED   y\nc\tSTOPPED\tcan\'t find command \'RUNNING it\'\n'
    calls node_quiet "$odd" 1
    says 0
    docker_got "[exec][$odd][supervisorctl][status]"
}
case_node_quiet__names_what_runs() {
    supervisor_says $'a   STOPPED   x\nb\tSTOPPING\t\n'
    calls node_quiet c 1
    says 1 $'b\tSTOPPING\t\nit does not stop, or something starts it again: a watchdog, cron, systemd?\n'
    supervisor_says $'refused connection\n'
    calls node_quiet c 1
    says 1 $'refused connection\n'
}
case_node_quiet__names_the_port_that_is_listened_on() {
    supervisor_says $'a   STOPPED   x\n'
    local port
    port=$(awk '$4 == "0A" { split($2, place, ":"); print place[2]; exit }' /proc/net/tcp /proc/net/tcp6)
    if [[ -z $port ]]; then  # nobody listens here: the lists are stand-ins
        printf '#!/bin/sh\necho "   0: 0100007F:1F98 00000000:0000 0A x"\n' >bin/cat
        chmod 755 bin/cat
        port=1F98
    fi
    calls node_quiet c 1 $((16#$port))
    says 1 "something still listens on port $((16#$port))"$'\n'
}
case_load_config__makes_the_components_configuration() {
    docker_answers 'echo made; exit 2'
    calls load_config "$odd"
    says 2 $'made\n'
    docker_got "[exec][-w][/root][$odd][python][-m][omsflow.scripts.units.oms_init_manager][--init-config-file]"
}

# curl_answers CODE: a stand-in that writes down its arguments.
curl_answers() {
    printf '#!/bin/bash\n{ printf "[%%s]" "$@"; echo; } >>"$PLACE/curl.log"\n%s\n' "$1" >bin/curl
    chmod 755 bin/curl
}
straight='[-q][--noproxy][*][--globoff]'

case_ask_http__goes_straight() {
    curl_answers 'exit 6'
    calls ask_http -s "$odd"
    says 6
    content_is curl.log "${straight}[-s][$odd]"$'\n'
}
case_http_statuses__asks_once_or_so_often_in_one_process() {
    curl_answers 'echo 200; exit 22'
    calls http_statuses "$odd" 1
    says 0 $'200\n'
    local asked="${straight}[-sk][-H][Connection: close][--connect-timeout][3][--max-time][4][-w][%{http_code}\\n]"
    local once="[-o][/dev/null][--url][$odd]"
    content_is curl.log "$asked$once"$'\n'
    : >curl.log
    calls http_statuses "$odd" 3
    says 0 $'200\n'
    content_is curl.log "$asked$once"$'\n'"$asked$once$once$once"$'\n'
}
case_http_statuses__gives_up_when_the_first_is_not_answered() {
    curl_answers 'echo 000; exit 7'
    calls http_statuses u 20
    says 0 $'000\n'
    [[ $(wc -l <curl.log) -eq 3 ]]
    curl_answers 'echo 000; exit 28'
    : >curl.log
    calls http_statuses u 20
    says 0 $'000\n'
    [[ $(wc -l <curl.log) -eq 1 ]]
}
case_http_answers__holds_when_all_are_the_same() {
    curl_answers 'printf "200\n200\n"'
    calls http_answers u 2 200
    says 0
    curl_answers 'printf "200\n000\n"'
    calls http_answers "$odd" 2 200
    says 1 "1 of 2 requests to $odd answered 200, others:  1 no answer"$'\n'
    curl_answers 'printf "%s\n" -1 -1'
    calls http_answers u 2 -1
    says 0
    curl_answers ':'
    calls http_answers u 1 200
    says 1 $'0 of 1 requests to u answered 200, others:  1 \n'
}
case_http_body__is_cut_where_it_is_too_long() {
    curl_answers 'head -c 100000 /dev/zero | tr "\0" x'
    calls http_body "$odd"
    [[ $status -eq 0 && $(wc -c <out) -eq 65536 ]]
    content_is curl.log "${straight}[-sk][--max-time][4][--url][$odd]"$'\n'
}
case_healthy__wants_json_with_healthy_true() {
    curl_answers 'printf "{ \"healthy\" :\t true }\r\n"'
    calls healthy u
    says 0
    curl_answers 'printf "{\"healthy\": false, \\\\n}"'
    calls healthy u
    says 1 $'not healthy: {"healthy":false,\\n}\n'
    curl_answers 'exit 7'
    calls healthy "$odd"
    says 1 $'not healthy: \n'
}
case_reaches__holds_when_a_connection_took_some_time() {
    curl_answers 'printf 0.000123; exit 52'
    calls reaches x http://h:1/
    says 0
    content_is curl.log "${straight}[-s][-o][/dev/null][--connect-timeout][4][--max-time][5][-w][%{time_connect}][--url][http://h:1/]"$'\n'
    local none
    for none in 0 0.000000 0.000 ''; do
        curl_answers "printf '%s' '$none'; exit 7"
        calls reaches "$odd" u
        says 1 $'no connection\nto '"$odd"$'\n'
    done
}

# a_config [SEEN]: config.yaml, its copies old and new, and the file that the container sees.
a_config() {
    file=$PLACE/$odd
    printf 'old content' >"$file" && printf 'old content' >"$file.x.old" && printf 'new' >"$file.x.new"
    SEEN=${1-$file}
    export SEEN
    docker_answers 'sha256sum <"$SEEN"'
}
replaces() { calls replace_content "$odd" "$file" "$file.x.new" "$(digest 'old content')" "$(digest new)"; }
case_replace_content__keeps_the_inode_and_the_mode() {
    a_config
    chmod 640 "$file"
    local inode
    inode=$(stat -c %i "$file")
    replaces
    says 0
    content_is "$file" new
    mode_is "$file" 640
    [[ $(stat -c %i "$file") == "$inode" && ! -e $file.x.writing ]]
    docker_got "[exec][$odd][sha256sum][/home/admin/conf/config.yaml]"
    replaces
    says 0
}
case_replace_content__leaves_a_strangers_edit_alone() {
    a_config
    printf 'third' >"$file"
    replaces
    says 3 "$file was changed by somebody else:"$'\n'
    content_is "$file" third
    : >"$file.x.writing"
    replaces
    says 0
    content_is "$file" new
}
case_replace_content__writes_nothing_from_another_source() {
    a_config
    printf 'forged' >"$file.x.new"
    replaces
    says 4 "$file.x.new is not what the run put there"$'\n'
    content_is "$file" 'old content'
}
case_replace_content__looks_through_the_container() {
    a_config "$PLACE/stale"
    printf 'stale' >stale
    replaces
    says 5 "the container sees another file (digest $(digest stale))"$'\n'
    replaces  # looked at again, though nothing is left to write
    says 5 "the container sees another file (digest $(digest stale))"$'\n'
    [[ ! -e $file.x.writing ]]
    docker_answers 'echo gone >&2; exit 1'
    replaces
    says 5 $'cannot look through the container: gone\n'
    # Whole since then: whoever changes it now is a stranger.
    printf 'third' >"$file"
    replaces
    says 3 "$file was changed by somebody else:"$'\n'
    content_is "$file" third
}
case_replace_content__removes_a_mark_beside_a_whole_file() {
    a_config
    printf 'new' >"$file"
    : >"$file.x.writing"
    replaces
    says 0
    [[ ! -e $file.x.writing ]]
}
case_replace_content__tells_that_it_cannot_write() {
    a_config
    printf '#!/bin/sh\nexit 1\n' >bin/truncate
    chmod 755 bin/truncate
    replaces
    says 4 "cannot write $file"$'\n'
    [[ -e $file.x.writing ]]
}
case_read_config__says_whether_a_write_was_cut_short() {
    a_config
    calls read_config "$file" "$file.x.old"
    says 0 $'whole\nold content'
    : >"$file.x.writing"
    calls read_config "$file" "$file.x.old"
    says 0 $'half\nold content'
    rm "$file"
    calls read_config "$file" "$file.x.old"
    says 1 $'half\n'
}
