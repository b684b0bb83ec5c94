# shellcheck shell=bash
# Takes everything down that `up` made, whether it was stopped in order or killed.

PARTS=(kube-proxy kubelet kube-scheduler kube-controller-manager kube-apiserver etcd)

# Places outside the run directory that kubelet, containerd and CNI make whether told to or not.
ELSEWHERE=(/run/containerd /var/lib/cni /var/lib/kubelet /var/log/containers)
SHIM_SOCKETS=/run/containerd/s

# What was there before `up`, so that `down` can tell what is ours.
remember_before() {
    local place
    for place in "${ELSEWHERE[@]}"; do
        if [[ -e $place ]]; then echo "$place"; fi
    done >"$RUN/places.before"
    ls /var/run/netns >"$RUN/netns.before" 2>/dev/null || true
    ls "$SHIM_SOCKETS" >"$RUN/sockets.before" 2>/dev/null || true
}

remove_elsewhere() {
    local place socket
    [[ -f $RUN/places.before ]] || return 0
    for place in "${ELSEWHERE[@]}"; do
        grep -qxF "$place" "$RUN/places.before" || rm -rf "$place"
    done
    for socket in $(ls "$SHIM_SOCKETS" 2>/dev/null || true); do
        grep -qxF "$socket" "$RUN/sockets.before" || rm -f "$SHIM_SOCKETS/$socket"
    done
}

# Containers end before their runtime does; otherwise their shims would stay.
stop_workloads() {
    if running kube-apiserver && running kubelet && api_ready /readyz; then
        kubectl_admin delete namespace --all --wait=false --field-selector='metadata.name!=default,metadata.name!=kube-system,metadata.name!=kube-public,metadata.name!=kube-node-lease' >/dev/null 2>&1 || true
        kubectl_admin delete deployments,statefulsets,daemonsets,jobs --all -A --wait=false >/dev/null 2>&1 || true
        kubectl_admin delete pods --all -A --grace-period=1 --wait=true --timeout=20s >/dev/null 2>&1 || true
    fi
}

# Whatever a shim of our containerd still holds. The socket's path says that it is ours.
end_shims() {
    local shim child
    for shim in $(pgrep -f "containerd-shim.* -address $CONTAINERD_SOCKET" || true); do
        for child in $(pgrep -P "$shim" || true); do kill -9 "$child" 2>/dev/null || true; done
        kill -9 "$shim" 2>/dev/null || true
    done
}

remove_mounts() {
    local mount round
    for round in 1 2 3; do
        while read -r mount; do umount -l "$mount" 2>/dev/null || true; done < <(awk -v run="$RUN/" 'index($2 "/", run) == 1 {print $2}' /proc/mounts | sort -r)
        awk -v run="$RUN/" 'index($2 "/", run) == 1 {exit 1}' /proc/mounts && return 0
        sleep "0.$round"
    done
}

remove_network() {
    local table namespace
    if [[ -x $BIN/kube-proxy ]]; then "$BIN/kube-proxy" --cleanup >/dev/null 2>&1 || true; fi
    ip link del "$CNI_BRIDGE" 2>/dev/null || true
    ip link del ragops0 2>/dev/null || true
    if command -v iptables-save >/dev/null; then
        for table in $(iptables-save 2>/dev/null | sed -n 's/^\*//p'); do
            if iptables-save -t "$table" | grep -qE 'KUBE-|CNI-'; then
                iptables-save -t "$table" | grep -vE 'KUBE-|CNI-' | iptables-restore -T "$table" 2>/dev/null || true
            fi
        done
    fi
    if [[ -f $RUN/netns.before ]]; then
        for namespace in $(ls /var/run/netns 2>/dev/null || true); do
            if [[ $namespace == cni-* ]] && ! grep -qx "$namespace" "$RUN/netns.before"; then ip netns del "$namespace" 2>/dev/null || true; fi
        done
    fi
    rm -f /var/lib/cni/results/ragops-local-* 2>/dev/null || true
}

remove_cgroups() {
    local root
    for root in /sys/fs/cgroup/kubepods /sys/fs/cgroup/*/kubepods; do
        [[ -d $root ]] && find "$root" -depth -type d -exec rmdir {} + 2>/dev/null
    done
    return 0
}

take_down() {
    local part
    stop_workloads
    for part in "${PARTS[@]}"; do stop "$part"; done
    end_shims
    stop containerd
    end_strays
    remove_mounts
    remove_network
    remove_cgroups
    remove_elsewhere
    rm -rf "${RUN:?}"
}
