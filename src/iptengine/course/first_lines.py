"""What must not be missed, ranked: risk, measures, reminders, bookings without a record, misses, first tasks, reviews.

The rank is the order of the functions in `_RANKED`; a page shows the first four lines and folds the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from iptengine.course import grouping, participants, timing
from iptengine.course.alert_words import number_among, what_alone
from iptengine.course.alerting import imported_total
from iptengine.course.approvals_told import approvals_told
from iptengine.course.calendar_lines import dates_passed, stop_told
from iptengine.course.contacts import contact_lines
from iptengine.course.course import Alert, Course
from iptengine.course.due_contacts import outreach_due
from iptengine.course.due_tasks import DueTask
from iptengine.course.events import ContactHeld, FactRecorded, Voided
from iptengine.course.facts import CourseFacts
from iptengine.course.gone import ended_by
from iptengine.course.lines import Line as Line
from iptengine.course.measure_lines import measures_told
from iptengine.course.named_dates import day_in
from iptengine.course.pauses import lasting_words
from iptengine.course.plan_lines import finish_early, not_chosen
from iptengine.course.rests import kept_or_missed, resting
from iptengine.course.rhythms import due_by, is_due
from iptengine.course.running_order import RunningOrder
from iptengine.course.unread_alerts import none_open
from iptengine.course.unrecorded import unrecorded_told
from iptengine.course.wording import counted, dated, first_lower, first_upper, listed, ordinal, shortened
from iptengine.protocol.parts import MISSES, FactSpec
from iptengine.protocol.protocol import Guard, Protocol
from iptengine.protocol.quantities import Rhythm
from iptengine.protocol.truth import Truth

Naming = Literal["", "soon", "now"]
"""Whether the ending has to be named now, or may be."""

MISSED_WORDS = {
    "no_show": "No-show",
    "late_cancel": "Late cancellation",
    "cancelled_by_patient": "Cancelled by the patient",
    "cancelled_by_therapist": "Cancelled by you",
    "rescheduled": "Moved",
}


@dataclass(frozen=True, slots=True, repr=False)
class Assessed:
    """The risk alert that a clinician assessed last: what it was, where it was raised, what was found and agreed.

    `session` is the session it was raised in; ``None`` when it was raised between two.
    """

    alert: str
    raised: date
    session: int | None
    what: str
    found: str
    plan: str


@dataclass(frozen=True, slots=True, repr=False)
class Answered:
    """The last answer to a question that must not be missed; empty when it was asked and not answered."""

    fact: str
    title: str
    answer: str
    on: date
    session: int | None


@dataclass(frozen=True, slots=True)
class _Scene:
    protocol: Protocol
    course: Course
    facts: CourseFacts
    due: Sequence[DueTask]
    planned: frozenset[str]
    work: int | None
    on: date
    measures: tuple[tuple[str, Line], ...]
    questions: tuple[tuple[str, Line], ...]
    ending: Naming


def first_lines(
    protocol: Protocol,
    course: Course,
    facts: CourseFacts,
    due: Sequence[DueTask],
    planned: frozenset[str],
    *,
    on: date,
    work: int | None = None,
    last: bool = False,
) -> tuple[Line, ...]:
    """Every line that must not be missed, most important first. The risk line is always there.

    Args:
        planned: The tasks that stand in the plan.
        on: The day the page is made for.
        work: The number of the step in which the work on the focus stands, if there is one.
        last: The page is that of a last meeting.
    """
    measures = tuple(_measures_told(protocol, course, facts, on, last))
    questions = tuple(_questions_told(protocol, course, work, on))
    announce = protocol.spec.termination.announce
    ending = naming(protocol, course)
    if announce is not None and ending:
        planned = planned | {announce.task}  # a line of its own names the ending
    scene = _Scene(protocol, course, facts, due, planned, work, on, measures, questions, ending)
    return _reviews_before_routine(protocol, tuple(line for part in _RANKED for line in part(scene)))


def _reviews_before_routine(protocol: Protocol, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines with measures that ask for no risk item below the last review, when there is one."""
    reviews = [place for place, line in enumerate(lines) if line.code == "review"]
    if not reviews:
        return lines
    last = reviews[-1]
    routine = tuple(line for line in lines[:last] if _routine(protocol, line))
    return (*(line for line in lines[: last + 1] if line not in routine), *routine, *lines[last + 1 :])


