# ruff: noqa: E501
"""A course that holds patient text in nearly every field, and everything that can go wrong upon it.

A test that finds the canary where it must not be has found a leak (laws 8 and 10).
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

import iptengine as ipt
from iptengine import commands as c
from iptengine.authoring.loader import load
from iptengine.course.codec import command_from_mapping, course_from_json, course_to_json
from iptengine.course.course import Course
from iptengine.engine.clinic import Clinic
from iptengine.protocol.protocol import Protocol
from iptengine.store.keys import CourseKeys
from iptengine.store.memory import MemoryStore
from iptengine.store.port import Store
from phrases import ROOT

ANNA = ipt.Actor("u17", role="therapist")
DAY = date(2026, 3, 3)
NUMBER = count(1)


@cache
def adult() -> Protocol:
    return load(ROOT / "protocols" / "ipt-adult.protocol.yaml")


def mark(where: str) -> str:
    """What a patient said: a text that is found wherever it lands, and would be 49 if anything read it."""
    return f"{CANARY}-{where} {{{{ 7*7 }}}} {{% raw %}} <b>x</b>"


CANARY = "Wilhelmina"
"""What every such text begins with; a test that looks for it among the traces of other tests gives it another name."""


def clinic(store: Store | None = None, *protocols: Protocol, keys: CourseKeys | None = None) -> Clinic:
    opened = next(NUMBER)
    ids = (f"id{opened}-{n}" for n in count(1))
    clock = lambda: datetime(2026, 3, 3, 15, tzinfo=UTC)  # noqa: E731
    return Clinic(store or MemoryStore(), protocols or [adult()], clock=clock, ids=lambda: next(ids), keys=keys)


def week(number: int) -> date:
    return DAY + timedelta(days=7 * (number - 1))


def everything(on: date) -> tuple[ipt.Command, ...]:
    """Patient text in every field that takes some."""
    person: dict[str, Any] = dict.fromkeys(
        ("role", "contact", "closeness", "expects", "expected", "satisfying", "unsatisfying", "change_wanted"),
        mark("person"),
    )
    return (
        c.HoldSession(on=on), c.RecordPerson(mark("name"), **person), c.RecordLifeEvent(mark("event"), when=mark("when"),
        symptoms=mark("symptoms")), c.WriteFormulation(mark("formulation"), agreed=True), c.WriteNote(mark("note")),
        c.RecordDiagnosis(mark("diagnosis"), criteria=mark("criteria")), c.WaiveDiagnosis(because=mark("waived")),
        c.RemindMe(mark("reminder")), c.AssignHomework(mark("homework")), c.ReviewHomework(note=mark("review")),
        c.AssignHomework(mark("second")), c.DoTask("inventory", note=mark("task")),
        c.AgreeFocus("role_dispute", person=mark("other"), because=mark("focus")), c.SetGoal(mark("goal")),
        c.AgreeContract(sessions=14), c.FillChecklist("suitability", {}, decision=mark("decision")),
        c.Restage("role_dispute", to="impasse", because=mark("stage")), c.MissSession("no_show", why=mark("why"), on=on),
        c.Read("phq9", total=15, answers={"self_harm": 1}), c.EnterPhase("middle"),
        c.Deviate(c.EnterPhase("ending"), because=mark("deviation")),
        c.AmendContract(because=mark("amended"), sessions=15), c.RecordContact("review", note=mark("contact")),
        c.RecordFact("fear_at_home", mark("fact")), c.RecordFact("medication", mark("medication")),
    )  # fmt: skip


def tell_all(opened: Clinic) -> None:
    """Begin the course 'a', in which every field holds what the patient said; its alert is assessed."""
    opened.start("ipt-adult", by=ANNA, on=DAY, course="a", called=mark("called"))
    opened.do("a", *everything(DAY), by=ANNA, on=DAY)
    opened.do("a", c.RecordSession(on=week(2), note=mark("session"), scores={"phq9": {"total": 12}}), by=ANNA)
    for alert in opened.alerts(courses=["a"])[:1]:
        opened.do("a", c.AssessAlert(alert.id, found=mark("found"), plan=mark("plan")), by=ANNA, on=week(2))
        opened.do("a", c.CloseAlert(alert.id, because=mark("closed")), by=ANNA, on=week(2))
    for kind, said in (
        ("note_written", c.WriteNote(mark("right"))),
        ("homework_assigned", c.AssignHomework(mark("r"))),
    ):
        wrong = next(event.id for event in opened.events("a") if event.kind == kind)
        opened.do("a", c.Correct(wrong, said, because=mark("correction")), by=ANNA, on=week(2))
    goal = next(event.id for event in opened.events("a") if event.kind == "goal_set")
    opened.do("a", c.Withdraw(goal, because=mark("withdrawn")), by=ANNA, on=week(2))


@cache
def store() -> MemoryStore:
    """A store with that course."""
    made = MemoryStore()
    tell_all(clinic(made))
    return made


def course() -> Course:
    return clinic(store()).course("a")


# -- errors ------------------------------------------------------------------------------------------------------

SAY = mark("said")
UPON: list[ipt.Command] = [
    c.EnterPhase(SAY), c.EnterPhase("initial"), c.EndCourse(SAY), c.EndCourse("lost_to_contact", reason=SAY, note=SAY),
    c.AgreeFocus(SAY), c.AgreeFocus("grief", id=SAY), c.AgreeFocus("role_dispute", person=SAY, because=SAY),
    c.CloseFocus(SAY, because=SAY), c.ChangeFocus(SAY, to="grief", because=SAY),
    c.ChangeFocus("role_dispute", to=SAY, because=SAY), c.ChangeFocus("role_dispute", to="grief", id=SAY, because=SAY),
    c.Restage(SAY, to="impasse", because=SAY), c.Restage("role_dispute", to=SAY, because=SAY),
    c.Restage("role_dispute", to="impasse", because=SAY), c.SetGoal(SAY, focus=SAY), c.DoTask(SAY, note=SAY),
    c.DoTask("inventory", how=SAY), c.DoTask("inventory", techniques=[SAY]), c.DoTask("inventory", focus=SAY),
    c.Defer(SAY), c.Read(SAY, total=3), c.Read("phq9", answers={SAY: SAY}), c.Read("phq9", total=SAY),
    c.Read("phq9", answers={"sleep": SAY}), c.ReviewHomework(SAY, note=SAY), c.ReviewHomework(how=SAY),
    c.RecordFact(SAY, SAY), c.RecordFact("fear_at_home", SAY), c.RecordFact("medication", 3),
    c.FillChecklist(SAY, {}), c.FillChecklist("suitability", {SAY: True}), c.MissSession(SAY, why=SAY),
    c.RecordSession(status=SAY, note=SAY), c.RecordSession(scores={SAY: {}}), c.RecordSession(exceptions={SAY: SAY}),
    c.RecordSession(scores={"phq9": {"total": SAY}}), c.RecordContact(SAY, note=SAY), c.Book(time=SAY), c.Book(mode=SAY),
    c.Book(present=[SAY]), c.AgreeContract(frequency=SAY), c.AgreeContract(mode=SAY), c.AgreeContract(missed=SAY),
    c.AgreeContract(sessions=99), c.AmendContract(because=SAY, sessions=99), c.AmendContract(because=SAY, missed=SAY),
    c.AcknowledgeAlert(SAY), c.AssessAlert(SAY, found=SAY, plan=SAY), c.MonitorAlert(SAY), c.CloseAlert(SAY, because=SAY),
    c.Deviate(c.EnterPhase(SAY), because=SAY), c.Deviate(c.AgreeFocus(SAY), because=SAY), c.Correct(SAY, c.WriteNote(SAY), because=SAY),
    c.Withdraw(SAY, because=SAY), c.Start(called=SAY), c.Adopt(SAY, 3), c.Correct("x", c.Withdraw(SAY, because=SAY), because=SAY),
]  # fmt: skip


def bad_inputs(opened: Clinic) -> Iterator[Callable[[], object]]:
    """What a caller may pass that is of the wrong sort, with patient text in it."""
    for raw in (
        {"kind": SAY}, {"kind": "write_note", "text": [SAY]}, {"kind": "write_note", SAY: 1}, {SAY: SAY}, [SAY], SAY,
        {"kind": "write_note", "text": "x", "on": SAY}, {"kind": "book", "minutes": SAY}, {"kind": "deviate", "command": SAY},
        {"kind": "deviate", "because": SAY, "command": {"kind": SAY}}, {"kind": "start", "facts": SAY},
        {"kind": "read", "measure": "phq9", "answers": SAY}, {"kind": "write_note", "text": "x", "stamp": SAY},
        {"kind": "record_person", "name": "x", "conflict": SAY}, {"kind": "fill_checklist", "checklist": "x", "answers": {"x": SAY}},
    ):  # fmt: skip
        yield lambda raw=raw: command_from_mapping(raw)  # type: ignore[misc]
    text = course_to_json(opened.course("a"))
    yield lambda: course_from_json(text[:-40])
    yield lambda: course_from_json(SAY)
    yield lambda: course_from_json(text.replace('"version"', f'"{CANARY} was"'))
    yield lambda: course_from_json(text.replace('"on":"2026', f'"on":"{CANARY}', 1))
    yield lambda: opened.course(SAY)
    yield lambda: opened.course("a", version=999)
    yield lambda: opened.do(SAY, c.WriteNote(SAY), by=ANNA, on=DAY)
    yield lambda: opened.do("a", c.WriteNote(SAY), by=ANNA, on=DAY, key=SAY)
    yield lambda: opened.do("a", c.WriteNote([SAY]), by=ANNA, on=DAY)  # type: ignore[arg-type]
    yield lambda: opened.do("a", c.WriteNote(SAY), by=ANNA, on=SAY)  # type: ignore[arg-type]
    yield lambda: opened.do("a", c.Read("phq9", total=float("nan")), by=ANNA, on=DAY)
    yield lambda: opened.do("a", c.RecordFact("medication", {SAY: object()}), by=ANNA, on=DAY)
    yield lambda: opened.start("ipt-adult", by=ANNA, on=DAY, course=SAY)
    yield lambda: opened.start("ipt-adult", by=ANNA, on=DAY, course="a", called=SAY)
    yield lambda: opened.start("ipt-adult", by=ANNA, on=DAY, course="b", facts={SAY: SAY})
    yield lambda: opened.start("ipt-adult", by=ANNA, on=DAY, course="b", facts={"fear_at_home": SAY})
    yield lambda: opened.start("ipt-adult", by=ANNA, on=DAY, course="b", called=[SAY])  # type: ignore[arg-type]
    yield lambda: opened.adopt("ipt-adult", by=ANNA, on=DAY, course="b", phase=SAY, sessions_used=2)
    yield lambda: clinic(store(), load(ROOT / "tests/protocols/small.protocol.yaml")).agenda("a", on=DAY)
    yield lambda: opened.do("a", c.WriteNote(SAY), c.EnterPhase(SAY), by=ANNA, on=DAY, expected=1)


def words_of(error: BaseException) -> str:
    """All an error says, also of those it came from."""
    return "".join([*traceback.format_exception(error), str(error), repr(error)])
