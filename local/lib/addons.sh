# shellcheck shell=bash
# What a usable cluster has beside Kubernetes itself: names and volumes.

VOLUMES=12

apply_addons() {
    local began=$SECONDS
    step "names and volumes"
    kubectl_admin apply --server-side -f "$LOCAL/manifests/coredns.yaml" >/dev/null
    # Local directories as volumes; claims bind to them, `down` removes them.
    local i
    for ((i = 1; i <= VOLUMES; i++)); do
        mkdir -p "$RUN/volumes/$i"
        chown 65532:65532 "$RUN/volumes/$i"
        sed -e "s|NUMBER|$i|" -e "s|DIRECTORY|$RUN/volumes/$i|" "$LOCAL/manifests/volume.yaml"
        echo ---
    done | cat "$LOCAL/manifests/storage-class.yaml" - | kubectl_admin apply --server-side -f - >/dev/null
    wait_for "CoreDNS" 90 kubelet kubectl_admin -n kube-system wait --for=condition=Available deployment/coredns --timeout=1s
    done_in "$began"
}
