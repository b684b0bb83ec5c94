#!/usr/bin/env python3
"""Kills the real runtime (SIGKILL) during ingest, again and again, and reads back everything it had acknowledged.

    rag-runtime/src/durability/run [--kills 100] [--stores sqlite,postgres] [--seed 1]

Four clients write at once: new documents, replacements, deletions, and a stream of lines. Each writes down what was acknowledged, and nothing
else; after the last kill every acknowledged write must be there with its content. A write that was under way when the process died may
be there or not. Prints a line a store; the exit code is 1 when anything acknowledged is lost.
"""

import argparse
import concurrent.futures
import http.client
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

from postgres import Postgres, free_port

ROOT = pathlib.Path(__file__).resolve().parents[3]
JAR = ROOT / "rag-runtime/target/rag-runtime.jar"
CLIENTS = 4
GONE = None


class Runtime:
    """The process under test; each start is a new one on the same store."""

    def __init__(self, options, folder):
        java = subprocess.run([ROOT / ".mvn/find-jdk"], check=True, capture_output=True, text=True).stdout.strip()
        self.port = free_port()
        self.log = open(folder / "runtime.log", "ab")
        flags = "--add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx192m".split()
        self.command = [f"{java}/bin/java", *flags]
        self.arguments = ["-jar", str(JAR), "serve", "--host", "127.0.0.1", "--port", str(self.port), *options]
        self.cache = folder / "start.aot"
        self.process = None

    def train(self):
        """One ordinary run makes the cache that lets the many others start fast."""
        self.start([f"-XX:AOTCacheOutput={self.cache}"])
        self.wait()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(120)

    def start(self, flags=()):
        flags = list(flags) or ([f"-XX:AOTCache={self.cache}"] if self.cache.exists() else [])
        # One thread embeds: the rest of the machine writes and kills.
        environment = {**os.environ, "ORT_DISABLE_TELEMETRY": "1", "RAGOPS_CPUS": "1"}
        self.process = subprocess.Popen([*self.command, *flags, *self.arguments], stdout=self.log, stderr=self.log, env=environment)

    def wait(self):
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/health")
                if json.load(connection.getresponse())["store"]["reachable"]:
                    return
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.02)
        sys.exit(f"durability: the runtime did not open its store; see {self.log.name}")

    def kill(self):
        self.process.kill()
        self.process.wait()


