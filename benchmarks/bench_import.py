"""What a program pays for ``import iptengine`` before it has used anything: in a fresh Python, each time."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.frame import Bench, Contender, Goal, Round

NOT_YET = ("jinja2", "sqlalchemy", "transitions")
"""What must not be imported before somebody needs it."""


def _fresh(statement: str) -> Round:
    """The nanoseconds that `statement` takes in a Python of its own, the start of Python not counted."""
    program = f"import time\nbegin = time.perf_counter_ns()\n{statement}\nprint(time.perf_counter_ns() - begin)"
    return lambda: float(_run(program))


def _imported_too_early() -> tuple[str, ...]:
    program = f"import sys, iptengine\nprint(*(name for name in {NOT_YET!r} if name in sys.modules))"
    return tuple(f"import iptengine also imports {name}" for name in _run(program).split())


def _run(program: str) -> str:
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    return done.stdout


BENCHES = (
    Bench(
        what="import: import iptengine, in a fresh Python",
        goal=Goal(0.5),
        ours=Contender("import iptengine", lambda: _fresh("import iptengine")),
        base=Contender("import pydantic; pydantic.BaseModel", lambda: _fresh("import pydantic; pydantic.BaseModel")),
        rounds=15,
        complaints=_imported_too_early,
    ),
)
