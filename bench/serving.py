"""The whole pod under load, beside the servers a team would write in Python: every figure of every server is taken in turns."""

import contextlib
import itertools
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
from dataclasses import dataclass

import corpus
import load
from services import HERE, ROOT, call, environment, ingest, java, learn, peer, runtime, say

P95_MS = 300


@dataclass(frozen=True)
class Entry:
    """How a kind of server is asked."""

    title: str
    top_k: str  # the field's name
    steady: int  # questions a second that it carries with ease on two quiet cores
    busy: float  # of what our embedder alone could do here: keeps every part at work, and nothing queues
    warm_up: int  # questions; a JVM compiles for as long as ten thousand


ENTRIES = {
    "ragops": Entry("RagOps", "topK", 150, 1 / 4, 10_000),
    "onnx": Entry("FastAPI, onnx", "top_k", 150, 1 / 4, 2000),
    "torch": Entry("FastAPI, torch", "top_k", 50, 1 / 40, 1000),
}


@dataclass(frozen=True)
class Ceiling:
    """What embedding alone costs while every CPU embeds: CPU milliseconds a question of the model as ONNX Runtime runs it, and of our embedder."""

    session_ms: float
    embedder_ms: float
    embedder_rate: float


def encode_ceiling(questions):
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("\n".join(questions[:4000]))
        file.flush()
        target = ROOT / "rag-runtime/target"
        command = [java(), "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-cp", f"{target}/classes:{target}/lib/*", str(HERE / "EncodeCeiling.java"), file.name]
        out = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, "ORT_DISABLE_TELEMETRY": "1"})
    figures = {name: (float(cpu), float(rate)) for name, cpu, rate in (line.split() for line in out.stdout.strip().splitlines())}
    return Ceiling(figures["session"][0], *figures["embedder"])


