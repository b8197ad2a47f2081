#!/usr/bin/env bats
# Files that a run or a safety copy relies on, damaged: told by name with exit code and next command before anything is changed.

setup() {
    load helpers
    load crash
    run_to_h2
}

teardown() {
    keep_what_failed
    "$LAB" heal
}

# --- ways to damage a file

truncated() { truncate -s "$(($(stat -c %s "$1") / 2))" "$1"; }

# One bit, in the middle.
flipped() {
    local at byte
    at=$(($(stat -c %s "$1") / 2))
    byte=$(od -An -tu1 -j "$at" -N 1 "$1")
    # shellcheck disable=SC2059 # the format is the byte
    printf "\\$(printf %o "$((byte ^ 1))")" | dd of="$1" bs=1 seek="$at" conv=notrunc status=none
}

replaced_by() { cp -- "$1" "$2"; }

# In place of a word, another one of its length: it stays JSON, and it stays a plan.
edited() { sed -i "0,/$1/s//$2/" "$3"; }

# What a test damages, kept, and put back.
keep_whole() { cp -a -- "$1" "$BATS_TEST_TMPDIR/whole"; }

whole_again() { rm -rf -- "$1" && cp -a -- "$BATS_TEST_TMPDIR/whole" "$1"; }

# unread FILE DAMAGE...: resume and rollback both refuse because of it, and name it and what to type.
unread() {
    local file=$1 command
    "${@:2}"
    for command in resume rollback; do
        omsctl 4 "$command" last --yes
        told "$file" 'nothing was changed by this command' "omsctl $command $(run_id) --state-dir $STATE --from HOST" docs/recovery.md
        no_ssh_left
    done
    whole_again "$(run_directory)"
}

# refused_back TEXT DAMAGE...: the way back is refused while it looks, before a program is stopped.
refused_back() {
    "${@:2}"
    omsctl 4 rollback last --yes
    told "$1" 'nothing was changed by this rollback' "omsctl rollback $(run_id)"
    whole_again "$(run_directory)"
}

@test "plan, options, configuration and journal of a run that stopped midway: damaged ones are named, nothing is changed" {
    "$LAB" reset
    image_on h2
    remember
    killed 'step_done clear' scale-out node --yes
    remember_digest
    local run
    run=$(run_directory)
    keep_whole "$run"
    unread plan.json truncated "$run/plan.json"
    unread plan.json edited 'supervisorctl' 'supervisorcta' "$run/plan.json"
    unread plan.json replaced_by "$run/run.json" "$run/plan.json"
    unread plan.json rm "$run/plan.json"
    unread run.json truncated "$run/run.json"
    unread run.json edited '"container": "' '"container": "x' "$run/run.json"
    unread artifacts/198.18.0.11.config.old flipped "$run/artifacts/198.18.0.11.config.old"
    unread artifacts/198.18.0.11.programs edited RUNNING STOPPED "$run/artifacts/198.18.0.11.programs"
    unread artifacts/target.yaml replaced_by "$run/artifacts/198.18.0.11.config.old" "$run/artifacts/target.yaml"
    unread journal.jsonl:3: sed -i '3s/^/#/' "$run/journal.jsonl"
    unread journal.jsonl:1: sed -i '1s/2/7/' "$run/journal.jsonl"
    nothing_changed

    # A run that cannot be read hides no other, nor itself.
    sed -i '3s/^/#/' "$run/journal.jsonl"
    omsctl 0 runs
    told "$(run_id)" damaged journal.jsonl:3:
    omsctl 4 runs last
    told journal.jsonl:3:
    omsctl 4 attach last
    told journal.jsonl:3:
    whole_again "$run"

    # A line that a crash has torn is none: the step that it was about is looked at again.
    truncate -s -20 "$run/journal.jsonl"
    omsctl 0 resume last --yes
    joined h2
    rolled_back
}

