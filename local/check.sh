#!/usr/bin/env bash
# Shell scripts and workflows, held to their linters where a machine has them or can build them; syntax is checked everywhere.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mapfile -t scripts < <(git ls-files --cached --others --exclude-standard | while read -r file; do
    if [[ -f $file ]] && head -n 1 "$file" | grep -qE '^#!.*\b(ba)?sh$|^# shellcheck shell=bash$'; then echo "$file"; fi
done)
for script in "${scripts[@]}"; do bash -n "$script"; done
if command -v shellcheck >/dev/null; then
    shellcheck --external-sources --severity=warning "${scripts[@]}"
    echo "scripts: ${#scripts[@]} pass shellcheck"
else
    echo "scripts: ${#scripts[@]} parse (shellcheck is not installed)"
fi

python3 - <<'PYTHON'
import pathlib
import yaml

for path in sorted(pathlib.Path(".github").rglob("*.yml")):
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(content, dict), f"{path} is no mapping"
PYTHON
actionlint=$(command -v actionlint || ./local/cluster tools actionlint | tail -n 1)
"$actionlint"
echo "workflows: pass actionlint"
