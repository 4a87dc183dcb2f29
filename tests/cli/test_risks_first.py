"""Where a course is taken in, followed or moved from the shell, its open risk alerts stand before anything else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import iptengine as ipt
from cli.conftest import Typed
from iptengine import commands as c

Type = Callable[..., Typed]
ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "protocols" / "small.protocol.yaml"
ANNA = ipt.Actor("u17", role="therapist")
DAY = date(2026, 3, 3)
WHO = ("--by", "u2", "--role", "lead", "--on", "2026-03-24")
RISK = (
    "RISK ALERT #3, 2026-03-03, not assessed: PHQ-9 item 9 (thoughts of death or self-harm) was answered 2 on "
    "2026-03-03. This needs a clinician's assessment today."
)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store whose course 'a' has an open risk alert; 'b' has none."""
    monkeypatch.chdir(tmp_path)
    Path("small.protocol.yaml").write_text(SMALL.read_text())
    newer = SMALL.read_text().replace(f"version: {ipt.load(SMALL).version}", "version: 2.0.0", 1)
    Path("newer.protocol.yaml").write_text(newer)
    with ipt.open_store("sqlite:///clinic.db") as store:
        record(ipt.Clinic(store, [ipt.load("small.protocol.yaml")]))
    return tmp_path


def record(clinic: ipt.Clinic) -> None:
    for course in ("a", "b"):
        clinic.start("ipt-small", by=ANNA, on=DAY, course=course)
    clinic.do("a", c.Read("phq9", total=14, answers={"self_harm": 2}), by=ANNA, on=DAY)


def first(told: str) -> str:
    """What stands before the first empty line, as one line."""
    return " ".join(told.partition("\n\n")[0].split())


def test_a_course_that_is_taken_in(desk: Path, typed: Type) -> None:
    for course in ("a", "b"):
        typed("course", "export", "clinic.db", course, "--whole", "--out", f"{course}.jsonl")
    told = typed("course", "import", "other.db", "a.jsonl")
    assert (told.code, first(told.out), told.out.splitlines()[-1]) == (0, f"a {RISK}", "course a: 3 events")
    told = typed("course", "import", "other.db", "b.jsonl")
    assert (told.code, told.out) == (0, "course b: 1 events\n")


def test_an_enciphered_course_that_is_taken_in_without_its_key(desk: Path, typed: Type) -> None:
    with ipt.open_store("sqlite:///kept.db") as store:
        record(ipt.Clinic(store, [ipt.load("small.protocol.yaml")], keys=ipt.FileKeys("keys")))
    typed("course", "export", "kept.db", "a", "--whole", "--out", "a.jsonl")
    assert first(typed("course", "import", "other.db", "a.jsonl").out) == f"a {RISK}"


def end(course: str) -> None:
    with ipt.open_store("sqlite:///clinic.db") as store:
        clinic = ipt.Clinic(store, [])
        outcome = next(w.command.outcome for w in clinic.ways(course, on=DAY) if isinstance(w.command, c.EndCourse))
        clinic.do(course, c.Deviate(c.EndCourse(outcome), because="she moves"), by=ANNA, on=DAY)


def test_a_course_that_another_follows(desk: Path, typed: Type) -> None:
    end("a")
    follow = (
        "course",
        "follow",
        "clinic.db",
        "a",
        "small.protocol.yaml",
        "--new",
        "d",
        *WHO,
        "--because",
        "it goes on",
    )
    for again in (False, True):
        told = typed(*follow)
        assert (told.code, first(told.out)) == (0, f"a {RISK}")
        assert ("nothing was recorded twice" in told.out) == again


MOVED = (*WHO, "--because", "the service works by 2.0.0 now")


@pytest.mark.parametrize("how", [("--dry-run",), MOVED, (*MOVED, "--course", "a")])
def test_courses_that_move_to_another_version(desk: Path, typed: Type, how: tuple[str, ...]) -> None:
    told = typed("migrate", "clinic.db", "newer.protocol.yaml", *how)
    assert (told.code, first(told.out)) == (0, f"a {RISK}")


def test_courses_that_move_back(desk: Path, typed: Type) -> None:
    typed("migrate", "clinic.db", "newer.protocol.yaml", *MOVED)
    told = typed("migrate", "clinic.db", "newer.protocol.yaml", "--undo", *MOVED)
    assert (told.code, first(told.out)) == (0, f"a {RISK}")


def test_a_course_without_an_open_risk_is_moved_in_silence(desk: Path, typed: Type) -> None:
    told = typed("migrate", "clinic.db", "newer.protocol.yaml", *MOVED, "--course", "b")
    assert told.out == "b: moved from ipt-small@1.0.0 to ipt-small@2.0.0\n1 course moved, 0 not\n"


def test_what_a_move_raises_stands_before_what_it_did(desk: Path, typed: Type) -> None:
    newer = Path("newer.protocol.yaml")
    with ipt.open_store("sqlite:///clinic.db") as store:
        ipt.Clinic(store, []).do("a", c.RecordFact("fear_at_home", "no"), by=ANNA, on=DAY)
    high = "alerts:\n  high:\n    title: It was said\n    kind: risk\n    raise_if: fear_at_home is no\n    do: Ask\n"
    newer.write_text(newer.read_text().replace("alerts:\n", high, 1))
    told = typed("migrate", "clinic.db", newer, *MOVED)
    assert (told.code, first(told.out)) == (0, f"a {RISK}")
    assert told.out.partition("\n\n")[2].splitlines() == [
        "a: risk alert: It was said",
        "a: moved from ipt-small@1.0.0 to ipt-small@2.0.0",
        "b: moved from ipt-small@1.0.0 to ipt-small@2.0.0",
        "2 courses moved, 0 not",
    ]
