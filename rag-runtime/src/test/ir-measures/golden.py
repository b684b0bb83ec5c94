"""golden.py WORK TARGET: writes judgements, runs and what ir-measures says of them: a run made up to hold every awkward case, and one of the sample corpus."""

import pathlib
import random
import shutil
import sys

import ir_measures
from ir_measures import AP, RR, R, nDCG

MEASURES = {"ndcg_at_10": nDCG @ 10} | {f"recall_at_{k}": R @ k for k in (1, 5, 10, 100)} | {"mrr": RR, "map": AP}


def awkward(target):
    """Graded and negative judgements, ties, unjudged documents, a question without a run, one without a relevant document, more than 100 hits."""
    chance = random.Random(42)
    with (target / "awkward.qrels.tsv").open("w") as qrels, (target / "awkward.run").open("w") as run:
        qrels.write("query-id\tcorpus-id\tscore\n")
        for number in range(14):
            question = f"q{number}"
            for document in chance.sample(range(160), 40):
                grade = 0 if number == 12 else chance.choice([-1, 0, 0, 1, 1, 2, 3])
                qrels.write(f"{question}\td{document}\t{grade}\n")
            if number == 13:
                continue
            hits = chance.sample(range(160), 150 if number % 3 else 7)
            for rank, document in enumerate(hits, 1):
                score = chance.choice([0.5, 0.25, chance.random()])
                run.write(f"{question} Q0 d{document} {rank} {score} made-up\n")


def expected(target, name):
    judged = {}
    for line in (target / f"{name}.qrels.tsv").read_text().splitlines()[1:]:
        question, document, grade = line.split("\t")
        judged.setdefault(question, {})[document] = int(grade)
    judged = {question: grades for question, grades in judged.items() if any(grade > 0 for grade in grades.values())}
    run = {}
    for line in (target / f"{name}.run").read_text().splitlines():
        question, _, document, _, score, _ = line.split()
        run.setdefault(question, {})[document] = float(score)
    rows = {question: dict.fromkeys(MEASURES, 0.0) for question in judged}
    for metric in ir_measures.iter_calc(MEASURES.values(), judged, run):
        label = next(label for label, measure in MEASURES.items() if measure == metric.measure)
        rows[metric.query_id][label] = metric.value
    mean = ir_measures.calc_aggregate(MEASURES.values(), judged, run)
    with (target / f"{name}.expected.tsv").open("w") as out:
        out.write("query-id\t" + "\t".join(MEASURES) + "\n")
        for question, row in rows.items():
            out.write(question + "\t" + "\t".join(repr(row[label]) for label in MEASURES) + "\n")
        out.write("all\t" + "\t".join(repr(mean[measure]) for measure in MEASURES.values()) + "\n")


work, target = map(pathlib.Path, sys.argv[1:])
awkward(target)
shutil.copy(work / "samples" / "qrels.tsv", target / "samples.qrels.tsv")
with (work / "samples.run").open() as run, (target / "samples.run").open("w") as out:
    out.writelines(line for line in run if int(line.split()[3]) <= 30)
for name in ("awkward", "samples"):
    expected(target, name)
