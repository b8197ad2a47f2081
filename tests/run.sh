#!/bin/bash
# Installs, builds and tests omsctl; the last line is "N passed, N failed". Needs root for what it installs and for
# the real servers of the end-to-end tests.
#
#   sudo tests/run.sh [--unit] [--integration] [--e2e] [--all] [--preset NAME] [--no-install]
#
#   --unit          tests on values
#   --integration   tests with a real MariaDB and sshd
#   --e2e           the lab's own tests, the command on the lab, and the documents      default: all three
#   --all           all three whole, also the end-to-end tests that are tagged "all" (more of the same kind as others), and the
#                   big tests: two hours on 2 processors, and 6 GB of free space below $TMPDIR
#   --preset NAME   a preset of CMakePresets.json (release)
#
# A test that is skipped counts as failed. What failed tests left behind is kept; the summary says where.
set -uo pipefail

root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
readonly root
export LC_ALL=C.UTF-8
# The compiler's cache serves every checkout of this project, wherever it lies.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
# One bats test that hangs is ended after so many seconds.
export BATS_TEST_TIMEOUT=${BATS_TEST_TIMEOUT:-900}

passed=0
failed=0
kept=()

say() { printf '== %s\n' "$*"; }
usage() { sed -n '2,/^set /p' "$0" | sed -n 's/^# \{0,1\}//p'; }

count() { # PASSED FAILED
    passed=$((passed + $1))
    failed=$((failed + $2))
}

