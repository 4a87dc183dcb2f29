"""A PostgreSQL server for one run of the tests: made of Debian's binaries, thrown away afterwards.

All workers of a run share it: the first who asks starts it, the last who leaves stops it. It listens on a socket in
its own folder only, and waits for the disk as a real one does. The server refuses to run as root; there it runs as the
user `postgres` that Debian's package makes.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import psycopg
import pytest

MISSING = "the tests on PostgreSQL: no PostgreSQL server is installed here (Debian: apt-get install postgresql)"
SETTINGS = {
    "listen_addresses": "",
    "fsync": "on",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "logging_collector": "off",
}


class Server:
    """A cluster in a folder of its own, reached through the socket in it."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self.folder = folder
        self.binaries = binaries

    @property
    def pid(self) -> int:
        """The process id of the postmaster."""
        return int((self.folder / "cluster" / "postmaster.pid").read_text().splitlines()[0])

    def start(self, **settings: str) -> None:
        """Start it, with settings beside the usual ones, and wait until it answers."""
        given = [f"-c {name}={value}" if value else f"-c {name}=''" for name, value in (SETTINGS | settings).items()]
        options = f"-k {self.folder} {' '.join(given)}"
        self.run("pg_ctl", "-D", "cluster", "-l", "log", "-w", "-t", "60", "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it: ``smart``, ``fast``, or ``immediate`` as after a crash."""
        self.run("pg_ctl", "-D", "cluster", "-w", "-t", "60", "-m", mode, "stop")

    def run(self, tool: str, *arguments: str) -> None:
        """Run one of the server's programs in its folder, as the user it runs as."""
        user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run(
            [self.binaries / tool, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **user,
        ) if tool != "pg_ctl" else _quietly([self.binaries / tool, *arguments], self.folder, user)  # fmt: skip
        if done.returncode:
            log = self.folder / "log"
            raise RuntimeError(f"{tool} failed:\n{done.stdout}\n{log.read_text() if log.exists() else ''}")

    def url(self, database: str = "postgres", schema: str = "") -> str:
        """The address of a database, and of one schema in it."""
        inside = f"&options={quote(f'-csearch_path={schema}')}" if schema else ""
        return f"postgresql://postgres@/{database}?host={quote(str(self.folder))}{inside}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection of the driver that commits each statement."""
        return psycopg.connect(host=str(self.folder), user="postgres", dbname=database, autocommit=True)

    def fresh_schema(self) -> str:
        """The address of a schema nobody has used."""
        name = f"t{uuid4().hex[:16]}"
        with self.connect() as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return self.url(schema=name)

    def fresh_database(self) -> str:
        """The name of a database nobody has used; for what needs more than a schema."""
        name = f"t{uuid4().hex[:16]}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return name


def _quietly(command: list[object], folder: Path, user: dict[str, object]) -> subprocess.CompletedProcess[str]:
    """Run `pg_ctl`; the server it starts inherits its output, so that goes to a file and not to a pipe nobody ends."""
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **user)  # type: ignore[call-overload]
        output.seek(0)
        return subprocess.CompletedProcess(command, done.returncode, output.read())


def binaries() -> Path | None:
    """Where the programs of the newest installed server are."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name.split(".")[0]))
    asked = shutil.which("pg_config")
    if asked:
        found.insert(0, Path(subprocess.run([asked, "--bindir"], capture_output=True, text=True).stdout.strip()))
    return next((path for path in reversed(found) if (path / "initdb").exists()), None)


def new_server(found: Path) -> Server:
    """A new cluster, not started yet."""
    folder = Path(tempfile.mkdtemp(prefix="iptengine-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    made = Server(folder, found)
    made.run("initdb", "-D", "cluster", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
    return made


# -- one server a run --------------------------------------------------------------------------------------------


def _run_file() -> Path:
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    return Path(tempfile.gettempdir()) / f"iptengine-pg-{os.getuid()}-{run}.json"


@contextmanager
def _shared() -> Iterator[dict[str, object]]:
    """What the workers of this run know of the server, held by one of them at a time."""
    path = _run_file()
    with path.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        known = json.loads(file.read() or "{}")
        yield known
        file.seek(0)
        file.truncate()
        file.write(json.dumps(known))


@cache
def server() -> Server:
    """The server of this run of the tests; skips the test, loudly, where none is installed, and fails it in CI."""
    found = binaries()
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with _shared() as known:
        if "folder" not in known:
            made = new_server(found)
            made.start()
            known.update(folder=str(made.folder), users=[])
        known["users"] = [*known["users"], os.getpid()]  # type: ignore[misc]
        return Server(Path(str(known["folder"])), found)


def leave() -> None:
    """This worker needs the server no more; the last one stops it and throws it away."""
    if not server.cache_info().currsize:
        return
    last = False
    with _shared() as known:
        known["users"] = [pid for pid in known.get("users", []) if pid != os.getpid() and _runs(pid)]  # type: ignore[attr-defined]
        if not known["users"]:
            server().stop("immediate")
            shutil.rmtree(server().folder, ignore_errors=True)
            known.clear()
            last = True
    if last:
        _run_file().unlink(missing_ok=True)
    server.cache_clear()


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
