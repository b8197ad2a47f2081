#!/usr/bin/env bats
# shellcheck disable=SC2016 # placeholders and sed's $
# Files and command lines that are wrong: told before any host is asked, with exit codes 3 and 2.

setup() {
    load helpers
    use_lab
    use_place
}

teardown() { keep_what_failed; }

# config_error TEXT...: exit code 3 for all three commands that read the file, and no host was asked.
config_error() {
    omsctl 3 scale-out node --yes
    told "$@" 'nothing was asked of any host'
    untold 'asking'
    omsctl 3 check node
    omsctl 3 config check "$CONFIG"
    told "$@"
    [[ ! -e $STATE ]]
}

@test "a config.yaml with many mistakes: all are told, each with line, column and the way out" {
    target h1 h2 -- -e 's|^oms_meta_password: .*|oms_meta_password: a=b|' -e 's|^cm_url: .*|cm_url: http://127.0.0.1:8088|' \
        -e 's|^cm_location: .*|cm_location: 128|' -e 's|^cm_region: .*|cm_region: ${cm_region}|' -e 's|^drc_rm_db: .*||' \
        -e '$a init_db: true' -e '$a cm_is_default: false' -e 's|^ - 198.18.0.12|&\n - 198.18.0.12|'
    chmod 644 "$CONFIG"
    config_error "$CONFIG:5:" 'oms_meta_password holds a character' 'loopback' 'cm_location' "$CONFIG:14:" 'placeholder' 'drc_rm_db' \
        'init_db must not be true' 'cm_is_default' 'duplicate node "198.18.0.12", see line 20' 'mode 0644' 'chmod 600'
    untold 'a=b'
}

@test "a config.yaml that is no YAML, has a tab, lacks a blank after the colon, or is not there" {
    target h1 h2 -- -e 's|^cm_location: 1|cm_location:1|'
    config_error "$CONFIG:14:" 'cm_location'
    target h1 h2 -- -e 's|^ - 198.18.0.12|\t- 198.18.0.12|'
    config_error "$CONFIG:20:" 'tab'
    CONFIG=$BATS_TEST_TMPDIR/missing.yaml
    omsctl 3 scale-out node --yes
    told "cannot read $CONFIG: No such file" ' -c'
    untold asking
}

@test "nobody is asked where nobody can answer, and a wrong command line is told as such" {
    "$LAB" reset
    remember_digest
    omsctl 2 scale-out node
    told 'nobody can be asked here' '--yes'
    omsctl 2 scale-out node --json
    target h1 h2
    omsctl 2 scale-out node --yes --no-such-option
    told '--no-such-option'
    omsctl 2 scale-out
    omsctl 2 runs no-such-run
    [[ ! -e $STATE ]]
    # On a terminal, anything but "yes" is a no.
    export COMMAND="'$LAB' exec controller -- '$OMSCTL' scale-out node -c '$LAB_CONFIG' --ssh-config '$LAB_SSH_CONFIG' --state-dir '$STATE'"
    status=0
    timeout 60 script -qec "$COMMAND" /dev/null <<<'no' >"$OUT" 3>&- || status=$?
    exit_code_is 0
    told 'Type yes to continue' 'not confirmed: nothing was changed'
    [[ ! -e $STATE ]]
    nothing_changed
}
