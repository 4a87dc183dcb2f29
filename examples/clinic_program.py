"""What a clinic's own program does with the library, from the first session to the page on the desk.

Runs as it stands: the store is in memory, and the form is what a web form would send.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from datetime import date
from uuid import uuid4

import iptengine as ipt
from iptengine import commands as c

STORE = ipt.MemoryStore()  # in a real clinic: the store of its own database, in the transaction of the request


@dataclass
class Form:
    """What a clinician sends after a session; `key` and `version` were hidden in it when it was drawn."""

    day: date
    phq9: dict[str, int | None]
    reason: str
    version: int
    key: str = field(default_factory=lambda: uuid4().hex)


def clinic() -> ipt.Clinic:
    """Loading tells every mistake of a protocol at once, so a broken one is found when the program starts."""
    return ipt.Clinic(STORE, [ipt.load("ipt-adult"), ipt.load("ipt-adult-long")])


def begin(clinician: ipt.Actor, on: date) -> str:
    return clinic().start("ipt-adult", by=clinician, on=on, called="A. R.").course.id


def first_sessions(course: str, clinician: ipt.Actor, on: date) -> ipt.Done:
    return clinic().do(
        course,
        c.HoldSession(on=on, minutes=50),
        c.AgreeContract(sessions=14),
        c.AgreeFocus("role_dispute", id="dispute-spouse", person="S.", because="the quarrel began the episode"),
        by=clinician,
    )


def save_session(course: str, form: Form, clinician: ipt.Actor) -> dict[str, object]:
    try:
        done = clinic().do(
            course,
            c.HoldSession(on=form.day, minutes=50, present=("patient",)),
            c.Read("phq9", on=form.day, answers=form.phq9),
            c.DoTask("dispute_communication", techniques=("role_play",), focus="dispute-spouse"),
            c.Restage("dispute-spouse", to="renegotiation", because=form.reason),
            c.EnterPhase("ending"),
            by=clinician,
            expected=form.version,
            key=form.key,  # a form posted twice is recorded once
        )
    except ipt.Conflict as clash:  # a colleague saved first: the reports are kept, the requests wait
        call_about(clash.done)
        return {"changed": [event.kind for event in clash.since], "kept": len(clash.done.events)}
    call_about(done)
    return {"no": [(why.text, why.saw, why.span.line) for no in done.refused for why in no.reasons], "done": done}


def anyway(course: str, no: ipt.Refused, because: str, clinician: ipt.Actor) -> ipt.Done:
    return clinic().do(course, c.Deviate(no.command, because=because), by=clinician)


def page(course: str, today: date, mine: list[str]) -> dict[str, object]:
    desk = clinic()
    agenda = desk.agenda(course, on=today)
    return {
        "agenda": agenda.html,  # Markup: a template shows it as it is
        "paper": desk.agenda(course, on=today, audience="patient").text,
        "api": agenda.json(),
        "buttons": [(way.command, way.open, way.fields, way.reasons) for way in desk.ways(course, on=today)],
        "due": desk.due(on=today, courses=mine),
        "alerts": desk.alerts(courses=mine),
    }


CALLS: list[tuple[str, str]] = []


def call_about(done: ipt.Done) -> None:
    """Every alert reaches somebody, whatever else was refused beside it. The library itself contacts nobody."""
    CALLS.extend((alert.course, alert.text) for alert in done.alerts)


def main() -> str:
    anna = ipt.Actor("u17", role="therapist")
    course = begin(anna, date(2026, 3, 3))
    drawn = first_sessions(course, anna, date(2026, 3, 3)).course.version
    answers: dict[str, int | None] = {"low_interest": 2, "low_mood": 2, "self_harm": None}
    form = Form(date(2026, 3, 10), answers, "they have begun to talk again", drawn)
    no = save_session(course, form, anna)["no"]
    paper = page(course, date(2026, 3, 17), [course])["paper"]
    calls = "\n".join(text for _, text in CALLS)
    return f"To call about:\n{calls}\n\nNot carried out:\n{no}\n\n{paper}\n"


if __name__ == "__main__":
    sys.stdout.write(main())
