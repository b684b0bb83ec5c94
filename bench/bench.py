#!/usr/bin/env python3
"""Measures the product beside what a team would use today, in one run on one machine, and prints a table of both.

Everything runs on 127.0.0.1. Load is open loop (vegeta). All services are asked the same distinct questions over the same passages. Absolute
numbers of a shared machine mean little; the ratios, and CPU time a query, are what to read.
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
import load
import table
from services import CACHE, HERE, ROOT, call, environment, java, learn, peer, runtime, say

STEADY = 150
BUSY = 300
WARM_UP = 25
ASKED_QUALITY = {"cranfield": 0.43, "dbpedia-5k": 0.51}


def ingest(service, documents):
    """Passages a second until all of them can be found."""
    began = time.monotonic()
    last = {}
    for start in range(0, len(documents), 250):
        last = call(f"{service.url}/ingest?wait=false", {"documents": documents[start : start + 250]}, timeout=300)
    if "sequence" in last:
        while call(f"{service.url}/health")["view"]["sequence"] < last["sequence"]:
            time.sleep(0.05)
    return len(documents) / (time.monotonic() - began)


def measure(service, field, documents, questions, vegeta, seconds, steady, busy):
    """Ingest, one steady rate, and the highest rate that keeps the objective."""
    asked = [{"query": question, field: 5} for question in questions]
    url = service.url + "/query"
    say(f"{service.name}: ingest")
    result = {"ingest": ingest(service, documents)}
    say(f"{service.name}: {steady}/s for {WARM_UP} s, then measured for {seconds} s")
    load.attack(vegeta, url, asked, steady, WARM_UP)
    result["steady"] = load.attack(vegeta, url, asked[5000:], steady, seconds)
    say(f"{service.name}: CPU at {busy}/s for {2 * WARM_UP} s, the second half of them measured")
    load.attack(vegeta, url, asked[8000:], busy, WARM_UP)
    cpu = service.cpu_seconds()
    load.attack(vegeta, url, asked[20_000:], busy, WARM_UP)
    result["cpu_ms"] = (service.cpu_seconds() - cpu) * 1000 / (busy * WARM_UP)
    say(f"{service.name}: highest rate with p95 <= 300 ms")
    result["max"], result["points"] = load.highest_rate(vegeta, url, asked[30_000:], steady, seconds=seconds)
    result["rss"] = service.resident_mib()
    return result


def encode_ceiling(questions):
    """CPU milliseconds that embedding alone costs while every CPU embeds: (the model as ONNX Runtime runs it, our embedder), and the latter's questions a second."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("\n".join(questions[:4000]))
        file.flush()
        target = ROOT / "rag-runtime/target"
        command = [java(), "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-cp", f"{target}/classes:{target}/lib/*", str(HERE / "EncodeCeiling.java"), file.name]
        out = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, "ORT_DISABLE_TELEMETRY": "1"})
    figures = {name: (float(cpu), float(rate)) for name, cpu, rate in (line.split() for line in out.stdout.strip().splitlines())}
    return figures["session"][0], figures["embedder"][0], figures["embedder"][1]


def serving(rows, options):
    """The whole pod under load, beside its peers."""
    vegeta = subprocess.run([ROOT / "local/cluster", "tools", "vegeta"], check=True, capture_output=True, text=True).stdout.strip().splitlines()[-1]
    documents, questions = corpus.documents(options.passages), corpus.queries(60_000)
    learn()
    with tempfile.TemporaryDirectory() as data:
        with runtime(data) as service:
            service.wait()
            ours = measure(service, "topK", documents, questions, vegeta, options.seconds, STEADY, BUSY)
        starts = []
        for _ in range(3):
            with runtime(data) as service:
                starts.append(service.wait())
                call(service.url + "/query", {"query": questions[0]})
                rss = service.resident_mib()
    session, ceiling, possible = encode_ceiling(questions)
    peers = {}
    for kind in options.peers:
        with peer(kind) as service:
            service.wait()
            peers[kind] = measure(service, "top_k", documents, questions, vegeta, options.seconds, *((50, 50) if kind == "torch" else (STEADY, BUSY)))

    def beside(text):
        return ", ".join(f"{kind}: {text(result)}" for kind, result in peers.items())

    def latencies(point):
        return f"{point.p50_ms:.1f} / {point.p95_ms:.1f} / {point.p99_ms:.1f} ms"

    rows.add(f"short query end to end, {options.passages} passages, {STEADY}/s: p50 / p95 / p99", "p95 ≤ 15 ms", latencies(ours["steady"]), ours["steady"].p95_ms <= 15,
             beside(lambda r: f"{latencies(r['steady'])} at {r['steady'].offered:.0f}/s"))
    rows.add(f"CPU a query, all in, at {BUSY}/s, beside what ONNX Runtime needs for the embedding alone", "≤ 2.2 ms where that is 1.6: 1.38 ×", f"{ours['cpu_ms']:.2f} ms, {session:.2f} ms: {ours['cpu_ms'] / session:.2f} × (our embedder alone: {ceiling:.2f} ms, at most {possible:.0f}/s)", ours["cpu_ms"] <= session * 2.2 / 1.6,
             beside(lambda r: f"{r['cpu_ms']:.2f} ms"))
    for kind, factor in (("onnx", 3), ("torch", 10)):
        if kind in peers:
            ratio = ours["max"] / max(1, peers[kind]["max"])
            rows.add(f"highest rate with p95 ≤ 300 ms, against {kind}", f"≥ {factor} ×", f"{ours['max']}/s = {ratio:.1f} ×", ratio >= factor, f"{peers[kind]['max']}/s")
    if "onnx" in peers:
        ratio = ours["ingest"] / peers["onnx"]["ingest"]
        rows.add(f"ingest of {options.passages} passages, durable and searchable", "≥ 2 × onnx", f"{ours['ingest']:.0f}/s = {ratio:.1f} ×", ratio >= 2, beside(lambda r: f"{r['ingest']:.0f}/s, in memory"))
    rows.add(f"start to ready, {options.passages} passages stored (median of 3)", "≤ 1 s", f"{sorted(starts)[1]:.2f} s", sorted(starts)[1] <= 1)
    rows.add(f"resident, {options.passages} passages: after start / after the load", "≤ 350 MiB", f"{rss:.0f} / {ours['rss']:.0f} MiB", ours["rss"] <= 350, beside(lambda r: f"{r['rss']:.0f} MiB"))
    draw({"RagOps": ours, **{f"FastAPI, {kind}": result for kind, result in peers.items()}}, options)


def draw(results, options):
    if not options.output:
        return
    picture = pathlib.Path(options.output).with_name("benchmarks-latency.svg")
    points = {name: [(p.offered, p.p95_ms) for p in result["points"]] for name, result in results.items()}
    python = environment("plot", HERE / "requirements-plot.txt") / "python"
    subprocess.run([python, HERE / "plot.py", picture], check=True, input=json.dumps(points), text=True)


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


PARTS = {"serving": serving, "large": large, "quality": quality, "micro": micro, "durability": durability}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS), type=lambda text: text.split(","), help=f"parts, separated by commas: {', '.join(PARTS)} (default: all)")
    parser.add_argument("--peers", default="onnx,torch", type=lambda text: [k for k in text.split(",") if k and k != "none"], help="onnx, torch or none (default: both; torch installs 6 GB once)")
    parser.add_argument("--passages", type=int, default=5000)
    parser.add_argument("--seconds", type=int, default=8, help="of each rate")
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
