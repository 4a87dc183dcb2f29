"""What became of a record that does not stand any more: it was voided, or withdrawn, also once it was put right."""

from __future__ import annotations

from iptengine.course.course import Course
from iptengine.course.events import Voided, Withdrawn


def ended_by(course: Course, record: str) -> Voided | Withdrawn | None:
    """The event that took a record out; ``None`` while it stands, under its own id or as what put it right."""
    ended: dict[str, Voided | Withdrawn] = {event.corrects: event for event in course.withdrawn}
    ended |= {id: event for event in course.voided for id in event.events}
    if not ended:
        return None
    put_right = {one.event: one.by_event for one in course.corrections}
    seen: set[str] = set()
    while record not in ended and record in put_right and record not in seen:
        seen.add(record)
        record = put_right[record]
    return ended.get(record)