def _routine(protocol: Protocol, line: Line) -> bool:
    measure = protocol.measures.get(str(line.values.get("measure", ""))) if line.code == "measure_due" else None
    return measure is not None and not measure.risk_items


WORDS = 90
"""Signs of why an appointment was missed, and of a note of a contact, as a first line repeats them."""
MOST_SESSIONS = 3
"""Sessions that the risk line names; of more, it names the last."""


# -- risk --------------------------------------------------------------------------------------------------------


def _risk(scene: _Scene) -> Iterator[Line]:
    risk = [a for a in scene.course.alerts if a.level == "risk"]
    waiting = [a for a in risk if a.needs_assessment]
    done = _assessed_told(scene.course, [a for a in risk if not a.needs_assessment])
    if waiting:
        verb = "needs" if len(waiting) == 1 else "need"
        head = f"Risk alerts: {len(waiting)} {verb} your assessment today{done}."
        yield Line("risk_open", f"{head} See above.", "", {"open": len(waiting)})
    else:
        yield Line("risk_none_open", f"Risk alerts: {none_open(scene.course)}{done}. Ask again today.", "", {"open": 0})


def _assessed_told(course: Course, assessed: Sequence[Alert]) -> str:
    """How many are assessed; those whose record was voided apart, since they were never about this patient."""
    elsewhere = [a for a in assessed if isinstance(ended_by(course, a.cause), Voided)]
    own = [a for a in assessed if a not in elsewhere]
    told = f"; {len(own)} assessed{_sessions_of(course, own)}" if own else ""
    return told + (f"; {len(elsewhere)} assessed on {_voided_records(len(elsewhere))}" if elsewhere else "")


def _voided_records(number: int) -> str:
    return "a voided record" if number == 1 else "voided records"


def _sessions_of(course: Course, alerts: Iterable[Alert]) -> str:
    """The sessions in which alerts were raised, as far as they were raised in one."""
    numbers = {a.on: a.number for a in course.appointments if a.held}
    found = sorted({n for a in alerts if (n := numbers.get(a.raised)) is not None})
    if not found:
        return ""
    if len(found) > MOST_SESSIONS:
        return f" (the last in session {found[-1]})"
    return f" ({'session' if len(found) == 1 else 'sessions'} {listed(str(n) for n in found)})"


def last_assessed(protocol: Protocol, course: Course) -> Assessed | None:
    """The risk alert assessed last, with what was found and agreed; of several that day, the one raised last.

    One whose record was voided speaks of another patient, and is left out; one whose record was withdrawn stands only
    where there is no other, since what was agreed was agreed with this patient.
    """
    every = [(a, ended_by(course, a.cause)) for a in course.alerts if a.level == "risk" and a.assessed is not None]
    done = [(gone is None, a) for a, gone in every if not isinstance(gone, Voided)]
    if not done:
        return None
    _, (stands, last) = max(enumerate(done), key=lambda n: (n[1][0], n[1][1].assessed, n[1][1].raised, n[0]))
    what = _what(protocol, last) if stands else f"{_what(protocol, last)} (withdrawn since)"
    return Assessed(last.id, last.raised, _session_on(course, last.raised), what, last.found, last.plan)


def _what(protocol: Protocol, alert: Alert) -> str:
    """What raised an alert, in a few words: ``item 9 = 2``, or the alert's own words."""
    measure = protocol.measures.get(alert.measure)
    item = measure.items.get(alert.item) if measure else None
    if measure is None or item is None:
        return first_lower(what_alone(alert.text)[0])
    name = f"item {item.number}" if item.number else first_lower(item.title)
    return f"{name} not answered" if alert.value is None else f"{name} = {alert.value}"


def _session_on(course: Course, on: date) -> int | None:
    return next((a.number for a in reversed(course.appointments) if a.held and a.on == on), None)


