#!/usr/bin/env python3
"""Holds the Dockerfile to what local/images does: same JDK, same flags, same lesson, nobody runs as root. Needs no engine, so it proves no build."""

import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
TARGETS = ("operator", "runtime", "gateway")


def instructions(text: str) -> list[tuple[str, str]]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    return [tuple(line.strip().split(None, 1)) for line in joined.splitlines() if line.strip()]


def stages(parsed: list[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    found, current = {}, []
    for word, rest in parsed:
        if word == "FROM":
            current = []
            found[rest.split(" AS ")[1]] = current
        current.append((word, rest))
    return found


def main() -> int:
    text = (HERE / "Dockerfile").read_text()
    ours = (HERE.parent / "images").read_text()
    parsed = instructions(text)
    found = stages(parsed)
    wrong = [f"unknown instruction {word}" for word, _ in parsed if word not in {"ARG", "FROM", "RUN", "COPY", "WORKDIR", "ENV", "LABEL", "USER", "ENTRYPOINT"}]
    for source in set(re.findall(r"--from=(\S+)", text)) - set(found):
        wrong.append(f"COPY --from={source}: no such stage")
    for file in (HERE / "jvm").iterdir():
        if file.name != "e2e.args" and f"local/image/jvm/{file.name}" not in text:
            wrong.append(f"jvm/{file.name} is not used")
    for path in re.findall(r"local/image/\S+", " ".join(rest for word, rest in parsed if word == "RUN")):
        if not (HERE.parents[1] / path).exists():
            wrong.append(f"{path} does not exist")
    for target in TARGETS:
        words = dict(found.get(target, []))
        if words.get("USER") != "65532:65532":
            wrong.append(f"{target} does not run as 65532:65532")
        entry = json.loads(words.get("ENTRYPOINT", "[]"))
        if entry[:1] != ["/jre/bin/java"] or entry[-1:] != ["@/app/java.args"]:
            wrong.append(f"{target} does not start /jre/bin/java with /app/java.args")
    lesson = re.search(r'jre vector\)" "\$app" (.*)', ours)
    training = [json.loads(rest) for word, rest in found.get("runtime-training", []) if word == "RUN"]
    if not lesson or not training or training[0][3:] != lesson.group(1).split():
        wrong.append("runtime-training does not run what local/images trains with")
    for line in wrong:
        print(f"local/image/Dockerfile: {line}", file=sys.stderr)
    print(f"image: Dockerfile with {len(found)} stages, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
