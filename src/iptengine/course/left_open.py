"""What a date that came has ended with work still open: said on the next page, once, so that it is not only counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from iptengine.course.course import Course
from iptengine.course.due_contacts import most, told
from iptengine.course.due_tasks import task_label
from iptengine.course.facts import CourseFacts
from iptengine.course.lines import Line
from iptengine.course.named_dates import has_come, is_over
from iptengine.course.wording import first_lower, listed
from iptengine.protocol.parts import ContactSpec
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.truth import Truth


def left_open_lines(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[Line]:
    """The must tasks of the phase that a date has ended, and contacts that were to come before it."""
    if course.ended is not None:
        return
    yield from _tasks(protocol, course, facts)
    missed = [name for name, spec in protocol.spec.contacts.items() if _too_late(protocol, course, facts, name, spec)]
    if missed:
        contacts = [(protocol.spec.contacts[name].title, protocol.spec.contacts[name].due) for name in missed]
        words = listed(f"{first_lower(title)} ({told(due, course, facts.on)})" for title, due in contacts if due)
        path = f"contacts.{missed[0]}"
        yield Line("left_open", f"Too late for, and not on record: {words}.", path, {"contacts": missed})


def _tasks(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[Line]:
    before = course.phases[-2].phase if len(course.phases) > 1 else ""
    phase = protocol.spec.phases.get(before)
    if phase is None or phase.dates is None or phase.dates.until is None or before == course.phase:
        return
    if not has_come(phase.dates.until, course, facts.on) or not _is_news(course, course.phases[-1].on):
        return
    tasks = [name for name in phase.must if facts.is_open(name)]
    if tasks:
        words = listed(first_lower(task_label(protocol, name)) for name in tasks)
        path = f"phases.{before}.must"
        yield Line("left_open", f"Left open when '{phase.title}' ended: {words}.", path, {"tasks": tasks})


def _too_late(protocol: Protocol, course: Course, facts: CourseFacts, name: str, spec: ContactSpec) -> bool:
    """Whether a contact was to come before a date that has come since the last session, and did not."""
    if spec.due is None or not is_over(spec.due, course, facts.on):
        return False
    wanted = 1 if spec.times is None or spec.times.recurs else most(spec.times)
    if facts.contact_count(name) >= wanted:
        return False
    known = [record.on for record in course.facts if record.fact == spec.due.fact and not record.expected]
    if not _is_news(course, known[-1]):
        return False
    # A condition on the phase no longer holds once the date has ended it; the others still say whether it was wanted.
    guards = protocol.at("contacts", name, "only_if")
    asked = [g for g in guards if not any(m.kind == "phase" for c in g.conditions() for m in c.mentions)]
    return all(guard.answer(facts) is not Truth.NO for guard in asked)


def _is_news(course: Course, since: date) -> bool:
    """Whether no session was held after that day."""
    return course.last_held is None or course.last_held.on <= since
