"""The patient's page. It goes home, so it names no person, problem area, stage, score or alert (law 5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from iptengine.course.agenda import SessionAgenda
from iptengine.course.course import Course
from iptengine.course.measure_lines import of_the_patient
from iptengine.course.wording import dated_long_day, number_word
from iptengine.protocol.protocol import Protocol
from iptengine.render.page import Block, Field, Form, Lines, Page, Section
from iptengine.render.scope import one_line, patient_voice
from iptengine.render.sections import section_lines
from iptengine.render.values import Value

TITLE = "For our meeting"
SERVICE = ("phone", "help")
"""What a service may say of itself on the page: the number to cancel by, and where there is help."""

_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def patient_page(
    protocol: Protocol,
    course: Course,
    value: SessionAgenda,
    service: Mapping[str, str],
    overrides: Mapping[str, str],
) -> Page:
    """The page for the patient.

    Raises:
        TemplateFault: A text could not be filled in.
    """
    names = patient_names(protocol, course, value, service)
    if value.ended or ((value.used_up or value.no_session) and value.occasion == "session"):
        return _nothing_planned(names)
    sections = tuple(_sections(names, value, overrides))
    return Page(
        audience="patient",
        language="en",
        title=TITLE,
        left=TITLE.upper(),
        right=_count(value),
        under=_when(value),
        sections=tuple(section for section in sections if section.blocks),
    )


def _nothing_planned(names: Mapping[str, Value]) -> Page:
    """No meeting is ahead; only where to turn is left to say."""
    told = Section("ended", "", (Lines(("No meeting is planned.",)),))
    phone, help = names["phone"], names["help"]
    rows: list[Block] = [
        Lines((f"{words}: {given}",)) if given is not None else Form(((Field(words),),))
        for words, given in (("If you want to reach us", phone), ("If you need help", help))
    ]
    return Page("patient", "en", TITLE, TITLE.upper(), "", sections=(told, Section("keep", "TO KEEP", tuple(rows))))


def patient_names(
    protocol: Protocol, course: Course, value: SessionAgenda, service: Mapping[str, str]
) -> dict[str, Value]:
    """Every name a section of the patient's page may use; see `iptengine.render.scope.PATIENT_SECTION_NAMES`."""
    voice = patient_voice(protocol, course)
    return {
        "session": {
            "number": value.number,
            "of": value.of,
            "left": value.left,
            "left_in_words": number_word(value.left) if value.left is not None else None,
            "day": dated_long_day(value.day, value.on),
            "time": one_line(value.time) or None,
            "minutes": value.minutes,
        },
        "missed": _missed(value),
        "questionnaires": sum(of_the_patient(protocol, name) for name, _, _ in value.measures_due),
        "lines": [line for text in value.patient_lines if (line := voice.say(text))],
        "bring": [line for line in _SENTENCE.split(voice.say(value.bring)) if line],
        "next": _next(value),
        "phone": one_line(service.get("phone", "")) or None,
        "help": one_line(service.get("help", "")) or None,
        "occasion": value.occasion,
        "order_written": bool(protocol.spec.sessions),
    }


def _missed(value: SessionAgenda) -> str | None:
    """How the last meeting came to nothing: ``no_show``, ``by_us`` or ``not_held``. No day: it would tell too much."""
    if value.missed is None:
        return None
    if value.occasion != "missed" and not value.missed.status:
        return None
    if value.missed.code == "no_show":
        return "no_show"
    return "by_us" if value.missed.code == "cancelled_by_therapist" else "not_held"


def _next(value: SessionAgenda) -> dict[str, Value] | None:
    """The meeting after the one the page is for; for a missed week the next one that can be held."""
    if value.occasion == "last" or value.ended or value.used_up:
        return None
    if value.occasion == "missed" and value.missed is not None and not value.missed_is_next:
        when = dated_long_day(value.day, value.on)
        return {"day": when, "time": one_line(value.time) or None, "booked": value.booked}
    if value.occasion != "missed" and value.left is not None and value.left <= 1:
        return None
    if value.next_day is None:
        return None
    when = dated_long_day(value.next_day, value.on)
    return {"day": when, "time": one_line(value.next_time) or None, "booked": value.next_booked}


def _count(value: SessionAgenda) -> str:
    of = f" of {value.of}" if value.of is not None and value.number <= value.of else ""
    return "" if value.occasion == "missed" else f"Number {value.number}{of}"


def _when(value: SessionAgenda) -> tuple[str, ...]:
    if value.occasion == "missed":
        return ()
    time = f", {one_line(value.time)}" if value.time else ""
    return (f"{dated_long_day(value.day, value.on)}{time}, {value.minutes} minutes",)


def _sections(names: Mapping[str, Value], value: SessionAgenda, overrides: Mapping[str, str]) -> Iterator[Section]:
    def lines(name: str) -> tuple[Block, ...]:
        found = section_lines(f"patient.{name}", names, overrides)
        return (Lines(found),) if found else ()

    yield Section("opening", "", lines("opening"))
    if value.occasion != "missed":
        yield Section("please", "", lines("please"))
        yield Section("today", "TODAY", lines("today"))
        yield Section("bring", "YOU MIGHT BRING", lines("bring"))
        yield Section("decide", "", lines("decide"))
    if "patient.keep" in overrides:
        yield Section("keep", "TO KEEP", lines("keep"))
        return
    yield Section("keep", "TO KEEP", tuple(_keep(names, value)))


def _keep(names: Mapping[str, Value], value: SessionAgenda) -> Iterator[Block]:
    """What stays on the fridge: blanks are for pen and paper, and nothing is invented that nobody gave."""
    if value.occasion != "missed":
        yield Form(((Field("I want to try"),),))
    following = names["next"]
    if isinstance(following, dict):
        when = "Next meeting" if following["booked"] else "Next meeting, as planned"
        time = following["time"]
        if time is not None:
            yield Lines((f"{when}: {following['day']}, {time}",))
        else:
            yield Form(((Field(f"{when}: {following['day']}, at"),),))
    help = ("help", "If you need help before then" if isinstance(following, dict) else "If you need help")
    phone = (("phone", "If you cannot come"),) if isinstance(following, dict) else ()
    for key, words in (*phone, help):
        given = names[key]
        yield Lines((f"{words}: {given}",)) if given is not None else Form(((Field(words),),))


__all__ = ["SERVICE", "patient_names", "patient_page"]
