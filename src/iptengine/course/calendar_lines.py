"""What the pages and the clinician are told of the calendar: its stop, the visits planned, and the named dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from iptengine.course import timing
from iptengine.course.calendar import days_moved, stop_day, stopped, stopped_by_event
from iptengine.course.course import Course
from iptengine.course.due_contacts import due_contacts, nth, told
from iptengine.course.events import CourseWarning
from iptengine.course.facts import CourseFacts
from iptengine.course.named_dates import dates_state, day_of, entered_after, named_date
from iptengine.course.rests import resting
from iptengine.course.visits import AGREED, Visit, frequency_named, visits
from iptengine.course.wording import counted, dated, first_lower, listed, spoken
from iptengine.protocol.protocol import Protocol, Reason
from iptengine.protocol.truth import Truth

Said = tuple[str, str, str]
"""The code of a line, its words, and the place in the protocol it rests on."""
MOST_TOLD = 3
"""Visits that are told by their day; of more, how many there are."""
MOST_CONTACTS = 2
"""Contacts ahead that are told; the rest come nearer by themselves."""


# -- where the course stands -------------------------------------------------------------------------------------


def calendar_told(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[Said]:
    """The lines about the calendar, the named dates, and what hangs on them and lies ahead."""
    if course.ended is None:
        yield from _frequency(protocol, course, facts.on)
        yield from _visits(protocol, course, facts)
    yield from _dates(protocol, course, facts.on)
    if course.ended is None:
        yield from _phase_dates(protocol, course, facts.on)
        yield from _contacts(protocol, course, facts)


def _frequency(protocol: Protocol, course: Course, on: date) -> Iterator[Said]:
    if protocol.spec.contract.frequency_when:
        how_often, name = frequency_named(protocol, course, on)
        why = f" ({spoken(name)})" if name else ""
        yield "frequency", f"Sessions now: {how_often}{why}.", "contract.frequency_when"


def _visits(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[Said]:
    if protocol.spec.calendar is None:
        return
    ahead, on = visits(protocol, course, facts.on), facts.on
    if stopped_by_event(protocol, facts):
        booked = listed(dated(visit.on, on) for visit in ahead)
        yield "planned", f"Still booked: {booked}." if booked else "No session is planned.", "calendar"
        return
    planned = _planned(protocol, course, ahead, on) if ahead else "No session is planned."
    yield "planned", f"{_stop(protocol, course, on)} {planned}".strip(), "calendar"


def _planned(protocol: Protocol, course: Course, ahead: Sequence[Visit], on: date) -> str:
    """The next visits by their day, and how many more there are, where a count or a rhythm that stays tells it."""
    days, left = ", ".join(dated(visit.on, on) for visit in ahead[:MOST_TOLD]), timing.sessions_left(course)
    if len(ahead) == 1:
        last = stop_day(protocol, course) is not None and resting(course, on) is None and left != 1
        return f"Planned: {days}, the last one before the stop." if last else f"Planned: {days}."
    if len(ahead) <= MOST_TOLD:
        return f"Planned: {days}."
    changes = protocol.spec.contract.frequency_when and frequency_named(protocol, course, on)[1] != AGREED
    unsure = changes and len(ahead) != left
    upto = "" if left is not None or protocol.spec.contract.sessions is None else "up to "
    more = ", then in the rhythm of that time" if unsure else f" and {upto}{len(ahead) - MOST_TOLD} more"
    return f"Planned: {days}{more}."


def _stop(protocol: Protocol, course: Course, on: date) -> str:
    calendar = protocol.spec.calendar
    if calendar is None or calendar.stop is None:
        return ""
    day = stop_day(protocol, course)
    if day is None:
        return f"The calendar stops {told(calendar.stop, course, on)}."
    moved = days_moved(protocol, course, on)
    why = told(calendar.stop, course, on) + (f", moved by {counted(moved, 'day')} for a pause" if moved else "")
    if day == on:
        return f"The calendar stops today ({why})."
    return f"The calendar {'stopped' if day < on else 'stops'} on {dated(day, on)} ({why})."


def _dates(protocol: Protocol, course: Course, on: date) -> Iterator[Said]:
    for name, fact in protocol.spec.facts.items():
        if fact.type != "date" or fact.kept_from_therapist:
            continue
        known = named_date(course, name)
        if course.ended and known.actual is None:
            continue
        title = fact.title.rstrip("?.: ")
        if known.actual:
            before = f" (expected {dated(known.expected, on)})" if known.expected else ""
            yield "date", f"{title}: {dated(known.actual, on)}{before}.", f"facts.{name}"
        elif known.expected:
            yield "date", f"{title}: expected {dated(known.expected, on)}.", f"facts.{name}"


def _phase_dates(protocol: Protocol, course: Course, on: date) -> Iterator[Said]:
    phase = protocol.spec.phases.get(course.phase)
    if phase is None or phase.dates is None:
        return
    again = entered_after(phase.dates, course, course.phase)
    if again is not None:
        words = f"'{phase.title}' was meant {phase.dates}; entered again on {dated(again, on)}, it has no dates."
        yield "phase_dates", words, f"phases.{course.phase}.dates"
        return
    days = [(word, day_of(m, course)) for word, m in (("from", phase.dates.since), ("to", phase.dates.until)) if m]
    shown = " ".join(f"{word} {dated(day, on)}" for word, day in days if day)
    words = f"'{phase.title}' is meant {phase.dates}{f' ({shown})' if shown else ''}."
    yield "phase_dates", words, f"phases.{course.phase}.dates"


def _contacts(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[Said]:
    """Contacts right after the session at hand, and the next that hang on a day, the nearest first."""
    number = timing.sessions_used(course) + 1
    due = due_contacts(protocol, course, facts)
    for contact in due:
        spec = protocol.spec.contacts[contact.contact]
        moment = nth(spec.due, spec.times, facts.contact_count(contact.contact)) if spec.due else None
        if moment and contact.now is False and moment.anchor == "session" and moment.session == number:
            words = f"Ahead: {first_lower(contact.title)}, after this session."
            yield "contact_ahead", words, f"contacts.{contact.contact}"
    ahead = [(c.by, c) for c in due if c.now is False and c.when and c.by]
    for day, contact in sorted(ahead, key=lambda pair: pair[0])[:MOST_CONTACTS]:
        words = f"Ahead: {first_lower(contact.title)}, {dated(day, facts.on)} ({contact.when})."
        yield "contact_ahead", words, f"contacts.{contact.contact}"


# -- what must not be missed -------------------------------------------------------------------------------------


def stop_told(protocol: Protocol, course: Course, facts: CourseFacts) -> str:
    """That the calendar has stopped, and why; empty while it has not."""
    calendar = protocol.spec.calendar
    if calendar is None or course.ended or stopped(protocol, course, facts, facts.on) is not Truth.YES:
        return ""
    day = stop_day(protocol, course)
    if day == facts.on and not stopped_by_event(protocol, facts):
        return "The calendar stops today: plan no session after it, and bring the course to its end"
    if day is not None and day <= facts.on:
        return f"The calendar stopped on {dated(day, facts.on)}: plan no more sessions, and bring the course to its end"
    return "The calendar has stopped: plan no more sessions, and bring the course to its end"


def none_left_told(protocol: Protocol, course: Course, facts: CourseFacts) -> str:
    """That no visit is left before the calendar stops although it has not; empty while one is, or the course rests."""
    day = stop_day(protocol, course)
    if day is None or course.ended or resting(course, facts.on) or timing.sessions_left(course) == 0:
        return ""
    if day <= facts.on or stopped_by_event(protocol, facts) or visits(protocol, course, facts.on, most=1):
        return ""
    until = f"the calendar stops on {dated(day, facts.on)}"
    return f"No session is planned any more before {until}: book one by then, or bring the course to its end"


def dates_passed(protocol: Protocol, course: Course, on: date) -> Iterator[tuple[str, str]]:
    """Dates that were expected by now and are not on record as they were: the fact, and what to ask."""
    for name, fact in protocol.spec.facts.items():
        known = named_date(course, name)
        if fact.expected and known.actual is None and known.expected is not None and known.expected <= on:
            title = fact.title.rstrip("?.: ")
            yield name, f"{title} was expected {dated(known.expected, on)}: record the day it was, or the new one."


def why_not_booked(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[Reason]:
    """Why no session is planned on that day: the calendar has stopped by then."""
    calendar = protocol.spec.calendar
    if calendar is None:
        return
    day = stop_day(protocol, course)
    if calendar.stop is not None and day is not None and facts.on > day:
        sentence = f"the calendar stops on {day.isoformat()}: {told(calendar.stop, course, facts.on)}"
        yield _reason(protocol, str(calendar.stop), sentence, "stop")
    guards = protocol.at("calendar", "stop_when")
    if guards and all(guard.answer(facts) is Truth.YES for guard in guards):
        yield _reason(protocol, "; ".join(guard.text for guard in guards), "the calendar has stopped", "stop_when")


def _reason(protocol: Protocol, text: str, sentence: str, key: str) -> Reason:
    path = ("calendar", key)
    said = f"sessions are planned until the calendar stops: {text}"
    return Reason("calendar_stop", said, "no", {"sentence": sentence}, ".".join(path), protocol.span(path))


# -- what no longer fits -----------------------------------------------------------------------------------------


def unfitting_bookings(protocol: Protocol, course: Course, on: date) -> Iterator[CourseWarning]:
    """Booked sessions that lie after the stop, or outside the dates of the phase the course is in."""
    ahead = [a.on for a in course.appointments if a.status == "planned" and a.on >= on]
    stop = stop_day(protocol, course)
    phase = protocol.spec.phases.get(course.phase)
    dates = phase.dates if phase else None
    if dates is not None and entered_after(dates, course, course.phase):
        dates = None
    for day in ahead:
        if stop is not None and day > stop:
            told_day = f"the session booked for {dated(day, on)} lies after the stop of the calendar"
            yield CourseWarning("booking_after_stop", f"{told_day} ({dated(stop, on)})", "calendar.stop")
        elif phase is not None and dates is not None and dates_state(dates, course, day) == "closed":
            text = f"the session booked for {dated(day, on)} lies outside '{phase.title}' ({dates})"
            yield CourseWarning("booking_outside_phase", text, f"phases.{course.phase}.dates")


def contacts_before_their_day(protocol: Protocol, course: Course, fact: str, on: date) -> Iterator[CourseWarning]:
    """Contacts that hang on a date and were held before the day they would be due now; they stay held."""
    for name, spec in protocol.spec.contacts.items():
        if spec.due is None or spec.due.fact != fact:
            continue
        day = day_of(spec.due, course)
        held = [c.on for c in course.contacts if c.contact == name]
        if day is not None and held and max(held) < day:
            days = f"held on {dated(max(held), on)}, before {dated(day, on)} ({told(spec.due, course, on)})"
            yield CourseWarning("contact_before_day", f"'{spec.title}' was {days}; it stays held", f"contacts.{name}")