def answered_questions(protocol: Protocol, course: Course) -> tuple[Answered, ...]:
    """Questions of the first lines that are asked once and were: they stay visible with their last answer."""
    found = []
    for name, fact in protocol.spec.facts.items():
        record = next((f for f in reversed(course.facts) if f.fact == name), None)
        if not fact.first or fact.ask is None or fact.ask.recurs or fact.kept_from_therapist or record is None:
            continue
        if fact.ask.start and _left_unanswered(record):
            continue  # it is asked again, by a line of its own
        found.append(Answered(name, fact.title, answer_told(fact, record), record.on, _session_on(course, record.on)))
    return tuple(found)


def _left_unanswered(record: FactRecorded) -> bool:
    return record.value is None and not record.hidden


def answer_told(fact: FactSpec, record: FactRecorded) -> str:
    """A recorded value in words: a date as a day, with its year where that is another, and whether it is expected."""
    if record.hidden:
        return "not shown to you"
    when = day_in(record.value) if fact.type == "date" else None
    if when is None:
        return "" if record.value is None else str(record.value)
    return f"{'expected ' if record.expected else ''}{dated(when, record.on)}"


def _imported(scene: _Scene) -> Iterator[Line]:
    """The risk item of totals from before the course was taken over, until the measure is taken here."""
    for name, measure in scene.protocol.measures.items():
        taken = [r for r in scene.course.readings if r.measure == name]
        if measure.risk_items and taken and all(imported_total(scene.course, r) for r in taken):
            items = [measure.item_label(i) for i in measure.risk_items]
            verb = "is" if len(items) == 1 else "are"
            told = f"{measure.label} {listed(items)} {verb} not known from before: ask today."
            yield Line("item_unknown", told, f"measures.{name}", {"measure": name})


def _paused(scene: _Scene) -> Iterator[Line]:
    """Since when the course rests. It stands below the risk line, and takes nothing of it away."""
    told = lasting_words(scene.protocol, scene.course, scene.on)
    rest = resting(scene.course, scene.on)
    if rest is not None:
        yield Line("paused", told, f"pauses.{rest.pause}", {"pause": rest.pause, "since": rest.began.isoformat()})


# -- measures ----------------------------------------------------------------------------------------------------


def _risk_measures(scene: _Scene) -> Iterator[Line]:
    """Measures with a risk item."""
    return (line for name, line in scene.measures if scene.protocol.measures[name].risk_items)


def _measures(scene: _Scene) -> Iterator[Line]:
    return (line for name, line in scene.measures if not scene.protocol.measures[name].risk_items)


def _measures_told(
    protocol: Protocol, course: Course, facts: CourseFacts, on: date, last: bool
) -> Iterator[tuple[str, Line]]:
    if resting(course, on) is not None:
        return
    for one in measures_told(protocol, course, facts, on, last=last):
        path, values = f"measures.{one.measure}", {"measure": one.measure}
        yield one.measure, Line(one.code, one.text, path, values, fold=one.fold)


# -- reminders and missed appointments ---------------------------------------------------------------------------


def _reminders(scene: _Scene) -> Iterator[Line]:
    last = scene.course.last_held
    for reminder in scene.course.reminders:
        if last is not None and reminder.on < last.on:
            continue
        yield Line("reminder", f"You asked to be reminded: {reminder.text}", "", {"event": reminder.id})


def _left_group(scene: _Scene) -> Iterator[Line]:
    """A course that left its group: everything else on the page hangs on it, so it is said first."""
    if grouping.left_its_group(scene.protocol, scene.course):
        yield Line("no_group", grouping.told_missing(scene.protocol, scene.course, scene.on), "group")


def _group(scene: _Scene) -> Iterator[Line]:
    """A course of a group treatment that is in no group yet."""
    missing = grouping.told_missing(scene.protocol, scene.course, scene.on)
    if missing and not grouping.left_its_group(scene.protocol, scene.course):
        yield Line("no_group", missing, "group")


