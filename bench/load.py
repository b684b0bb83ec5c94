"""Open-loop load with vegeta: what was offered is sent whether or not answers come, so queueing shows as latency."""

import base64
import json
import pathlib
import subprocess
import tempfile
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    offered: float
    throughput: float
    success: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    answered: int

    def __str__(self) -> str:
        return f"{self.offered:.0f}/s: p50 {self.p50_ms:.1f} p95 {self.p95_ms:.1f} p99 {self.p99_ms:.1f} ms, {self.throughput:.0f}/s answered"

    def holds(self, p95_ms: float) -> bool:
        return self.success >= 0.999 and self.p95_ms <= p95_ms and self.throughput >= 0.97 * self.offered


def attack(vegeta: str, url: str, bodies: list[dict], rate: int, seconds: int) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        targets, answers = pathlib.Path(folder, "targets"), pathlib.Path(folder, "answers")
        with targets.open("w", encoding="utf-8") as out:
            for body in bodies[: rate * seconds]:
                raw = base64.b64encode(json.dumps(body).encode()).decode()
                out.write(json.dumps({"method": "POST", "url": url, "body": raw, "header": {"Content-Type": ["application/json"]}}) + "\n")
        subprocess.run(
            [vegeta, "attack", "-format", "json", "-targets", targets, "-rate", f"{rate}/1s", "-duration", f"{seconds}s",
             "-timeout", "10s", "-output", answers],
            check=True, timeout=seconds + 60,
        )
        report = json.loads(subprocess.run([vegeta, "report", "-type", "json", answers], check=True, capture_output=True).stdout)
    latency = report["latencies"]
    return Result(rate, report["throughput"], report["success"], latency["50th"] / 1e6, latency["95th"] / 1e6, latency["99th"] / 1e6, report["status_codes"].get("200", 0))


class HighestRate:
    """Searches the highest rate that holds: doubles until one breaks, then halves the gap until it is within 5 %. A rate breaks when it does twice: what else a
    machine has to do can only take away.

    Whoever measures asks for `rate` and tells what was seen, until `done`; between two steps others can be measured.
    """

    def __init__(self, start: int, p95_ms: float):
        self.rate, self.p95_ms = start, p95_ms
        self.highest, self.points, self.done = 0, [], False
        self._broken, self._failures = None, 0

    def saw(self, point: Result) -> None:
        self.points.append(point)
        if point.holds(self.p95_ms):
            self.highest = self.rate
        elif self._failures == 0:
            self._failures = 1
            return
        else:
            self._broken = self.rate
        self._failures = 0
        self._advance()

    def _advance(self) -> None:
        if self._broken is None:
            self.rate *= 2
        elif self.highest == 0:
            self.rate //= 2
            self.done = self.rate < 5
        elif self._broken - self.highest <= max(5, self.highest * 0.05):
            self.done = True
        else:
            self.rate = (self.highest + self._broken) // 2
