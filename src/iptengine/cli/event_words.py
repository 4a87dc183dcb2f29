"""What an event says, in one line: with what a person typed, or the structure alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from typing import Any

from iptengine.course.events import Event, FactRecorded, ReadingTaken, Unreadable
from iptengine.course.patient_text import WORDS
from iptengine.course.unread_alerts import unreadable_id
from iptengine.course.wording import spoken

_BESIDE = frozenset(field.name for field in fields(Event))
_NEVER = frozenset({"digest", "request", "stored", "hidden", "uses_session", "total_given"})
"""What says nothing to a person, or the same once more in a form for programs."""
_NAMES_EVENTS = frozenset({"appointment", "session", "cause", "alert", "asked", "homework", "events", "replaces"})

Numbers = Mapping[str, int]
"""The number of each event in its course, by its id."""


def numbers_in(events: Iterable[Event]) -> dict[str, int]:
    """The numbers of the events of a course, by what they are named by in commands."""
    return {named_by(number, event): number for number, event in enumerate(events, 1)}


def named_by(number: int, event: Event) -> str:
    """What names an event in a command: its id; where it cannot be read, that of the alert that stands for it."""
    return unreadable_id(number) if isinstance(event, Unreadable) else event.id


def event_words(event: Event, numbers: Numbers, *, whole: bool) -> str:
    """The kind of an event and what it says: ``session held: number 1, minutes 50``.

    Args:
        event: The event.
        numbers: The numbers of the events of its course.
        whole: With what a person typed; without, its structure alone.
    """
    if isinstance(event, Unreadable):
        return f"cannot be read here: {event.why}"
    left_out = _left_out(event, whole)
    told = [
        _told(part.name, _quoted(event, part.name, value), numbers)
        for part in fields(event)
        if part.name not in _BESIDE and part.name not in _NEVER and part.name not in left_out
        if not _usual(part, value := getattr(event, part.name))
    ]
    if isinstance(event, FactRecorded) and event.value is None:
        told.append("an answer that is not shown to you" if event.hidden else "asked, and left unanswered")
    name = spoken(event.kind)
    if event.corrects:
        name += f" (puts right {_reference(event.corrects, numbers)})"
    return f"{name}: {', '.join(told)}" if told else name


def _quoted(event: Event, name: str, value: object) -> object:
    """Words that somebody wrote stand between quotes, so that it shows where they end."""
    written = name == "text" or name in WORDS.get(event.kind, ())
    return f"“{value}”" if written and isinstance(value, str) and " " in value else value


def _left_out(event: Event, whole: bool) -> tuple[str, ...]:
    words = () if whole else WORDS.get(event.kind, ())
    # Of a reading that came as a total, every other item is missing.
    return (*words, "missing") if isinstance(event, ReadingTaken) and event.total_given else words


def _usual(part: Any, value: object) -> bool:
    if value is None or value in ("", (), {}):
        return True
    return part.default is not MISSING and value == part.default and value is not True


def _told(name: str, value: object, numbers: Numbers) -> str:
    if name in _NAMES_EVENTS:
        return f"{spoken(name)} {_reference(value, numbers)}"
    return _value(value) if name == "text" else f"{spoken(name)} {_value(value)}"


def _reference(value: object, numbers: Numbers) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(_reference(one, numbers) for one in value)
    return f"#{numbers[value]}" if isinstance(value, str) and value in numbers else str(value)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "not answered"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_value(one)}" for name, one in value.items())
    if isinstance(value, tuple | list):
        return ", ".join(map(_value, value))
    if is_dataclass(value):
        parts = ((part.name, getattr(value, part.name)) for part in fields(value))
        return ", ".join(f"{spoken(name)} {_value(one)}" for name, one in parts if one not in (None, "", (), {}))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
