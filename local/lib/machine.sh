# shellcheck shell=bash
# Whether this machine can run the cluster, and the packages of its distribution that it needs.

# shellcheck disable=SC2034 # other parts use it
NODE_PACKAGES=(containerd runc containernetworking-plugins iptables conntrack ipset socat kmod curl jq openssl iproute2)

require_machine() {
    [[ $(uname -s) == Linux && $EUID -eq 0 ]] || die "the local cluster needs root on Linux. Three ways: run this as root on a Linux machine; \
set KUBECONFIG to a cluster you have; or install Docker and kind."
    local free_mb
    mkdir -p "$RUN" "$RAGOPS_CACHE"
    free_mb=$(df -Pm "$RUN" | awk 'NR == 2 {print $4}')
    ((free_mb > 4096)) || die "only $free_mb MiB free under $RUN; the cluster needs 4 GiB (set RAGOPS_RUN to another place)"
}

install_packages() { # PACKAGE...: those that are missing
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    command -v apt-get >/dev/null || die "please install: ${missing[*]} (this machine has no apt-get)"
    local began=$SECONDS log
    log=$(mktemp)
    step "packages: ${missing[*]:0:3}${missing[3]:+ …}"
    if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        die "apt-get could not install ${missing[*]}"
    fi
    rm -f "$log"
    done_in "$began"
}
