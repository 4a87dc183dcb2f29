"""A course as a role may see it: the answers that are kept from the role are taken out before anything is computed.

Whatever is then made of the course (a page, a way, a line that is due) cannot show an answer it never had, nor change
with it: a condition on it cannot be told, and says so (law 2). Two things are not taken out. That there is an answer,
by whom and when, stays on view. And a risk alert is never hidden: the therapist reads it whole, every other role from
which its ground is kept reads that it is there (law 5).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from iptengine.course import events as e
from iptengine.course.alerting import RISK_ITEM
from iptengine.course.carrying import former_names
from iptengine.course.course import Alert, Correction, Course, changed
from iptengine.course.events import CourseWarning, Event
from iptengine.course.kept_codes import told_codes
from iptengine.course.unread_alerts import stands_in
from iptengine.protocol.protocol import Protocol

E = TypeVar("E", bound=Event)
THERAPIST = "therapist"
KEPT_RISK = (
    "A risk alert was raised; what it rests on is not shown to you, and the therapist's page says it. "
    "This needs a clinician's assessment today."
)
KEPT_REVIEW = "A review alert was raised; what it rests on is not shown to you."
KEPT_WARNING = "there is a warning here that rests on what is not shown to you"
_BY_DATE = frozenset({"calendar", "contacts", "phases"})
"""Parts of a protocol whose warnings may name a day that hangs on a date among the facts."""


@lru_cache(maxsize=1024)
def hidden_facts(protocol: Protocol, roles: frozenset[str]) -> frozenset[str]:
    """The facts that are kept from any of `roles`, however these are spelt: who is blinded stays so."""
    return frozenset(name for name, fact in protocol.spec.facts.items() if fact.kept_from(*roles))


def seen_by(protocol: Protocol, course: Course, role: str, *others: str) -> Course:
    """The course as `role` may see it, without what is kept from it or from one of the `others`."""
    return Sight(protocol, course, role, *others).course()


class Sight:
    """What one role may see of one course: the course, its events, one at a time.

    An answer to a fact that the protocol does not know (of a version the course has left) is kept from every role:
    nothing says any more from whom it was to be kept. Where the protocol itself is not here, every answer is.
    """

    def __init__(self, protocol: Protocol | None, course: Course, role: str, *others: str) -> None:
        self._protocol = protocol
        self._course = course
        self._role = role
        self._known = protocol.spec.facts if protocol is not None else {}
        self._facts = hidden_facts(protocol, frozenset((role, *others))) if protocol is not None else frozenset()

    @property
    def whole(self) -> bool:
        """Whether nothing is kept from this role: where no fact is, no alert can rest on one."""
        if self._facts or self._protocol is None:
            return False
        return {record.fact for record in _records(self._course)} <= self._known.keys()

    # -- what is kept; most roles may see the whole course, and nothing of this is asked for them

    @cached_property
    def _former(self) -> Mapping[str, str]:
        return former_names(self._course, "fact")

    @cached_property
    def _alerts(self) -> frozenset[str]:
        return frozenset(alert.id for alert in self._course.alerts if self._keeps_alert(alert.code, alert.level))

    @cached_property
    def _kept_whys(self) -> frozenset[str]:
        """The events of answers that are kept, those put right since included, and of assessments that rest on one.

        Why such a record was taken back may say what it held.
        """
        answers = (record.id for record in _records(self._course) if self._keeps(record))
        before = (one.was for one in self._course.corrections)
        moves = (*self._course.alert_moves, *(was for was in before if isinstance(was, e.AlertMoved)))
        return frozenset((*answers, *(move.id for move in moves if move.alert in self._alerts)))

    @cached_property
    def _said_with(self) -> frozenset[CourseWarning]:
        kept = (record for record in _records(self._course) if self._keeps(record))
        return frozenset(warning for record in kept for warning in record.warnings)

    def _keeps(self, record: e.FactRecorded) -> bool:
        names = {record.fact, self._former.get(record.fact, record.fact)}
        return bool(names & self._facts) or not names & self._known.keys()

    def _keeps_alert(self, code: str, level: str) -> bool:
        if code == RISK_ITEM or stands_in(code) or (level == "risk" and self._role == THERAPIST):
            return False
        if self._protocol is None:
            return True
        gone = bool(self._facts) and code not in self._protocol.spec.alerts
        return gone or self._rests_on(("alerts", code, "raise_if"))

    def _rests_on(self, path: tuple[str, ...]) -> bool:
        """Whether a condition at, above or below a path of the protocol speaks of a fact that is kept."""
        if self._protocol is None:
            return True
        return bool(self._facts) and not self._facts.isdisjoint(_spoken_of(self._protocol, path))

    def _keeps_warning(self, warning: CourseWarning) -> bool:
        if warning in self._said_with:
            return True
        path = tuple(warning.path.split("."))
        if path[0] == "facts" and self._protocol is not None:
            return path[1:2] != () and (path[1] in self._facts or path[1] not in self._known)
        if path[0] in _BY_DATE and any(self._known[name].type == "date" for name in self._facts):
            return True
        return bool(path[0]) and self._rests_on(path)

    # -- what is left

    def course(self) -> Course:
        """The course without what is kept from this role."""
        if self.whole:
            return self._course
        found: dict[str, Any] = {}
        for name, value in vars(self._course).items():
            if isinstance(value, tuple):
                found[name] = tuple(self._part(part) for part in value)
            elif isinstance(value, Event):
                found[name] = self.event(value)
        return changed(self._course, found)

    def _part(self, part: object) -> object:
        match part:
            case Event():
                return self.event(part)
            case Alert():
                return self.alert(part)
            case CourseWarning():
                return self.warning(part)
            case Correction(was=Event() as was):
                return replace(part, was=self.event(was), because=self._because(was, part.because))
            case _:
                return part

    def _because(self, was: Event, because: str) -> str:
        return "" if was.id in self._kept_whys else because

    def events(self, events: Iterable[Event]) -> tuple[Event, ...]:
        """Events of this course without what is kept from this role."""
        return tuple(events) if self.whole else tuple(self.event(event) for event in events)

    def event(self, event: Event) -> Event:
        """The event; of an answer that is kept, only that there is one."""
        match event:
            case e.FactRecorded() if self._keeps(event):
                return replace(
                    event, value=None, hidden=event.hidden or event.value is not None, because="", warnings=()
                )
            case e.Withdrawn() | e.Voided() if not self._kept_whys.isdisjoint(_taken_out(event)):
                return replace(event, because="", warnings=tuple(self.warning(one) for one in event.warnings))
            case e.AlertRaised() if event.id in self._alerts or self._keeps_alert(event.code, event.level):
                return replace(event, text=_kept_text(event.level), do="", warnings=())
            case e.AlertMoved() if event.alert in self._alerts:
                return replace(event, found="", plan="", because="", warnings=())
            case e.Deviated():
                return replace(self._warned(event), overridden=self._told(event.overridden))
            case e.Unreadable() if self._facts or self._protocol is None:
                return replace(event, stored="")
            case _:
                return self._warned(event)

    def _warned(self, event: E) -> E:
        if not any(self._keeps_warning(one) for one in event.warnings):
            return event
        return replace(event, warnings=tuple(self.warning(one) for one in event.warnings))

    def _told(self, overridden: tuple[str, ...]) -> tuple[str, ...]:
        """The conditions that were passed over, without those that may rest on what is kept.

        Of a course that has moved, none: what they were called before may be something else by now.
        """
        if self._protocol is None or self._course.moves:
            return ()
        known = told_codes(self._protocol, self._facts)
        return tuple(code for code in overridden if code in known)

    def alert(self, alert: Alert) -> Alert:
        """The alert; where what it rests on is kept, only that it is there."""
        if alert.id not in self._alerts:
            return alert
        return replace(alert, text=_kept_text(alert.level), do="", found="", plan="")

    def warning(self, warning: CourseWarning) -> CourseWarning:
        """The warning; where it rests on what is kept, only that there is one."""
        return CourseWarning(warning.code, KEPT_WARNING, warning.path) if self._keeps_warning(warning) else warning


def _taken_out(event: e.Withdrawn | e.Voided) -> tuple[str, ...]:
    return event.events if isinstance(event, e.Voided) else (event.corrects,)


def _kept_text(level: str) -> str:
    return KEPT_RISK if level == "risk" else KEPT_REVIEW


def _records(course: Course) -> tuple[e.FactRecorded, ...]:
    """Every answer to a fact that the course still holds, those put right since included."""
    if not course.corrections:
        return course.facts
    before = (one.was for one in course.corrections)
    return (*course.facts, *(was for was in before if isinstance(was, e.FactRecorded)))


@lru_cache(maxsize=4096)
def _spoken_of(protocol: Protocol, path: tuple[str, ...]) -> Collection[str]:
    """The facts that the conditions at, above or below a path speak of."""
    found: set[str] = set()
    for where, guards in protocol.guards.items():
        for guard in guards:
            for written in (tuple(map(str, where)), tuple(map(str, guard.path))):
                n = min(len(written), len(path))
                if written[:n] == path[:n]:
                    found |= {m.name for one in guard.conditions() for m in one.mentions if m.kind == "fact"}
    return frozenset(found)


__all__ = ["KEPT_REVIEW", "KEPT_RISK", "KEPT_WARNING", "Sight", "hidden_facts", "seen_by"]
