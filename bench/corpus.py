"""A collection of any size made from the sample corpus: passages and short queries that are all distinct, the same on every machine.

Passages are sentences of the sample passages put together anew, so lengths, vocabulary and term statistics stay those of real
text. It serves speed measurements only; ranking quality is measured on collections with judgements.
"""

import json
import pathlib
import random
import re

SAMPLES = pathlib.Path(__file__).resolve().parent.parent / "samples" / "corpus"


def sentences() -> list[str]:
    texts = [json.loads(line)["text"] for line in (SAMPLES / "documents.jsonl").open(encoding="utf-8")]
    return [s.strip() for t in texts for s in re.split(r"(?<=[.!?])\s+", t) if len(s.split()) >= 4]


def documents(count: int, seed: int = 7) -> list[dict]:
    pool, rng = sentences(), random.Random(seed)
    return [
        {"id": f"d{i:06d}", "title": f"Passage {i}", "text": " ".join(rng.sample(pool, rng.randint(3, 6))), "metadata": {"part": i % 10}}
        for i in range(count)
    ]


def short_documents(count: int, seed: int = 13) -> list[dict]:
    """One sentence each: many vectors for little embedding."""
    pool, rng = sentences(), random.Random(seed)
    return [{"id": f"s{i:06d}", "title": "", "text": f"{rng.choice(pool)} {i}"} for i in range(count)]


def queries(count: int, seed: int = 11) -> list[str]:
    """Distinct queries of 5 to 12 words, so that no cache of query vectors answers one twice."""
    words = [s.split() for s in sentences()]
    rng, seen = random.Random(seed), set()
    while len(seen) < count:
        sentence = rng.choice(words)
        length = min(len(sentence), rng.randint(5, 12))
        start = rng.randint(0, len(sentence) - length)
        seen.add(" ".join(sentence[start : start + length]) + f" {rng.randint(2, 99)}")
    return sorted(seen, key=lambda q: rng.random())
