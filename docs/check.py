#!/usr/bin/env python3
"""Checks that every relative link of every tracked Markdown file leads somewhere, its heading included."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")


def anchors(markdown):
    """The names a forge gives to headings: lower case, spaces to hyphens, most punctuation dropped."""
    found = set()
    for heading in re.findall(r"^#+\s+(.*)$", FENCE.sub("", markdown), re.MULTILINE):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        found.add(re.sub(r"[^\w\- ]", "", text.lower()).strip().replace(" ", "-"))
    return found


def problems(path):
    markdown = path.read_text(encoding="utf-8")
    for match in LINK.finditer(CODE.sub("", FENCE.sub("", markdown))):
        link = match.group(1) or match.group(2)
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        place = (path.parent / target).resolve() if target else path
        if not place.exists():
            yield f"{link} leads nowhere"
        elif not place.is_relative_to(ROOT):
            yield f"{link} leads out of the repository"
        elif anchor and place.suffix == ".md" and anchor not in anchors(place.read_text(encoding="utf-8")):
            yield f"{link}: no heading of that name"


def main():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\n")
    files = [ROOT / name for name in listed if name and (ROOT / name).exists()]
    found = 0
    for path in files:
        for problem in problems(path):
            found += 1
            print(f"{path.relative_to(ROOT)}: {problem}", file=sys.stderr)
    print("links:", f"ok in {len(files)} files" if not found else f"{found} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