def _unrecorded(scene: _Scene) -> Iterator[Line]:
    """Appointments that were booked and of which nothing is on record, in one line."""
    booked = timing.unrecorded(scene.course, scene.on)
    if booked:
        days = [one.on.isoformat() for one in booked]
        yield Line("unrecorded", unrecorded_told(booked, scene.on), "", {"days": days})


def _missed(scene: _Scene) -> Iterator[Line]:
    past = kept_or_missed(scene.course, timing.past(scene.course))
    if not past or past[-1].held:
        return
    last = past[-1]
    what = MISSED_WORDS.get(last.status, last.status)
    which = f", the {ordinal(scene.facts.appointments_missed)} miss" if last.status in MISSES else ""
    since = [c for c in scene.course.contacts if c.on >= last.on]
    why = _in_short(last.why)
    none = " No contact noted since." if why else " Contact since: none on record."  # the reason needs the room
    if last.status not in MISSES:
        none = ""  # what the service cancelled or moved asks for no reaching out
    contact = f" Contact since: {_contacted(since[-1], scene.on)}." if since else none
    if outreach_due(scene.protocol, scene.course, scene.facts):
        contact = ""  # the contact itself stands among what is due
    used = " It used a session." if last.used else ""
    told = f"{what} last time ({dated(last.on, scene.on)}){which}{f': {why}' if why else ''}.{used}{contact}"
    yield Line("missed", told, "", {"status": last.status})


def _contacted(contact: ContactHeld, on: date) -> str:
    note = _in_short(contact.note)
    return f"{dated(contact.on, on)}{f' ({note})' if note else ''}"


def _in_short(words: str) -> str:
    """Words of the record in the middle of a sentence, at most `WORDS` signs of them."""
    return shortened(" ".join(words.split()).rstrip(". "), WORDS)


# -- reviews, questions, tasks -----------------------------------------------------------------------------------


def _reviews(scene: _Scene) -> Iterator[Line]:
    waiting = [alert for alert in scene.course.alerts if alert.level == "review" and alert.needs_assessment]
    for alert in waiting:
        told = f"{alert.text.rstrip('.')}{number_among(alert, waiting)}. {alert.do.rstrip('.')}."
        yield Line("review", f"Review: {told}", f"alerts.{alert.code}", {"alert": alert.id})


def _approvals(scene: _Scene) -> Iterator[Line]:
    for code, text, one in approvals_told(scene.protocol, scene.course, scene.on):
        yield Line(code, text, f"approvals.{one.approval}", {"approval": one.id})


def _risk_questions(scene: _Scene) -> Iterator[Line]:
    """Questions asked again and again on which a risk alert rests: only the risk line and measures come before."""
    return (line for name, line in scene.questions if asked_for_risk(scene.protocol, name))


def _questions(scene: _Scene) -> Iterator[Line]:
    return (line for name, line in scene.questions if not asked_for_risk(scene.protocol, name))


def asked_for_risk(protocol: Protocol, fact: str) -> bool:
    """Whether a fact is asked for again and again and a risk alert rests on it."""
    ask = protocol.spec.facts[fact].ask
    return ask is not None and ask.recurs and _raises_risk(protocol, fact)


def _raises_risk(protocol: Protocol, fact: str) -> bool:
    """Whether a risk alert rests on a fact."""
    return any(
        (m.kind, m.name) == ("fact", fact)
        for name, alert in protocol.spec.alerts.items() if alert.kind == "risk"
        for guard in protocol.at("alerts", name, "raise_if") for c in guard.conditions() for m in c.mentions
    )  # fmt: skip


def _questions_told(protocol: Protocol, course: Course, work: int | None, on: date) -> Iterator[tuple[str, Line]]:
    for name, fact in protocol.spec.facts.items():
        if fact.ask is None or fact.kept_from_therapist or not _must_be_asked(protocol, course, name, fact.ask):
            continue
        records = [f for f in course.facts if f.fact == name]
        asked = [f.on for f in records]
        sessions = [a.id for a in course.appointments if a.on in asked]
        once = bool(records) and fact.ask.start and not fact.ask.recurs
        open_still = (
            _left_unanswered(records[-1]) if once else _asked_again(protocol, course, on, fact.ask, asked, sessions)
        )
        if open_still:
            known = _known_of(course, fact, records[-1], once, on) if records else "not on record."
            between = f" {first_upper(known)}" if fact.title.endswith(("?", ".")) else f": {known}"
            told = f"{fact.title}{between}{f' Before step {work}.' if work else ''}"
            yield name, Line("question", told, f"facts.{name}", {"fact": name})


