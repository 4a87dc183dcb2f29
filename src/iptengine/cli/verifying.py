"""Whether a store still says what was recorded, and anchors to compare it with later."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from iptengine.cli import screen
from iptengine.cli.given_files import given_text
from iptengine.cli.stores import key_in, keys_in, store_at
from iptengine.course.wording import counted
from iptengine.store.rows import Asked
from iptengine.store.verification import MAKE_ROWS, Problem, Verdict, anchor, anchor_from_json, verify

MOST_OF_AN_ANCHOR = 500
"""Megabytes; it has a line for each course."""

_SAID = {
    "intact": "intact: it is what was anchored",
    "not anchored": "not anchored: what is there fits together; that nothing was cut off, only an anchor can show",
    "not all read": "NOT ALL READ: what is there fits together, but this version of the library cannot read all of it",
    "damaged": "DAMAGED",
}


def verify_store(address: str, anchor_file: str | None, key_file: str | None, keys: str | None) -> int:
    """Prints what is wrong with a store, each with its course and event; then with the lists; then what stays open."""
    from iptengine.engine.clinic import Clinic
    from iptengine.engine.records import Records

    key = key_in(key_file)
    against = anchor_from_json(given_text(anchor_file, "an anchor", MOST_OF_AN_ANCHOR), key) if anchor_file else None
    with store_at(address, read_only=True) as store:
        verdict = verify(store, key=key, against=against)
        told = {problem.course for problem in verdict.problems}
        course_keys = keys_in(keys)
        rows = Clinic(store, [], seal_key=key, keys=course_keys).out_of_step()
        records = Records(store, keys=course_keys)
        shut = sum(records.row_text(row) is None for row in records.rows(Asked(frozenset())))
    otherwise = [Problem(course, 0, f"{_SAYS_OTHERWISE}; {MAKE_ROWS}") for course in rows if course not in told]
    for problem in (*verdict.problems, *otherwise):
        screen.complain(f"{screen.bad('not read' if problem.unread else 'damaged')}: {problem}")
    screen.say_all([*_told(verdict, bool(otherwise)), *_not_compared(shut, keys)])
    return 1 if verdict.problems or otherwise else 0


_SAYS_OTHERWISE = "its row in the lists says something else than its events, perhaps of an alert"


def _told(verdict: Verdict, lists: bool) -> list[str]:
    looked = f"{counted(verdict.courses, 'course')}, {counted(verdict.events, 'event')}"
    since = f"; {counted(verdict.since_anchor, 'event')} since the anchor" if verdict.since_anchor else ""
    said = (
        "DAMAGED: the lists; the events fit together" if lists and verdict.state != "damaged" else _SAID[verdict.state]
    )
    return [said, f"{looked}{since}"]


def _not_compared(shut: int, keys: str | None) -> list[str]:
    """Of rows that do not open no more is compared than whether they show an alert."""
    if not shut:
        return []
    were, do = ("was", "it does") if shut == 1 else ("were", "they do")
    why = "with these keys" if keys else "without keys: give --keys"
    return [f"{counted(shut, 'row')} of the lists {were} not compared, because {do} not open {why}"]


def write_anchor(address: str, out: str | None, key_file: str | None) -> int:
    """Writes an anchor of a store to a file, or prints one short enough for paper."""
    key = key_in(key_file)
    with store_at(address, read_only=True) as store:
        made = anchor(store, at=datetime.now().astimezone().replace(microsecond=0))
    if out is None:
        screen.say(f"{made.at.isoformat()}  position {made.position}  {made.digest}")
        return 0
    Path(out).write_text(made.json(key) + "\n", encoding="utf-8")
    screen.say(f"{out}: position {made.position}, {counted(len(made.heads), 'course')}")
    return 0
