#!/usr/bin/env python3
"""Measures the product beside what a team would use today, in one run on one machine, and prints a table of both.

Everything runs on 127.0.0.1. Load is open loop (vegeta). All services are asked the same distinct questions over the same passages. Absolute
numbers of a shared machine mean little; the ratios, and CPU time a query, are what to read. The servers take turns, so that a machine whose speed changes
from minute to minute changes it for all of them.
"""

import argparse
import contextlib
import itertools
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import corpus
import load
import table
from services import CACHE, HERE, ROOT, call, environment, java, learn, peer, runtime, say

STEADY = 150
BUSY_SHARE = 0.25  # of what embedding alone could do here: enough to keep every part busy, and nothing queues
WARM_UP = {"ragops": 10_000, "onnx": 2000, "torch": 1000}  # questions: a JVM compiles for as long as that
ASKED_QUALITY = {"cranfield": 0.43, "dbpedia-5k": 0.51}


def ingest(service, documents):
    """Seconds until all of them can be found."""
    began = time.monotonic()
    last = {}
    for start in range(0, len(documents), 250):
        last = call(f"{service.url}/ingest?wait=false", {"documents": documents[start : start + 250]}, timeout=300)
    if "sequence" in last:
        while call(f"{service.url}/health")["view"]["sequence"] < last["sequence"]:
            time.sleep(0.05)
    return time.monotonic() - began


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