def _must_be_asked(protocol: Protocol, course: Course, fact: str, ask: Rhythm) -> bool:
    """Whether a fact is a question of the first lines: as the file says, or as an alert rests on it and it is late."""
    return protocol.spec.facts[fact].first or (_begun(protocol, course, ask) and _raises_risk(protocol, fact))


def _known_of(course: Course, fact: FactSpec, last: FactRecorded, once: bool, on: date) -> str:
    """What the last asking came to, where a question is to be asked again."""
    answer = answer_told(fact, last)
    if not once:
        return f"ask again today ({dated(last.on, on)}: {answer or 'asked, not answered'})."
    number = _session_on(course, last.on)
    where = f"session {number}" if number is not None else dated(last.on, on)
    return f"asked, not answered ({where}). Ask again."


def _first_tasks(scene: _Scene) -> Iterator[Line]:
    for task in scene.due:
        if task.first and task.task not in scene.planned and not waits_for_guests(scene.protocol, task):
            values = {"task": task.task, "focus": task.focus, "why": task.why}
            yield Line("task_first", "", task.path, values, task.do, _told_why(scene.protocol, task))


def _told_why(protocol: Protocol, task: DueTask) -> str:
    """Why it stands there, where that is news: a condition that plainly holds is not."""
    if task.uncertain:
        return ": cannot tell yet whether it applies."
    return "." if protocol.tasks[task.task].spec.only_if else f": {task.why}."


def waits_for_guests(protocol: Protocol, task: DueTask) -> bool:
    """Whether an optional task is due because somebody is expected beside the patient."""
    if task.required:
        return False
    guards = protocol.only_if(protocol.tasks[task.task])
    return any(m.kind == "participant" for guard in guards for c in guard.conditions() for m in c.mentions)


def _guests(scene: _Scene) -> Iterator[Line]:
    """What comes before somebody joins; it stands in the plan as well."""
    for task in scene.due:
        if task.first and waits_for_guests(scene.protocol, task):
            yield _guests_line(scene, task)


def _guests_line(scene: _Scene, task: DueTask) -> Line:
    """Who is coming, by title and never by name, and what comes before they do."""
    booked = timing.next_booked(scene.course, scene.on)
    known = scene.protocol.spec.participants
    titles = [first_lower(known[who].title) for who in (booked.present if booked else ()) if who in known]
    values = {"task": task.task, "focus": task.focus, "why": task.why}
    if not titles:
        return Line("task_first", "Somebody may join. First: ", task.path, values, first_lower(task.do), ".")
    done = seen_to(scene.course, task)
    if done is None:
        return Line(
            "task_first", f"Coming today: {listed(titles)}. First: ", task.path, values, first_lower(task.do), "."
        )
    told = f"Coming today: {listed(titles)}. On record of {dated(done, scene.on)}: "
    return Line("task_first_done", told, task.path, {"why": task.why}, first_lower(task.do), ".")


def seen_to(course: Course, task: DueTask) -> date | None:
    """The day a task was done for the session that is next: after the last that was held."""
    last = course.last_held
    days = [
        t.on for t in course.tasks
        if t.task == task.task and t.how == "done" and (last is None or t.on > last.on) and t.session == ""
    ]  # fmt: skip
    return days[-1] if days else None


def _late_tasks(scene: _Scene) -> Iterator[Line]:
    for task in scene.due:
        if task.late and task.task not in scene.planned and not task.first:
            yield Line("task_late", "Late: ", task.path, {"task": task.task, "focus": task.focus}, task.do, ".")


