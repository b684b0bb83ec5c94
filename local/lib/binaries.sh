# shellcheck shell=bash
# Kubernetes, etcd and tools, built once from pinned Go modules into the cache.

GO_MODULES=$LOCAL/go
KUBERNETES_VERSION=$(awk '$1 == "require" && $2 == "k8s.io/kubernetes" {print $3}' "$GO_MODULES/kube/go.mod")
BIN=$RAGOPS_CACHE/bin/$KUBERNETES_VERSION

# name, module folder, package
BINARIES=(
    "etcd etcd go.etcd.io/etcd/server/v3"
    "kube-apiserver kube k8s.io/kubernetes/cmd/kube-apiserver"
    "kube-controller-manager kube k8s.io/kubernetes/cmd/kube-controller-manager"
    "kube-scheduler kube k8s.io/kubernetes/cmd/kube-scheduler"
    "kubelet kube k8s.io/kubernetes/cmd/kubelet"
    "kube-proxy kube k8s.io/kubernetes/cmd/kube-proxy"
    "kubectl kube k8s.io/kubernetes/cmd/kubectl"
    "coredns coredns github.com/coredns/coredns"
    "pause pause ."
)

# Tools of people and tests: built only when asked for. name, package@version
TOOLS=(
    "helm helm.sh/helm/v4/cmd/helm@v4.2.4"
    "kubeconform github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0"
    "vegeta github.com/tsenart/vegeta/v12@v12.13.0"
    "actionlint github.com/rhysd/actionlint/cmd/actionlint@v1.7.7"
)

require_go() {
    local have=0
    if command -v go >/dev/null; then have=$(GOTOOLCHAIN=local go env GOVERSION | sed -n 's/^go1\.\([0-9]*\).*/\1/p'); fi
    ((${have:-0} >= 26)) || die "install Go 1.26 or newer (it builds Kubernetes from source, once)"
}

go_environment() {
    export GOTOOLCHAIN=local GOFLAGS="-mod=mod -buildvcs=false" CGO_ENABLED=0
}

link_flags() {
    local minor=${KUBERNETES_VERSION#v1.}
    printf '%s' "-s -w"
    printf ' -X k8s.io/component-base/version.%s' "gitVersion=$KUBERNETES_VERSION" gitMajor=1 "gitMinor=${minor%%.*}" gitTreeState=clean \
        gitCommit=0000000000000000000000000000000000000000 buildDate=1970-01-01T00:00:00Z
    printf ' -X k8s.io/client-go/pkg/version.gitVersion=%s' "$KUBERNETES_VERSION"
}

build_binaries() {
    local entry name folder package number=0 began log missing=0
    for entry in "${BINARIES[@]}"; do
        [[ -x $BIN/${entry%% *} ]] || missing=$((missing + 1))
    done
    ((missing)) || return 0
    require_go
    mkdir -p "$BIN"
    say "Building Kubernetes $KUBERNETES_VERSION from its Go modules, once, into $BIN ($missing of ${#BINARIES[@]} missing; about 10 minutes on two cores)"
    for entry in "${BINARIES[@]}"; do
        read -r name folder package <<<"$entry"
        number=$((number + 1))
        [[ -x $BIN/$name ]] && continue
        began=$SECONDS
        step "$number/${#BINARIES[@]} $name"
        log=$(mktemp)
        if ! (
            go_environment
            # A module cache beside the sources may be read-only; go.sum grows in a copy.
            work=$(mktemp -d)
            trap 'rm -rf "$work"' EXIT
            cp "$GO_MODULES/$folder"/* "$work/"
            cd "$work"
            go build -trimpath -ldflags "$(link_flags)" -o "$BIN/.$name.part" "$package"
        ) >"$log" 2>&1; then
            say ""
            tail -n 15 "$log" >&2
            die "building $name failed"
        fi
        rm -f "$log"
        mv "$BIN/.$name.part" "$BIN/$name"
        done_in "$began"
    done
}

build_tools() { # NAME...: prints where each is
    local name entry package began log found
    require_go
    mkdir -p "$BIN"
    for name in "$@"; do
        if [[ -x $BIN/$name ]]; then
            echo "$BIN/$name"
            continue
        fi
        found=
        for entry in "${TOOLS[@]}"; do
            [[ ${entry%% *} == "$name" ]] && found=${entry#* }
        done
        [[ -n $found ]] || die "unknown tool '$name'; known: ${TOOLS[*]%% *}"
        package=$found
        began=$SECONDS
        step "$name ${package##*@}"
        log=$(mktemp)
        if ! (
            go_environment
            GOBIN=$BIN go install -trimpath -ldflags "-s -w" "$package"
        ) >"$log" 2>&1; then
            say ""
            tail -n 15 "$log" >&2
            die "building $name failed"
        fi
        rm -f "$log"
        done_in "$began"
        echo "$BIN/$name"
    done
}
