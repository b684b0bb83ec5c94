"""A PostgreSQL of the distribution's package, in a folder and on a port of its own."""

import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    def __init__(self):
        found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[4]))
        if not found:
            sys.exit("durability: needs PostgreSQL's server binaries in /usr/lib/postgresql/*/bin: apt-get install postgresql")
        self.binaries = found[-1].parent
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ragops-durability-postgres-"))
        self.port = free_port()
        # PostgreSQL does not run as root.
        self.user = []
        if os.geteuid() == 0:
            self.user = ["runuser", "-u", "postgres", "--"]
            shutil.chown(self.folder, pwd.getpwnam("postgres").pw_uid)
        self.run("initdb", "-D", "data", "-U", "ragops", "-A", "trust", "-E", "UTF8")
        self.run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1", "start")

    def run(self, program, *arguments):
        done = subprocess.run([*self.user, self.binaries / program, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=120)
        if done.returncode:
            sys.exit(f"durability: {program} failed: {done.stderr}")

    @property
    def url(self):
        return f"postgres://ragops@127.0.0.1:{self.port}/postgres"

    def close(self):
        self.run("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)