@test "a run of the former version: resume and rollback refuse, name the version that finishes it, and print the way back by hand" {
    mkdir -p "$STATE"
    cp -r "$BATS_TEST_DIRNAME/../run/store/former_version/runs" "$STATE/runs"
    local command
    for command in resume rollback; do
        omsctl 4 "$command" last --yes
        told 'was made by omsctl 0.1.0' 'finish it with omsctl 0.1.0' 'nothing was changed by this command' docs/recovery.md \
            'docker exec oms_421 supervisorctl start nginx' '.config.old on this machine' '-cluster_info.rows.sql'
    done
    omsctl 0 runs
    told 'another version'
    diff -r -x lock "$BATS_TEST_DIRNAME/../run/store/former_version/runs" "$STATE/runs"
}

@test "the rows that a way back needs: truncated, flipped, those of another table or run, are found out before a program is stopped" {
    "$LAB" reset
    image_on h2
    omsctl 0 metadb backup
    sql "UPDATE $LAB_RM_DB.cluster_info SET region_cn = 'another'"
    remember
    killed 'step_done clear' scale-out node --yes
    remember_digest
    local run older host info
    run=$(run_directory) older=$(find "$STATE/backups" -mindepth 1 -maxdepth 1)
    keep_whole "$run"
    host=$(find "$run/backup/clear" -name '*-host.rows.sql') info=$(find "$run/backup/clear" -name '*-cluster_info.rows.sql')
    refused_back "$(basename "$host")" truncated "$host"
    refused_back "$(basename "$host")" flipped "$host"
    refused_back "$(basename "$host")" replaced_by "$info" "$host"
    refused_back "$(basename "${host/rows/schema}")" flipped "${host/rows/schema}"
    refused_back manifest.json flipped "$run/backup/clear/manifest.json"
    refused_back "$(basename "$info")" rm "$info"
    # As they were when another copy was taken.
    refused_back "$(basename "$info")" replaced_by "$older/rows/$(basename "$info")" "$info"
    refused_back "$(basename "$info")" replaced_by "$older/rows/manifest.json" "$run/backup/clear/manifest.json"
    nothing_changed

    flipped "$host"
    omsctl 7 metadb verify "$(run_id)/clear"
    told "FAIL  rows/$(basename "$host")"
    whole_again "$run"
    rolled_back
    all_running h1
}

# bats test_tags=all
@test "a copy that was damaged before the delete is never deleted upon: resume saves the rows anew" {
    "$LAB" reset
    image_on h2
    remember
    killed 'step_started clear' scale-out node --yes
    flipped "$(find "$(run_directory)/backup/clear" -name '*-host.rows.sql')"
    omsctl 0 resume last --yes
    joined h2
    [[ -d $(run_directory)/backup/clear.1 ]]
    omsctl 0 metadb verify "$(run_id)/clear"
    rolled_back
}

# shellcheck disable=SC2016 # expanded by the inner shell
@test "the second copy on the initial node: a damaged archive is not unpacked, a whole one goes back" {
    "$LAB" reset
    image_on h2
    remember
    killed 'step_done clear' scale-out node --yes
    local copies archive
    copies=/var/lib/omsctl/copies/$(run_id)
    mv "$STATE" "$STATE.lost"
    on h1 cp -a "$copies" /root/whole
    remember_digest
    for archive in run rows; do
        on h1 truncate -s -600 "$copies/$archive.tar"
        copy_is_refused "$archive.tar"
        on h1 sh -c 'printf x | dd of="$1" bs=1 seek=2000 conv=notrunc' sh "$copies/$archive.tar"
        copy_is_refused "$archive.tar"
        on h1 cp /dev/null "$copies/$archive.tar"
        copy_is_refused "$archive.tar"
    done
    nothing_changed
    on h1 rm -rf /root/whole
    the_claim_has_expired
    omsctl 0 rollback last --yes --from 198.18.0.11
    as_it_was
    all_running h1
    no_lease
}

