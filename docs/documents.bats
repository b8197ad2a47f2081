#!/usr/bin/env bats
# What the documents say is so: ids, events, options and links exist, and real output is what the schema allows. Needs root for
# the lab that it brings up with two hosts.

setup_file() {
    export OMSLAB_NAME=omsdocs OMSLAB_DIR=/var/lib/omsctl-lab-docs
    export PROJECT=$BATS_TEST_DIRNAME/.. VALIDATE=$BATS_TEST_DIRNAME/validate-events
    export LAB=$PROJECT/tests/lab/lab OMSCTL=${OMSCTL:-$PROJECT/build/release/omsctl}
    [[ -x $OMSCTL ]] || { echo "no binary $OMSCTL" && return 1; }
}

teardown_file() { "$LAB" down; }

setup() { OUT=$BATS_TEST_TMPDIR/out.jsonl STATE=$BATS_TEST_TMPDIR/state; }

# prints STATUS ARGUMENT...: omsctl --json ends with this exit code, and all that it printed is valid.
prints() {
    local status=0
    timeout 200 "$OMSCTL" "${@:2}" --json >"$OUT" </dev/null 3>&- || status=$?
    [[ $status -eq $1 ]] || { echo "exit code $status instead of $1" && tail -n 5 "$OUT" && return 1; }
    "$VALIDATE" "$OUT"
    [[ $(tail -n 1 "$OUT" | jq .exit_code) -eq $1 ]]
}

# scale_out STATUS OPTION...: the same in the lab's network.
scale_out() {
    local status=0
    timeout 200 "$LAB" exec controller -- "$OMSCTL" scale-out node -c "$OMSLAB_DIR/config.yaml" --ssh-config "$OMSLAB_DIR/ssh_config" \
        --state-dir "$STATE" --json "${@:2}" >"$OUT" </dev/null 3>&- || status=$?
    [[ $status -eq $1 ]] || { echo "exit code $status instead of $1" && tail -n 5 "$OUT" && return 1; }
    "$VALIDATE" "$OUT"
}

has_event() { jq -es --arg event "$1" 'any(.[]; .event == $event)' "$OUT" >/dev/null || { echo "no event $1" && return 1; }; }

ids_in_code() { grep -ohE '"[a-z]+\.[a-z-]+"' "$PROJECT"/src/checks/*.cpp | tr -d '"' | sort -u; }
# shellcheck disable=SC2016 # backquotes of the document
ids_in_document() { sed -nE 's/^\| `([a-z.-]+)` \|.*/\1/p' "$PROJECT/docs/checks.md" | sort; }

@test "checks.md has every finding once, and no other" {
    [[ $(ids_in_code | wc -l) -gt 40 ]]
    diff <(ids_in_code) <(ids_in_document)
}

@test "checks.md calls an error skippable exactly when the code does" {
    # In the code, `false}` ends a finding that cannot be skipped; findings of one id are alike.
    cat "$PROJECT"/src/checks/rules*.cpp | tr '\n' ' ' | sed -E 's/(findings\.push_back|refuse|tell)\(/\n/g' | sed -E 's/\}?\);.*//' >"$BATS_TEST_TMPDIR/findings"
    # shellcheck disable=SC2016 # backquotes of the document
    while read -r id; do
        fixed=no
        ! grep -F "\"$id\"" "$BATS_TEST_TMPDIR/findings" | grep -qE '[ ,]false *$' || fixed=yes
        said=$(grep -F "| \`$id\` |" "$PROJECT/docs/checks.md" | cut -d'|' -f3)
        case "$fixed $said" in
            'yes  error ' | 'no  error, skippable ' | 'no  warning ' | 'no  error, skippable unless `cm_url` changes ' | 'no  error, or a note once decided ') ;;
            *) echo "$id: \"$said\" in checks.md, cannot be skipped: $fixed" && return 1 ;;
        esac
    done < <(ids_in_code)
}