finish() {
    ((${#kept[@]} > 0)) || rm -rf -- "$work"
    ((${#kept[@]} == 0)) || printf 'kept: %s\n' "${kept[@]}"
    printf '%d passed, %d failed\n' "$passed" "$failed"
    ((failed == 0 && passed > 0))
    exit
}

# Nothing can be tested without it: one failure, and the end.
must() { # WHAT SECONDS COMMAND...
    local what=$1 seconds=$2 status
    shift 2
    say "$what"
    timeout -k 30 "$seconds" "$@" </dev/null && return
    status=$?
    ((status != 124)) || echo "$what: not done within $seconds s" >&2
    echo "FAILED: $what ($*)" >&2
    count 0 1
    finish
}

# The unit or the integration tests, one process per processor: the integration tests of a process share its MariaDB, which takes
# longer to start than most tests. Each process has a directory of its own for temporary files.
run_cases() { # unit|integration SECONDS
    local parts part log pids=()
    parts=$(nproc)
    say "$1 tests (preset $preset, in $parts parts)"
    for ((part = 1; part <= parts; part++)); do
        mkdir "$work/p$part"
        TMPDIR=$work/p$part GTEST_TOTAL_SHARDS=$parts GTEST_SHARD_INDEX=$((part - 1)) timeout -k 30 "$2" \
            "$root/build/$preset/tests/${1}_tests" --gtest_brief=1 "--gtest_output=xml:$work/$1.$part.xml" \
            </dev/null >"$work/$1.$part.log" 2>&1 &
        pids+=($!)
    done
    for ((part = 1; part <= parts; part++)); do
        log=$work/$1.$part.log
        wait "${pids[part - 1]}" || echo "part $part ended with status $?"
        cat "$log"
        count_cases "part $part of the $1 tests" "$work/$1.$part.xml" "$log"
        rm -rf -- "$work/p$part"
    done
}

# What needs much time and space: tables of a gigabyte.
run_big() {
    local log=$work/big.log
    say "big tests (preset $preset)"
    mkdir "$work/big"
    TMPDIR=$work/big timeout -k 30 3600 "$root/build/$preset/tests/big_tests" "--gtest_output=xml:$work/big.xml" \
        </dev/null 2>&1 | tee "$log"
    count_cases 'the big tests' "$work/big.xml" "$log"
    rm -rf -- "$work/big"
}

# count_cases WHAT XML LOG: cases from a JUnit file of GoogleTest; without one, WHAT failed as a whole.
count_cases() {
    local head tests=0 bad=0 name
    head=$(tr '\n' ' ' <"$2" 2>/dev/null | grep -oE '<testsuites? [^>]*>' | head -n 1)
    tests=$(attribute tests "$head")
    for name in failures disabled errors skipped; do bad=$((bad + $(attribute "$name" "$head"))); done
    # GoogleTest does not sum up what was skipped.
    ! grep -q '<testsuites' "$2" 2>/dev/null || bad=$((bad + $(grep -c 'result="skipped"' "$2")))
    if ((tests == 0)); then
        echo "FAILED: $1 did not run to the end" >&2
        bad=1 tests=1
    fi
    count $((tests - bad)) "$bad"
    ((bad == 0)) || kept+=("$3")
}

attribute() { # NAME TEXT
    local value
    value=$(sed -nE "s/.*[[:space:]]$1=\"([0-9]+)\".*/\1/p" <<<"$2")
    echo "${value:-0}"
}

# Bats files that are run together, on a lab of their own: one that is up for other work is neither used nor changed.
run_bats() { # NAME FILE...
    export OMSLAB_NAME=omstests$1 OMSLAB_DIR=/var/lib/omsctl-lab-tests-$1
    timeout -k 60 10800 bats "${tags[@]}" --formatter tap --timing --print-output-on-failure --no-tempdir-cleanup --tempdir "$work/$1" \
        "${@:2}" </dev/null 2>&1 | tee "$work/$1.tap" | sed -u "s/^/$1: /"
}

# What the plan counts and no line reports has failed.
count_bats() { # NAME
    local tap=$work/$1.tap files=$work/$1 good planned
    good=$(grep -E '^ok [0-9]+ ' "$tap" | grep -cvE '# skip')
    planned=$(sed -nE 's/^1\.\.([0-9]+)$/\1/p' "$tap" | head -n 1)
    ((${planned:-0} > 0)) || planned=$((good + 1))
    # A failure outside of a test (setup_file, teardown_suite) is one more.
    ((good < planned)) || ! grep -qE '^not ok ' "$tap" || planned=$((good + 1))
    count "$good" $((planned - good))
    if ((good < planned)); then kept+=("$tap" "$files"); else rm -rf -- "$files"; fi
}

# deal HANDS FILE...: the files in so many lines, about the same number of tests in each.
deal() {
    local file
    for file in "${@:2}"; do echo "$(bats "${tags[@]}" --count "$file") $file"; done | sort -rn | awk -v hands="$1" '
        { least = 1; for (hand = 2; hand <= hands; hand++) if (tests[hand] < tests[least]) least = hand
          tests[least] += $1; files[least] = files[least] " " $2 }
        END { for (hand = 1; hand <= hands; hand++) print files[hand] }'
}

# They wait much of the time: as many groups at once as there are processors, the next one when one has ended. With the matrices
# twice as many: those of faults mostly wait, those of kills hardly ever, so they go in turn, and first, for they take longest.
readonly matrices=(fault_matrix crash_physical fault_matrix_join crash_region fault_matrix_region crash_vip)
end_to_end() {
    export OMSCTL=$root/build/$preset/omsctl E2E_KEEP=$work/e2e-failed
    say "end-to-end tests (preset $preset)"
    local group number=0 file files dealt=() queue=() running=0 at_once
    at_once=$(nproc)
    local -A groups=([lab]="$(echo tests/lab/*.bats)" [docs]="$(echo docs/*.bats)")
    if ((${#tags[@]} == 0)); then
        at_once=$((at_once * 2))
        for file in "${matrices[@]}"; do
            group=m$((${#queue[@]} + 1))  # short: a lab's name has 20 characters at most
            groups[$group]=tests/e2e/$file.bats
            queue+=("$group")
        done
    fi
    for file in tests/e2e/*.bats; do
        [[ " ${groups[*]} " == *" $file "* || $(bats "${tags[@]}" --count "$file") == 0 ]] || dealt+=("$file")
    done
    # More groups than needed, so that the last ones end at about the same time.
    while read -r files; do
        group=e$((++number))
        groups[$group]=$files
        queue+=("$group")
    done < <(deal $((at_once * 2 + 1)) "${dealt[@]}")
    queue+=(lab docs)
    for group in "${queue[@]}"; do
        if ((running++ >= at_once)); then wait -n; fi
        # shellcheck disable=SC2086 # names of this project's files
        run_bats "$group" ${groups[$group]} &
    done
    wait
    for group in "${!groups[@]}"; do count_bats "$group"; done
    [[ ! -d $E2E_KEEP ]] || kept+=("$E2E_KEEP")
}

preset=release
install=yes
tags=(--filter-tags '!all')
parts=()
while (($# > 0)); do
    case $1 in
        --all) parts+=(unit integration e2e big) tags=() ;;
        --unit | --integration | --e2e) parts+=("${1#--}") ;;
        --preset)
            preset=${2:-}
            [[ $preset =~ ^[a-z0-9-]+$ ]] || { echo "run.sh: --preset wants a name" >&2 && exit 2; }
            shift
            ;;
        --no-install) install=no ;;
        -h | --help) usage && exit 0 ;;
        *) echo "run.sh: unknown option \"$1\"; see --help" >&2 && exit 2 ;;
    esac
    shift
done
((${#parts[@]} > 0)) || parts=(unit integration e2e)
wants() { [[ " ${parts[*]} " == *" $1 "* ]]; }

# Short: sockets lie below it, and their paths may have 107 bytes.
work=$(mktemp -d "${TMPDIR:-/tmp}/omsctl-test.XXXXXX") || exit 1
trap 'jobs -p | xargs -r kill 2>/dev/null; exit 130' INT TERM HUP

sets=(build)
if wants integration || wants e2e || wants big; then sets+=(lab); fi
if wants e2e && ((EUID != 0)); then
    echo "run.sh: --e2e needs root" >&2
    count 0 1
    finish
fi
cd "$root" || exit 1
[[ $install == no ]] || must "install packages (${sets[*]})" 2400 tests/install.sh "${sets[@]}"
must "configure (preset $preset)" 300 cmake --preset "$preset"
must "build" 3600 cmake --build --preset "$preset" -j "$(nproc)"
if wants unit; then run_cases unit 1800; fi
if wants integration; then run_cases integration 1200; fi
if wants e2e; then end_to_end; fi
if wants big; then run_big; fi
finish
