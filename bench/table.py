"""Rows of figures beside the ones asked for, as Markdown, kept between two marks of a document."""

import datetime
import os
import pathlib
import platform
import sys


class Table:
    def __init__(self):
        self.rows = []

    def add(self, what, asked, measured, reached=None, beside=""):
        """reached: True, False, or None where there is nothing to reach."""
        self.rows.append((what, asked, measured, beside, {True: "yes", False: "**no**", None: ""}[reached]))

    def missed(self):
        return sum(reached == "**no**" for *_, reached in self.rows)

    def markdown(self):
        head = ["| what | asked | measured | beside it, same run | reached |", "|---|---|---|---|---|"]
        return "\n".join(head + ["| " + " | ".join(row) + " |" for row in self.rows])


def machine():
    cpu = next(
        (line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")),
        platform.processor(),
    )
    return f"{datetime.date.today()}, {os.cpu_count()} × {cpu}, load average {os.getloadavg()[0]:.1f} at the end, load generator on the same cores."


def put(document, mark, text):
    """Replaces what stands between `<!-- MARK:begin -->` and `<!-- MARK:end -->`."""
    begin, end = f"<!-- {mark}:begin -->", f"<!-- {mark}:end -->"
    path = pathlib.Path(document)
    whole = path.read_text(encoding="utf-8")
    if begin not in whole or end not in whole:
        sys.exit(f"{document} has no {begin} … {end} to write between")
    head, rest = whole.split(begin, 1)
    path.write_text(head + begin + "\n" + text + "\n" + end + rest.split(end, 1)[1], encoding="utf-8")