@test "the schema and events.md have every event of the code, and no other" {
    tr -d '\n ' <"$PROJECT/src/cli/output/output_json.cpp" | grep -oE '(emit|step_event)\("[a-z_]+"' | cut -d'"' -f2 | sort -u >"$OUT"
    diff "$OUT" <(jq -r '.properties.event.enum[]' "$PROJECT/docs/events.schema.json" | sort)
    diff "$OUT" <(grep -E '^\| `' "$PROJECT/docs/events.md" | cut -d'|' -f2 | grep -oE '[a-z_]+' | sort)
}

@test "README.md has every exit code of the code, and no other" {
    diff <(grep -oE '\{Code::[a-z_]+, [0-9]+' "$PROJECT/src/base/error.cpp" | grep -oE '[0-9]+$' | cat - <(echo 0) | sort -un) \
        <(sed -nE 's/^\| ([0-9]+) \|.*/\1/p' "$PROJECT/README.md" | sort -un)
}

@test "every option and command that README.md names exists" {
    help=$(for command in "scale-out node" runs "metadb verify" ""; do read -ra words <<<"$command"; "$OMSCTL" "${words[@]}" --help; done)
    while read -r option; do
        grep -qE -e "$option( |,|\$)" <<<"$help" || { echo "no option $option" && return 1; }
    done < <(grep -vE 'sudo|cmake' "$PROJECT/README.md" | grep -oE -e '(^|[ `])--[a-z-]+' | grep -oE -e '--[a-z-]+' | sort -u | grep -vxE -e '--keep')
}

faults_of_the_lab() {
    local machine
    # shellcheck source=/dev/null
    . "$PROJECT/tests/lab/lib/faults.sh"
    known_faults h1 | tr ' ' '\n'
    for machine in metadb vip tsdb controller; do known_faults "$machine" | tr ' ' '\n' | sed "s/^/$machine /"; done
}

# In the first column of its tables: "KIND ARGUMENT" of a host, or "MACHINE KIND ARGUMENT".
# shellcheck disable=SC2016 # backquotes of the document
faults_in_document() {
    sed -nE 's/^\| ([^|]*) \|.*/\1/p' "$PROJECT/docs/faults.md" | grep -oE '`[^`]+`' | tr -d '`' |
        grep -oE '^(metadb|vip|tsdb|controller) [a-z-]+|^partition|^[a-z]+-[a-z-]+'
}

@test "faults.md has every fault of the lab, and no other" {
    [[ $(faults_of_the_lab | wc -l) -gt 20 ]]
    diff <(faults_of_the_lab | sort) <(faults_in_document | sort -u)
}

