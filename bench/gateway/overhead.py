#!/usr/bin/env python3
"""Measures what the gateway adds to a request, as the paired difference to a plain nginx before the same upstream, in one run.

    bench/gateway/run [--rate 300] [--rounds 12] [--seconds 5] [--output docs/benchmarks.md]

The upstream is a second nginx that answers at once with an answer of 3.7 KiB. In each round nginx and gateway get the same open load (vegeta) one after
the other, in turns of order, so that what else the machine does meets both. Needs nginx (from the distribution) and a built gateway. Everything runs on
127.0.0.1 and ends with this program.
"""

import argparse
import base64
import datetime
import json
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from table import put

ROOT = pathlib.Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
# The flags of the image (local/images), without its classes from before.
FLAGS = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx40m -Xss512k -XX:MaxDirectMemorySize=24m"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def descendants(pid):
    yield pid
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
    for child in children.read_text().split() if children.exists() else []:
        yield from descendants(int(child))


class Server:
    """A server process that this program started, and ends."""

    def __init__(self, folder, name, command, url, environment=None):
        self.log = pathlib.Path(folder, f"{name}.log")
        self.name, self.url = name, url
        self.process = subprocess.Popen(command, stdout=self.log.open("w"), stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})})

    def wait(self, health):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                urllib.request.urlopen(health, timeout=2).close()
                return
            except OSError:
                time.sleep(0.05)
        sys.exit(f"{self.name} is not healthy; its last lines:\n{self.log.read_text()[-2000:]}")

    def cpu_seconds(self):
        total = 0
        for pid in descendants(self.process.pid):
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def resident_mib(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("VmRSS"))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()


def nginx(folder, name, port, location):
    """One worker, as the gateway has one event loop."""
    home = pathlib.Path(folder, name)
    home.mkdir()
    home.chmod(0o755)
    config = home / "nginx.conf"
    config.write_text(f"""
daemon off; worker_processes 1; pid {home}/pid; error_log {home}/error.log;
events {{ worker_connections 2048; }}
http {{
  access_log off; client_body_temp_path {home}/b; proxy_temp_path {home}/p; fastcgi_temp_path {home}/f; uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;
  keepalive_requests 1000000; default_type application/json;
  {location}
}}
""")
    return Server(folder, name, ["nginx", "-p", str(home), "-c", str(config)], f"http://127.0.0.1:{port}/query")


def gateway(folder, upstream, port, admin):
    route = {
        "model": {"namespace": "default", "name": "bench", "uid": "u"}, "generation": 1, "appliedSeq": 1,
        "stable": {"revision": "bench-1", "service": "bench-1", "version": "1"}, "split": {"kind": "none", "percent": 0}, "fallback": True,
        "objectives": [{"name": "latency", "class": "retrieval", "kind": "latency", "targetPercent": "95", "thresholdMillis": 300}],
        "stickiness": {"header": "x-user"}, "requestTimeoutMillis": 10000,
    }
    pathlib.Path(folder, "route.json").write_text(json.dumps(route))
    pathlib.Path(folder, "endpoints.json").write_text(json.dumps({"bench-1": [f"127.0.0.1:{upstream}"]}))
    java = subprocess.run([ROOT / ".mvn" / "find-jdk"], check=True, capture_output=True, text=True).stdout.strip()
    return Server(
        folder, "gateway", [f"{java}/bin/java", *FLAGS.split(), "-jar", str(ROOT / "rag-gateway/target/rag-gateway.jar")], f"http://127.0.0.1:{port}/query",
        {"RAGOPS_ROUTE_FILE": f"{folder}/route.json", "RAGOPS_ENDPOINTS_FILE": f"{folder}/endpoints.json", "RAGOPS_PORT": str(port), "RAGOPS_ADMIN_PORT": str(admin)},
    )


