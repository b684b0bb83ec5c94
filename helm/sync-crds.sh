#!/usr/bin/env bash
# Copies the generated CRDs into the chart (helm packages only files inside it); --check only says whether the copy is current.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
chart=helm/ragops/files/crds
shopt -s nullglob
sources=(crds/yaml/*.yaml)
if ((${#sources[@]} == 0)); then
    echo "sync-crds: no CRD YAML under crds/yaml; run make crds" >&2
    exit 1
fi
if [[ ${1:-} == --check ]]; then
    failed=0
    for source in "${sources[@]}"; do
        if ! cmp -s "$source" "$chart/${source##*/}"; then
            echo "sync-crds: $chart/${source##*/} differs from $source; run make crds and commit both" >&2
            failed=1
        fi
    done
    for copy in "$chart"/*.yaml; do
        if [[ ! -f crds/yaml/${copy##*/} ]]; then
            echo "sync-crds: $copy has no source any more" >&2
            failed=1
        fi
    done
    exit "$failed"
fi
mkdir -p "$chart"
rm -f "$chart"/*.yaml
cp "${sources[@]}" "$chart/"