@test "links between the documents lead somewhere" {
    for file in "$PROJECT"/README.md "$PROJECT"/docs/*.md; do
        while read -r link; do
            [[ -e ${file%/*}/$link ]] || { echo "$file: $link" && return 1; }
        done < <(grep -oE '\]\([^)#]+' "$file" | cut -c3- | grep -v '^https\?:')
    done
}

# one_line FILE...: comments and string literals that wrap are joined.
one_line() { cat -- "$@" | sed -E 's,^ *(//+<?|#) *,,' | tr -s '\n ' ' ' | sed 's/" "//g'; }

# The sections of a list count too: "oms §4.4, §4.5".
readonly section='[0-9A-E][0-9.]*' cited='(design|oms) §[0-9A-E][0-9.]*(,? (and )?§[0-9A-E][0-9.]*)*'

# without_section: from stdin, citations of design.md and oms.md that have no such heading.
without_section() {
    local document sections number
    { grep -oE "$cited" || true; } | sort -u | while read -r document sections; do
        while read -r number; do
            number=${number%.}
            grep -qE "^#+ ${number//./[.]}[.]? " "$PROJECT/docs/$document.md" || echo "$document §$number"
        done < <(grep -oE "$section" <<<"$sections")
    done
}

# without_line: the same for "guide: PART, step N": a part of runbook.md begins so, and has such a line.
without_line() {
    local part step lines
    { grep -oE 'guide: [A-Za-z ]+(, step [0-9.]*[0-9])?' || true; } | sed 's/ *$//' | sort -u | while IFS=, read -r part step; do
        lines=$(sed -nE "/^## ${part#guide: }(:|\$)/I,/^## /p" "$PROJECT/docs/runbook.md" | sed '$!b;/^## /d')
        [[ -n $lines ]] && grep -qE "^[|] ([0-9.]+, )*${step# step }" <<<"$lines" || echo "$part${step:+,$step}"
    done
}

# lost FILE...: what is cited there and cannot be found, and what looks like a citation and names no document.
lost() {
    one_line "$@" | without_section
    one_line "$@" | without_line
    one_line "$@" | sed -E "s/$cited//g" | { grep -oE '[[:alpha:]]* ?§[^ ]*' || true; }
}

@test "what code and plans cite stands in design.md, oms.md and runbook.md" {
    mapfile -t files < <(find "$PROJECT"/src "$PROJECT"/include "$PROJECT"/tests/golden -type f)
    [[ $(one_line "${files[@]}" | grep -oE "$cited|guide: " | wc -l) -gt 100 ]]
    diff <(lost "${files[@]}") /dev/null
    # Each step of a plan names one of the three.
    diff <(grep -hE '^ *because: ' "$PROJECT"/tests/golden/* | grep -vE 'because: (guide: [a-zA-Z]|design §[0-9]|oms §[0-9A-E])') /dev/null
}

@test "what the documents cite of each other stands there" {
    # In design.md and oms.md a bare § is the document's own.
    for name in design oms; do
        one_line "$PROJECT/docs/$name.md" | sed -E "s/(design|oms) §/\1 @/g; s/§/$name §/g; s/ @/ §/g" | without_section >>"$OUT"
    done
    cat "$PROJECT"/README.md "$PROJECT"/docs/*.md "$PROJECT"/examples/* | one_line | without_section >>"$OUT"
    diff "$OUT" /dev/null
}

@test "a citation of a section or line that is missing is told, wrapped or not" {
    cat >"$BATS_TEST_TMPDIR/planted.cpp" <<'END'
/// Right: design §5.4; oms §4.4, §4.5, and (guide: physical address, step 3.1). Wrong: oms §4.4, §4.77 and (design
/// §15).
step.source = "guide: physical address, step 9: nothing of the kind";
step.source = "guide: region, "
              "step 5: right";
step.source = "guide: another part, step 1";
step.source = "domain §2: no such document";
END
    diff <(lost "$BATS_TEST_TMPDIR/planted.cpp" | sort) - <<'END'
design §15
domain §2:
guide: another part, step 1
guide: physical address, step 9
oms §4.77
END
}

@test "--json is valid without a deployment: version, runs, config check, refusals" {
    prints 0 version
    prints 0 runs --state-dir "$STATE"
    prints 2 runs nothing --state-dir "$STATE"
    has_event error
    (umask 077 && cat "$PROJECT/examples/node-vip.yaml" >"$BATS_TEST_TMPDIR/good.yaml")
    prints 0 config check "$BATS_TEST_TMPDIR/good.yaml"
    (umask 077 && printf 'cm_url: http://127.0.0.1:8088\ncm_nodes: 3\n\tx: y\xff\n' >"$BATS_TEST_TMPDIR/bad.yaml")
    prints 3 config check "$BATS_TEST_TMPDIR/bad.yaml"
    has_event problem
    prints 3 scale-out node --yes -c "$BATS_TEST_TMPDIR/nothing.yaml" --state-dir "$STATE"
    has_event error
}

@test "--json is valid from the first question to a failed run, and to a run that is done" {
    "$LAB" up --hosts 2 3>&-
    scale_out 0 --dry-run
    has_event plan
    "$LAB" fault vip down
    scale_out 4 --yes
    has_event finding
    "$LAB" heal
    "$LAB" fault h1 init-fails-at 4
    scale_out 5 --yes
    has_event step_failed
    has_event report
    prints 0 runs last --state-dir "$STATE"
    has_event run
    scale_out 8 --yes
    has_event error
    "$LAB" reset
    STATE=$BATS_TEST_TMPDIR/second scale_out 0 --yes
    has_event step_done
    [[ $(jq -r 'select(.event == "report") | .state' "$OUT") == 'done' ]]
}