class Contestant:
    """A server with the figures that were taken of it, and the questions it has not been asked yet."""

    def __init__(self, service, field, steady, busy, vegeta, questions):
        self.service, self.name, self.steady, self.busy = service, service.name, steady, busy
        self.vegeta, self.field = vegeta, field
        self.questions = itertools.cycle(questions)
        self.ingest_seconds, self.steadies, self.cpu_ms = 0.0, [], []
        self.search = load.HighestRate(steady, p95_ms=300)

    def attack(self, rate, seconds):
        """Asks `rate` questions a second, all of them new, of a server that has nothing left to do."""
        self.service.settle()
        asked = [{"query": question, self.field: 5} for question in itertools.islice(self.questions, rate * seconds)]
        return load.attack(self.vegeta, self.service.url + "/query", asked, rate, seconds)

    def take(self, documents):
        say(f"{self.name}: ingest of {len(documents)} passages")
        self.ingest_seconds += ingest(self.service, documents)

    def warm_up(self):
        say(f"{self.name}: warm-up")
        self.attack(self.steady, WARM_UP[self.name] // self.steady)

    def steady_round(self, seconds):
        point = self.attack(self.steady, seconds)
        say(f"{self.name}: {point}")
        self.steadies.append(point)

    def busy_round(self, seconds):
        self.service.settle()
        used = self.service.cpu_seconds()
        point = self.attack(self.busy, seconds)
        self.cpu_ms.append((self.service.cpu_seconds() - used) * 1000 / max(1, point.answered))
        say(f"{self.name}: {self.cpu_ms[-1]:.2f} ms of CPU a query, {point}")

    def search_round(self, seconds):
        point = self.attack(self.search.rate, seconds)
        say(f"{self.name}: {point}")
        self.search.saw(point)

    def latencies(self):
        middle = [statistics.median(getattr(point, name) for point in self.steadies) for name in ("p50_ms", "p95_ms", "p99_ms")]
        return middle, " / ".join(f"{one:.1f}" for one in middle) + " ms"


def compete(contestants, documents, questions, options):
    """Takes every figure of every contestant in turns, so that a machine whose speed changes does so for all of them. Returns the encode ceilings, one a round."""
    for start in range(0, len(documents), 1000):
        for contestant in contestants:
            contestant.take(documents[start : start + 1000])
    for contestant in contestants:
        contestant.warm_up()
    ceilings = []
    for _ in range(options.rounds):
        for contestant in contestants:
            contestant.steady_round(options.seconds)
            contestant.busy_round(options.seconds)
        ceilings.append(encode_ceiling(questions))
        say(f"embedding alone: {ceilings[-1][0]:.2f} ms of CPU a question as the model comes, {ceilings[-1][1]:.2f} ms as we run it")
    while searching := [contestant for contestant in contestants if not contestant.search.done]:
        for contestant in searching:
            contestant.search_round(options.seconds)
    return ceilings


def serving(rows, options):
    """The whole pod under load, beside its peers."""
    vegeta = subprocess.run([ROOT / "local/cluster", "tools", "vegeta"], check=True, capture_output=True, text=True).stdout.strip().splitlines()[-1]
    documents, questions = corpus.documents(options.passages), corpus.queries(60_000)
    learn()
    busy = round(encode_ceiling(questions)[2] * BUSY_SHARE)
    with tempfile.TemporaryDirectory() as data:
        with contextlib.ExitStack() as running:
            services = [running.enter_context(runtime(data)), *(running.enter_context(peer(kind, 18200 + i)) for i, kind in enumerate(options.peers))]
            for service in services:
                service.wait()
            contestants = [
                Contestant(service, "topK" if service.name == "ragops" else "top_k", *((50, 50) if service.name == "torch" else (STEADY, busy)), vegeta, questions) for service in services
            ]
            ceilings = compete(contestants, documents, questions, options)
            after = {service.name: service.resident_mib() for service in services}
        starts = []
        for _ in range(3):
            with runtime(data) as service:
                starts.append(service.wait())
                call(service.url + "/query", {"query": questions[0]})
                rss = service.resident_mib()
    ours, *others = contestants
    peers = {contestant.name: contestant for contestant in others}

    def beside(text):
        return ", ".join(f"{kind}: {text(contestant)}" for kind, contestant in peers.items())

    middle, said = ours.latencies()
    rows.add(f"short query end to end, {options.passages} passages, {STEADY}/s: p50 / p95 / p99", "p95 ≤ 15 ms", said, middle[1] <= 15, beside(lambda c: f"{c.latencies()[1]} at {c.steady}/s"))
    shares = [cpu / ceiling[0] for cpu, ceiling in zip(ours.cpu_ms, ceilings)]
    cpu, session, embedder, possible = statistics.median(ours.cpu_ms), *(statistics.median(column) for column in zip(*ceilings))
    rows.add(f"CPU a query, all in, at {busy}/s, beside what ONNX Runtime needs for the embedding alone", "≤ 2.2 ms where that is 1.6: 1.38 ×",
             f"{cpu:.2f} ms, {session:.2f} ms: {statistics.median(shares):.2f} × (rounds: {min(shares):.2f}–{max(shares):.2f}; our embedder alone: {embedder:.2f} ms, at most {possible:.0f}/s)",
             statistics.median(shares) <= 2.2 / 1.6, beside(lambda c: f"{statistics.median(c.cpu_ms):.2f} ms"))
    for kind, factor in (("onnx", 3), ("torch", 10)):
        if kind in peers:
            ratio = ours.search.highest / max(1, peers[kind].search.highest)
            rows.add(f"highest rate with p95 ≤ 300 ms, against {kind}", f"≥ {factor} ×", f"{ours.search.highest}/s = {ratio:.1f} ×", ratio >= factor, f"{peers[kind].search.highest}/s")
    if "onnx" in peers:
        ratio = peers["onnx"].ingest_seconds / ours.ingest_seconds
        rows.add(f"ingest of {options.passages} passages, durable and searchable", "≥ 2 × onnx", f"{options.passages / ours.ingest_seconds:.0f}/s = {ratio:.1f} ×", ratio >= 2,
                 beside(lambda c: f"{options.passages / c.ingest_seconds:.0f}/s, in memory"))
    rows.add(f"start to ready, {options.passages} passages stored (median of 3)", "≤ 1 s", f"{sorted(starts)[1]:.2f} s", sorted(starts)[1] <= 1)
    rows.add(f"resident, {options.passages} passages: after start / after the load", "≤ 350 MiB", f"{rss:.0f} / {after['ragops']:.0f} MiB", after["ragops"] <= 350, beside(lambda c: f"{after[c.name]:.0f} MiB"))
    draw({"RagOps" if contestant is ours else f"FastAPI, {contestant.name}": contestant.search.points for contestant in contestants}, options)


def draw(results, options):
    if not options.output:
        return
    picture = pathlib.Path(options.output).with_name("benchmarks-latency.svg")
    points = {name: [(point.offered, point.p95_ms) for point in seen] for name, seen in results.items()}
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
