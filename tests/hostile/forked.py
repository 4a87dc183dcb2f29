"""The examiner with every case in a process forked from one that has the adapter loaded.

``forked.py FOLDER ADAPTER CORPUS WALL VERDICTS``. Starting Python and loading the library takes many times what a case
takes. How a case is judged is the examiner's own; its limits are as in `examiner.py`.
"""

from __future__ import annotations

import os
import resource
import runpy
import signal
import sys
import tempfile
import time
import traceback
from argparse import Namespace
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

MOST_OUT = 50_000_000
MOST_ERR = 200_000

Adapter = Callable[[str, str], int]


def forked(examiner: type[Any], adapter: Adapter) -> type[Any]:
    """The examiner's class, starting its cases by a fork."""

    def run(self: Any, kind: str, path: str) -> dict[str, Any]:
        with (
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
            tempfile.TemporaryDirectory() as folder,
        ):
            began = time.monotonic()
            child = os.fork()
            if child == 0:
                _become(out.fileno(), err.fileno(), folder, self.a.address_mb << 20)
                _leave_with(adapter, kind, path)
            status, used, late = _waited(child, began + self.a.wall)
            took = time.monotonic() - began
            out.seek(0)
            err.seek(0)
            return {
                "rc": os.waitstatus_to_exitcode(status), "t": round(took, 3), "rss": used.ru_maxrss / 1024,
                "out": out.read(MOST_OUT), "err": err.read(MOST_ERR), "to": late, "strays": len(os.listdir(folder)),
            }  # fmt: skip

    return type("Forked", (examiner,), {"run": run})


def _become(out: int, err: int, folder: str, memory: int) -> None:
    """What the examiner makes of a process before the adapter begins."""
    os.setsid()
    os.chdir(folder)
    for there, here in ((os.open(os.devnull, os.O_RDONLY), 0), (out, 1), (err, 2)):
        os.dup2(there, here)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _leave_with(adapter: Adapter, kind: str, path: str) -> NoReturn:
    try:
        code = adapter(kind, path)
    except BaseException:  # noqa: BLE001  the examiner reads what broke, as of a Python that ends with it
        traceback.print_exc()
        code = 1
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _waited(child: int, until: float) -> tuple[int, resource.struct_rusage, bool]:
    """How it ended, what it used, and whether it had to be ended."""
    while time.monotonic() <= until:
        pid, status, used = os.wait4(child, os.WNOHANG)
        if pid:
            return status, used, False
        time.sleep(0.002)
    os.killpg(child, signal.SIGKILL)
    _, status, used = os.wait4(child, 0)
    return status, used, True


if __name__ == "__main__":
    _, folder, adapter, corpus, wall, verdicts = sys.argv
    loaded = runpy.run_path(adapter, run_name="adapter")
    loaded["warm"]()
    sys.path.insert(0, folder)
    from examiner import Examiner

    asked = Namespace(
        adapter=adapter, corpus=corpus, kind="", wall=float(wall), address_mb=2048, normalise="", json=verdicts,
        verbose=False,
    )  # fmt: skip
    sys.exit(forked(Examiner, loaded["main"])(asked).go())