# -- what must be done by now ------------------------------------------------------------------------------------


SOON = 2
"""Sessions before the deadline from which the ending stands among the first lines: a decision of this project."""


def naming(protocol: Protocol, course: Course) -> Naming:
    """Whether the ending has to be named now, or may be; empty when it is named already, or it is not time.

    Where the running order names the task for it, it is time in that session, and later while it stays due.
    """
    announce = protocol.spec.termination.announce
    by = announce.by.number(timing.contracted(course)) if announce else None
    if announce is None or by is None or course.announced is not None:
        return ""
    order = RunningOrder(protocol, course) if protocol.spec.sessions else None
    if order is not None and announce.task in order.named:
        return "now" if order.asked(protocol.tasks[announce.task]) is not None else ""
    number = timing.sessions_used(course) + 1
    if number >= by:
        return "now"
    return "soon" if number >= by - SOON else ""


def _by_now(scene: _Scene) -> Iterator[Line]:
    number = timing.sessions_used(scene.course) + 1
    total = timing.contracted(scene.course)
    announce = scene.protocol.spec.termination.announce
    left = timing.sessions_left(scene.course)
    if scene.ending == "now":
        told = f"Name the ending today: {counted(left or 0, 'session')} left, today included."
        yield Line("announce_now", told, "termination.announce", {"left": left})
    elif scene.ending and announce:
        by = announce.by.number(total)
        told = f"Name the ending by session {by}; today is not too early."
        yield Line("announce_soon", told, "termination.announce", {"left": left, "session": by})
    for task in scene.due:
        place = scene.protocol.tasks[task.task].spec.by
        if place and not task.late and task.task not in scene.planned and place.number(total) == number:
            yield Line("task_by_now", "Today: ", task.path, {"task": task.task, "focus": task.focus}, task.do, ".")


def _calendar(scene: _Scene) -> Iterator[Line]:
    """That the calendar has stopped, and dates that were expected by now."""
    told = stop_told(scene.protocol, scene.course, scene.facts)
    if told:
        yield Line("calendar_stopped", f"{told}.", "calendar")
    for name, asked in dates_passed(scene.protocol, scene.course, scene.on):
        yield Line("date_passed", asked, f"facts.{name}", {"fact": name})


def _plan(scene: _Scene) -> Iterator[Line]:
    """A plan that is not chosen where one is worked on, and a component that may be finished."""
    missing = not_chosen(scene.protocol, scene.course, scene.facts)
    if missing:
        yield Line("plan_not_chosen", missing, "plan")
    for code, told, path in finish_early(scene.protocol, scene.facts):
        current = scene.facts.plan.current
        yield Line(code, told, path, {"component": current.name if current else ""})


def _facts_due(scene: _Scene) -> Iterator[Line]:
    for name, fact in scene.protocol.spec.facts.items():
        if fact.ask is None or fact.kept_from_therapist:
            continue
        if _must_be_asked(scene.protocol, scene.course, name, fact.ask):
            continue
        asked = [f.on for f in scene.course.facts if f.fact == name]
        if asked and not fact.ask.recurs:
            continue
        if _asked_again(scene.protocol, scene.course, scene.on, fact.ask, asked, []):
            told = f"Record: {fact.title}."
            fold = _begun(scene.protocol, scene.course, fact.ask)
            yield Line("fact_due", told, f"facts.{name}", {"fact": name}, fold=fold)


def _asked_again(
    protocol: Protocol, course: Course, on: date, rhythm: Rhythm, days: Sequence[date], sessions: Sequence[str]
) -> bool:
    """Whether something is asked for next session, given the days and the sessions it was asked in."""
    if rhythm.interval is None:
        return is_due(rhythm, course, sessions)
    return due_by(protocol, course, on, rhythm.interval, days) is not None


def _begun(protocol: Protocol, course: Course, rhythm: Rhythm) -> bool:
    """Whether it was due at the start and the first phase is over: still open, but no longer for the first screen."""
    return rhythm.start and course.phase != protocol.spec.start


