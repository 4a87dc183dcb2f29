"""The shell around the pure core: it reads, asks the time, makes ids, decides, appends and answers.

`Clinic` is the one place that asks the time. It keeps nothing itself: every answer is read from the store, so
several clinics, threads and processes can share one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING
from uuid import uuid4

from iptengine.course.codec import BadInput, command_from_mapping, decode, encode
from iptengine.course.commands import Adopt, Command, Correct, Deviate, Start, as_mapping
from iptengine.course.course import Alert, Course
from iptengine.course.decide import decide
from iptengine.course.events import AlertRaised, CourseWarning, Event, Unreadable
from iptengine.course.evolve import fold
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Actor, Stamp
from iptengine.course.warnings import warnings
from iptengine.course.ways import Due, Way, due, ways
from iptengine.diagnostics import IptengineError, did_you_mean
from iptengine.group_clinic import GroupClinic
from iptengine.lasting_clinic import LastingClinic
from iptengine.protocol.ids import is_id, why_not_id
from iptengine.protocol.protocol import Protocol
from iptengine.store.port import StaleVersion, Store, StoreError

if TYPE_CHECKING:
    from iptengine.render.agenda import Agenda, Audience, Detail, Occasion
    from iptengine.render.messages import Message

TRIES = 50
"""How often a batch is decided anew because others wrote to the course meanwhile."""

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")


# -- answers -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, repr=False)
class Done:
    """What came of a batch of commands.

    Attributes:
        course: The course after it.
        events: What was recorded, in order.
        alerts: The alerts it raised, whatever else in it was refused.
        warnings: What the clinician should know: about what was recorded, then about where the course stands.
        refused: Every command that was not carried out, with its reasons.
    """

    course: Course
    events: tuple[Event, ...] = ()
    alerts: tuple[Alert, ...] = ()
    warnings: tuple[CourseWarning, ...] = ()
    refused: tuple[Refused, ...] = ()

    def __repr__(self) -> str:
        counts = f"{len(self.events)} events, {len(self.alerts)} alerts, {len(self.refused)} refused"
        return f"<Done {self.course.id} version {self.course.version}: {counts}>"


class Conflict(IptengineError):
    """The course moved on since the form was drawn; the requests in the batch were not carried out.

    Attributes:
        since: The events recorded after the version the form was drawn from, oldest first.
        done: What came of the reports in the batch: those are kept all the same, with their alerts.
    """

    def __init__(self, since: Iterable[Event], done: Done) -> None:
        self.since = tuple(since)
        self.done = done
        moved = f"the course has moved on by {len(self.since)} event(s) since this form was drawn"
        super().__init__(f"{moved}; its requests were not carried out, and {len(done.events)} event(s) were kept")


class CourseExists(Conflict):
    """A course of that id has begun already; `since` are its events, and nothing was recorded."""

    def __init__(self, since: Iterable[Event], done: Done) -> None:
        super().__init__(since, done)
        self.args = ("a course of that id has begun already; choose another id, or leave it out",)


class UnknownCourse(IptengineError):
    """There is no such course, or no such version of it. `course` is the id that was asked for."""

    def __init__(self, course: str, text: str = "") -> None:
        self.course = course
        name = f"'{course}'" if _is_course_id(course) else "that id"
        super().__init__(text or f"there is no course {name} in this store")


class UnknownProtocol(IptengineError):
    """This clinic does not hold the protocol that was named, or that a course is pinned to.

    Attributes:
        protocol: Its id, or id and version.
        digest: The digest a course is pinned to; empty when a course was to be started.
        alerts: The risk alerts of that course that no clinician has assessed: they need no protocol to be seen.
    """

    def __init__(self, protocol: str, digest: str, text: str, alerts: Iterable[Alert] = ()) -> None:
        self.protocol = protocol
        self.digest = digest
        self.alerts = tuple(alerts)
        super().__init__(text)


# -- the clinic --------------------------------------------------------------------------------------------------


def _now() -> datetime:
    return datetime.now().astimezone()


def _new_id() -> str:
    return uuid4().hex


class Clinic(GroupClinic, LastingClinic):
    """Courses in a store, under the protocols given.

    Args:
        store: Where the events live (`Store`); a transaction of the caller's stays the caller's.
        protocols: Loaded protocols. A course is matched to its own by digest, so keep those of running courses.
        clock: The time, with its zone; the day of a batch without one is the clock's.
        ids: Makes ids for courses and commands: small letters and digits, never the same twice.

    Example:
        >>> from datetime import date
        >>> import iptengine as ipt
        >>> from iptengine import commands as c
        >>> clinic = ipt.Clinic(ipt.MemoryStore(), [ipt.load("ipt-adult")])
        >>> anna = ipt.Actor("u17", role="therapist")
        >>> clinic.start("ipt-adult", by=anna, on=date(2026, 3, 3), course="a").course.phase
        'initial'
        >>> done = clinic.do("a", c.HoldSession(on=date(2026, 3, 3)), c.EnterPhase("ending"), by=anna)
        >>> [event.kind for event in done.events], [no.command for no in done.refused]
        (['session_held'], [<EnterPhase>])
    """

    def __init__(
        self,
        store: Store,
        protocols: Iterable[Protocol],
        *,
        clock: Callable[[], datetime] = _now,
        ids: Callable[[], str] = _new_id,
    ) -> None:
        self._store = store
        self._protocols = {protocol.digest: protocol for protocol in protocols}
        self._clock = clock
        self._ids = ids

    # Beginning

    def start(
        self,
        protocol: str,
        *,
        by: Actor,
        on: date,
        course: str | None = None,
        facts: Mapping[str, object] | None = None,
        called: str = "",
    ) -> Done:
        """Begin a course under a protocol, which it keeps.

        Args:
            protocol: Id, or id and version (``ipt-adult@1.0.0``) where there are several.
            by: Who says so.
            on: The day it begins.
            course: Its id: small letters and digits, in parts joined by ``-`` or ``_``. Left out, one is made.
            facts: What the protocol asks for at the start.
            called: How the pages name the patient; initials are best.

        Raises:
            UnknownProtocol: No such protocol here, or several.
            CourseExists: A course of that id has begun already.
            Refused: The facts make no sense under this protocol; nothing was recorded.
            BadInput: The id, the day or a fact is of the wrong sort.
        """
        return self._begin(self._named(protocol), (Start(called=called, facts=facts or {}),), by, on, course)

    def adopt(
        self,
        protocol: str,
        *,
        by: Actor,
        on: date,
        phase: str,
        sessions_used: int,
        focus: Sequence[str] = (),
        course: str | None = None,
        called: str = "",
    ) -> Done:
        """Take over a course already under way, without inventing its past; otherwise as `start`."""
        command = Adopt(phase, sessions_used, tuple(focus), called)
        return self._begin(self._named(protocol), (command,), by, on, course)

    def _begin(
        self, protocol: Protocol, commands: Sequence[Command], by: Actor, on: date, course: str | None
    ) -> Done:  # fmt: skip
        id = self._ids() if course is None else course
        _check_course_id(id)
        stamped = self._stamped(commands, by, on, None)
        if self._store.read(id):
            raise self._exists(id)
        batch = _decided(protocol, Course(id), stamped)
        if not batch.events:
            raise batch.refused[0]
        self._store.keep_protocol(protocol.digest, protocol.content)
        try:
            self._store.append(id, batch.texts, expected=0)
        except StaleVersion:
            raise self._exists(id) from None
        return _done(protocol, batch, on)

    def _exists(self, id: str) -> CourseExists:
        history = self._history(id)
        return CourseExists(history.events, Done(history.course))

    # Saying something to a course

    def do(
        self,
        course: str,
        *commands: Command,
        by: Actor,
        on: date | None = None,
        expected: int | None = None,
        key: str | None = None,
    ) -> Done:
        """Say something to a course: what happened, and what is asked for, in one batch.

        Every report is kept, in one append. A request that is refused stands in ``Done.refused`` and holds nothing
        back; each command is decided on the course as the ones before it have left it.

        Args:
            course: Its id.
            commands: What is said, in order.
            by: Who says so.
            on: The day the batch speaks of, for commands without one of their own. Left out, it is the day of the
                first command that has one, else the clock's.
            expected: The version the form was drawn from. When the course has moved on and the batch holds
                requests, the reports are recorded after what came between, and `Conflict` is raised.
            key: A name for this form, new for every form drawn. A batch posted again under its key records nothing:
                the answer is told once more, as far as it can be made again from what was recorded.

        Raises:
            UnknownCourse: There is no such course.
            UnknownProtocol: The protocol the course is pinned to is not here; nothing was recorded.
            Conflict: See `expected`; carries what was recorded since, and what came of the reports.
            BadInput: A field of a command is of the wrong sort; nothing was recorded.
            StoreError: The store failed; nothing was recorded.
        """
        stamped = self._stamped(commands, by, on, key)
        for _ in range(TRIES):
            history = self._history(course)
            protocol = self._pinned(history.course)
            before = _before(history, stamped) if key is not None else None
            if before is not None:
                return _told_again(protocol, history, before, stamped, expected)
            _check_new(history.course, stamped)
            try:
                return self._carried_out(protocol, history, stamped, expected)
            except StaleVersion:
                continue
        raise StoreError("others keep writing to the course; nothing of this batch was recorded, try again")

    def _carried_out(
        self, protocol: Protocol, history: _History, commands: Sequence[Command], expected: int | None
    ) -> Done:
        late = expected is not None and expected != history.course.version
        held_back = late and any(command.request for command in commands)
        given = [command for command in commands if not (held_back and command.request)]
        batch = _decided(protocol, history.course, given)
        if batch.events:
            self._store.append(history.course.id, batch.texts, expected=history.course.version)
        done = _done(protocol, batch, _day_of(commands))
        if held_back:
            raise Conflict(history.events[max(expected or 0, 0) :], done)
        return done

    def _stamped(self, commands: Sequence[Command], by: Actor, on: date | None, key: str | None) -> tuple[Command, ...]:
        """The commands, checked, each with its day, its id and who gave it."""
        if key is not None:
            self._checked_key(key)
        if on is not None and type(on) is not date:
            raise BadInput("on", "'on' must be a day, without a time")
        checked = [command_from_mapping(as_mapping(command)) for command in commands]
        at = self._time()
        day = on or next((found for command in checked if (found := _own_day(command))), at.date())
        ids = [f"{key}.{n}" if key is not None else self._ids() for n in range(1, len(checked) + 1)]
        return tuple(
            command.stamped(Stamp(id, _own_day(command) or day, at, by))
            for command, id in zip(checked, ids, strict=True)
        )

    def _checked_key(self, key: str) -> None:
        if not _KEY.fullmatch(key):
            raise BadInput("key", "a key holds letters, digits and . _ : - only, at most 100 of them")

    def _refusal(self, course: str, command: Command, by: Actor, on: date) -> Refused | None:
        """Why a command would be refused now; ``None`` when it would be carried out. Nothing is recorded."""
        protocol, found = self._open(course)
        batch = _decided(protocol, found, self._stamped((command,), by, on, None))
        return batch.refused[0] if batch.refused else None

    def _time(self) -> datetime:
        """The clock's time, with an offset in place of its zone: that is what can be written down."""
        at = self._clock()
        offset = at.utcoffset()
        if offset is None:
            raise BadInput("clock", "the clock must give the time with its time zone")
        return at.astimezone(timezone(timedelta(seconds=round(offset.total_seconds()))))

    # Asking

    def course(self, course: str, *, version: int | None = None) -> Course:
        """The course as it stands, or as it stood after its first `version` events.

        Raises:
            UnknownCourse: There is no such course, or it has not come to that version.
        """
        history = self._history(course)
        if version is None or version == history.course.version:
            return history.course
        if not 0 < version < history.course.version:
            text = f"there is no version {version} of that course; it stands at {history.course.version}"
            raise UnknownCourse(course, text)
        return fold(Course(course), history.events[:version])

    def events(self, course: str) -> tuple[Event, ...]:
        """Everything recorded in a course, in the order it was recorded."""
        return self._history(course).events

    def ways(self, course: str, *, on: date) -> tuple[Way, ...]:
        """What can be said to a course on a day: what is open with its fields, what is blocked and by what."""
        protocol, found = self._open(course)
        return ways(protocol, found, on=on)

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
        """
        from iptengine.render import agenda

        protocol, found = self._open(course)
        return agenda(
            protocol, found, on=on, audience=audience, language=language, detail=detail, occasion=occasion,
            templates=templates, service=service, contact=contact,
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
        return message(protocol, found, contact, on=on)

    def due(self, *, on: date, courses: Iterable[str] | None = None) -> tuple[Due, ...]:
        """What is due on a day, in all courses or in those named: alerts first, then by day.

        A course whose protocol is not here has one line that says so, and its open alerts.
        """
        found = [line for course in self._courses(courses) for line in self._due(course, on)]
        return tuple(sorted(found, key=lambda line: (line.kind != "alert", line.by is None, line.by or on)))

    def _due(self, course: Course, on: date) -> tuple[Due, ...]:
        try:
            protocol = self._pinned(course)
        except UnknownProtocol as unknown:
            alerts = [Due(course.id, "alert", alert.raised, alert.text) for alert in unknown.alerts]
            return (*alerts, Due(course.id, "review", None, str(unknown)))
        return due(protocol, course, on=on)

    def alerts(self, *, courses: Iterable[str] | None = None, closed: bool = False) -> tuple[Alert, ...]:
        """The alerts of all courses or of those named: what needs an assessment first, risk before review.

        Closed ones are left out unless asked for.
        """
        found = [a for course in self._courses(courses) for a in course.alerts if closed or a.state != "closed"]
        return tuple(sorted(found, key=lambda a: (not a.needs_assessment, a.level != "risk", a.raised)))

    # Reading

    def _history(self, course: str) -> _History:
        texts = self._store.read(course)
        if not texts:
            raise UnknownCourse(course)
        return _told(course, texts)

    def _open(self, course: str) -> tuple[Protocol, Course]:
        found = self._history(course).course
        return self._pinned(found), found

    def _courses(self, courses: Iterable[str] | None) -> Iterator[Course]:
        if courses is not None:
            yield from (self._history(course).course for course in dict.fromkeys(courses))
            return
        texts: dict[str, list[str]] = {}
        for _, course, text in self._store.feed():
            texts.setdefault(course, []).append(text)
        yield from (_told(course, found).course for course, found in texts.items())

    def _named(self, name: str) -> Protocol:
        found = [p for p in self._protocols.values() if name in (p.id, p.ref)]
        if len(found) == 1:
            return found[0]
        refs = sorted(p.ref for p in found or self._protocols.values())
        if found:
            text = f"there are several protocols of that name here: {', '.join(refs)}; name one version, with one text"
        else:
            known = [*refs, *(p.id for p in self._protocols.values())]
            text = f"this clinic does not hold that protocol; {did_you_mean(name, known) or 'it holds none'}"
        raise UnknownProtocol(name, "", text)

    def _pinned(self, course: Course) -> Protocol:
        found = self._protocols.get(course.digest)
        if found is not None:
            return found
        if course.started is None:
            text = "the beginning of this course cannot be read, so its protocol is not known"
        else:
            text = (
                f"this course keeps the protocol {course.protocol} it began with, and this clinic does not hold "
                f"that text of it (digest {course.digest[:12]}); give it to the clinic, too"
            )
        raise UnknownProtocol(course.protocol, course.digest, text, course.open_risk_alerts)


# -- how a batch is decided --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, repr=False)
class _History:
    course: Course
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, repr=False)
class _Batch:
    course: Course
    events: tuple[Event, ...]
    texts: tuple[str, ...]
    refused: tuple[Refused, ...]


def _told(course: str, texts: Iterable[str]) -> _History:
    events = tuple(decode(text) for text in texts)
    return _History(fold(Course(course), events), events)


def _decided(protocol: Protocol, course: Course, commands: Iterable[Command]) -> _Batch:
    """What comes of the commands, one after the other; a refused one holds none of the others back."""
    events: list[Event] = []
    texts: list[str] = []
    refused: list[Refused] = []
    for command in commands:
        try:
            written = [encode(event) for event in decide(protocol, course, command)]
        except Refused as no:
            # Without the frames it came through, which would keep the whole course alive, and show it in reports.
            refused.append(no.with_traceback(None))
            continue
        found = [_read_back(text) for text in written]
        course = fold(course, found)
        events += found
        texts += written
    return _Batch(course, tuple(events), tuple(texts), tuple(refused))


def _read_back(text: str) -> Event:
    """The event as it will be read: what is answered now is then the same as what is told later."""
    event = decode(text)
    if isinstance(event, Unreadable):
        raise StoreError(f"{event.why}; nothing of this batch was recorded")
    return event


def _done(protocol: Protocol, batch: _Batch, on: date | None) -> Done:
    raised = {event.id for event in batch.events if isinstance(event, AlertRaised)}
    told = [warning for event in batch.events for warning in event.warnings]
    stands = warnings(protocol, batch.course, on=on) if on is not None else ()
    return Done(
        course=batch.course,
        events=batch.events,
        alerts=tuple(alert for alert in batch.course.alerts if alert.id in raised),
        warnings=tuple(dict.fromkeys((*told, *stands))),
        refused=batch.refused,
    )


# -- a batch posted again ----------------------------------------------------------------------------------------


def _before(history: _History, commands: Iterable[Command]) -> int | None:
    """How many events came before this batch was recorded; ``None`` when it was not."""
    ids = {command.stamp.id for command in commands if command.stamp}
    return next((n for n, event in enumerate(history.events) if event.command in ids), None)


def _told_again(
    protocol: Protocol, history: _History, before: int, commands: Sequence[Command], expected: int | None
) -> Done:
    """The answer to a batch that was recorded before, with nothing recorded now.

    Its events are those on record. Its refusals are decided anew on the course as it was then; a request that was
    neither recorded nor refused was held back by a conflict, which is told again, too.
    """
    ids = {command.stamp.id for command in commands if command.stamp}
    mine = tuple(event for event in history.events if event.command in ids)
    recorded = {event.command for event in mine}
    then = fold(Course(history.course.id), history.events[:before])
    again = _decided(protocol, then, commands)
    refused = {id for no in again.refused if (id := _id(no.command)) not in recorded}
    batch = _Batch(history.course, mine, (), tuple(no for no in again.refused if _id(no.command) in refused))
    done = _done(protocol, batch, _day_of(commands))
    silent = {event.command for event in again.events} - recorded
    if any(command.request and _id(command) in silent for command in commands):
        since = history.events[before if expected is None else max(expected, 0) :]
        raise Conflict((event for event in since if event.command not in ids), done)
    return done


def _check_new(course: Course, commands: Iterable[Command]) -> None:
    """A command under an id that was answered before would be taken for answered, and what it reports be lost."""
    if any(_id(command) in course.seen for command in commands):
        raise BadInput("ids", "the ids made for this clinic repeat themselves; nothing of this batch was recorded")


def _id(command: Command) -> str:
    return command.stamp.id if command.stamp else ""


# -- small rules -------------------------------------------------------------------------------------------------


def _own_day(command: Command) -> date | None:
    """The day a command speaks of; for a deviation or a correction, that of the command inside it."""
    if command.on is None and isinstance(command, Deviate | Correct):
        return command.command.on
    return command.on


def _day_of(commands: Sequence[Command]) -> date | None:
    """The day the standing of the course is told for: the last one the batch speaks of."""
    return max((command.on for command in commands if command.on), default=None)


def _is_course_id(text: object) -> bool:
    """Whether `text` can be a course's id: as any id, and it may begin with a digit, as random ids do."""
    return is_id(text) or (isinstance(text, str) and text[:1].isdigit() and is_id(f"c{text}"))


def _check_course_id(text: str) -> None:
    if not _is_course_id(text):
        raise BadInput("course", f"a course cannot have this id: {why_not_id(text)}")
