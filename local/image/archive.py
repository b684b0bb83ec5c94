#!/usr/bin/env python3
"""Writes a container image as a docker-archive tar: layers on nothing, the same bytes for the same inputs.

No daemon and no registry is needed; `ctr images import` and `docker load` read it. `--root` unpacks the files instead, as a container will see them.
"""

import argparse
import hashlib
import io
import json
import os
import pathlib
import stat
import tarfile


def header(name: str, mode: int, kind: bytes = tarfile.REGTYPE, size: int = 0, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.mode, info.type, info.size, info.linkname, info.mtime = mode, kind, size, link, 0
    return info


class Layer:
    """A tar of files below the root, parents first; every file is as old as the epoch."""

    def __init__(self):
        self.bytes = io.BytesIO()
        self.tar = tarfile.open(fileobj=self.bytes, mode="w")
        self.directories: set[str] = set()

    def directory(self, path: str, mode: int = 0o755):
        if path in ("", "/") or path in self.directories:
            return
        self.directory(os.path.dirname(path))
        self.directories.add(path)
        self.tar.addfile(header(path, mode, tarfile.DIRTYPE))

    def file(self, source: pathlib.Path, path: str):
        self.directory(os.path.dirname(path))
        if source.is_symlink():
            self.tar.addfile(header(path, 0o777, tarfile.SYMTYPE, link=os.readlink(source)))
            return
        content = source.read_bytes()
        executable = source.stat().st_mode & stat.S_IXUSR
        self.tar.addfile(header(path, 0o755 if executable else 0o644, size=len(content)), io.BytesIO(content))

    def tree(self, source: pathlib.Path, path: str):
        for entry in sorted(source.iterdir()):
            target = f"{path}/{entry.name}".lstrip("/")
            if entry.is_dir() and not entry.is_symlink():
                self.directory(target)
                self.tree(entry, target)
            else:
                self.file(entry, target)

    def close(self) -> bytes:
        self.tar.close()
        return self.bytes.getvalue()


def layer(entries: list[str]) -> bytes:
    made = Layer()
    made.directory("tmp", 0o1777)
    for entry in entries:
        source, path = entry.split("=", 1)
        source, path = pathlib.Path(source), path.strip("/")
        if source.is_dir():
            made.directory(path)
            made.tree(source, path)
        else:
            made.file(source, path)
    return made.close()


def write(options: argparse.Namespace, layers: list[bytes]) -> str:
    digests = [hashlib.sha256(content).hexdigest() for content in layers]
    epoch = "1970-01-01T00:00:00Z"
    config = {
        "architecture": {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine],
        "os": "linux",
        "created": epoch,
        "config": {
            "Env": ["PATH=/bin:/usr/bin", *options.env],
            "Entrypoint": options.entrypoint or None,
            "User": options.user,
            "WorkingDir": "/",
            "Labels": dict(label.split("=", 1) for label in options.label),
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]},
        "history": [{"created": epoch} for _ in layers],
    }
    configuration = json.dumps(config, sort_keys=True).encode()
    name = hashlib.sha256(configuration).hexdigest()
    manifest = [{"Config": f"{name}.json", "RepoTags": [options.name], "Layers": [f"{digest}/layer.tar" for digest in digests]}]
    partial = options.archive + ".part"
    with tarfile.open(partial, "w") as archive:
        files = [(f"{name}.json", configuration), *((f"{digest}/layer.tar", content) for digest, content in zip(digests, layers))]
        for path, data in (*files, ("manifest.json", json.dumps(manifest).encode())):
            archive.addfile(header(path, 0o644, size=len(data)), io.BytesIO(data))
    os.replace(partial, options.archive)
    return name


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive")
    parser.add_argument("name", help="NAME:TAG")
    parser.add_argument("--entrypoint", action="append", default=[])
    parser.add_argument("--user", default="")
    parser.add_argument("--env", action="append", default=[])
    parser.add_argument("--label", action="append", default=[], help="KEY=VALUE")
    parser.add_argument("--root", action="store_true", help="archive is a folder to unpack the files into")
    parser.add_argument("--upper", action="append", default=[], metavar="SOURCE=PATH", help="files of a second layer")
    parser.add_argument("files", nargs="+", metavar="SOURCE=PATH", help="a file or a folder")
    options = parser.parse_args()

    layers = [layer(files) for files in (options.files, options.upper) if files]
    if options.root:
        for content in layers:
            with tarfile.open(fileobj=io.BytesIO(content)) as files:
                files.extractall(options.archive, filter="fully_trusted")  # ours, and /tmp is writable by all
        return
    name = write(options, layers)
    print(f"{sum(map(len, layers)) >> 20} MiB sha256:{name[:12]}")


if __name__ == "__main__":
    main()
