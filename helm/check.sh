#!/usr/bin/env bash
# The chart, held to what it says: lint, render in its shapes, validate, and look for rights nobody asked for.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Prefers the machine's own binaries; else those that the local cluster's cache holds, built once.
tool() {
    local name=$1
    if command -v "$name" >/dev/null 2>&1; then
        command -v "$name"
    else
        ./local/cluster tools "$name" | tail -1
    fi
}

helm=$(tool helm)
kubeconform=$(tool kubeconform)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "chart: CRDs are those of crds/"
./helm/sync-crds.sh --check

echo "chart: lint"
"$helm" lint --strict --quiet helm/ragops

render() {
    local name=$1
    shift
    "$helm" template ragops helm/ragops --namespace ragops-system --kube-version 1.35.0 "$@" >"$work/$name.yaml"
}
render defaults
render namespaced --set 'watchNamespaces={one,two}' --set 'secretNamespaces={one}' --set replicas=1
render everything --set image.digest="sha256:$(printf '0%.0s' {1..64})" --set monitoring.serviceMonitor.enabled=true \
    --set monitoring.prometheusRule.enabled=true --set 'secretNamespaces={one,two}' --set javaOptions=-XX:+UseSerialGC \
    --set podLabels.team=search --set 'networkPolicy.metricsFrom[0].namespaceSelector.matchLabels.name=monitoring'

# The schemas of Kubernetes' own kinds come from the OpenAPI document in its Go module, the one the local cluster is built from.
kubernetes=$(sed -n 's/^require k8s.io\/kubernetes //p; s/^\tk8s.io\/kubernetes \(v[0-9.]*\)$/\1/p' local/go/kube/go.mod 2>/dev/null | head -1)
module=$(cd "$work" && go mod download -json "k8s.io/kubernetes@${kubernetes:-v1.35.8}" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
python3 helm/schemas.py "$module/api/openapi-spec/swagger.json" "$work/schemas" crds/yaml/*.yaml
schemas="$work/schemas/{{.ResourceKind}}{{.KindSuffix}}.json"
for shape in defaults namespaced everything; do
    echo "chart: $shape is valid"
    "$kubeconform" -strict -summary -schema-location "$schemas" \
        -skip CustomResourceDefinition,ServiceMonitor,PrometheusRule "$work/$shape.yaml"
done

echo "chart: rights and pod security"
python3 helm/check.py "$work"/defaults.yaml "$work"/namespaced.yaml "$work"/everything.yaml

echo "chart: every value is in its README"
python3 - <<'PYTHON'
import pathlib
import sys
import yaml

readme = pathlib.Path("helm/ragops/README.md").read_text(encoding="utf-8")
values = yaml.safe_load(pathlib.Path("helm/ragops/values.yaml").read_text(encoding="utf-8"))
missing = [name for name in values if f"`{name}" not in readme]
sys.exit(f"chart: helm/ragops/README.md says nothing of {', '.join(missing)}" if missing else 0)
PYTHON

echo "chart: the kustomize sample is valid"
if kubectl=$(command -v kubectl || ls ~/.cache/ragops/bin/*/kubectl 2>/dev/null | tail -1) && [[ -n $kubectl ]]; then
    "$kubectl" kustomize samples/kustomize/production | "$kubeconform" -strict -summary -schema-location "$schemas" -
else
    echo "chart: not checked, there is no kubectl yet"
fi

echo "chart: bad values are refused"
refuses() {
    local why=$1
    shift
    if "$helm" template ragops helm/ragops "$@" >/dev/null 2>"$work/err"; then
        echo "chart: took $why" >&2
        exit 1
    fi
}
refuses "a tag in the repository" --set image.repository=localhost/x:1
refuses "a digest that is none" --set image.digest=sha256:abc
refuses "an unknown value" --set watchNamespace=one
refuses "a namespace with capitals" --set 'watchNamespaces={One}'

"$helm" package helm/ragops --destination "$work" >/dev/null
echo "chart: packaged, $(du -k "$work"/ragops-*.tgz | cut -f1) KiB"
