#!/usr/bin/env bash
# Proves what `./ragops cluster` promises: one that runs is left alone, a crash is cleaned, nothing stays, and whoever cannot have one is told why.
set -euo pipefail
LOCAL=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cluster=$LOCAL/cluster
work=$(mktemp -d)
chmod 755 "$work"
passed=0 failed=0

check() { # WHAT COMMAND...
    local what=$1
    shift
    if "$@" >"$work/check" 2>&1; then
        passed=$((passed + 1))
        printf 'cluster: ok    %s\n' "$what"
    else
        failed=$((failed + 1))
        printf 'cluster: FAIL  %s\n' "$what"
        tail -n 20 "$work/check"
    fi
}

says() { # WORDS COMMAND...: the command fails and says so
    local words=$1
    shift
    if "$@" >"$work/said" 2>&1; then
        echo "it succeeded: $*"
        return 1
    fi
    cat "$work/said"
    grep -qF -- "$words" "$work/said"
}

# ---- who cannot have one is told (needs no cluster) ----------------------------------------------------------------

fakes=$work/fakes
mkdir -p "$fakes"
fake() { # NAME SCRIPT
    printf '#!/bin/sh\n%s\n' "$2" >"$fakes/$1"
    chmod 755 "$fakes/$1"
}
cp -r "$LOCAL" "$work/local"
chmod -R a+rX "$work/local"

# As somebody without root; with a PATH in which neither Docker nor kind is found unless faked.
unprivileged() {
    local as=()
    if [[ $EUID -eq 0 ]]; then as=(setpriv --reuid=65534 --regid=65534 --clear-groups); fi
    "${as[@]}" env -i HOME="$work/home" PATH="$fakes:/usr/bin:/bin" "$@" "$work/local/cluster" up
}
install -d -m 777 "$work/home"

if ! PATH=/usr/bin:/bin command -v kind >/dev/null; then
    check "without root, Docker or a cluster: three ways are named" says "Three ways: run this as root on a Linux machine; set KUBECONFIG to a cluster you have; or install Docker and kind." unprivileged
fi
fake docker 'exit 0'
fake kind "echo \"kind \$*\" >>$work/home/kind.calls; case \$* in 'get kubeconfig'*) echo 'kind: Config' ;; esac"
check "without root, with Docker and kind: a kind cluster" unprivileged
check "kind was asked to make it" grep -q "kind create cluster --name ragops" "$work/home/kind.calls"
check "and its kubeconfig is where 'env' says" grep -q "kind: Config" "$work/home/.local/state/ragops/kubeconfig"
fake kubectl 'exit 1'
check "a KUBECONFIG that does not answer is named" says "the cluster of KUBECONFIG=/somewhere does not answer" unprivileged KUBECONFIG=/somewhere
fake kubectl 'exit 0'
check "a KUBECONFIG that answers is used" unprivileged KUBECONFIG=/somewhere
check "a cluster that is not ours is never taken down" says "not ours" env KUBECONFIG=/somewhere "$cluster" down

# ---- a real one ----------------------------------------------------------------------------------------------------

finish() {
    printf 'cluster: %d passed, %d failed\n' "$passed" "$failed"
    rm -rf "$work"
    ((failed == 0))
}

if [[ $EUID -ne 0 || $(uname -s) != Linux ]]; then
    echo "cluster: the rest needs root on Linux and did not run here"
    finish
    exit
fi
if "$cluster" status >/dev/null 2>&1; then
    echo "cluster: one runs already; take it down first (./ragops cluster down)" >&2
    exit 1
fi
unset KUBECONFIG
export RAGOPS_RUN=$work/run
leave() {
    "$cluster" down >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap leave EXIT

# What a machine shows of a cluster: processes, mounts, links, packet rules without their counters, names, groups, files.
traces() {
    {
        echo "# processes" && (pgrep -af "$RAGOPS_RUN" || true)
        echo "# mounts" && (grep -F "$RAGOPS_RUN" /proc/mounts || true)
        echo "# links" && ip -o link | awk -F': ' '{print $2}' | sed 's/@.*//'
        echo "# rules" && (iptables-save 2>/dev/null | grep -E 'KUBE-|CNI-' | sed 's/\[[0-9:]*\]//' || true)
        echo "# namespaces" && (ls /var/run/netns 2>/dev/null || true)
        echo "# groups" && find /sys/fs/cgroup -maxdepth 2 -name kubepods
        echo "# files" && ls -d "$RAGOPS_RUN" /var/lib/cni /var/lib/kubelet /var/log/containers /var/log/pods /run/containerd /run/containerd/s/* 2>/dev/null || true
    } | sort
}
nothing_left() { diff <(echo "$before") <(traces); }
ready() { "$cluster" status && kubectl_ours get --raw /readyz && kubectl_ours wait --for=condition=Ready node --all --timeout=30s; }
kubectl_ours() { "$("$cluster" env | sed -n 's/^export PATH=\([^:]*\):.*/\1/p')/kubectl" --kubeconfig "$RAGOPS_RUN/kubeconfig" "$@"; }
pids() { cut -d' ' -f1 "$RAGOPS_RUN"/pid/*; }
kill_everything() {
    # shellcheck disable=SC2046
    kill -9 $(pids)
}

before=$(traces)
check "up brings a ready node" "$cluster" up --bare
check "status says so" ready
first=$(pids)
check "up again leaves it as it is" "$cluster" up --bare
check "with the same processes" test "$first" = "$(pids)"
kill_everything
check "status sees a crash" says DEAD "$cluster" status
check "up after a crash of everything works" "$cluster" up --bare
check "and the node is ready" ready
kill -9 "$(cut -d' ' -f1 "$RAGOPS_RUN/pid/kube-scheduler")"
check "up after one part died works" "$cluster" up --bare
check "and all parts run" ready
check "down ends it" "$cluster" down
check "and leaves nothing" nothing_left

"$cluster" up --bare >/dev/null 2>&1 &
script=$!
for _ in {1..600}; do
    [[ -f $RAGOPS_RUN/pid/kube-apiserver ]] && break
    sleep 0.1
done
kill -9 "$script"
wait "$script" 2>/dev/null || true
check "up after its own script was killed half way works" "$cluster" up --bare
check "and the node is ready" ready
kill_everything
check "down after a crash works" "$cluster" down
check "and leaves nothing" nothing_left

python3 -c 'import socket, time; s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("0.0.0.0", 16443)); s.listen(); time.sleep(120)' &
squatter=$!
check "a part that cannot start is shown with its last log lines" says "address already in use" "$cluster" up --bare
check "and named" grep -qE "ragops: kube-apiserver ended before ready API server" "$work/said"
kill "$squatter" 2>/dev/null || true
wait "$squatter" 2>/dev/null || true
check "down after that works" "$cluster" down
check "and leaves nothing" nothing_left
trap - EXIT
finish
