#!/usr/bin/env python3
"""Unpacks the native libraries in jars that are this machine's, and copies the jars without any: strip.py LIB NATIVE [OUT].

A container's root is read-only and its /tmp small: a library that unpacks 28 MB of natives at each start does not belong in one. For the same reason
weights are stored, not deflated: they hardly compress, and inflating them took 0.1 s of each start.
"""

import os
import pathlib
import shutil
import sys
import zipfile

# Where the libraries of a machine lie in the two jars.
PLACES = {
    ("Linux", "x86_64"): ("linux-x64", "Linux/x86_64"),
    ("Linux", "aarch64"): ("linux-aarch64", "Linux/aarch64"),
    ("Darwin", "arm64"): ("osx-aarch64", "Mac/aarch64"),
}
ONNX, SQLITE = PLACES[os.uname().sysname, os.uname().machine]
OURS = (f"ai/onnxruntime/native/{ONNX}/", f"org/sqlite/native/{SQLITE}/")
LIBRARIES = (".so", ".dylib")
WEIGHTS = ".onnx"
ANYONES = ("ai/onnxruntime/native/", "org/sqlite/native/")


def unpack(source: zipfile.ZipFile, native: pathlib.Path):
    for entry in source.infolist():
        if entry.filename.startswith(OURS) and entry.filename.endswith(LIBRARIES):
            library = native / pathlib.PurePosixPath(entry.filename).name
            library.write_bytes(source.read(entry))
            library.chmod(0o755)


def strip(source: zipfile.ZipFile, out: pathlib.Path):
    if not any(name.startswith(ANYONES) or name.endswith(WEIGHTS) for name in source.namelist()):
        shutil.copyfile(source.filename, out)
        return
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            if not entry.filename.startswith(ANYONES):
                stored = zipfile.ZIP_STORED if entry.filename.endswith(WEIGHTS) else entry.compress_type
                target.writestr(entry, source.read(entry), compress_type=stored)


def main():
    lib, native, *outs = map(pathlib.Path, sys.argv[1:])
    for folder in (native, *outs):
        folder.mkdir(parents=True)
    for jar in sorted(lib.glob("*.jar")):
        with zipfile.ZipFile(jar) as source:
            unpack(source, native)
            for out in outs:
                strip(source, out / jar.name)


if __name__ == "__main__":
    main()
