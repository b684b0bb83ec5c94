# shellcheck shell=bash
# containerd, kubelet and kube-proxy: this machine as the one node.

CONTAINERD=$RUN/containerd
CONTAINERD_SOCKET=$CONTAINERD/containerd.sock
CNI_BRIDGE=cni0

ctr_ours() { ctr -a "$CONTAINERD_SOCKET" -n k8s.io "$@"; }

write_containerd_config() {
    mkdir -p "$CONTAINERD/root" "$CONTAINERD/state" "$RUN/cni" "$RUN/cni-state"
    cat >"$RUN/cni/10-bridge.conflist" <<CONFIG
{"cniVersion": "0.4.0", "name": "ragops-local", "plugins": [
  {"type": "bridge", "bridge": "$CNI_BRIDGE", "isGateway": true, "ipMasq": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$RUN/cni-state", "ranges": [[{"subnet": "10.244.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
CONFIG
    local cni_plugins=/usr/lib/cni runc
    [[ -x $cni_plugins/bridge ]] || cni_plugins=/opt/cni/bin
    runc=$(command -v runc)
    case $(containerd --version) in
        *" 2."* | *" v2."*)
            cat >"$CONTAINERD/config.toml" <<CONFIG
version = 3
root = "$CONTAINERD/root"
state = "$CONTAINERD/state"
[grpc]
  address = "$CONTAINERD_SOCKET"
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "localhost/pause:1"
[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
      BinaryName = "$runc"
      SystemdCgroup = false
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["$cni_plugins"]
    conf_dir = "$RUN/cni"
CONFIG
            ;;
        *)
            cat >"$CONTAINERD/config.toml" <<CONFIG
version = 2
root = "$CONTAINERD/root"
state = "$CONTAINERD/state"
[grpc]
  address = "$CONTAINERD_SOCKET"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        BinaryName = "$runc"
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$cni_plugins"
    conf_dir = "$RUN/cni"
CONFIG
            ;;
    esac
}

# A Service that kube-proxy has no rule for yet is refused. Without this the packet goes out to whatever answers for the address there, and a kept
# connection goes on asking that for ever. "KUBE-" in the comment lets `down` find the rules.
keep_services_inside() {
    local chain
    for chain in FORWARD OUTPUT; do
        iptables -w -I "$chain" -d 10.96.0.0/16 -m comment --comment "KUBE-LOCAL: services stay inside" -j REJECT
    done
}

write_kubelet_config() {
    mkdir -p "$RUN/kubelet"
    # Pods resolve names of the cluster only; RAGOPS_DNS_UPSTREAM names a server for the rest.
    printf 'nameserver %s\n' "${RAGOPS_DNS_UPSTREAM:-127.0.0.1}" >"$RUN/resolv.conf"
    cat >"$RUN/kubelet.yaml" <<CONFIG
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $PKI/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: $PKI/kubelet-serving.crt
tlsPrivateKeyFile: $PKI/kubelet-serving.key
containerRuntimeEndpoint: unix://$CONTAINERD_SOCKET
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
oomScoreAdj: 0
clusterDNS: [10.96.0.10]
clusterDomain: cluster.local
resolvConf: $RUN/resolv.conf
port: 20250
readOnlyPort: 0
healthzPort: 20248
podLogsDir: $RUN/podlogs
volumePluginDir: $RUN/kubelet/volume-plugins
maxPods: 110
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%}
syncFrequency: 10s
serializeImagePulls: false
registryPullQPS: 0
nodeStatusUpdateFrequency: 5s
shutdownGracePeriod: 0s
CONFIG
    cat >"$RUN/kube-proxy.yaml" <<CONFIG
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: $PKI/kube-proxy.kubeconfig}
mode: iptables
clusterCIDR: 10.244.0.0/16
hostnameOverride: $NODE
healthzBindAddress: 127.0.0.1:20256
metricsBindAddress: 127.0.0.1:20249
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
iptables: {minSyncPeriod: 0s}
CONFIG
}

base_images() { # imports the images the node itself needs, made from the binaries in the cache
    local archives=$RUN/images
    mkdir -p "$archives"
    "$LOCAL/image/archive.py" "$archives/pause.tar" localhost/pause:1 --entrypoint /pause --user 65535 "$BIN/pause=/pause" >/dev/null
    "$LOCAL/image/archive.py" "$archives/coredns.tar" localhost/coredns:1 --entrypoint /coredns "$BIN/coredns=/coredns" >/dev/null
    ctr_ours images import "$archives/pause.tar" >/dev/null
    ctr_ours images import "$archives/coredns.tar" >/dev/null
}

start_node() { # NODE_IP
    local began=$SECONDS
    step "node: containerd, kubelet, kube-proxy"
    write_containerd_config
    write_kubelet_config
    start containerd containerd -c "$CONTAINERD/config.toml"
    wait_for "answering containerd" 60 containerd ctr_ours version
    base_images
    sysctl -qw net.ipv4.ip_forward=1
    modprobe br_netfilter 2>/dev/null || true
    sysctl -qw net.bridge.bridge-nf-call-iptables=1 2>/dev/null || true
    keep_services_inside
    start kubelet "$BIN/kubelet" --config="$RUN/kubelet.yaml" --kubeconfig="$PKI/kubelet.kubeconfig" --hostname-override="$NODE" \
        --node-ip="$1" --root-dir="$RUN/kubelet" --v=1
    start kube-proxy "$BIN/kube-proxy" --config="$RUN/kube-proxy.yaml" --v=1
    wait_for "ready node" 90 kubelet kubectl_admin wait --for=condition=Ready "node/$NODE" --timeout=1s
    done_in "$began"
}
