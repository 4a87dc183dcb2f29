"""Who has to be there, who may be invited and who stays out, judged by the protocol's conditions on a day.

Staying out comes before everything else, and where it cannot be told whether somebody stays out, they do (law 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from iptengine.course import timing
from iptengine.course.course import Course
from iptengine.course.events import CourseWarning
from iptengine.course.facts import CourseFacts
from iptengine.course.lines import Line
from iptengine.course.seen_words import deciding_words
from iptengine.course.wording import first_lower, first_upper, listed, spoken
from iptengine.protocol.protocol import Guard, Protocol, Reason, verdict
from iptengine.protocol.truth import Truth

Place = Literal["out", "not known", "required", "invited", ""]
"""Where somebody stands: `not known` says that it cannot be told whether they stay out."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """A participant on a day: where they stand, and why in the names the author gave the conditions."""

    name: str
    title: str
    place: Place
    why: str


def somebody(protocol: Protocol, facts: CourseFacts, name: str) -> Somebody:
    """Where a participant stands on the day that `facts` speaks of."""
    title = protocol.spec.participants[name].title
    out = protocol.at("participants", name, "excluded_if")
    answer = verdict(out, facts) if out else Truth.NO
    if answer is not Truth.NO:
        found: Place = "out" if answer is Truth.YES else "not known"
        return Somebody(name, title, found, deciding_words(protocol, facts, _telling(out, facts)))
    for place, key in _ASKED:
        guards = protocol.at("participants", name, key)
        if guards and verdict(guards, facts) is Truth.YES:
            return Somebody(name, title, place, listed(spoken(guard.name) for guard in guards))
    return Somebody(name, title, "", "")


@lru_cache(maxsize=256)
def judged(protocol: Protocol) -> tuple[str, ...]:
    """The participants of whom a condition says where they stand; of the others there is never anything to say."""
    keys = ("excluded_if", *(key for _, key in _ASKED))
    return tuple(
        name for name in protocol.spec.participants if any(protocol.at("participants", name, key) for key in keys)
    )


_ASKED: tuple[tuple[Place, str], ...] = (("required", "required_if"), ("invited", "invited_if"))


def _telling(guards: tuple[Guard, ...], facts: CourseFacts) -> list[Guard]:
    """The conditions that decide: those that cannot be told, or else all of them."""
    unknown = [guard for guard in guards if guard.answer(facts) is Truth.UNKNOWN]
    return unknown or list(guards)


def kept_out(protocol: Protocol, facts: CourseFacts, names: Iterable[str]) -> Iterator[Reason]:
    """Why some of those named stay out, each condition by the name its author gave it."""
    for name in dict.fromkeys(names):
        spec = protocol.spec.participants.get(name)
        guards = protocol.at("participants", name, "excluded_if")
        if spec is None or not guards or verdict(guards, facts) is Truth.NO:
            continue
        for guard in _telling(guards, facts):
            unknown = guard.answer(facts) is Truth.UNKNOWN
            said = "stays out until it is known whether" if unknown else "stays out"
            path = ".".join(str(part) for part in guard.path)
            yield Reason(
                guard.name,
                f"{first_upper(spec.title)} {said}: {spoken(guard.name)}",
                "unknown" if unknown else "no",
                MappingProxyType({**guard.seen(facts), "sentence": deciding_words(protocol, facts, [guard])}),
                path,
                guard.span,
            )


def welcome(protocol: Protocol, facts: CourseFacts) -> tuple[str, ...]:
    """Everybody a session can be booked with: the patient, and the participants who do not stay out."""
    known = protocol.spec.participants
    return ("patient", *(name for name in known if somebody(protocol, facts, name).place not in _OUT))


_OUT = frozenset({"out", "not known"})


def presence_warnings(
    protocol: Protocol, facts: CourseFacts, present: Iterable[str], *, session: bool
) -> Iterator[CourseWarning]:
    """What to know of a meeting or message on record: somebody took part who stays out, or was not there but needed."""
    there = tuple(present)
    for name in judged(protocol):
        one = somebody(protocol, facts, name)
        if name in there and one.place in _OUT:
            text = f"{first_lower(one.title)} took part, and {_out(one)} ({one.why})"
            yield CourseWarning("kept_out", text, f"participants.{name}.excluded_if")
        if session and name not in there and one.place == "required":
            text = f"{first_lower(one.title)} was needed and is not on record as there ({one.why})"
            yield CourseWarning("not_there", text, f"participants.{name}.required_if")


def _out(one: Somebody) -> str:
    return "stays out" if one.place == "out" else "it is not known whether they stay out"


# -- lines -------------------------------------------------------------------------------------------------------


def booked_but_out(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[Line]:
    """Participants who are expected at the next session and stay out."""
    for name in judged(protocol):
        one = somebody(protocol, facts, name)
        if one.place in _OUT and facts.expected(name):
            told = f"{first_upper(one.title)} is expected, and {_out(one)}: {one.why}."
            yield Line("participant_out", told, f"participants.{name}.excluded_if", {"participant": name})


def wanted(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[Line]:
    """Participants who have to be there and are not expected, and those of whom that cannot be told."""
    for name in judged(protocol):
        spec = protocol.spec.participants[name]
        one, title, path = somebody(protocol, facts, name), first_upper(spec.title), f"participants.{name}.required_if"
        if facts.expected(name) or one.place in _OUT:
            continue
        if one.place == "required":
            number = timing.sessions_used(course) + 1
            told = f"{title} is needed in session {number} ({one.why}) and is not expected yet."
            yield Line("participant_needed", told, path, {"participant": name})
        guards = protocol.at("participants", name, "required_if")
        if guards and verdict(guards, facts) is Truth.UNKNOWN:
            gap = deciding_words(protocol, facts, [g for g in guards if g.answer(facts) is Truth.UNKNOWN])
            told = f"Cannot tell whether {first_lower(spec.title)} is needed: {gap}."
            yield Line("participant_not_known", told, path, {"participant": name})


def may_come(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[Line]:
    """Participants who may be invited and are not expected."""
    for name in judged(protocol):
        one = somebody(protocol, facts, name)
        if one.place == "invited" and not facts.expected(name):
            number = timing.sessions_used(course) + 1
            told = f"{first_upper(one.title)} may be invited to session {number} ({one.why})."
            yield Line("participant_invited", told, f"participants.{name}.invited_if", {"participant": name})


def people_standing(protocol: Protocol, facts: CourseFacts) -> Iterator[Line]:
    """Everybody who stays out for now, as one line each."""
    for name in judged(protocol):
        one = somebody(protocol, facts, name)
        if one.place in _OUT:
            how = "stays out" if one.place == "out" else "stays out until it is known"
            told = f"{first_upper(one.title)} {how}: {one.why}."
            yield Line("stays_out", told, f"participants.{name}.excluded_if", {"participant": name})