class Client(threading.Thread):
    """One writer. Ids are its own, so that it knows in which order its writes to one document came."""

    def __init__(self, number, port, seed):
        super().__init__(daemon=True)
        self.number, self.port, self.random = number, port, random.Random(f"{seed}-{number}")
        self.acknowledged, self.unsure = {}, {}
        self.count, self.writes = 0, 0
        self.alive, self.first = True, threading.Event()

    def run(self):
        connection = None
        while self.alive:
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                self.write(connection)
            except (OSError, http.client.HTTPException, ValueError):
                connection = None
                time.sleep(0.01)

    def write(self, connection):
        # What a restart has to index should stay small beside what it has to keep.
        kind = self.random.choice(["new", "replace", "delete"]) if self.count > 200 else "new"
        if kind == "delete":
            self.delete(connection, self.old())
            return
        ids = [self.old()] if kind == "replace" else [self.fresh() for _ in range(5)]
        documents = [{"id": id, "text": f"{id} says {self.random.getrandbits(64):x}"} for id in ids]
        for document in documents:
            self.unsure.setdefault(document["id"], []).append(document["text"])
        if self.number == 0:
            self.stream(connection, documents)
        else:
            connection.request("POST", "/ingest?wait=false", json.dumps({"documents": documents}), {"content-type": "application/json"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status == 200 and len(json.loads(body)["results"]) == len(documents):
                for document in documents:
                    self.acknowledge(document["id"], document["text"])

    def stream(self, connection, documents):
        lines = "".join(json.dumps(document) + "\n" for document in documents)
        connection.request("POST", "/ingest", lines, {"content-type": "application/x-ndjson"})
        answer = connection.getresponse()
        texts = {document["id"]: document["text"] for document in documents}
        while line := answer.readline():
            result = json.loads(line)
            if result["status"] in ("created", "updated", "unchanged"):
                self.acknowledge(result["id"], texts[result["id"]])

    def delete(self, connection, id):
        self.unsure.setdefault(id, []).append(GONE)
        connection.request("DELETE", f"/documents/{id}?wait=false")
        answer = connection.getresponse()
        answer.read()
        if answer.status == 200:
            self.acknowledge(id, GONE)

    def acknowledge(self, id, text):
        self.acknowledged[id] = text
        # Whatever was tried before it was overtaken: requests of one client come one after the other.
        self.unsure[id] = []
        self.writes += 1
        self.first.set()

    def fresh(self):
        self.count += 1
        return f"c{self.number}-{self.count}"

    def old(self):
        return f"c{self.number}-{self.random.randint(1, self.count)}"


def read_back(port, client):
    """Acknowledged writes that are not there, and have not been overtaken by one that was under way."""
    lost = []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for id, text in client.acknowledged.items():
        connection.request("GET", f"/documents/{id}")
        answer = connection.getresponse()
        body = answer.read()
        found = json.loads(body)["text"] if answer.status == 200 else GONE if answer.status == 404 else f"status {answer.status}"
        if found != text and found not in client.unsure.get(id, []):
            lost.append(f"{id}: acknowledged {text!r}, found {found!r}")
    return lost


def prove(name, options, kills, seed, folder):
    began, rng = time.monotonic(), random.Random(f"{seed}-{name}")
    runtime = Runtime(options, folder)
    runtime.train()
    clients = [Client(number, runtime.port, seed) for number in range(CLIENTS)]
    for life in range(kills):
        runtime.start()
        if life == 0:
            runtime.wait()
            for client in clients:
                client.start()
        for client in clients:
            client.first.clear()
        # Never before somebody wrote something in this life.
        if not any(client.first.wait(60) for client in clients[1:]):
            sys.exit(f"durability: nothing was acknowledged within a minute; see {runtime.log.name}")
        time.sleep(rng.uniform(0.0, 0.4))
        runtime.kill()
        if (life + 1) % 10 == 0:
            print(f"{name}: {life + 1} kills, {sum(client.writes for client in clients)} writes acknowledged", file=sys.stderr, flush=True)
    for client in clients:
        client.alive = False
        client.join(60)
    runtime.start()
    runtime.wait()
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        lost = [line for lines in pool.map(lambda client: read_back(runtime.port, client), clients) for line in lines]
    runtime.kill()
    for line in lost[:20]:
        print(f"{name}: LOST {line}", file=sys.stderr)
    documents = sum(len(client.acknowledged) for client in clients)
    writes = sum(client.writes for client in clients)
    print(f"{name}: {kills} x kill -9 during ingest, {writes} writes to {documents} documents acknowledged, {len(lost)} lost ({time.monotonic() - began:.0f} s)", flush=True)
    return not lost


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=int(os.environ.get("KILLS") or 100), help="a store (environment: KILLS)")
    parser.add_argument("--stores", default="sqlite,postgres")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not JAR.exists():
        sys.exit("durability: no runtime to kill: make build")
    results = []
    with tempfile.TemporaryDirectory(prefix="ragops-durability-") as temporary, concurrent.futures.ThreadPoolExecutor(2) as pool:
        folder = pathlib.Path(temporary)
        postgres = Postgres() if "postgres" in options.stores else None
        try:
            for name in options.stores.split(","):
                home = folder / name
                home.mkdir()
                arguments = ["--data", str(home)]
                if name == "postgres":
                    (home / "url").write_text(postgres.url)
                    arguments = ["--store", "postgres", "--postgres-url-file", str(home / "url")]
                results.append(pool.submit(prove, name, arguments, options.kills, options.seed, home))
            good = [result.result() for result in results]
        finally:
            if postgres:
                postgres.close()
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
