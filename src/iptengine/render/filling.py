"""What a therapist's page is filled with: the agenda as a value, turned into plain words for its sections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from iptengine.course.agenda import SessionAgenda
from iptengine.course.course import Course
from iptengine.course.facts import CourseFacts
from iptengine.course.first_lines import Line
from iptengine.course.last_time import LastTime
from iptengine.course.missed import MissedWeek
from iptengine.course.visits import MOST_VISITS
from iptengine.course.ways_out import Gate
from iptengine.course.wording import dated, dated_weekday, first_lower, first_upper, spoken
from iptengine.protocol.protocol import Protocol, Reason
from iptengine.render.scope import Voice, first_name, one_line, therapist_voice
from iptengine.render.sections import section_lines
from iptengine.render.values import Value


@dataclass(frozen=True)
class Filling:
    """One page in the making."""

    protocol: Protocol
    course: Course
    value: SessionAgenda
    on: date
    overrides: Mapping[str, str] = field(default_factory=dict)
    service: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def facts(self) -> CourseFacts:
        """The course as conditions in texts see it."""
        return CourseFacts(self.protocol, self.course, self.on)

    @cached_property
    def voice(self) -> Voice:
        """Fills the protocol's texts, speaking of the first focus."""
        return self.voice_of(self.value.focuses[0].id if self.value.focuses else "")

    def voice_of(self, focus: str) -> Voice:
        """Fills the protocol's texts, speaking of one focus."""
        at_hand = self.course.focus(focus) if focus else None
        last = self.value.occasion == "last"
        return therapist_voice(self.protocol, self.course, self.facts, at_hand, last=last)

    def say(self, text: str) -> str:
        """A text of the protocol, filled in."""
        return self.voice.say(text)

    @property
    def words(self) -> list[str]:
        """What a therapist might say; a text whose case does not hold is empty, and no words."""
        return [said for text in self.value.ask if (said := self.say(text)).strip()]

    def line(self, line: Line) -> str:
        """A line of the agenda, its template part filled in."""
        if not line.template:
            return one_line(line.text + line.after)
        focus = line.values.get("focus")
        voice = self.voice_of(focus) if isinstance(focus, str) and focus else self.voice
        return one_line(f"{line.text}{voice.say(line.template)}{line.after}")

    def section(self, name: str) -> tuple[str, ...]:
        """The lines of one of the page's sections."""
        return section_lines(f"therapist.{name}", self.names, self.overrides)

    def overridden(self, name: str) -> bool:
        """Whether a developer wrote this section anew."""
        return f"therapist.{name}" in self.overrides

    @cached_property
    def aim(self) -> str:
        """What the session is for, as a sentence."""
        return sentence(self.say(self.value.aim))

    @cached_property
    def names(self) -> dict[str, Value]:
        """Every name a section may use, with its value; see `iptengine.render.scope.SECTION_NAMES`."""
        value = self.value
        return {
            "patient": self.voice.values["patient"],
            "other": first_name(value.focuses[0].person) if value.focuses else self.voice.values["other"],
            "phase": value.phase_title,
            "aim": self.aim,
            "also": [first_lower(focus.title) for focus in value.focuses[1:]] if self._works_on_focus else [],
            "session": self._session(),
            "focuses": [
                {
                    "title": focus.title,
                    "person": one_line(focus.person) or None,
                    "stage": first_lower(focus.stage_title) or None,
                    "since": focus.since,
                    "since_day": dated(focus.since_day, value.on) if focus.since_day else None,
                }
                for focus in value.focuses
            ],
            "areas": bool(self.protocol.spec.problem_areas),
            "last": last_values(value.last_time, value.on),
            "words": self.words,
            "ifs": [{"when": self.say(when), "then": self.say(then)} for when, then in value.if_lines],
            "note": self.say(value.note) or None,
            "kept_out": [{"text": self.say(text), "rule": rule} for rule, text in value.kept_out],
            "next": self._next(),
            "begins": up_to([self._label(line) for line in value.coming if line.code == "next_time"], most=2),
            "announce_by": next((_number(line) for line in value.coming if line.code == "announce_by"), None),
            "end": dated(value.end, value.on) if value.end and self._end_is_told else None,
            "open_in_focus": up_to([first_lower(label) for label in value.open_in_focus]),
            "gates": [
                {"title": the(gate.title), "open": gate.open and not gate.asks, "needs": _needs(gate)}
                for gate in value.gates
                if gate.near
            ],
            "budget": {"open": len(value.budget.open), "minutes": value.budget.minutes},
            "missed": missed_values(value.missed, value.on),
        }

    def _label(self, line: Line) -> str:
        """The task of a line by its label, in the middle of a sentence."""
        task = str(line.values.get("task", ""))
        home = self.protocol.tasks.get(task)
        return first_lower((home.spec.label if home else "") or task.replace("_", " "))

    @property
    def _works_on_focus(self) -> bool:
        return self.protocol.spec.phases[self.value.phase].focus_work and self.value.occasion != "last"

    @property
    def _end_is_told(self) -> bool:
        """Whether the day of the last session is news: not where it is this one, or where the calendar stops first."""
        value, calendar = self.value, self.protocol.spec.calendar
        if value.end == value.day or self._waits_for_record:
            return False
        if calendar is None or calendar.stop is None:
            return True
        return value.left is not None and len(value.visits) >= min(value.left, MOST_VISITS)

    def _weekday(self, on: date) -> str:
        return dated_weekday(on, self.value.on)

    @property
    def _waits_for_record(self) -> bool:
        """Whether the missed week is not on record yet, so that the dates still count on it."""
        return self.value.occasion == "missed" and self.value.missed is not None and self.value.missed_is_next

    def _session(self) -> dict[str, Value]:
        value = self.value
        return {
            "number": value.number,
            "of": value.of,
            "left": None if value.occasion == "last" else value.left,
            "day": self._weekday(value.day),
            "time": one_line(value.time) or None,
            "minutes": value.minutes,
            "booked": value.booked,
            "planned": self.protocol.spec.contract.sessions is not None and value.occasion != "last",
        }

    def _next(self) -> dict[str, Value] | None:
        """The session after this one; on the page of a missed week, the next that can be held."""
        value = self.value
        if value.used_up:
            return None
        if value.occasion == "missed":
            waits = self._waits_for_record
            when, booked = (value.next_day, value.next_booked) if waits else (value.day, value.booked)
            if when is None:
                return None
            return {"number": value.number, "day": self._weekday(when), "booked": booked}
        if value.occasion == "last" or value.ended or (value.left is not None and value.left <= 1):
            return None
        if value.next_day is None:
            return None
        return {"number": value.number + 1, "day": self._weekday(value.next_day), "booked": value.next_booked}


