#!/bin/bash
# Installs the Debian 12 packages that omsctl's build, lab and lints need; quick when all are there.
#
#   sudo tests/install.sh [build] [lab] [lint]        default: all three
#
#   build   compile omsctl and its tests, run the unit tests
#   lab     real servers for the integration tests, the lab and the end-to-end tests
#   lint    what .ci/run needs besides
#
# No package may start a service here or have one started at the next boot: the lab starts its own servers, in
# namespaces of its own. Services that were there before stay as they are.
set -euo pipefail

readonly policy=/usr/sbin/policy-rc.d
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

packages_of() {
    case $1 in
        build) echo \
            g++ cmake ninja-build pkg-config ccache \
            libcli11-dev libfmt-dev libspdlog-dev libyaml-cpp-dev nlohmann-json3-dev libdtl-dev libboost-url1.81-dev \
            default-libmysqlclient-dev libssl-dev libzstd-dev libarchive-dev libgtest-dev libgmock-dev \
            openssh-client procps util-linux busybox ;;
        lab) echo \
            docker.io mariadb-server mariadb-client influxdb openssh-server openssh-client haproxy debootstrap iproute2 iptables \
            sudo libfaketime util-linux procps curl zstd jq bats python3-jsonschema ca-certificates ;;
        lint) echo clang libclang-rt-dev llvm clang-format clang-tidy cppcheck shellcheck ;;
        *) echo "install.sh: no set \"$1\": build, lab or lint" >&2 && return 2 ;;
    esac
}

installed() { dpkg-query -W -f='${db:Status-Status} ${binary:Package}\n' 2>/dev/null | sed -n 's/^installed //p' | sort; }

# missing PACKAGE...: those that are not installed, one a line.
missing() { comm -23 <(printf '%s\n' "$@" | sort -u) <(installed | sed 's/:.*//' | sort -u); }

# Services that these packages brought are not to start at the next boot.
disable_services_of() {
    local units
    command -v systemctl >/dev/null && (($# > 0)) || return 0
    mapfile -t units < <(dpkg -L "$@" | sed -nE 's,^(/usr)?/lib/systemd/system/([a-z-]+\.(service|socket|timer))$,\2,p' | sort -u)
    ((${#units[@]} == 0)) || systemctl disable "${units[@]}" >/dev/null 2>&1 || true
}

main() {
    local sets=("$@") wanted=() lacking=() before after list name
    ((${#sets[@]} > 0)) || sets=(build lab lint)
    for name in "${sets[@]}"; do
        list=$(packages_of "$name")
        read -ra list <<<"$list"
        wanted+=("${list[@]}")
    done
    mapfile -t lacking < <(missing "${wanted[@]}")
    if ((${#lacking[@]} == 0)); then
        echo "install: all packages are there (${sets[*]})"
        return 0
    fi
    ((EUID == 0)) || { echo "install.sh: needs root to install: ${lacking[*]}" >&2 && return 1; }
    echo "install: ${lacking[*]}"
    if [[ ! -e $policy ]]; then
        trap 'rm -f -- "$policy"' EXIT
        trap 'exit 130' INT TERM HUP
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
    before=$(installed)
    timeout 300 apt-get -qq -o DPkg::Lock::Timeout=120 update
    timeout 1800 apt-get -qq -y -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 --no-install-recommends install \
        "${lacking[@]}" </dev/null
    mapfile -t after < <(comm -13 <(echo "$before") <(installed))
    disable_services_of "${after[@]}"
    echo "install: done, ${#after[@]} packages"
}

main "$@"
