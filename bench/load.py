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
    return Result(rate, report["throughput"], report["success"], latency["50th"] / 1e6, latency["95th"] / 1e6, latency["99th"] / 1e6)


def highest_rate(vegeta: str, url: str, bodies: list[dict], start: int, p95_ms: float = 300, seconds: int = 8) -> tuple[int, list[Result]]:
    """The highest rate that holds: doubles until it breaks, then halves the gap until it is within 5 %. No rate asks what the one before it asked."""
    points, low, high = [], 0, None
    rate, asked = start, 0
    while True:
        point = attack(vegeta, url, [bodies[(asked + i) % len(bodies)] for i in range(rate * seconds)], rate, seconds)
        asked += rate * seconds
        points.append(point)
        print(f"    {rate}/s: p50 {point.p50_ms:.1f} p95 {point.p95_ms:.1f} p99 {point.p99_ms:.1f} ms, {point.throughput:.0f}/s answered", flush=True)
        if point.holds(p95_ms):
            low = rate
        else:
            high = rate
        if high is None:
            rate *= 2
        elif low == 0:
            rate //= 2
            if rate < 5:
                return 0, points
        elif high - low <= max(5, low * 0.05):
            return low, points
        else:
            rate = (low + high) // 2