# copy_is_refused ARCHIVE: nothing is left here of what was fetched.
# shellcheck disable=SC2016 # expanded by the inner shell
copy_is_refused() {
    local command
    for command in resume rollback; do
        omsctl 4 "$command" last --yes --from 198.18.0.11
        told "$1 of 198.18.0.11 is damaged" 'nothing was changed' docs/recovery.md
        [[ -z $(all_runs) ]]
    done
    on h1 sh -c 'cp /root/whole/* /var/lib/omsctl/copies/*/'
}

# unreliable FILE DAMAGE...: verify and, where rows are concerned, restore name the file; nothing is changed.
unreliable() {
    "${@:2}"
    omsctl 7 metadb verify "$ID" --drill
    told FAIL "$1" 'cannot be relied on' 'omsctl metadb list'
    if [[ $1 != full/* ]]; then
        omsctl 4 metadb restore "$ID" --yes
        told "$(basename "$1")"
    fi
    whole_again "$COPY"
}

# bats test_tags=all
@test "a safety copy: truncated, flipped, another table's or another copy's file is found out by verify and by restore" {
    "$LAB" reset --images initial
    omsctl 0 metadb backup
    local other rows
    other=$(find "$STATE/backups" -mindepth 1 -maxdepth 1)
    sql "UPDATE $LAB_RM_DB.cluster_info SET region_cn = 'another'"
    omsctl 0 metadb backup
    COPY=$(find "$STATE/backups" -mindepth 1 -maxdepth 1 ! -path "$other")
    ID=$(basename "$COPY") rows=$COPY/rows
    keep_whole "$COPY"
    sql "UPDATE $LAB_RM_DB.cluster_info SET region_cn = 'a third'"
    remember_digest
    unreliable rows/01-cluster_info.rows.sql truncated "$rows/01-cluster_info.rows.sql"
    unreliable rows/01-cluster_info.rows.sql flipped "$rows/01-cluster_info.rows.sql"
    unreliable rows/01-cluster_info.rows.sql replaced_by "$other/rows/01-cluster_info.rows.sql" "$rows/01-cluster_info.rows.sql"
    # Whole in itself, but of other rows than those beside it.
    unreliable rows/01-cluster_info.rows.sql replaced_by "$other/rows/manifest.json" "$rows/manifest.json"
    unreliable rows/manifest.json flipped "$rows/manifest.json"
    unreliable rows/01-cluster_info.schema.sql rm "$rows/01-cluster_info.schema.sql"
    unreliable "full/$LAB_CM_DB.sql.zst" truncated "$COPY/full/$LAB_CM_DB.sql.zst"
    unreliable "full/$LAB_RM_DB.sql.zst" replaced_by "$other/full/$LAB_RM_DB.sql.zst" "$COPY/full/$LAB_RM_DB.sql.zst"
    unreliable full/manifest.json truncated "$COPY/full/manifest.json"
    nothing_changed

    # backup.json says what deployment and region it is of: without it nothing is put back.
    flipped "$COPY/backup.json"
    omsctl 4 metadb restore "$ID" --yes
    nothing_changed
    omsctl 0 metadb list
    told "$ID" backup.json
    [[ $(sql "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name LIKE 'omsctl\\_drill%'") == 0 ]]
}

@test "this machine's disk is full while a copy is taken: none is left, an older one stays whole" {
    "$LAB" reset --images initial
    STATE=$LAB_CONTROLLER_DISK/state
    rm -rf "$STATE"
    omsctl 0 metadb backup
    local before
    before=$(find "$STATE" -type f -exec sha256sum {} + | sort)
    remember_digest
    "$LAB" fault controller disk-full 40
    omsctl 4 metadb backup
    told 'No space left on device' "$STATE/backups" 'no copy was made: what was written of it is removed'
    [[ $(find "$STATE" -type f -exec sha256sum {} + | sort) == "$before" ]]
    nothing_changed
    omsctl 0 metadb verify last
    "$LAB" heal
    omsctl 0 metadb backup
    omsctl 0 metadb verify last
    rm -rf "$STATE"
}
