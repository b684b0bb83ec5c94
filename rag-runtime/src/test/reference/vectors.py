"""vectors.py MODELS TARGET: writes what the reference makes of a few texts with each built-in encoder, and with other settings around the same weights."""

import base64
import importlib.metadata
import json
import pathlib
import sys

import numpy
import onnxruntime
from tokenizers import Tokenizer

BGE_PREFIX = "Represent this sentence for searching relevant passages: "
TEXTS = [
    "How do I roll back?",
    "A revision never changes after it was cut. Each revision has a Deployment of its own, so two revisions can run side by side.",
    "",
    "naïve Café, ÅNGSTRÖM: 42.5 % (see RFC 9457)!",
    "漢字 and 😀 and [SEP] are only text",
    # Longer than every limit of tokens below.
    "The gateway splits, mirrors and measures; the operator decides. " * 60,
]


def settings(name, file, pooling, tokens, normalize=True, query="", passage=""):
    return {"name": name, "file": file, "pooling": pooling, "maxTokens": tokens, "normalize": normalize, "queryPrefix": query, "passagePrefix": passage}


BUILTIN = [
    settings("all-MiniLM-L6-v2", "all-minilm-l6-v2", "MEAN", 256),
    settings("all-MiniLM-L6-v2-q", "all-minilm-l6-v2-q", "MEAN", 256),
    settings("bge-small-en-v1.5", "bge-small-en-v1.5", "CLS", 512, query=BGE_PREFIX),
    settings("bge-small-en-v1.5-q", "bge-small-en-v1.5-q", "CLS", 512, query=BGE_PREFIX),
]
BUNDLED = [
    settings("short", "all-minilm-l6-v2", "MEAN", 16),
    settings("first token", "all-minilm-l6-v2", "CLS", 128),
    settings("any length", "bge-small-en-v1.5", "MEAN", 64, normalize=False, query="query: ", passage="passage: "),
]


def encode(session, tokenizer, case, prefix, text):
    """One text at a time, as sentence-transformers does it: pool over the tokens that are not padding, then normalise."""
    tokenizer.enable_truncation(case["maxTokens"])
    encoding = tokenizer.encode(prefix + text)
    feed = {
        "input_ids": [encoding.ids],
        "attention_mask": [encoding.attention_mask],
        "token_type_ids": [encoding.type_ids],
    }
    wanted = [node.name for node in session.get_inputs()]
    states = session.run(None, {name: numpy.array(feed[name], dtype=numpy.int64) for name in wanted})[0][0]
    mask = numpy.array(encoding.attention_mask, dtype=numpy.float64)[:, None]
    vector = states[0].astype(numpy.float64) if case["pooling"] == "CLS" else (states * mask).sum(0) / mask.sum()
    if case["normalize"]:
        vector = vector / numpy.linalg.norm(vector)
    return base64.b64encode(vector.astype("<f4").tobytes()).decode()


def vectors(models, case):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(str(models / (case["file"] + ".onnx")), options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(models / (case["file"] + "-tokenizer.json")))
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True  # text is only text
    return case | {
        "queries": [encode(session, tokenizer, case, case["queryPrefix"], text) for text in TEXTS],
        "passages": [encode(session, tokenizer, case, case["passagePrefix"], text) for text in TEXTS],
    }


models, target = map(pathlib.Path, sys.argv[1:])
golden = {
    "madeWith": {name: importlib.metadata.version(name) for name in ("onnxruntime", "tokenizers", "numpy")},
    "vectors": "float32, little endian, base64",
    "texts": TEXTS,
    "builtin": [vectors(models, case) for case in BUILTIN],
    "bundled": [vectors(models, case) for case in BUNDLED],
}
(target / "vectors-golden.json").write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n")
