"""What is read of a course from the shell: its ways, a page, its history. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, cast

from iptengine.cli import screen
from iptengine.cli.came_of_it import loud, say_open_risks
from iptengine.cli.event_words import event_words, numbers_in
from iptengine.cli.pages import written
from iptengine.cli.screen import Unclear
from iptengine.cli.stores import key_in, keys_in, store_at, today
from iptengine.cli.typed_lines import GAP, Lines
from iptengine.course.codec import as_told
from iptengine.course.commands import as_mapping
from iptengine.course.events import Event, Voided, Withdrawn
from iptengine.course.stamp import Actor
from iptengine.course.ways import Way
from iptengine.course.wording import counted
from iptengine.engine.answers import UnknownProtocol
from iptengine.engine.clinic import Clinic
from iptengine.engine.reader import Reader
from iptengine.render.agenda import Audience, Detail, Occasion
from iptengine.store.port import StoreError


@dataclass(frozen=True, slots=True)
class Looking:
    """Where somebody looks, in which role, and for which day."""

    store: str
    role: str
    on: date | None = None
    key_file: str | None = None
    keys: str | None = None

    @property
    def day(self) -> date:
        """The day that is asked for: today where none was said."""
        return self.on or today()

    @contextmanager
    def clinic(self) -> Iterator[Clinic]:
        """A clinic over the store, which cannot write to it."""
        with store_at(self.store, read_only=True) as store:
            yield Clinic(store, [], seal_key=key_in(self.key_file), keys=keys_in(self.keys))

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """The courses of the store as this role may see them.

        A course that does not open, or whose protocol does not, has no page; its alerts are told on standard error.
        """
        with self.clinic() as clinic:
            try:
                yield clinic.reader(Actor("shell", role=self.role))
            except (UnknownProtocol, StoreError) as shut:
                for alert in shut.alerts:
                    screen.complain(loud(screen.wrapped(f"RISK ALERT: {alert.text}", 0, 2)))
                raise


# Ways


def show_ways(looking: Looking, course: str, form: str) -> int:
    """Prints what is open in a course and what is blocked."""
    with looking.reader() as reader:
        found = reader.ways(course, on=looking.day)
        numbers = numbers_in(reader.events(course))
        alerts = reader.alerts(courses=[course])
    lines = Lines(looking.store, course, numbers, looking.on)
    if form == "json":
        record = [_way_record(way, lines) for way in found]
        screen.say(screen.json_text(record))
        return 0
    say_open_risks(alerts)
    screen.say_all(_ways_told(found, lines))
    return 0


def _way_record(way: Way, lines: Lines) -> dict[str, Any]:
    return {
        "kind": way.command.kind,
        "open": way.open,
        "request": way.command.request,
        "command": as_mapping(way.command),
        "fields": {name: list(choices) for name, choices in way.fields.items()},
        "reasons": [
            {"code": one.code, "text": one.text, "answer": one.answer, "path": one.path} for one in way.reasons
        ],
        "needs": [asdict(one) for one in way.needs],
        "by": list(way.by),
        "type": _line(way, lines),
    }  # fmt: skip


def _line(way: Way, lines: Lines) -> str:
    return lines.line(way.command, choices=way.fields)


def _ways_told(found: Sequence[Way], lines: Lines) -> Iterator[str]:
    """Moves first, then what is blocked, then what can be put on record at any time."""
    parts = (
        ("MOVES THAT ARE OPEN", "", [way for way in found if way.open and way.command.request]),
        ("BLOCKED", _BLOCKED, [way for way in found if not way.open]),
        ("TO RECORD", _TO_FILL, [way for way in found if way.open and not way.command.request]),
    )
    told: set[tuple[str, ...]] = set()
    for title, below, ways in parts:
        if ways:
            yield screen.strong(title)
            yield from (screen.wrapped(line) for line in (below,) if line)
            for way in ways:
                yield from _way_told(way, lines, told)
            yield ""


_BLOCKED = f'With --because "{GAP}" such a line goes on all the same, unless it makes no sense at all.'
_TO_FILL = f"Something has to stand in place of each {GAP}; the fields below a line can be added to it."
_MANY = 12


def _way_told(way: Way, lines: Lines, told: set[tuple[str, ...]]) -> Iterator[str]:
    yield f"  {_line(way, lines)}"
    for name, choices in way.fields.items():
        if choices:
            yield screen.wrapped(f"{name}: {_listed(tuple(map(str, choices)), told)}", 6, 8)
    free = [name for name, choices in way.fields.items() if not choices]
    if free:
        yield screen.wrapped(f"also: {', '.join(free)}", 6, 8)
    for need in way.needs:
        yield screen.wrapped(f"needs {need.title}, by {' or '.join(need.by)}", 6, 8)
    if way.by:
        yield screen.wrapped(f"only as {' or '.join(way.by)}", 6, 8)
    yield from (screen.wrapped(f"{one.code}: {one}", 4, 6) for one in way.reasons)


def _listed(choices: tuple[str, ...], told: set[tuple[str, ...]]) -> str:
    """The choices; a long list that was told already is not told again."""
    if len(choices) > _MANY and choices in told:
        return "as above"
    told.add(choices)
    return ", ".join(choices)


# A page


def show_page(
    looking: Looking, course: str, form: str, audience: str, detail: str, occasion: str, contact: str
) -> int:  # fmt: skip
    """Prints the agenda of the next session, or the page for another occasion."""
    with looking.reader() as reader:
        try:
            page = reader.agenda(
                course, on=looking.day, audience=cast(Audience, audience), detail=cast(Detail, detail),
                occasion=cast(Occasion, "contact" if contact else occasion), contact=contact,
            )  # fmt: skip
        except ValueError as wrong:
            raise Unclear(str(wrong)) from None
    screen.say(written(page, form))
    return 0


# History


def show_history(looking: Looking, course: str, form: str) -> int:
    """Prints every event of a course."""
    with looking.reader() as reader:
        events = reader.events(course)
        alerts = reader.alerts(courses=[course])
    if form == "json":
        record = [_event_record(number, event) for number, event in enumerate(events, 1)]
        screen.say(screen.json_text(record))
        return 0
    say_open_risks(alerts)
    screen.say(screen.strong(f"Course {course}, {counted(len(events), 'event')}"))
    screen.say_all(_history_told(events))
    return 0


def _event_record(number: int, event: Event) -> dict[str, Any]:
    return {"number": number, **as_told(event)}


def _history_told(events: Sequence[Event]) -> Iterator[str]:
    numbers = numbers_in(events)
    put_right = _put_right(events)
    wide = len(str(len(events)))
    for number, event in enumerate(events, 1):
        head = f"{number:>{wide}}  {event.on.isoformat()}  "
        # A number of one digit begins with blanks, which wrapping would take away.
        yield head + screen.wrapped(event_words(event, numbers, whole=True), len(head)).lstrip()
        for line in _beside(event, put_right.get(event.id, "")):
            yield screen.wrapped(line, len(head))


def _beside(event: Event, put_right: str) -> Iterator[str]:
    """What became of it since, why it was said, and who recorded it when."""
    if put_right:
        yield screen.bad(put_right)
    if event.because:
        yield f"because: {event.because}"
    if event.taken_from:
        yield f"taken from course {event.taken_from}"
    yield from (f"warning: {one.text} [{one.code}]" for one in event.warnings)
    allowed = f", allowed by {event.allowed_by}" if event.allowed_by else ""
    yield screen.faint(f"recorded {_time(event.at)} by {event.by.id} ({event.by.role}){allowed}")


def _time(at: datetime) -> str:
    return at.isoformat(sep=" ", timespec="minutes")


def _put_right(events: Sequence[Event]) -> dict[str, str]:
    """What became of events since, by their ids."""
    found: dict[str, str] = {}
    for number, event in enumerate(events, 1):
        here = f"#{number}"
        if isinstance(event, Voided):
            why = ": it belongs to another course" if event.meant_for else ""
            found |= dict.fromkeys(event.events, f"VOIDED by {here}{why}")
        elif isinstance(event, Withdrawn):
            found[event.corrects] = f"WITHDRAWN by {here}"
        elif event.corrects:
            found[event.corrects] = f"PUT RIGHT by {here}"
    return found


__all__ = ["Looking", "show_history", "show_page", "show_ways"]
