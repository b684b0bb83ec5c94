"""Builds and searches the same rows with C++ hnswlib and with the own graph, by turns, one thread each, and prints recall beside CPU time.

Usage: compare.py DIRECTORY [--output FILE] -- COMMAND...: the command answers `build` and `search EF` on its standard streams (see VectorPeer.java).
CPU time of the searching thread is compared, the best of the rounds: on a shared machine it is what disturbs least.
"""

import argparse
import datetime
import pathlib
import platform
import subprocess
import sys
import time

import hnswlib
import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from table import put

DIMENSION, K, LINKS, BUILD_WIDTH = 384, 10, 16, 200
WIDTHS = (30, 50, 55, 60, 75, 100, 150, 200)
ROUNDS = 6
ASKED_RECALL, ASKED_BUILD = 0.99, 1.2


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def read(file):
    return numpy.fromfile(file, dtype="<f4").reshape(-1, DIMENSION)


class Cpp:
    name = "C++ hnswlib"

    def __init__(self, rows, questions):
        self.rows, self.questions = rows, questions

    def build(self):
        began = time.thread_time()
        self.index = hnswlib.Index(space="ip", dim=DIMENSION)
        self.index.init_index(max_elements=len(self.rows), M=LINKS, ef_construction=BUILD_WIDTH, random_seed=42)
        self.index.add_items(self.rows, num_threads=1)
        seconds = time.thread_time() - began
        # Level 0 as it is laid out: vector, count, links, label; upper levels hold a sixteenth more.
        return seconds, DIMENSION * 4 + 4 + LINKS * 2 * 4 + 8 + 8 + LINKS * 4 // 15

    def search(self, width):
        self.index.set_ef(width)
        began = time.thread_time()
        found, _ = self.index.knn_query(self.questions, k=K, num_threads=1)
        return (time.thread_time() - began) * 1e6 / len(self.questions), found


class Own:
    name = "own graph"

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if not answer:
            sys.exit("the Java side ended; run its command by hand to see why")
        return answer

    def build(self):
        seconds, size = self.ask("build")
        return float(seconds), float(size)

    def search(self, width):
        micros, *found = self.ask(f"search {width}")
        return float(micros), numpy.array(found, dtype=int).reshape(-1, K)

    def exact(self, rows):
        return float(self.ask(f"exact {rows}")[0])


def nearest(rows, questions):
    best = []
    for start in range(0, len(questions), 100):
        scores = questions[start : start + 100] @ rows.T
        best.append(numpy.argpartition(-scores, K, axis=1)[:, :K])
    return numpy.concatenate(best)


def recall(found, truth):
    return sum(len(set(a) & set(b)) for a, b in zip(found.tolist(), truth.tolist())) / truth.size


def measure(engines, truth):
    results = {engine.name: {} for engine in engines}
    for round in range(ROUNDS):
        say(f"round {round + 1} of {ROUNDS}")
        for width in WIDTHS:
            for engine in engines:
                micros, found = engine.search(width)
                before = results[engine.name].get(width, (0, float("inf")))[1]
                results[engine.name][width] = (recall(found, truth), min(before, micros))
    return results


def table(rows, builds, results, exact):
    cpp, own = results["C++ hnswlib"], results["own graph"]
    (cpp_build, cpp_size), (own_build, own_size) = builds["C++ hnswlib"], builds["own graph"]
    lines = [
        f"{datetime.date.today()}, {platform.machine()}, one thread, CPU time; {rows:,} × {DIMENSION} vectors of Javadoc paragraphs (int8 MiniLM), 1,000 held-out questions, "
        f"k = {K}, M = {LINKS}, efConstruction = {BUILD_WIDTH}.",
        "",
        "| ef | C++ hnswlib recall@10 | µs | own graph recall@10 | µs | own ÷ C++ |",
        "|---|---|---|---|---|---|",
    ]
    for width in WIDTHS:
        lines.append(f"| {width} | {cpp[width][0]:.4f} | {cpp[width][1]:.0f} | {own[width][0]:.4f} | {own[width][1]:.0f} | {own[width][1] / cpp[width][1]:.2f} |")

    def cheapest(results):
        return min((micros, width) for width, (found, micros) in results.items() if found >= ASKED_RECALL)

    (cpp_micros, cpp_width), (own_micros, own_width) = cheapest(cpp), cheapest(own)
    lines += [
        "",
        "| what | asked | C++ hnswlib | own graph | ratio |",
        "|---|---|---|---|---|",
        f"| a search at recall@10 ≥ {ASKED_RECALL} | no slower | {cpp_micros:.0f} µs (ef {cpp_width}) | {own_micros:.0f} µs (ef {own_width}) | {own_micros / cpp_micros:.2f} |",
        f"| build | ≤ {ASKED_BUILD} × | {cpp_build:.1f} s | {own_build:.1f} s | {own_build / cpp_build:.2f} |",
        f"| bytes a vector, links included | | {cpp_size:.0f} | {own_size:.0f} | {own_size / cpp_size:.2f} |",
        f"| exact scan of 5,000, k = {K} | ≤ 150 µs | | {exact:.0f} µs | |",
    ]
    return "\n".join(lines)


def main():
    split = sys.argv.index("--")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--output", type=pathlib.Path, metavar="FILE", help="put the table between the vector marks of this page")
    options = parser.parse_args(sys.argv[1:split])
    rows, questions = read(options.directory / "rows.f32"), read(options.directory / "questions.f32")
    say("true neighbours by brute force")
    truth = nearest(rows, questions)
    engines = [Cpp(rows, questions), Own(sys.argv[split + 1 :])]
    builds = {}
    for engine in engines:
        say(f"{engine.name} builds")
        builds[engine.name] = engine.build()
    results = measure(engines, truth)
    exact = min(engines[1].exact(5000) for _ in range(3))
    text = table(len(rows), builds, results, exact)
    print(text)
    if options.output:
        put(options.output, "vector", text)


if __name__ == "__main__":
    main()
