"""A handle for one person that reads and cannot write: everything it tells is told without what is kept from the role.

It answers for courses, lists and groups as `Clinic` does and has none of its acts, so a type checker finds a program
that would write through it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from iptengine.course.codec import as_told
from iptengine.course.course import Course
from iptengine.course.events import Event
from iptengine.course.groups import Group
from iptengine.course.hiding import Sight
from iptengine.course.stamp import Actor
from iptengine.course.ways import Way, ways
from iptengine.engine.answers import UnknownProtocol
from iptengine.engine.groups import group_agenda_of, group_of, in_group
from iptengine.engine.handing_over import RECORD_SCHEMA, line_of
from iptengine.engine.held import Held
from iptengine.engine.lists import Lists, Questions
from iptengine.engine.records import History, Records
from iptengine.protocol.protocol import Protocol
from iptengine.store.port import StoreError

if TYPE_CHECKING:
    from iptengine.render.agenda import Agenda, Audience, Detail, Occasion
    from iptengine.render.group_page import GroupPage
    from iptengine.render.messages import Message


class CourseQuestions(ABC):
    """What can be asked about one course, of a `Clinic` or of a `Reader`; what is kept from the role is left out."""

    @property
    @abstractmethod
    def _reads_as(self) -> str:
        """The role it is told to."""

    @abstractmethod
    def _open(self, course: str) -> tuple[Protocol, Course]: ...

    def ways(self, course: str, *, on: date) -> tuple[Way, ...]:
        """What can be said to a course on a day: what is open with its fields, what is blocked and by what."""
        protocol, found = self._open(course)
        return ways(protocol, found, on=on, role=self._reads_as)

    def agenda(
        self,
        course: str,
        *,
        on: date,
        audience: Audience = "therapist",
        language: str = "en",
        detail: Detail = "usual",
        occasion: Occasion = "session",
        templates: Mapping[str, str] | None = None,
        service: Mapping[str, str] | None = None,
        contact: str = "",
    ) -> Agenda:
        """What the next session should hold, for one audience, as a page: html, text, markdown or JSON.

        Args:
            course: Its id.
            on: The day the page is made for.
            audience: therapist or patient; the patient's page names no person, area, stage, score or alert.
            language: The language of the page.
            detail: brief, usual or trainee; for the therapist.
            occasion: session, missed (the week the patient does not come) or last (nobody planned it to be),
                or contact (a meeting or message outside the count; for the therapist).
            contact: The contact whose page it is, by its name in the protocol; with the occasion contact.
            templates: Sections written anew, by name.
            service: What the patient's page says of the service: ``phone`` and ``help``.

        Raises:
            UnknownProtocol: The course's protocol is not here, so there is no page; its `alerts` need somebody.
            StoreError: The course does not open, or the store failed, so there is no page; its `alerts` need somebody.
        """
        from iptengine.render import agenda

        protocol, found = self._open(course)
        return agenda(
            protocol, found, on=on, audience=audience, language=language, detail=detail, occasion=occasion,
            templates=templates, service=service, contact=contact, role=self._reads_as,
        )  # fmt: skip

    def message(self, course: str, contact: str, *, on: date) -> Message:
        """The message of a contact outside the count as prepared text. Nothing is ever sent from here.

        Args:
            course: Its id.
            contact: The contact, by its name in the protocol; one with a text.
            on: The day the message is prepared for.

        Raises:
            Refused: Somebody it is for stays out, or it is not known whether they do; a clinician may go on by
                `Deviate(PrepareMessage(contact), because=...)`, and ask again. Or there is no such message.
            UnknownProtocol: The course's protocol is not here.
        """
        from iptengine.render import message

        protocol, found = self._open(course)
        return message(protocol, found, contact, on=on, role=self._reads_as)


class Reader(Questions, CourseQuestions):
    """The courses of a clinic as one person may see them. Made by `Clinic.reader`; it records nothing.

    Attributes:
        actor: Who reads, and in which role.

    Example:
        >>> from datetime import date
        >>> import iptengine as ipt
        >>> clinic = ipt.Clinic(ipt.MemoryStore(), [ipt.load("ipt-adult")])
        >>> day = date(2026, 3, 3)
        >>> _ = clinic.start("ipt-adult", by=ipt.Actor("u17", role="therapist"), on=day, course="a")
        >>> assessor = clinic.reader(ipt.Actor("u31", role="assessor"))
        >>> assessor.course("a").phase, hasattr(assessor, "do")
        ('initial', False)
    """

    def __init__(self, records: Records, held: Held, actor: Actor, today: Callable[[], date]) -> None:
        self._records = records
        self._held = held
        self._pinned = held.pinned
        self._today = today
        self.actor = actor

    def __repr__(self) -> str:
        return f"<Reader as {self.actor.role}>"

    # One course

    def course(self, course: str, *, version: int | None = None) -> Course:
        """The course as it stands, or as it stood after its first `version` events.

        Raises:
            UnknownCourse: There is no such course, or it has not come to that version.
        """
        return self._sight(self._history(course).at(version)).course()

    def events(self, course: str) -> tuple[Event, ...]:
        """Everything recorded in a course, in order; of an answer that is kept from this role, that it is there."""
        history = self._history(course)
        return self._sight(history.course).events(history.events)

    def export(self, course: str) -> str:
        """Everything recorded in a course as the text of a file to read, without what is kept from this role.

        JSON Lines: a head that says for which role it was written, then each event. Of an answer that is kept it says
        that there is one. It is no course that could be imported: `export_course` writes that, the whole of it, for
        those who hold the store.

        Raises:
            UnknownCourse: There is no such course.
        """
        history = self._history(course)
        told = self._sight(history.course).events(history.events)
        head = {
            "schema": RECORD_SCHEMA, "course": course, "version": len(told), "protocol": history.course.protocol,
            "told_to": self.actor.role, "whole": told == history.events, "importable": False,
        }  # fmt: skip
        return "".join(f"{line_of(line)}\n" for line in (head, *map(as_told, told)))

    # All courses

    def _lists(self) -> Lists:
        return Lists(self._records, self._held, self._today, self.actor.role)

    # Groups

    def group(self, group: str) -> Group:
        """Who is in a group, who leads it, and when it has met; see `Clinic.group`."""
        return group_of(self._records, group)

    def group_agenda(self, group: str, *, on: date) -> GroupPage:
        """What the next session of a group should hold; see `Clinic.group_agenda`."""
        try:
            return group_agenda_of(self._records, self._pinned, group, on, self.actor.role)
        except UnknownProtocol as unknown:
            seen = (self._sight(course).course() for course in in_group(self._records, group))
            told = {(alert.course, alert.id): alert for course in seen for alert in course.open_risk_alerts}
            alerts = [told[alert.course, alert.id] for alert in unknown.alerts]
            raise UnknownProtocol(unknown.protocol, unknown.digest, str(unknown), alerts) from None

    # Reading

    @property
    def _reads_as(self) -> str:
        return self.actor.role

    def _open(self, course: str) -> tuple[Protocol, Course]:
        found = self._history(course).course
        try:
            return self._pinned(found), found
        except UnknownProtocol as unknown:
            alerts = self._sight(found).course().open_risk_alerts
            raise UnknownProtocol(unknown.protocol, unknown.digest, str(unknown), alerts) from None

    def _history(self, course: str) -> History:
        """A course and everything recorded in it; of one that does not open, its alerts as this role may see them."""
        try:
            return self._records.history(course)
        except StoreError as shut:
            left = Course(course, alerts=shut.alerts, unopened=str(shut))
            shut.alerts = self._sight(left).course().open_risk_alerts
            raise

    def _sight(self, course: Course) -> Sight:
        return Sight(self._held.known(course), course, self.actor.role)


__all__ = ["CourseQuestions", "Reader"]
