#!/usr/bin/env python3
"""Checks the sample corpus: counts, ids, grades, split, lengths. Exits with 1 and says what is wrong."""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent


def lines(name):
    with (HERE / "corpus" / name).open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def problems():
    documents, golden = lines("documents.jsonl"), lines("golden.jsonl")
    ids = [d["id"] for d in documents]
    if len(documents) < 150:
        yield f"{len(documents)} passages, at least 150 are wanted"
    if len(golden) < 150:
        yield f"{len(golden)} golden questions, at least 150 are wanted"
    if len(set(ids)) != len(ids):
        yield "document ids repeat"
    if len({d["text"] for d in documents}) != len(documents):
        yield "texts repeat"
    for document in documents:
        words = len(document["text"].split())
        if not 25 <= words <= 200:
            yield f"{document['id']} has {words} words, 25 to 200 are wanted"
        if not document["title"] or not document["metadata"].get("section"):
            yield f"{document['id']} lacks a title or a section"
    titles = {d["title"].lower() for d in documents}
    if len({q["query"].lower() for q in golden}) != len(golden):
        yield "questions repeat"
    for question in golden:
        if not question["relevant"]:
            yield f"{question['id']} has no relevant document"
        elif max(question["relevant"].values()) < 2:
            yield f"{question['id']} has no document that answers it (grade 2 or 3)"
        if question["query"].lower() in titles:
            yield f"{question['id']} is a title word for word: any ranking finds that"
        for document, grade in question["relevant"].items():
            if document not in ids:
                yield f"{question['id']} names {document}, which is no document"
            if grade not in (1, 2, 3):
                yield f"{question['id']} grades {document} with {grade}, not 1 to 3"
    asked = {document for question in golden for document in question["relevant"]}
    if len(asked) < len(ids) * 9 // 10:
        yield f"only {len(asked)} of {len(ids)} passages are the answer to any question"
    splits = [q["split"] for q in golden]
    if set(splits) != {"tuning", "test"} or abs(splits.count("tuning") - splits.count("test")) > len(golden) // 5:
        yield "tuning and test part are not about equal"
    for manifest in sorted((HERE / "invalid").glob("*.yaml")):
        if not manifest.read_text(encoding="utf-8").startswith("# expect: "):
            yield f"invalid/{manifest.name} does not say what is expected"


found = list(problems())
for problem in found:
    print("samples:", problem, file=sys.stderr)
print("samples:", "ok" if not found else f"{len(found)} problems")
sys.exit(1 if found else 0)