def attack(vegeta, folder, server, rate, seconds):
    body = base64.b64encode(b'{"query":"how do I roll back?","topK":5}').decode()
    targets = pathlib.Path(folder, "targets")
    header = {"content-type": ["application/json"], "x-user": ["ada"]}
    targets.write_text(json.dumps({"method": "POST", "url": server.url, "body": body, "header": header}) + "\n")
    answers = pathlib.Path(folder, "answers")
    cpu = server.cpu_seconds()
    subprocess.run(
        [vegeta, "attack", "-format", "json", "-targets", targets, "-rate", f"{rate}/1s", "-duration", f"{seconds}s", "-output", answers], check=True, timeout=seconds + 60)
    cpu = server.cpu_seconds() - cpu
    lines = subprocess.run([vegeta, "encode", "--to", "json", answers], check=True, capture_output=True, text=True).stdout.splitlines()
    results = [json.loads(line) for line in lines]
    return [one["latency"] / 1e6 for one in results], sum(one["code"] != 200 for one in results), cpu * 1000 / len(results)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=300, help="requests a second")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=int, default=5, help="of each half of a round")
    parser.add_argument("--output", default="", help="write the table between its marks here, too (docs/benchmarks.md)")
    options = parser.parse_args()
    if not shutil.which("nginx"):
        sys.exit("nginx is not installed: apt-get install nginx-light")
    vegeta = subprocess.run([ROOT / "local/cluster", "tools", "vegeta"], check=True, capture_output=True, text=True).stdout.strip().splitlines()[-1]
    upstream, plain, ours, admin = (free_port() for _ in range(4))
    answer = json.dumps({"answer": {"text": "t" * 400}, "sources": [{"documentId": f"d{i}", "start": 0, "end": 600, "text": "t" * 600} for i in range(5)], "sequence": 1})
    servers = []
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        try:
            stub = nginx(folder, "upstream", upstream, f"server {{ listen 127.0.0.1:{upstream}; location / {{ add_header x-ragops-answer-class retrieval; return 200 '{answer}'; }} }}")
            servers.append(stub)
            proxy = nginx(folder, "nginx", plain, f"""upstream u {{ server 127.0.0.1:{upstream}; keepalive 64; keepalive_requests 1000000; }}
  server {{ listen 127.0.0.1:{plain}; location / {{ proxy_pass http://u; proxy_http_version 1.1; proxy_set_header Connection ""; }} }}""")
            servers.append(proxy)
            servers.append(gate := gateway(folder, upstream, ours, admin))
            stub.wait(stub.url)
            proxy.wait(proxy.url)
            gate.wait(f"http://127.0.0.1:{admin}/health/ready")
            for server in (proxy, gate):
                attack(vegeta, folder, server, options.rate, 10)
            latencies, bad, cpus, differences = {proxy: [], gate: []}, {proxy: 0, gate: 0}, {proxy: [], gate: []}, {0.5: [], 0.95: [], 0.99: []}
            for number in range(options.rounds):
                seen = {}
                for server in (proxy, gate) if number % 2 else (gate, proxy):
                    seen[server], failed, cpu = attack(vegeta, folder, server, options.rate, options.seconds)
                    latencies[server] += seen[server]
                    bad[server] += failed
                    cpus[server].append(cpu)
                for share in differences:
                    differences[share].append(percentile(seen[gate], share) - percentile(seen[proxy], share))
                print(f"round {number + 1}: p99 nginx {percentile(seen[proxy], 0.99):.2f} ms, gateway {percentile(seen[gate], 0.99):.2f} ms", file=sys.stderr, flush=True)
            resident = gate.resident_mib()
        finally:
            for server in reversed(servers):
                server.stop()

    def line(name, server):
        return [name, *(f"{percentile(latencies[server], share):.2f} ms" for share in differences), f"{statistics.mean(cpus[server]):.3f} ms", str(bad[server])]

    added = {share: statistics.median(each) for share, each in differences.items()}
    reached = "yes" if added[0.99] <= 1 else "**no**"
    cpu_added = statistics.mean(cpus[gate]) - statistics.mean(cpus[proxy])
    rows = [line("nginx", proxy), line("gateway", gate),
            ["added (median of the rounds' differences)", *(f"{added[share]:+.2f} ms" for share in differences), f"{cpu_added:+.3f} ms", ""]]
    table = "\n".join(
        [f"{datetime.date.today()}, {options.rate} requests a second, {options.rounds} rounds of {options.seconds} s each, {os.cpu_count()} cores shared with load generator and upstream, load average {os.getloadavg()[0]:.1f} at the end.", "",
         "| | p50 | p95 | p99 | CPU a request | not 200 |", "|---|---|---|---|---|---|"] + ["| " + " | ".join(cells) + " |" for cells in rows] +
        ["", f"Asked: p99 added ≤ 1 ms: {reached}. Resident after the load: {resident:.0f} MiB, asked ≤ 128: {'yes' if resident <= 128 else '**no**'}."])
    print(table)
    if options.output:
        put(options.output, "gateway", table)


if __name__ == "__main__":
    main()
