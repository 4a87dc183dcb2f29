"""What all courses of a store are asked from the shell: what is due, which alerts are open, who is stuck."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from itertools import groupby
from typing import Any

from iptengine.cli import screen
from iptengine.cli.came_of_it import alert_row, loud, say_open_risks
from iptengine.cli.course_looks import Looking
from iptengine.cli.stores import key_in, keys_in, store_at, today
from iptengine.course.stuck import Stuck
from iptengine.course.ways import Due
from iptengine.course.wording import counted
from iptengine.engine.answers import UnknownCourse
from iptengine.engine.reader import Reader


def show_due(looking: Looking, courses: Sequence[str], form: str) -> int:
    """Prints what is due."""
    with looking.reader() as reader:
        found = reader.due(on=looking.day, courses=courses or None)
        unknown = _not_there(reader, looking, courses)
    _shown([asdict(line) for line in found], map(_due_told, found), form, "Nothing is due.")
    return _complained(unknown)


def _due_told(line: Due) -> tuple[str, str]:
    if line.kind == "alert":
        when = f", {line.by.isoformat()}" if line.by else ""
        return line.course, f"RISK ALERT{when}, not assessed: {line.text}"
    by = f"{line.by.isoformat()}  " if line.by else ""
    return line.course, f"{by}{line.kind}: {line.text}"


def show_alerts(looking: Looking, courses: Sequence[str], form: str, closed: bool) -> int:
    """Prints the alerts."""
    with looking.reader() as reader:
        found = reader.alerts(courses=courses or None, closed=closed)
        unknown = _not_there(reader, looking, courses)
    _shown([asdict(alert) for alert in found], map(alert_row, found), form, "No alert is open.")
    return _complained(unknown)


def show_stuck(looking: Looking, courses: Sequence[str], form: str) -> int:
    """Prints the open risk alerts, and the courses that are stuck, with each way on and what shuts it."""
    with looking.reader() as reader:
        found = reader.stuck(on=looking.day, courses=courses or None)
        alerts = reader.alerts(courses=courses or None)
        unknown = _not_there(reader, looking, courses)
    if form == "json":
        _shown([asdict(line) for line in found], (), form, "")
    else:
        say_open_risks(alerts)
        screen.say_all(_stuck_told(found) if found else ["No course is stuck."])
    return _complained(unknown)


def _stuck_told(found: Iterable[Stuck]) -> Iterator[str]:
    for (course, phase, text), ways in groupby(found, key=lambda line: (line.course, line.phase, line.text)):
        where = f"{course}, in {phase}" if phase else course
        yield screen.wrapped(f"{where}: {text}", 0, 2)
        for way in ways:
            yield from _way_told(way)


def _way_told(way: Stuck) -> Iterator[str]:
    """A way on, and what shuts it; nothing where the protocol of the course is not there."""
    if way.to:
        yield f"  to {way.to} ({way.title}):" if way.title else f"  to {way.to}:"
    for one in way.reasons:
        yield screen.wrapped(
            f"{one.code}: {one.text} ({one.sentence})" if one.sentence else f"{one.code}: {one.text}", 4, 6
        )
    if way.asks:
        yield screen.wrapped(way.asks, 4, 6)


def _shown(records: Sequence[dict[str, Any]], rows: Iterable[tuple[str, str]], form: str, none: str) -> None:
    if form == "json":
        screen.say(screen.json_text(records))
        return
    lines = list(screen.columns(rows, indent=0))
    screen.say_all(map(loud, lines) if lines else [none])


def _not_there(reader: Reader, looking: Looking, courses: Sequence[str]) -> tuple[UnknownCourse, ...]:
    """Those that are named and of which nothing is recorded: mistyped, or lost. The lists go on."""
    if not courses:
        return ()
    every = reader.overviews(on=looking.day, courses=courses)
    return tuple(UnknownCourse(one.course) for one in every if not one.version)


def _complained(unknown: Sequence[UnknownCourse]) -> int:
    """Prints what is not there, below what is; 1 when something is not."""
    for one in unknown:
        screen.complain(str(one))
    return 1 if unknown else 0


def refresh_lists(address: str, on: date | None, anew: bool, key_file: str | None, keys: str | None) -> int:
    """Makes the rows of the lists that cannot answer for a day, or all of them."""
    from iptengine.engine.clinic import Clinic

    with store_at(address, there=True) as store:
        made = Clinic(store, [], seal_key=key_in(key_file), keys=keys_in(keys)).refresh(on=on or today(), anew=anew)
    screen.say(f"{counted(made, 'row')} of the lists made")
    return 0
