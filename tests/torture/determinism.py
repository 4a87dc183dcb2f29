"""The same stored courses, replayed in other surroundings: the same bytes, wherever, whenever and by whomever.

Every surrounding is another process: another time zone, another language of the machine, another order of hashes, a
clock that is years off, asserts and docstrings left out, another folder, home and user.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from itertools import chain
from pathlib import Path

from iptengine.store.sql.opening import open_store
from torture.drawing import A_CLINIC, draw_courses
from torture.power import Figures, Missing, compiler, environment
from torture.programs import complaints, forked
from torture.replaying import COLUMNS

ZONES = (
    "UTC", "Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Marquesas",
    "Australia/Lord_Howe", "Africa/Casablanca",
)  # fmt: skip
LOCALES = ("C", "de_DE.UTF-8", "tr_TR.UTF-8", "C.UTF-8", "POSIX")
MADE_HERE = ("de_DE.UTF-8", "tr_TR.UTF-8")
"""Locales that most machines lack, and which are made for the trial."""
DECIDED_AGAIN = 10
"""Clinics whose courses are decided again in every surrounding, not only replayed."""
YEAR = 365 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Surroundings:
    """One way a program can be started.

    Attributes:
        told: What is special about it, in a few words.
        env: What its environment says.
        folder: Where it is started.
    """

    told: str
    env: Mapping[str, str]
    folder: Path


@dataclass(slots=True)
class _Outcome:
    """What the runs printed, by their hash, and in which surroundings."""

    runs: dict[str, list[str]] = field(default_factory=dict)
    strange: list[str] = field(default_factory=list)

    def take(self, told: str, output: bytes, expected: Sequence[str]) -> None:
        found = self.runs.setdefault(sha256(output).hexdigest(), [])
        found.append(told)
        if len(self.runs) > 1 and len(found) == 1:
            self.strange.append(f"{told}: {_difference(expected, output.decode('ascii', 'replace').splitlines())}")


def determinism(*, courses: int, runs: int = len(ZONES), twin: str = "") -> Figures:
    """Draw a store of so many courses, and replay it in so many surroundings.

    Raises:
        Missing: There is no compiler for the moved clock, or no zones, or a locale cannot be made.
    """
    with tempfile.TemporaryDirectory() as name, _all_surroundings(Path(name), runs) as surroundings:
        address = f"sqlite:///{name}/clinic.db"
        clinics = -(-courses // A_CLINIC)
        _draw(address, clinics)
        command = [sys.executable, "-m", "torture.replaying", address, "--again", str(min(clinics, DECIDED_AGAIN))]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            outputs = pool.map(lambda one: _run([*command, "--twin", twin], one), surroundings)
            first = next(outputs)
            lines = first.decode("ascii").splitlines()
            outcome = _Outcome()
            for one, output in zip(surroundings, chain([first], outputs), strict=True):
                outcome.take(one.told, output, lines)
    counted = sum(not line.startswith(("protocol-", "decided-again-")) for line in lines)
    told = f"courses replayed: {counted} in {runs} surroundings; {len(outcome.runs)} different outputs"
    return Figures("\n    ".join([told, *outcome.strange]), len(outcome.runs) - 1, counted * runs)


def _draw(address: str, clinics: int) -> None:
    """Draw the store, shared out among the processors."""

    def work(turn: int) -> None:
        with open_store(address) as store:
            draw_courses(store, range(turn, clinics, programs))

    programs = min(os.cpu_count() or 1, clinics)
    open_store(address).close()
    drawing = [forked(lambda turn=turn: work(turn)) for turn in range(programs)]  # type: ignore[misc]
    if complained := complaints([program.wait() for program in drawing]):
        raise RuntimeError("\n".join(complained))


def _run(command: Sequence[str], surroundings: Surroundings) -> bytes:
    done = subprocess.run(
        command, env=dict(surroundings.env), cwd=surroundings.folder, capture_output=True, check=False
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{surroundings.told}: the replay failed\n{done.stderr.decode(errors='replace')}")
    return done.stdout


def _difference(expected: Sequence[str], found: Sequence[str]) -> str:
    """How many courses differ, and in what."""
    if len(expected) != len(found):
        return f"{len(found)} lines where there were {len(expected)}"
    pairs = [(one.split(), other.split()) for one, other in zip(expected, found, strict=True) if one != other]
    columns = {
        n for one, other in pairs for n, parts in enumerate(zip(one, other, strict=False)) if len(set(parts)) > 1
    }
    named = [COLUMNS[number - 1] if number else "id" for number in sorted(columns)]
    return f"{len(pairs)} courses differ, in {', '.join(named)}; the first is {pairs[0][0][0]}"


# -- surroundings -----------------------------------------------------------------------------------------------------


@contextmanager
def _all_surroundings(folder: Path, runs: int) -> Iterator[list[Surroundings]]:
    clock = _moved_clock(folder)
    locales = Path(_locales().name)
    missing = [zone for zone in ZONES if not Path("/usr/share/zoneinfo", zone).exists()]
    if missing:
        raise Missing(f"there is no time zone {missing[0]} here (Debian: apt-get install tzdata)")
    rng = random.Random(5)
    yield [_surroundings(number, folder, clock, locales, rng) for number in range(runs)]


def _surroundings(number: int, folder: Path, clock: Path, locales: Path, rng: random.Random) -> Surroundings:
    """The first is as plain as can be; in the others everything is otherwise, each thing at its own pace."""
    zone, language, optimised = ZONES[number % len(ZONES)], LOCALES[number % len(LOCALES)], number % 3
    seed = str(rng.randrange(2**32)) if number else "0"
    years = rng.choice([-30, -3, 2, 11, 80]) if number % 4 == 3 else 0
    home = folder / f"home-{number}"
    home.mkdir()
    env = {
        **environment(), "TZ": zone, "LC_ALL": language, "LANG": language, "LOCPATH": str(locales),
        "PYTHONHASHSEED": seed, "PYTHONUTF8": str(number % 2), "PYTHONCOERCECLOCALE": str(number % 2),
        "USER": f"u{number}", "LOGNAME": f"u{number}", "HOME": str(home), "TMPDIR": str(home),
    }  # fmt: skip
    env.pop("PYTHONOPTIMIZE", None)
    if optimised:
        env["PYTHONOPTIMIZE"] = str(optimised)
    if years:
        env |= {"LD_PRELOAD": str(clock), "MOVED_CLOCK": str(years * YEAR)}
    told = ", ".join([
        zone, language, f"hash seed {seed}", *(["-" + "O" * optimised] if optimised else []),
        *([f"clock moved by {years} years"] if years else []),
    ])  # fmt: skip
    return Surroundings(told, env, home if number % 2 else Path("/"))


def _moved_clock(folder: Path) -> Path:
    """The piece that moves the clock of whoever loads it."""
    built = folder / "moved_clock.so"
    source = Path(__file__).with_name("moved_clock.c")
    subprocess.run(
        [compiler("the moved clock"), "-shared", "-fPIC", "-O2", "-o", built, source, "-ldl"],
        check=True, capture_output=True,
    )  # fmt: skip
    return built


@cache
def _locales() -> tempfile.TemporaryDirectory[str]:
    """A folder of the locales that this machine may lack, made once; the C library looks for the others in its own."""
    if shutil.which("localedef") is None or not Path("/usr/share/i18n/locales/tr_TR").exists():
        raise Missing("the locales de_DE and tr_TR cannot be made here (Debian: apt-get install locales)")
    made = tempfile.TemporaryDirectory(prefix="iptengine-locales-")
    for name in MADE_HERE:
        language = name.partition(".")[0]
        to = Path(made.name) / name
        subprocess.run(["localedef", "-i", language, "-f", "UTF-8", to], check=True, capture_output=True)
    return made
