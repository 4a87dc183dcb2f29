"""Law 1. Same in, same out: the same events and the same date, on any machine, under any hash seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from iptengine.course import commands as c
from iptengine.course.codec import encode
from iptengine.course.evolve import fold
from iptengine.protocol.protocol import Protocol
from phrases import ROOT, START, Story, answers, fact, focus, given, hold, in_the_middle, phq9, staged, week

TELL = """
import sys
sys.path[:0] = [sys.argv[1]]
from test_law_1 import everything
print(everything())
"""


def story() -> Story:
    """A course with a bit of everything."""
    from phrases import protocol

    return given(
        protocol("ipt-adult"), in_the_middle(area="role_dispute", person="spouse"), staged("impasse"),
        answers(1, 2, None, 2, 1, 3, 0, 1, 2), fact("fear_at_home", None), c.RemindMe("ask about the sister"),
        hold(5), c.FillChecklist("suitability", {"mania": False, "danger": None}), c.AssignHomework("ring"),
        c.RecordSession(on=week(6), scores={"phq9": {"total": 12, "self_harm": 0}}, note="slow"),
        c.Deviate(c.EnterPhase("ending"), because="a move"),
    )  # fmt: skip


def everything() -> str:
    """The events, the course and all that is asked of it, as text."""
    from iptengine.course.warnings import warnings
    from iptengine.course.ways import due, ways

    told = story()
    agenda = told.agenda(on=week(7))
    asked = ways(told.protocol, told.course, on=START)
    answers = (
        [line.text for line in agenda.first], agenda.steps, agenda.scores,
        [(way.command.kind, way.open, [str(reason) for reason in way.reasons]) for way in asked],
        due(told.protocol, told.course, on=week(7)), warnings(told.protocol, told.course, on=week(7)),
    )  # fmt: skip
    return "\n".join([*map(encode, told.events), told.course.json(), *map(repr, answers), told.protocol.digest])


@pytest.mark.parametrize(
    "surroundings",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LC_ALL": "C.UTF-8"},
    ],
    ids=lambda value: value["TZ"],
)
def test_another_machine_tells_the_same(surroundings: dict[str, str]) -> None:
    here = str(Path(__file__).parent)
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT / "tests")))
    told = subprocess.run(
        [sys.executable, "-c", TELL, here],
        env={**os.environ, **surroundings, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
        capture_output=True, text=True, encoding="utf-8", check=True, timeout=120,
    )  # fmt: skip
    assert told.stdout == everything() + "\n"


def test_the_order_in_which_answers_were_given_changes_nothing(ipt: Protocol) -> None:
    marks = {"sleep": 3, "low_mood": 2, "energy": 1, "self_harm": 1}
    forwards = given(ipt, hold(1), phq9(15, **marks))
    backwards = given(ipt, hold(1), phq9(15, **dict(reversed(marks.items()))))
    assert forwards.course == backwards.course
    assert forwards.agenda() == backwards.agenda()


def test_saying_it_all_again_gives_the_same_events() -> None:
    assert story().events == story().events


def test_replaying_the_events_gives_the_same_course_and_agenda(ipt: Protocol) -> None:
    told = story()
    again = fold(type(told.course)("c1"), told.events)
    assert again == told.course
    assert again.json() == told.course.json()


def test_the_order_of_deciding_and_asking_changes_nothing(ipt: Protocol) -> None:
    """Queries between commands leave no trace in what is decided next."""
    quiet = given(ipt, hold(1), phq9(15, self_harm=1), focus("grief"))
    asked = given(ipt, hold(1))
    asked.agenda()
    asked = asked.when(phq9(15, self_harm=1))
    asked.warnings()
    assert asked.when(focus("grief")).events == quiet.events


def test_the_core_asks_no_clock_no_chance_and_no_surroundings() -> None:
    banned = ("date.today", "datetime.now", "utcnow", "import random", "import time\n", "import time as", "from time ",
              "os.environ", "import uuid", "locale", "getenv")  # fmt: skip
    rooms = [*(ROOT / "src/iptengine/course").rglob("*.py"), *(ROOT / "src/iptengine/protocol").rglob("*.py")]
    assert len(rooms) > 20
    found = [(p.name, word) for p in rooms for word in banned if word in p.read_text("utf-8")]
    assert [entry for entry in found if entry[1] != "locale"] == []
    assert not any("import locale" in p.read_text("utf-8") for p in rooms)