def _checklists(scene: _Scene) -> Iterator[Line]:
    for name, spec in scene.protocol.spec.checklists.items():
        done = [c.on for c in scene.course.checklists if c.checklist == name]
        sessions = [a.id for a in scene.course.appointments if a.on in done]
        open_ones = [q for q in spec.items if _question_open(scene, name, q, spec.ask)]
        if open_ones and (spec.ask.interval or is_due(spec.ask, scene.course, [] if spec.ask.start else sessions)):
            left = "to be answered again" if spec.ask.interval and done else "not answered"
            asked = f"{len(open_ones)} of {len(spec.items)} {left}; next: {spec.items[open_ones[0]].text}"
            told = f"{spec.title}: {asked if asked.endswith(('.', '?')) else f'{asked}.'}"
            fold = _begun(scene.protocol, scene.course, spec.ask)
            yield Line("checklist", told, f"checklists.{name}", {"checklist": name}, fold=fold)


def _question_open(scene: _Scene, checklist: str, question: str, rhythm: Rhythm) -> bool:
    """Whether a question of a checklist is to be answered; by the calendar, it is asked again."""
    if rhythm.interval is None:
        return scene.facts.checked(checklist, question) is None
    lists = [c for c in scene.course.checklists if c.checklist == checklist]
    answered = [c.on for c in lists if c.answers.get(question) is not None]
    return due_by(scene.protocol, scene.course, scene.on, rhythm.interval, answered) is not None


def _contacts(scene: _Scene) -> Iterator[Line]:
    yield from contact_lines(scene.protocol, scene.course, scene.facts)


def _booked_but_out(scene: _Scene) -> Iterator[Line]:
    yield from participants.booked_but_out(scene.protocol, scene.course, scene.facts)


def _wanted(scene: _Scene) -> Iterator[Line]:
    yield from participants.wanted(scene.protocol, scene.course, scene.facts)


def _may_come(scene: _Scene) -> Iterator[Line]:
    yield from participants.may_come(scene.protocol, scene.course, scene.facts)


# -- what cannot be told -----------------------------------------------------------------------------------------


def _cannot_tell(scene: _Scene) -> Iterator[Line]:
    """Review alerts that a gap in the record leaves open; a reading not yet due is no gap."""
    for name, alert in scene.protocol.spec.alerts.items():
        parts = (part for guard in scene.protocol.at("alerts", name, "raise_if") for part in guard.enough)
        open_ones = (part for part in parts if part.answer(scene.facts) is Truth.UNKNOWN)
        for gap in dict.fromkeys(_gap(scene, part) for part in open_ones):
            if gap:
                told = f"Cannot tell: {alert.title[0].lower()}{alert.title[1:]} ({gap})."
                yield Line("cannot_tell", told, f"alerts.{name}", {"alert": name})


def _gap(scene: _Scene, guard: Guard) -> str:
    """What is missing from the last reading that the condition speaks of; empty when nothing is."""
    measures = {m.of or m.name for c in guard.conditions() for m in c.mentions if m.kind in ("measure", "item")}
    for name in scene.protocol.measures:
        taken = [r for r in scene.course.readings if r.measure == name]
        if name not in measures or not taken:
            continue
        label = scene.protocol.measures[name].label
        if taken[-1].total is None:
            return f"the last {label} has no total"
        last = scene.course.last_held
        interval = scene.protocol.spec.measures[name].due.interval
        if interval is not None and last is not None and interval.after(taken[-1].on) > last.on:
            continue
        if last is not None and scene.facts.taken_in_last_session(name) is False and taken[-1].on < last.on:
            return f"no {label} in session {last.number}"
    return ""


_RANKED: tuple[Callable[[_Scene], Iterator[Line]], ...] = (
    _risk, _imported,
    _risk_measures, _risk_questions,
    _paused, _left_group,
    _measures, _booked_but_out, _guests, _wanted, _reminders, _unrecorded, _missed, _group, _first_tasks, _reviews,
    _calendar, _approvals, _by_now, _plan, _questions, _late_tasks, _cannot_tell, _contacts, _checklists,
    _facts_due, _may_come,
)  # fmt: skip
