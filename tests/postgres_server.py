"""A real PostgreSQL server, as Debian's package brings it, for the tests alone."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

import psutil
import pytest

BIN = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
IS_THERE = BIN is not None and all(importlib.util.find_spec(name) for name in ("sqlalchemy", "psycopg"))
needs_postgres = pytest.mark.skipif(
    not IS_THERE, reason="PostgreSQL (Debian's package postgresql) or dateline[postgres] is not installed"
)


class PostgresServer:
    """A server in a folder of its own, on a socket in that folder; it can be killed and started again."""

    def __init__(self):
        # It refuses to run as root, and the folders of pytest are root's alone.
        self.folder = Path(tempfile.mkdtemp(prefix="dateline-pg-", dir="/tmp"))
        self._as = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        if self._as:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run("initdb", "--auth=trust", "--username=tester", "--encoding=UTF8", "--no-sync", "-D", self._data)
        self.start()

    @property
    def _data(self):
        return str(self.folder / "data")

    def address(self, database="postgres"):
        return f"postgresql://tester@/{database}?host={self.folder}"

    def record(self, folder):
        """As `DATELINE_RECORD`, the schema of the library in a folder."""
        return f"{self.address()}&schema=t_{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"

    def sql(self, *statements):
        for one in statements:
            self._run("psql", "-q", "-h", str(self.folder), "-U", "tester", "-c", one, "postgres")

    def start(self):
        settings = ["listen_addresses=", f"unix_socket_directories={self.folder}", "fsync=off", "max_connections=200"]
        options = [part for one in settings for part in ("-c", one)]
        with (self.folder / "log").open("ab") as log:
            command = [str(BIN / "postgres"), "-D", self._data, *options]
            self.process = subprocess.Popen(command, stderr=log, cwd=self.folder, **self._as)
        while self._run("pg_isready", "-q", "-h", str(self.folder), check=False).returncode:
            assert self.process.poll() is None, (self.folder / "log").read_text()
            threading.Event().wait(0.05)

    def kill(self):
        """End it as a power cut does."""
        processes = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
        for one in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        self.process.wait()

    def remove(self):
        if self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder)

    def _run(self, name, *arguments, check=True):
        command = [str(BIN / name), *arguments]
        return subprocess.run(command, check=check, capture_output=True, cwd=self.folder, **self._as)
