# shellcheck shell=bash
# The end state as text: rows, files, containers. Columns that differ from run to run are left out by name.

# rows TABLE COLUMNS: "TABLE (COLUMNS)", then its rows.
rows() {
    echo "$1 ($2)"
    sql "SELECT $2 FROM $1 ORDER BY 1"
}

# Left out: gmt_created, gmt_modified everywhere; heart_beat.id.
region_rows() {
    sql "SELECT CONCAT(table_schema, '.', table_name) FROM information_schema.tables WHERE table_schema LIKE 'oms%'" | LC_ALL=C sort
    rows oms_rm.cluster_info 'id, region, region_cn, cm_url, code, is_default_cm'
    rows oms_cm.resource_group 'id, name, description'
    rows oms_cm.host 'id, ip, host_status, resource_group_id'
    rows oms_cm.location_cm 'id, location, location_name, cm_url'
    rows oms_cm_heartbeat_1.heart_beat 'host_ip, task_name, task_type'
    echo oms_rm.omsctl_lease
    sql 'SELECT * FROM oms_rm.omsctl_lease'
}

# Every column of what a scale-out has no business with.
other_rows() {
    local table
    for table in oms_rm.oms_version oms_rm.oms_normal_config oms_rm.oms_project oms_rm.oms_sync_project oms_cm.config_job; do
        rows "$table" '*'
    done
}

# four_tables DATABASE DATABASE: all rows and columns of the tables that are cleared.
four_tables() {
    rows "$1.cluster_info" '*'
    rows "$2.resource_group" '*'
    rows "$2.host" '*'
    rows "$2.location_cm" '*'
}