def last_values(last: LastTime | None, today: date) -> dict[str, Value] | None:
    """What is on record of the last session, for a template."""
    if last is None:
        return None
    return {
        "number": last.number,
        "day": dated(last.on, today),
        "logged": last.logged,
        "done": list(last.done),
        "techniques": [first_lower(title) for title in last.techniques],
        "usual_done": list(last.usual_done),
        "usual_whole": last.usual is not None and last.usual[0] == last.usual[1],
        "usual": {"logged": last.usual[0], "of": last.usual[1]} if last.usual else None,
        "otherwise": [{"label": label, "how": how} for label, how in last.otherwise],
        "stages": [
            {"area": area, "stage": stage, "because": one_line(because) or None} for area, stage, because in last.stages
        ],
        "decided": _decided(last.decided, today),
        "amended": _decided(last.amended, today),
        "present": [first_lower(title) for title in last.present],
        "alone": last.alone,
        "tried": [
            {"text": one_line(text), "how": how, "note": one_line(note) or None} for text, how, note in last.tried
        ],
        "notes": _worded(last.notes),
        "to_try": _worded(last.homework),
    }


def _decided(found: Sequence[tuple[str, str, date | None]], today: date) -> list[Value]:
    return [
        {"what": one_line(what), "because": one_line(because) or None, "day": dated(on, today) if on else None}
        for what, because, on in found
    ]


def missed_values(missed: MissedWeek | None, today: date) -> dict[str, Value] | None:
    """The missed week, for a template."""
    if missed is None:
        return None
    return {
        "day": dated_weekday(missed.on, today),
        "status": missed.status or None,
        "used": bool(missed.used),
        "policy": first_lower(missed.policy) or None,
        "uses": [first_lower(words) for _, words, uses in missed.choices if uses],
        "keeps": [first_lower(words) for _, words, uses in missed.choices if not uses],
        "contacts": [{"title": title, "after": first_lower(after)} for _, title, after in missed.contacts],
        "contacted": [
            f"{dated(on, today)} ({words})" if (words := one_line(note)) else dated(on, today)
            for on, note in zip(missed.contacted, missed.noted, strict=True)
        ],
        "why": one_line(missed.why) or None,
    }


def _needs(gate: Gate) -> list[Value]:
    """What a way out still needs: its open conditions, and who has to agree."""
    return [*(needed(reason) for reason in gate.reasons), *([f"{gate.asks} agrees"] if gate.asks else [])]


def needed(reason: Reason) -> str:
    """A condition that is not met, by its name; one that nobody can tell is said to be so."""
    name = spoken(reason.code)
    return f"{name} (cannot tell yet)" if reason.answer == "unknown" else name


def the(title: str) -> str:
    """A phase in the middle of a sentence: ``the middle phase``, ``the ending``; a longer title in quotes."""
    return f"the {first_lower(title)}" if len(title.split()) == 1 or title.endswith(" phase") else f"'{title}'"


def up_to(words: list[str], most: int = 3) -> list[Value]:
    """The first of some words, and how many more there are."""
    more: list[Value] = [f"{len(words) - most} more"] if len(words) > most else []
    return [*words[:most], *more]


def sentence(text: str) -> str:
    """A text with a capital and a point, as a line of its own has them."""
    return text if not text or text.endswith((".", "?", "!")) else f"{first_upper(text)}."


def _worded(texts: Iterable[str]) -> list[str]:
    """Texts of the record as single lines; blank ones are no words."""
    return [words for words in (one_line(text) for text in texts) if words]


def _number(line: Line) -> int | None:
    found = line.values.get("session")
    return found if isinstance(found, int) else None
