"""p95 against offered rate, one line a service: run in an environment of its own, with the points as JSON on standard input."""

import json
import sys

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "ragops"
import matplotlib.pyplot as plt  # noqa: E402  the backend comes first


def main():
    series = json.load(sys.stdin)
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for name, points in series.items():
        points = sorted(points)
        axes.plot([rate for rate, _ in points], [p95 for _, p95 in points], marker="o", markersize=3, label=name)
    axes.axhline(300, color="grey", linewidth=0.8, linestyle="--")
    axes.annotate("objective: 300 ms", (0.01, 300), xycoords=("axes fraction", "data"), va="bottom", fontsize=8, color="grey")
    axes.set(xscale="log", yscale="log", xlabel="questions a second, offered", ylabel="p95, ms")
    axes.legend(frameon=False)
    axes.grid(which="both", linewidth=0.3, alpha=0.5)
    figure.savefig(sys.argv[1], metadata={"Date": None})


if __name__ == "__main__":
    main()
