#!/usr/bin/env python3
"""Writes the test part of the corpus in BEIR's layout: beir.py DIR makes corpus.jsonl, queries.jsonl and qrels.tsv there."""

import json
import pathlib
import sys

here, target = pathlib.Path(__file__).resolve().parent, pathlib.Path(sys.argv[1])
target.mkdir(parents=True, exist_ok=True)
documents = [json.loads(line) for line in (here / "documents.jsonl").open(encoding="utf-8")]
golden = [q for q in map(json.loads, (here / "golden.jsonl").open(encoding="utf-8")) if q["split"] == "test"]
with (target / "corpus.jsonl").open("w", encoding="utf-8") as out:
    for document in documents:
        out.write(json.dumps({"_id": document["id"], "title": document["title"], "text": document["text"]}) + "\n")
with (target / "queries.jsonl").open("w", encoding="utf-8") as out:
    for question in golden:
        out.write(json.dumps({"_id": question["id"], "text": question["query"]}) + "\n")
with (target / "qrels.tsv").open("w", encoding="utf-8") as out:
    out.write("query-id\tcorpus-id\tscore\n")
    for question in golden:
        for document, grade in question["relevant"].items():
            out.write(f"{question['id']}\t{document}\t{grade}\n")
