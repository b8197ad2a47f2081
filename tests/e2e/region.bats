#!/usr/bin/env bats
# shellcheck disable=SC2034 # names that the helpers use
# A further region, on every layout: the end state is compared whole, the new region's and what the others had before.
# The last test prints the table of what was run.

setup_file() {
    load helpers
    export RESULTS=$BATS_FILE_TMPDIR/results
    : >"$RESULTS"
}

teardown_file() {
    load helpers
    load region
    use_lab
    region_labs_down B C
}

setup() {
    load helpers
    load state
    load rows
    load region
}

teardown() { keep_what_failed; }

# done_with NODES KIND
done_with() { printf '%s\t%s\t%s\tdone\n' "$LAB_LAYOUT" "$@" >>"$RESULTS"; }

# stages TITLE...: a dry run shows these, none of them an outage, and changes nothing.
stages() {
    remember_digest
    omsctl 0 scale-out region --dry-run --json
    diff <(printf '%s no\n' "$@") <(jq -r 'select(.event == "plan").plan.stages[] | "\(.title) \(.outage)"' "$OUT")
    nothing_changed
    [[ ! -e $STATE ]]
}

@test "layout A: two nodes behind a second VIP, the image streamed" {
    use_region_lab A
    one_region --images initial
    stages "Prepare the new region's nodes" 'Back up the MetaDB' "Start and initialise the region's first node" \
        'Start and initialise the other nodes, one after the other' 'Verify the whole region'
    omsctl 0 scale-out region --yes
    told 'streamed from 198.18.0.11'
    untold Outage: '[OUTAGE'
    region_ended_well s1 s2
    done_with 'two, VIP' 'image streamed'
    nothing_to_do --yes
    omsctl 0 check region
}

# bats test_tags=all
@test "layout A: one node with its own address, as a user with sudo: image archive, https, odd paths, another container name" {
    use_region_lab A
    one_region --images initial --https --odd-paths --container OMS.prod-4_2
    CONFIG=$LAB_SECOND_SINGLE_CONFIG LAB_SSH_CONFIG=$LAB_SSH_CONFIG_OPERATOR
    archive=$("$LAB" archive good)
    omsctl 0 scale-out region --yes --image-archive "$archive"
    told "loaded from $archive"
    region_ended_well s1
    for file in crt key; do
        path=LAB_HTTPS_${file^^}
        diff "$OMSLAB_DIR/tls-region1/oms_server.$file" <(on s1 cat "${!path}")
    done
    on controller curl -kfsS -m 2 https://198.18.0.111:8089/oms/health | grep -q '"healthy":true'
    # The archive was copied there, and is gone.
    [[ -z $(on s1 find / -xdev -name '*omsctl*' -size +1M) ]]
    done_with 'one, address' 'archive, https, odd paths, sudo'
    nothing_to_do --yes
}

tls_files() { for host in s1 s2; do on "$host" sh -c 'cd /data/tls && ls -l --full-time && sha256sum *'; done; }

# bats test_tags=all
@test "layout A: two nodes with a certificate of the region's own, each its own, while the other region speaks http" {
    use_region_lab A
    one_region
    for host in s1 s2; do own_certificate "$host"; done
    tls_files >"$BATS_TEST_TMPDIR/tls.before"
    omsctl 0 scale-out region --yes --https-crt /data/tls/region.crt --https-key /data/tls/region.key
    told "https: certificate and key are the nodes' own"
    first_region_as_before
    first_region_serves
    diff <(expected_second_region s1 s2) <(second_region_rows)
    for host in s1 s2; do
        all_running "$host"
        on "$host" docker inspect oms_421 --format '{{range .Mounts}}{{.Source}} {{.Destination}}{{"\n"}}{{end}}' | grep '^/data/tls' | sort |
            diff <(printf '/data/tls/region.%s /etc/pki/nginx/oms_server.%s\n' crt crt key key) -
        serves_own_certificate "$host"
    done
    diff "$BATS_TEST_TMPDIR/tls.before" <(tls_files)
    untold 'PRIVATE KEY'
    if grep -rl 'PRIVATE KEY' "$STATE"; then return 1; fi
    done_with 'two, VIP' 'certificates of its own'
    nothing_to_do --yes
}

# bats test_tags=all
@test "layout A, already behind a VIP: two nodes that report to a time-series database" {
    use_region_lab A
    one_region --vip
    with_tsdb
    omsctl 0 scale-out region --yes
    told 'region.config-differs' 'tsdb_enabled'
    region_ended_well s1 s2
    for host in s1 s2; do eventually 10 reports_to_tsdb "$host"; done
    done_with 'two, VIP' 'time-series database'
    nothing_to_do --yes
}

reports_to_tsdb() { [[ $("$LAB" tsdb "SELECT alive FROM oms..supervisor WHERE host = '$(address "$1")'") == *'"values":[['* ]]; }

# bats test_tags=all
@test "layout B: two nodes behind a second VIP" {
    use_region_lab B
    one_region --images initial
    omsctl 0 scale-out region --yes
    region_ended_well s1 s2
    done_with 'two, VIP' 'image streamed'
    nothing_to_do --yes
}

# bats test_tags=all
@test "layout B: one node with its own address, the other kind of hosts" {
    use_region_lab B
    one_region --https --odd-paths --container OMS.prod-4_2
    CONFIG=$LAB_SECOND_SINGLE_CONFIG LAB_SSH_CONFIG=$LAB_SSH_CONFIG_OPERATOR
    omsctl 0 scale-out region --yes
    region_ended_well s1
    done_with 'one, address' 'https, odd paths, sudo'
    nothing_to_do --yes
}

# bats test_tags=all
@test "layout C: two nodes behind a second VIP whose balancer asks nobody; the image initialises itself" {
    use_region_lab C
    one_region --images initial
    "$LAB" vip h1 s1
    omsctl 0 scale-out region --yes
    told 'must lead to 198.18.0.111 alone'
    "$LAB" vip h1 s1 s2
    region_ended_well s1 s2
    done_with 'two, VIP' 'image streamed'
    nothing_to_do --yes
}

# bats test_tags=all
@test "layout C: one node with its own address, the other kind of hosts" {
    use_region_lab C
    one_region --https --odd-paths --container OMS.prod-4_2
    CONFIG=$LAB_SECOND_SINGLE_CONFIG LAB_SSH_CONFIG=$LAB_SSH_CONFIG_OPERATOR
    omsctl 0 scale-out region --yes
    region_ended_well s1
    done_with 'one, address' 'https, odd paths, sudo'
    nothing_to_do --yes
}

@test "a further region, layout × nodes × kind: the table" {
    { printf 'layout\tnodes\tkind\tresult\n' && sort "$RESULTS"; } |
        awk -F'\t' '{ printf "# %-6s  %-12s  %-32s  %s\n", $1, $2, $3, $4 }' >&3
    # Each test before this one has left its row, whichever of them the tags let run.
    [[ $(grep -c 'done$' "$RESULTS") -eq $((BATS_TEST_NUMBER - 1)) ]]
}