class Contestant:
    """A server with the figures that were taken of it, and the questions it has not been asked yet."""

    def __init__(self, service, possible, vegeta, questions):
        self.service, self.name, self.entry = service, service.name, ENTRIES[service.name]
        self.title, self.steady = self.entry.title, self.entry.steady
        self.busy = round(possible * self.entry.busy)
        self.vegeta, self.questions = vegeta, itertools.cycle(questions)
        self.ingest_seconds, self.steadies, self.cpu_ms = 0.0, [], []
        self.search = load.HighestRate(self.steady, P95_MS)

    def attack(self, rate, seconds):
        """Asks `rate` questions a second, all of them new, of a server that has nothing left to do. Returns what came of it, and the seconds of CPU it took."""
        self.service.settle()
        asked = [{"query": question, self.entry.top_k: 5} for question in itertools.islice(self.questions, rate * seconds)]
        used = self.service.cpu_seconds()
        return load.attack(self.vegeta, self.service.url + "/query", asked, rate, seconds), self.service.cpu_seconds() - used

    def take(self, documents):
        say(f"{self.name}: ingest of {len(documents)} passages")
        self.ingest_seconds += ingest(self.service, documents)

    def warm_up(self):
        say(f"{self.name}: warm-up")
        self.attack(self.steady, self.entry.warm_up // self.steady)

    def steady_round(self, seconds):
        point, _ = self.attack(self.steady, seconds)
        say(f"{self.name}: {point}")
        self.steadies.append(point)

    def busy_round(self, seconds):
        point, used = self.attack(self.busy, seconds)
        self.cpu_ms.append(used * 1000 / max(1, point.answered))
        say(f"{self.name}: {self.cpu_ms[-1]:.2f} ms of CPU a query, {point}")

    def search_round(self, seconds):
        point, _ = self.attack(self.search.rate, seconds)
        say(f"{self.name}: {point}")
        self.search.saw(point)

    def latency(self, name):
        """The median of the rounds, in milliseconds."""
        return statistics.median(getattr(point, name) for point in self.steadies)

    def latencies(self):
        return f"{self.latency('p50_ms'):.1f} / {self.latency('p95_ms'):.1f} / {self.latency('p99_ms'):.1f} ms"


def compete(contestants, documents, questions, options):
    """Takes every figure of every contestant in turns, so that a machine whose speed changes does so for all of them. Returns the ceilings, one a round."""
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
        say(f"embedding alone: {ceilings[-1].session_ms:.2f} ms of CPU a question as the model comes, {ceilings[-1].embedder_ms:.2f} ms as we run it")
    while searching := [contestant for contestant in contestants if not contestant.search.done]:
        for contestant in searching:
            contestant.search_round(options.seconds)
    return ceilings


def restarts(data, question, times=3):
    """(Seconds to ready, MiB after the first answer) of each start with what is stored."""
    for _ in range(times):
        with runtime(data) as service:
            seconds = service.wait()
            call(service.url + "/query", {"query": question})
            yield seconds, service.resident_mib()


def measure(rows, options):
    vegeta = subprocess.run([ROOT / "local/cluster", "tools", "vegeta"], check=True, capture_output=True, text=True).stdout.strip().splitlines()[-1]
    documents, questions = corpus.documents(options.passages), corpus.queries(60_000)
    learn()
    possible = encode_ceiling(questions).embedder_rate
    with tempfile.TemporaryDirectory() as data:
        with contextlib.ExitStack() as running:
            services = [running.enter_context(runtime(data)), *(running.enter_context(peer(kind, 18200 + i)) for i, kind in enumerate(options.peers))]
            for service in services:
                service.wait()
            contestants = [Contestant(service, possible, vegeta, questions) for service in services]
            ceilings = compete(contestants, documents, questions, options)
            resident = {contestant.name: contestant.service.resident_mib() for contestant in contestants}
        starts, fresh = zip(*restarts(data, questions[0]))
    report(rows, contestants, ceilings, options.passages)
    rows.add(f"start to ready, {options.passages} passages stored (median of {len(starts)})", "≤ 1 s", f"{statistics.median(starts):.2f} s", statistics.median(starts) <= 1)
    rows.add(f"resident, {options.passages} passages: after start / after the load", "≤ 350 MiB", f"{fresh[-1]:.0f} / {resident['ragops']:.0f} MiB", resident["ragops"] <= 350,
             ", ".join(f"{name}: {mib:.0f} MiB" for name, mib in resident.items() if name != "ragops"))
    if options.output:
        draw(contestants, pathlib.Path(options.output).with_name("benchmarks-latency.svg"))


def report(rows, contestants, ceilings, passages):
    ours, *others = contestants
    peers = {contestant.name: contestant for contestant in others}

    def beside(text):
        return ", ".join(f"{name}: {text(peer)}" for name, peer in peers.items())

    rows.add(f"short query end to end, {passages} passages, {ours.steady}/s: p50 / p95 / p99", "p95 ≤ 15 ms", ours.latencies(), ours.latency("p95_ms") <= 15,
             beside(lambda peer: f"{peer.latencies()} at {peer.steady}/s"))
    shares = [cpu / ceiling.session_ms for cpu, ceiling in zip(ours.cpu_ms, ceilings)]
    session, embedder, rate = (statistics.median(getattr(ceiling, name) for ceiling in ceilings) for name in ("session_ms", "embedder_ms", "embedder_rate"))
    rows.add(f"CPU a query, all in, at {ours.busy}/s, beside what ONNX Runtime needs for the embedding alone", "≤ 2.2 ms where that is 1.6: 1.38 ×",
             f"{statistics.median(ours.cpu_ms):.2f} ms, {session:.2f} ms: {statistics.median(shares):.2f} × (rounds: {min(shares):.2f}–{max(shares):.2f}; our embedder alone: {embedder:.2f} ms, at most {rate:.0f}/s)",
             statistics.median(shares) <= 2.2 / 1.6, beside(lambda peer: f"{statistics.median(peer.cpu_ms):.2f} ms"))
    for kind, factor in (("onnx", 3), ("torch", 10)):
        if kind in peers:
            ratio = ours.search.highest / max(1, peers[kind].search.highest)
            rows.add(f"highest rate with p95 ≤ {P95_MS} ms, against {kind}", f"≥ {factor} ×", f"{ours.search.highest}/s = {ratio:.1f} ×", ratio >= factor, f"{peers[kind].search.highest}/s")
    if "onnx" in peers:
        ratio = peers["onnx"].ingest_seconds / ours.ingest_seconds
        rows.add(f"ingest of {passages} passages, durable and searchable", "≥ 2 × onnx", f"{passages / ours.ingest_seconds:.0f}/s = {ratio:.1f} ×", ratio >= 2,
                 beside(lambda peer: f"{passages / peer.ingest_seconds:.0f}/s, in memory"))


def draw(contestants, picture):
    points = {contestant.title: [(point.offered, point.p95_ms) for point in contestant.search.points] for contestant in contestants}
    python = environment("plot", HERE / "requirements-plot.txt") / "python"
    subprocess.run([python, HERE / "plot.py", picture], check=True, input=json.dumps(points), text=True)
