#!/usr/bin/env python3
"""Measures the product beside what a team would use today, in one run on one machine, and prints a table of both.

Everything runs on 127.0.0.1. Load is open loop (vegeta). All services are asked the same distinct questions over the same passages. Absolute
numbers of a shared machine mean little; the ratios, and CPU time a query, are what to read. The servers take turns, so that a machine whose speed changes
from minute to minute changes it for all of them.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import corpus
import serving
import table
from services import CACHE, ROOT, ingest, runtime, say

ASKED_QUALITY = {"cranfield": 0.43, "dbpedia-5k": 0.51}


def large(rows, options):
    """A hundred thousand passages: how soon they are served again after a restart, with and without the local snapshot."""
    count = 100_000
    documents = corpus.short_documents(count)
    with tempfile.TemporaryDirectory() as data:
        with runtime(data, heap="1g") as service:
            service.wait()
            say(f"ingest of {count} short passages")
            ingest(service, documents)
            snapshot = pathlib.Path(data, "snapshots")
            deadline = time.monotonic() + 300
            while not list(snapshot.rglob("*.snapshot")) and time.monotonic() < deadline:
                time.sleep(0.5)
        with runtime(data, heap="1g") as service:
            rows.add(f"start to ready, {count} passages stored, local snapshot", "≤ 5 s", f"{(taken := service.wait()):.1f} s", taken <= 5)
        for file in snapshot.rglob("*.snapshot"):
            file.unlink()
        with runtime(data, heap="1g") as service:
            rows.add("the same without a snapshot: ready on the exact scan while the graph builds", "", f"{service.wait():.1f} s")


def quality(rows, options):
    """NDCG@10 as configured, beside either half alone: fusion must not cost what the better of them had."""

    def evaluate(folder, *arguments):
        out = subprocess.run([ROOT / "ragops", "evaluate", folder, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout
        return json.loads(out.strip().splitlines()[-1])["ndcg_at_10"]

    folders = [(ROOT / "samples/corpus", "sample corpus, test part", 0.65)]
    for folder in sorted(pathlib.Path(options.data).iterdir()) if options.data else []:
        if (folder / "corpus.jsonl").exists():
            folders.append((folder, folder.name, ASKED_QUALITY.get(folder.name, 0)))
    for folder, name, asked in folders:
        say(f"ranking quality: {name}")
        hybrid, dense, lexical = evaluate(folder), evaluate(folder, "--mode=dense"), evaluate(folder, "--mode=lexical")
        floor = max(asked, max(dense, lexical) - 0.005)
        rows.add(f"NDCG@10, {name}", f"≥ {asked:.2f}; not below either half" if asked else "not below either half", f"{hybrid:.3f}", hybrid >= floor, f"BM25 alone {lexical:.3f}, dense alone {dense:.3f}")


def jmh(*arguments):
    """What JMH measured: (benchmark's method, parameters, score, unit) each."""
    with tempfile.NamedTemporaryFile(suffix=".json") as result:
        command = [ROOT / "rag-runtime/src/jmh/run", *arguments, "-rf", "json", "-rff", result.name]
        subprocess.run([str(part) for part in command], check=True, stdout=sys.stderr)
        measured = json.load(open(result.name, encoding="utf-8"))
    return [(one["benchmark"].rsplit(".", 1)[1], one.get("params", {}), one["primaryMetric"]["score"], one["primaryMetric"]["scoreUnit"]) for one in measured]


def micro(rows, options):
    """The parts of a question alone, one thread, by JMH; searches of graphs are bench/vector's."""
    [(_, _, micros, _)] = jmh("VectorSearch", "-p", "rows=5000", "-p", "kind=exact")
    rows.add("exact search, 5,000 passages", "≤ 0.15 ms", f"{micros / 1000:.3f} ms", micros <= 150)
    for name, parameters, score, unit in jmh("Encode|Distance"):
        rows.add(f"{name} ({', '.join(f'{key} {value}' for key, value in parameters.items())})", "", f"{score:.1f} {unit.removesuffix('/op')}")


def durability(rows, options):
    """kill -9 during ingest, a hundred times a store."""
    out = subprocess.run([ROOT / "rag-runtime/src/durability/run", "--kills", str(options.kills)], stdout=subprocess.PIPE, text=True)
    for line in out.stdout.strip().splitlines():
        store, figures = line.split(": ", 1)
        rows.add(f"acknowledged and lost, {store}", f"0 over {options.kills} × kill -9", figures, ", 0 lost" in figures)


PARTS = {"serving": serving.measure, "large": large, "quality": quality, "micro": micro, "durability": durability}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS), type=lambda text: text.split(","), help=f"parts, separated by commas: {', '.join(PARTS)} (default: all)")
    parser.add_argument("--peers", default="onnx,torch", type=lambda text: [k for k in text.split(",") if k and k != "none"], help="onnx, torch or none (default: both; torch installs 6 GB once)")
    parser.add_argument("--passages", type=int, default=5000)
    parser.add_argument("--seconds", type=int, default=8, help="of each rate")
    parser.add_argument("--rounds", type=int, default=3, help="in which the servers take turns; the tables show medians")
    parser.add_argument("--kills", type=int, default=100, help="of the runtime while it ingests, a store")
    parser.add_argument("--data", default=os.environ.get("RAGOPS_BENCH_DATA", ""), help="a folder with BEIR collections whose NDCG@10 is measured too (RAGOPS_BENCH_DATA)")
    parser.add_argument("--output", default="", help="write each part's table between its marks here, too, and the plot beside it (docs/benchmarks.md)")
    parser.add_argument("--strict", action="store_true", help="end with 1 when a measured figure is not the one asked for")
    options = parser.parse_args()
    if unknown := [name for name in options.only if name not in PARTS]:
        parser.error(f"--only: no part '{unknown[0]}'; there are {', '.join(PARTS)}")
    CACHE.mkdir(parents=True, exist_ok=True)
    missed = 0
    for name in options.only:
        say(f"== {name}")
        rows = table.Table()
        PARTS[name](rows, options)
        text = f"{table.machine()}\n\n{rows.markdown()}"
        print(text, end="\n\n", flush=True)
        if options.output:
            table.put(options.output, name, text)
        missed += rows.missed()
    sys.exit(1 if options.strict and missed else 0)


if __name__ == "__main__":
    main()
