#!/usr/bin/env bats
# A dry run and a check look, show everything, and change nothing anywhere.

setup() {
    load helpers
    use_lab
    use_place
}

teardown() { keep_what_failed; }

# What the lab's digest does not hold: images, and processes, which a restart would change.
images_and_processes() {
    local host
    for host in $LAB_HOSTS; do
        on "$host" docker image ls -a --no-trunc
        on "$host" docker ps -a --no-trunc --format '{{.ID}} {{.Names}} {{.CreatedAt}}'
    done
    on h1 docker exec oms_421 supervisorctl pid all
}

watch_everything() {
    remember_digest
    images_and_processes >"$BATS_TEST_TMPDIR/processes"
    truncate -c -s 0 "$LAB_GENERAL_LOG"
    sql 'SET GLOBAL general_log = 1'
}

# Statements of connections from the controller, where only omsctl is: "COMMAND TEXT".
our_statements() {
    awk -F'\t' '
        { head = $0; sub(/^[0-9]+ +[0-9:]+/, "", head); gsub(/\t/, " ", head) }
        head ~ /^ *[0-9]+ (Connect|Query|Quit|Init DB|Prepare|Execute|Close stmt|Field List|Statistics|Ping) ?/ {
            split(head, words, " "); id = words[1]; sub(/^ *[0-9]+ /, "", head)
            if (head ~ /^Connect .*@198\.18\.0\.1 /) ours[id] = 1
            shown = (id in ours)
        }
        shown { print head }' "$LAB_GENERAL_LOG"
}

# The words that a read can begin with; EXPLAIN looks at a statement and runs nothing of it.
is_read='^(Connect |Quit|Query (SELECT|SHOW|EXPLAIN (SELECT|INSERT|UPDATE|DELETE)|SET (SESSION|NAMES)|SET TRANSACTION READ ONLY|ROLLBACK) ?)'

only_reads() {
    sql 'SET GLOBAL general_log = 0'
    our_statements >"$BATS_TEST_TMPDIR/statements"
    [[ $(grep -c '^Query SELECT' "$BATS_TEST_TMPDIR/statements") -gt 10 ]]
    refute grep -Ev "$is_read" "$BATS_TEST_TMPDIR/statements"
    refute grep -iE 'FOR UPDATE|LOCK IN SHARE|INTO (OUTFILE|DUMPFILE)|GET_LOCK|EXPLAIN ANALYZE|SET.* GLOBAL' "$BATS_TEST_TMPDIR/statements"
}

nothing_was_touched() {
    only_reads
    nothing_changed
    diff "$BATS_TEST_TMPDIR/processes" <(images_and_processes)
    [[ ! -e $STATE ]]
    no_ssh_left
}

json_lines_only() {
    jq -es 'length > 1 and all(type == "object" and .schema_version == 2 and (.event | type == "string"))' "$OUT"
    [[ $(wc -l <"$OUT") -eq $(jq -s length "$OUT") ]]
}

# docker_run HOST: the guide's command, as it will be typed there, with the run's own label.
docker_run() {
    local run
    run=$(grep -oE -m 1 'omsctl\.run=[0-9]{8}-[0-9]{6}-[0-9a-f]{4} ' "$OUT")
    local flags='-v /data/config.yaml:/home/admin/conf/config.yaml -v /data/oms/oms_logs:/home/admin/logs'
    flags+=' -v /data/oms/oms_store:/home/ds/store -v /data/oms/oms_run:/home/ds/run'
    echo "docker run -dit --net host $flags -e OMS_HOST_IP=$(address "$1") --privileged=true --pids-limit -1 --ulimit nproc=65535:65535 --label $run--name oms_421 $LAB_IMAGE"
}

# Order of the stages in the plan's table.
stages() { sed -n 's/^ *[0-9]*\. //p' "$OUT" | sed 's/ *\[/ [/'; }

@test "physical cm_url: a dry run shows plan, diffs, SQL and commands, and leaves everything as it was" {
    "$LAB" reset --images initial
    watch_everything
    omsctl 0 scale-out node --dry-run
    diff <(stages) - <<'EXPECTED'
Prepare the nodes
Back up the MetaDB
Record what runs
Stop the programs [OUTAGE BEGINS]
Prove that all is quiet [outage]
Clear the region's rows [outage]
Change config.yaml [outage]
Re-initialise the existing nodes, one after the other [outage]
Prove the existing nodes [OUTAGE ENDS]
Start the new nodes
Initialise the new nodes, one after the other
Verify the whole region
EXPECTED
    told "$(docker_run h2)" "$(docker_run h3)" 'image oms-lab/oms:feature_4.2.1-ce, streamed from 198.18.0.11' \
        'stop_programs oms_421' 'supervisorctl stop all' './docker_init.sh' \
        "DELETE FROM \`oms_rm\`.\`cluster_info\` WHERE (BINARY CAST(\`code\` AS CHAR) = '1')" \
        "DELETE FROM \`oms_cm\`.\`resource_group\`" "DELETE FROM \`oms_cm\`.\`host\`" "DELETE FROM \`oms_cm\`.\`location_cm\`" \
        'START TRANSACTION WITH CONSISTENT SNAPSHOT' 'dry run: nothing was changed'
    told '--- 198.18.0.11:/data/config.yaml' '-cm_url: http://198.18.0.11:8088' '+cm_url: http://198.18.0.100:8088' \
        '+ - 198.18.0.12' '+ - 198.18.0.13' '+++ 198.18.0.12:/data/config.yaml' '+oms_meta_password: [redacted]'
    nothing_was_touched

    watch_everything
    omsctl 0 scale-out node --dry-run --json
    json_lines_only
    jq -es 'any(.event == "plan" and (.plan.stages | length) == 12 and (.config_changes | map(.host)) == ["198.18.0.11", "198.18.0.12", "198.18.0.13"])' "$OUT"
    nothing_was_touched
}

@test "behind the VIP: a dry run shows a plan without an outage, and leaves everything as it was" {
    "$LAB" reset --vip
    watch_everything
    omsctl 0 scale-out node --dry-run
    diff <(stages) - <<'EXPECTED'
Prepare the nodes
Back up the MetaDB
Start the new nodes
Initialise the new nodes, one after the other
Change config.yaml of the existing nodes
Verify the whole region
EXPECTED
    told "$(docker_run h2)" 'no program stops and no row is deleted' '+ - 198.18.0.12' '+oms_meta_password: [redacted]'
    untold 'supervisorctl stop' '+cm_url: http://198.18.0.100:8088 ' '-cm_url'
    sed -i '/^The way back: /,$d' "$OUT"
    untold 'DELETE FROM'
    nothing_was_touched
}

@test "check node says what is ready, as text and as JSON, and leaves everything as it was" {
    "$LAB" reset
    watch_everything
    omsctl 0 check node
    told 'all checks passed' 'warning: projects.active'
    nothing_was_touched

    watch_everything
    target h1 h2 -- -e 's|^cm_region: .*|cm_region: cn-other|'
    omsctl 4 check node --json
    json_lines_only
    jq -es 'any(.event == "finding" and .id == "config.differs" and .severity == "error" and .where != "" and .fix != "")' "$OUT"
    nothing_was_touched
}
