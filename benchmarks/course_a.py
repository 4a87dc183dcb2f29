"""Course A of the domain notes, said as commands: fourteen sessions of a role dispute, as a clinic would log them.

The rows that need a course use this one, so that the figures speak of the same amount of treatment. Every task is
logged by itself and every PHQ-9 item by item, which is the most that a therapist writes down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

import iptengine as ipt
from iptengine import commands as c
from iptengine.course.evolve import fold

START = date(2026, 3, 3)
BY = ipt.Actor("u17", role="therapist")
PHQ9 = (
    "low_interest", "low_mood", "sleep", "energy", "appetite", "self_worth", "concentration", "movement", "self_harm",
)  # fmt: skip
SPOUSE = "dispute-spouse"
ROUTINE = ("open_session", "score_review", "link", "recent_event", "feelings", "rehearse", "close_session")

# The week, the PHQ-9 total and its item 9, the tasks beside the routine. Weeks 6 and 11 had no session.
MIDDLE: tuple[tuple[int, int, int, tuple[str, ...]], ...] = (
    (4, 17, 0, ("dispute_onset", "dispute_expectations")),
    (5, 16, 0, ("dispute_communication", "dispute_options")),
    (7, 18, 1, ("dispute_rehearse", "dispute_try")),
    (8, 15, 0, ("dispute_options", "dispute_stage_work", "midpoint_review")),
    (9, 13, 0, ("dispute_expectations", "dispute_rehearse")),
    (10, 12, 0, ("dispute_stage_work", "dispute_try")),
    (12, 10, 0, ("dispute_parallels", "dispute_upkeep")),
    (13, 9, 0, ("dispute_upkeep",)),
)
ENDING: tuple[tuple[int, int, tuple[str, ...]], ...] = (
    (14, 8, ("score_review", "link", "ending_feelings", "credit_gains", "review_change")),
    (15, 10, ("score_review", "link", "warning_signs", "relapse_prevention")),
    (16, 6, ("score_review", "next_steps", "goodbye")),
)


def _day(week: int) -> date:
    return START + timedelta(weeks=week - 1)


def _answers(total: int, item_9: int) -> dict[str, int]:
    """Item answers that add up to the total."""
    each, more = divmod(total - item_9, 8)
    return {name: each + (n < more) for n, name in enumerate(PHQ9[:8])} | {"self_harm": item_9}


def _session(
    week: int, total: int, item_9: int, tasks: tuple[str, ...], present: tuple[str, ...] = ("patient",)
) -> Iterator[c.Command]:
    day = _day(week)
    yield c.HoldSession(on=day, minutes=50, mode="in person", present=present)
    yield c.Read("phq9", on=day, answers=_answers(total, item_9))
    if item_9:
        yield c.AssessAlert(
            "last", on=day, found="passive thoughts, no plan", plan="safety plan agreed; call on Friday"
        )
    for task in tasks:
        yield c.DoTask(task, on=day, focus=SPOUSE if task.startswith("dispute") else None)


def _initial() -> Iterator[c.Command]:
    yield c.Start("A. R.", on=START)
    yield from _session(
        1, 19, 1, ("safety_enquiry", "symptom_review", "history", "psychoeducation", "sick_role", "medication_need")
    )
    yield c.RecordFact("fear_at_home", "no")
    yield c.RecordFact("medication", "declined")
    yield c.RecordDiagnosis("moderate depressive episode", criteria="ICD-11")
    yield from _session(2, 18, 1, ("safety_enquiry", "symptom_review", "supports"))
    yield c.RecordLifeEvent("the spouse changed jobs", when="autumn 2025", symptoms="sleep went first")
    for n, role in enumerate(("spouse", "mother", "father", "sister", "friend", "colleague", "neighbour"), start=1):
        yield c.RecordPerson(f"P{n}", role=role, contact="weekly", closeness="close", expects="time", expected="help")
    yield from _session(3, 17, 0, ("safety_enquiry", "symptom_review", "candidate_areas", "explain_ipt"))
    yield c.WriteFormulation("The silence at home and the low mood hang together, in both directions.", agreed=True)
    yield c.AgreeContract(sessions=14)
    yield c.AgreeFocus("role_dispute", id=SPOUSE, person="P1", because="it began with the change of jobs")
    yield c.SetGoal("say what is wanted at home, and hear the answer", focus=SPOUSE)
    yield c.Restage(SPOUSE, to="impasse", because="they have stopped talking about it")
    yield c.EnterPhase("middle")


def _middle() -> Iterator[c.Command]:
    for week, total, item_9, tasks in MIDDLE:
        if week == 7:
            yield c.MissSession("no_show", on=_day(6))
        if week == 12:
            yield c.MissSession("cancelled_by_therapist", on=_day(11), why="training")
        routine = tuple(task for task in ROUTINE if not (week == 12 and task == "link"))
        present = ("patient", "spouse_or_partner") if week == 9 else ("patient",)
        yield from _session(week, total, item_9, (*routine, *tasks), present)
        if week == 7:
            yield c.Restage(SPOUSE, to="renegotiation", because="raised at home; a row, and then a talk")
    yield c.AnnounceEnding(on=_day(13))
    yield c.EnterPhase("ending")


def _ending() -> Iterator[c.Command]:
    for week, total, tasks in ENDING:
        yield from _session(week, total, 0, tasks)
        if week == 14:
            yield c.Restage(SPOUSE, to="resolved_agreement", because="the agreement has held for two sessions")
    yield c.DoTask("not_improved", how="not_applicable")
    yield c.RecordFact("aftercare", "booster")
    yield c.EndCourse("completed")


@dataclass(frozen=True)
class Told:
    """The course, with everything that was said and that happened.

    Attributes:
        steps: For each command: the course before it, and the command, stamped.
        events: Everything that happened.
        course: The course in the end.
    """

    protocol: ipt.Protocol
    steps: tuple[tuple[ipt.Course, c.Command], ...]
    events: tuple[ipt.Event, ...]
    course: ipt.Course

    def before(self, kind: str, n: int = 0) -> tuple[ipt.Course, c.Command]:
        """The n-th command of a kind (from the end when negative), and the course it was given to."""
        return [step for step in self.steps if step[1].kind == kind][n]


@cache
def told() -> Told:
    """The whole course."""
    protocol = ipt.load("ipt-adult")
    course = ipt.Course("course-a")
    steps: list[tuple[ipt.Course, c.Command]] = []
    events: list[ipt.Event] = []
    today = START
    for number, said in enumerate((*_initial(), *_middle(), *_ending()), start=1):
        today = said.on or today
        at = datetime(today.year, today.month, today.day, 16, tzinfo=UTC)  # a clinic stamps a batch with one time
        command = _with_alert(said, course).stamped(ipt.Stamp(f"{number:032x}", today, at, BY))
        found = ipt.decide(protocol, course, command)
        steps.append((course, command))
        events += found
        course = fold(course, found)
    return Told(protocol, tuple(steps), tuple(events), course)


def _with_alert(command: c.Command, course: ipt.Course) -> c.Command:
    """An assessment speaks of the newest risk alert, whose id only the course knows."""
    if not isinstance(command, c.AssessAlert):
        return command
    return c.AssessAlert(course.open_risk_alerts[-1].id, on=command.on, found=command.found, plan=command.plan)
