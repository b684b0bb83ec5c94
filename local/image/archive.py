#!/usr/bin/env python3
"""Writes a container image as a docker-archive tar: one layer on nothing, the same bytes for the same inputs.

No daemon and no registry is needed; `ctr images import` and `docker load` read it.
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
    """A tar of files below the root, parents first."""

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


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive")
    parser.add_argument("name", help="NAME:TAG")
    parser.add_argument("--entrypoint", action="append", default=[])
    parser.add_argument("--user", default="")
    parser.add_argument("--env", action="append", default=[])
    parser.add_argument("files", nargs="+", help="SOURCE=PATH, a file or a folder")
    options = parser.parse_args()

    layer = Layer()
    layer.directory("tmp", 0o1777)
    for entry in options.files:
        source, path = entry.split("=", 1)
        source, path = pathlib.Path(source), path.strip("/")
        if source.is_dir():
            layer.directory(path)
            layer.tree(source, path)
        else:
            layer.file(source, path)
    content = layer.close()
    digest = hashlib.sha256(content).hexdigest()
    machine = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
    config = {
        "architecture": machine,
        "os": "linux",
        "created": "1970-01-01T00:00:00Z",
        "config": {"Env": ["PATH=/bin:/usr/bin", *options.env], "Entrypoint": options.entrypoint or None, "User": options.user, "WorkingDir": "/"},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
        "history": [{"created": "1970-01-01T00:00:00Z"}],
    }
    configuration = json.dumps(config, sort_keys=True).encode()
    name = hashlib.sha256(configuration).hexdigest() + ".json"
    manifest = json.dumps([{"Config": name, "RepoTags": [options.name], "Layers": [f"{digest}/layer.tar"]}]).encode()
    partial = options.archive + ".part"
    with tarfile.open(partial, "w") as archive:
        for path, data in ((name, configuration), (f"{digest}/layer.tar", content), ("manifest.json", manifest)):
            archive.addfile(header(path, 0o644, size=len(data)), io.BytesIO(data))
    os.replace(partial, options.archive)
    print(f"{options.name} {len(content) >> 20} MiB sha256:{digest[:12]}")


if __name__ == "__main__":
    main()
