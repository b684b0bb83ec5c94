"""ids.py MODELS TARGET [COLLECTIONS]: writes what the reference tokenizers make of texts: the ids of texts that show what matters, check sums of the ids of many."""

import json
import pathlib
import sys
import zlib

import numpy
from tokenizers import BertWordPieceTokenizer, Tokenizer
from tokenizers.normalizers import BertNormalizer

CORPUS = pathlib.Path(__file__).resolve().parents[4] / "samples" / "corpus"
TEXT_FIELDS = ("title", "text", "query")
# What GoldenIdsTest draws its texts from: ASCII, Latin, Greek and Cyrillic, marks, Hebrew to Devanagari, Hangul in parts and whole, spaces and joiners, symbols, kana
# and ideographs, compatibility forms, emoji, musical notes (marks above U+FFFF), everything.
ALPHABETS = [
    (0x00, 0x7F),
    (0x20, 0x7E),
    (0x80, 0x52F),
    (0x300, 0x36F),
    (0x590, 0x97F),
    (0x1100, 0x11FF),
    (0xAC00, 0xD7A3),
    (0x1E00, 0x206F),
    (0x2070, 0x2BFF),
    (0x3000, 0x9FFF),
    (0xF900, 0xFFFF),
    (0x1F1E6, 0x1F9FF),
    (0x1D100, 0x1D1FF),
    (0x00, 0x10FFFF),
]
GENERATED = 2000


def references(models):
    """Each built-in encoder's tokenizer.json, and its pieces as the vocab.txt that other bundles ship."""
    for file in sorted(models.glob("*-tokenizer.json")):
        tokenizer = Tokenizer.from_file(str(file))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        tokenizer.encode_special_tokens = True  # text is only text
        yield tokenizer
        lines = BertWordPieceTokenizer(vocab=tokenizer.get_vocab(), lowercase=True)
        lines._tokenizer.encode_special_tokens = True  # the wrapper has no name for it
        yield lines


def checksum(ids):
    return f"{zlib.crc32(numpy.array(ids, dtype='<i4').tobytes()):08x}"


def generated():
    """The same texts as GoldenIdsTest makes: a linear congruential generator (Knuth's MMIX) picks an alphabet, a length, code points, and at times a literal [SEP]."""
    state = 1

    def below(bound):
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state >> 33) % bound

    for _ in range(GENERATED):
        text = []
        alphabets = [ALPHABETS[below(len(ALPHABETS))] for _ in range(3)]
        for _ in range(below(40)):
            low, high = alphabets[below(3)]
            code_point = low + below(high - low + 1)
            match below(8):
                case 0:
                    text.append(" ")
                case 1:
                    text.append(("[SEP]", "##", "e\u0301", "\u200d")[below(4)])
            if not 0xD800 <= code_point <= 0xDFFF:
                text.append(chr(code_point))
        yield "".join(text)


def code_points():
    """Every code point between letters and by itself, 1,024 to a text."""
    for block in range(0, 0x110000, 1024):
        yield "".join(f"a{chr(c)}b {chr(c)} " for c in range(block, block + 1024) if not 0xD800 <= c <= 0xDFFF)


def collection(files):
    for file in files:
        for line in file.open(encoding="utf-8"):
            document = json.loads(line)
            yield from (document[field] for field in TEXT_FIELDS if field in document)


models, target = map(pathlib.Path, sys.argv[1:3])
tokenizers = list(references(models))


def ids(text):
    found = tokenizers[0].encode(text).ids
    assert all(other.encode(text).ids == found for other in tokenizers[1:]), text
    return found


def write(name, texts):
    (target / f"ids-{name}.txt").write_text("".join(checksum(ids(text)) + "\n" for text in texts))


shown = target / "wordpiece-golden.jsonl"
texts = [json.loads(line)["text"] for line in shown.read_text().splitlines()]
shown.write_text("".join(json.dumps({"text": text, "ids": ids(text)}, separators=(",", ":")) + "\n" for text in texts))
write("code-points", code_points())
write("generated", generated())
write("samples", collection([CORPUS / "documents.jsonl", CORPUS / "golden.jsonl"]))
for folder in sorted(pathlib.Path(sys.argv[3]).iterdir()) if len(sys.argv) > 3 else []:
    write(folder.name, collection([folder / "corpus.jsonl", folder / "queries.jsonl"]))
# A bundle may ship weights that know upper case or accents.
tokenizers = tokenizers[:1]
for name, lowercase, strip_accents in (("cased", False, False), ("accented", True, False), ("cased-stripped", False, True)):
    tokenizers[0].normalizer = BertNormalizer(lowercase=lowercase, strip_accents=strip_accents)
    write("code-points-" + name, code_points())
    write("generated-" + name, generated())
