"""Whether a store still says what was recorded, and anchors to compare it with later."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from iptengine.cli import screen
from iptengine.cli.stores import key_in, store_at
from iptengine.course.wording import counted
from iptengine.store.verification import Verdict, anchor, anchor_from_json, verify

_SAID = {
    "intact": "intact: it is what was anchored",
    "not anchored": "not anchored: what is there fits together; that nothing was cut off, only an anchor can show",
    "damaged": "DAMAGED",
}


def verify_store(address: str, anchor_file: str | None, key_file: str | None) -> int:
    """Prints what is wrong with a store, each with its course and event."""
    key = key_in(key_file)
    against = anchor_from_json(Path(anchor_file).read_text(encoding="utf-8"), key) if anchor_file else None
    with store_at(address, read_only=True) as store:
        verdict = verify(store, key=key, against=against)
    for problem in verdict.problems:
        screen.complain(f"{screen.bad('damaged')}: {problem}")
    screen.say_all(_told(verdict))
    return 1 if verdict.state == "damaged" else 0


def _told(verdict: Verdict) -> list[str]:
    looked = f"{counted(verdict.courses, 'course')}, {counted(verdict.events, 'event')}"
    since = f"; {counted(verdict.since_anchor, 'event')} since the anchor" if verdict.since_anchor else ""
    return [_SAID[verdict.state], f"{looked}{since}"]


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