# rows_are_saved [FILTER]: the rows that were deleted, as "four.before" has them, are in the run directory, complete: the stock
# client makes them again. Both are compared through the filter.
rows_are_saved() {
    local file
    sql 'CREATE DATABASE restored'
    for file in "$(run_directory)"/backup/clear/*.schema.sql "$(run_directory)"/backup/clear/*.rows.sql; do
        "$LAB" sql restored <"$file"
    done
    diff <(sed 's/^oms_[rc]m\./restored./' "$BATS_TEST_TMPDIR/four.before" | "${@:-cat}") <(four_tables restored restored | "${@:-cat}")
    sql 'DROP DATABASE restored'
}

# files HOST: mode, owner, path; the run's name as RUN, the time in the name of an init log as TIME.
# shellcheck disable=SC2016 # expanded by the inner shell
files() {
    on "$1" sh -c 'find /data /root /tmp /var/tmp /home $(ls -d /var/lib/omsctl 2>/dev/null) -printf "%M %U:%G %p\n"' |
        sed -e "s|$(run_id)|RUN|" -e 's|docker_init.log.*|docker_init.log.TIME|' -e '/ \/home\/operator/d' | LC_ALL=C sort -k3
}

# expected_files LINE...: a node's files, and those that it has besides.
expected_files() {
    {
        printf '%s\n' "$@"
        cat <<'EXPECTED'
drwxr-xr-x 0:0 /data
-rw------- 0:0 /data/config.yaml
drwxr-xr-x 0:0 /data/oms
drwxr-xr-x 0:0 /data/oms/oms_logs
drwxr-xr-x 0:0 /data/oms/oms_logs/cm
drwxr-xr-x 0:0 /data/oms/oms_logs/cm/log
-rw-r--r-- 0:0 /data/oms/oms_logs/docker_init.log.TIME
drwxr-xr-x 0:0 /data/oms/oms_logs/ghana
drwxr-xr-x 0:0 /data/oms/oms_logs/ghana/Ghana
-rw-r--r-- 0:0 /data/oms/oms_logs/nginx_stderr.log
-rw-r--r-- 0:0 /data/oms/oms_logs/nginx_stdout.log
-rw-r--r-- 0:0 /data/oms/oms_logs/oms_console_stderr.log
-rw-r--r-- 0:0 /data/oms/oms_logs/oms_console_stdout.log
-rw-r--r-- 0:0 /data/oms/oms_logs/oms_drc_cm_stderr.log
-rw-r--r-- 0:0 /data/oms/oms_logs/oms_drc_cm_stdout.log
-rw-r--r-- 0:0 /data/oms/oms_logs/oms_drc_supervisor_stderr.log
-rw-r--r-- 0:0 /data/oms/oms_logs/oms_drc_supervisor_stdout.log
-rw-r--r-- 0:0 /data/oms/oms_logs/sshd_stderr.log
-rw-r--r-- 0:0 /data/oms/oms_logs/sshd_stdout.log
drwxr-xr-x 1001:1001 /data/oms/oms_logs/supervisor
-rw-r--r-- 0:0 /data/oms/oms_logs/supervisord.log
-rw-r--r-- 0:0 /data/oms/oms_logs/tengine-access.log
-rw-r--r-- 0:0 /data/oms/oms_logs/tengine-error.log
drwxr-xr-x 1001:1001 /data/oms/oms_run
drwxr-xr-x 1001:1001 /data/oms/oms_store
drwxr-xr-x 0:0 /home
drwx------ 0:0 /root
drwx------ 0:0 /root/.ssh
-rw------- 0:0 /root/.ssh/authorized_keys
drwxrwxrwt 0:0 /tmp
drwxrwxrwt 0:0 /var/tmp
EXPECTED
    } | sed '/^$/d' | LC_ALL=C sort -k3
}

# The job of docker_init.sh, as the run leaves it beside the node's own logs.
job_files() {
    cat <<'EXPECTED'
drwx------ 0:0 /data/oms/oms_logs/omsctl-RUN-init
-rw------- 0:0 /data/oms/oms_logs/omsctl-RUN-init/ended
-rw------- 0:0 /data/oms/oms_logs/omsctl-RUN-init/init_flag.after
-rw------- 0:0 /data/oms/oms_logs/omsctl-RUN-init/output
-rw------- 0:0 /data/oms/oms_logs/omsctl-RUN-init/pid
-rw------- 0:0 /data/oms/oms_logs/omsctl-RUN-init/rc
-rw------- 0:0 /data/oms/oms_logs/omsctl-RUN-init/started
EXPECTED
}

# What stays beside config.yaml of an existing node.
copy_files() {
    printf '%s\n' '-rw------- 0:0 /data/config.yaml.omsctl-RUN.new' '-rw------- 0:0 /data/config.yaml.omsctl-RUN.old'
}

# copies_on_initial FILE...: the second copy of the run there.
copies_on_initial() {
    printf 'drwx------ 0:0 /var/lib/omsctl%s\n' '' /copies /copies/RUN
    printf -- '-rw------- 0:0 /var/lib/omsctl/copies/RUN/%s\n' "$@"
}

# container HOST: all settings that docker knows of it, less what is the host's own: names, ids, times, OMS_HOST_IP, the run's label.
container() {
    on "$1" docker inspect "$LAB_CONTAINER" | jq -S '.[0] | {
        Name, Path, Args, Image, RestartCount, HostConfig, Config, Mounts, running: .State.Running
    } | del(.HostConfig.Binds, .HostConfig.Mounts, .Config.Labels["omsctl.run"]) | .Mounts |= (map({Type, Source, Destination, RW}) | sort_by(.Destination))
      | .Config.Env |= sort
      | .Config.Env |= map(select(startswith("OMS_HOST_IP=") | not)) | del(.Config.Hostname)'
}

host_ip_of() { on "$1" docker inspect "$LAB_CONTAINER" | jq -r '.[0].Config.Env[] | select(startswith("OMS_HOST_IP="))'; }

# joined HOST [TIMES]: its container equals h1's, knows its own address, has the target's config.yaml, and init ran there once.
joined() {
    diff <(container h1) <(container "$1")
    [[ $(host_ip_of "$1") == "OMS_HOST_IP=$(address "$1")" ]]
    diff "$CONFIG" <(on "$1" cat "$LAB_CONFIG_PATH")
    diff "$CONFIG" <(on "$1" docker exec "$LAB_CONTAINER" cat /home/admin/conf/config.yaml)
    [[ $(init_runs "$1") -eq ${2:-1} ]]
    all_running "$1"
}

heartbeats() { sql "SELECT host_ip, MAX(gmt_modified) FROM $LAB_HB_DB.heart_beat GROUP BY 1 ORDER BY 1"; }

# every_heart_beats: each host's heartbeat differs from the one in the given text.
every_heart_beats() { [[ -n $1 && -z $(comm -12 <(echo "$1") <(heartbeats)) ]]; }

hearts_beat() {
    local before
    before=$(heartbeats)
    [[ $(wc -l <<<"$before") -eq $1 ]]
    eventually 10 every_heart_beats "$before"
}

# vip_answers HOST: 20 of 20, on both ports, asked from there.
vip_answers() {
    local url
    for url in "http://$LAB_VIP:8088/" "$LAB_SCHEME://$LAB_VIP:8089/"; do
        # shellcheck disable=SC2016 # expanded by the inner shell
        [[ $(on "$1" sh -c 'for i in $(seq 20); do curl -sk -m 3 -o /dev/null -w "%{http_code}\n" "$1"; done' sh "$url" |
            sort | uniq -c | xargs) == '20 200' ]]
    done
}

# layout_says WORD: a setting of the layout.
layout_says() { sed -n "s/^$1=//p" "$BATS_TEST_DIRNAME/../lab/layouts/$LAB_LAYOUT/layout.env"; }

# shellcheck disable=SC2016 # expanded by the inner shell
jobs_on() { on "$1" sh -c 'ls -d "$1"/omsctl-*-init 2>/dev/null | wc -l' sh "$LAB_LOGS_DIR"; }

# cm_of HOST: cm_url and cm_nodes, whatever form the container has given its file.
cm_of() {
    local text
    text=$(on "$1" docker exec "$LAB_CONTAINER" cat /home/admin/conf/config.yaml)
    { sed -nE 's/^"?cm_url"?: *"?([^"# ]*)"?.*/\1/p' && sed -nE 's/^ *- "?([0-9.]+)"?.*/\1/p' <<<"$text"; } <<<"$text" | xargs
}

# Directories 0700, files 0600, and no password anywhere but in backup/ and artifacts/.
run_directory_is_private() {
    [[ -z $(find "$STATE" -type d ! -perm 700 -o -type f ! -perm 600) ]]
    refute grep -rlFf <(passwords) "$STATE" --exclude-dir=backup --exclude-dir=artifacts
    [[ $(head -n 1 "$(run_directory)/journal.jsonl") == '{"format":2}' ]]
    [[ $(tail -n 1 "$(run_directory)/journal.jsonl" | jq -r '.event + " " + .state') == 'run_ended done' ]]
    local part
    for part in artifacts backup logs plan.json journal.jsonl; do [[ -s $(run_directory)/$part ]]; done
}
