"""Plays a vignette: says each happening to the engine, folds what comes of it, and compares it with what is expected.

Pure once the vignette is read: ids come from the names in the file, times from its days.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from iptengine.authoring.vignette import Vignette, VignetteSpec, check_vignette
from iptengine.authoring.vignette_expected import Expect, ExpectAgenda, ExpectContact, ExpectWays
from iptengine.authoring.vignette_told import Happening, Who
from iptengine.course import commands as c
from iptengine.course.course import Course
from iptengine.course.decide import decide
from iptengine.course.events import AlertRaised, Event, SessionHeld, SessionMissed
from iptengine.course.evolve import fold
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Actor, Stamp
from iptengine.course.ways import Way
from iptengine.diagnostics import Path, ProtocolError
from iptengine.protocol.fields import Model
from iptengine.protocol.protocol import Protocol, Reason
from iptengine.testing.figures import Scene, SeenAgenda, final_figures, seen, seen_agenda
from iptengine.testing.follow_play import beginning
from iptengine.testing.named_ways import seen_ways
from iptengine.testing.report import Difference, told, word
from iptengine.testing.script import NoSuchAlert, command_id, script
from iptengine.testing.seen_contacts import SeenContact, seen_contact

Folder = str | os.PathLike[str]
HOUR = 17
"""The hour of the day, in UTC, at which a happening is recorded."""
START = "start"


@dataclass(frozen=True, slots=True, repr=False)
class Step:
    """One happening as it was played.

    Attributes:
        name: Its name in the vignette.
        on: Its day.
        before: The course before it.
        after: The course after it.
        events: What it recorded.
        refused: The requests that were refused, by the key that made them.
        differences: Where it went otherwise than expected.
        member: Whose course it is, in a vignette with members; the name then ends with it.
    """

    name: str
    on: date
    before: Course
    after: Course
    events: tuple[Event, ...]
    refused: Mapping[str, Refused]
    differences: tuple[Difference, ...]
    member: str = ""

    def __repr__(self) -> str:
        return f"<Step {self.name}: {len(self.events)} events, {len(self.differences)} differences>"

    @property
    def session(self) -> int | None:
        """The number of the session that was held, or used up unheld, in it."""
        found = [e.number for e in self.events if isinstance(e, SessionHeld | SessionMissed) and e.number]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True, repr=False)
class Played:
    """A vignette as it was played.

    Attributes:
        course: The course at the end, or where playing stopped.
        events: Everything recorded, in order.
        steps: One for each happening that was played.
        differences: Every difference, in the order of playing; empty when all is as expected.
        courses: The course of each member, in a vignette that has members; `course` is then that of the first.
    """

    course: Course
    events: tuple[Event, ...]
    steps: tuple[Step, ...]
    differences: tuple[Difference, ...]
    courses: Mapping[str, Course] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Played {len(self.steps)} happenings, {len(self.differences)} differences>"

    @property
    def report(self) -> str:
        """Every difference in words, one a line; empty when there is none."""
        return told(self.differences)

    def of(self, member: str) -> Played:
        """The course of one member, in a vignette with members.

        Raises:
            LookupError: It has no such member.
        """
        if member not in self.courses:
            known = ", ".join(self.courses)
            raise LookupError(f"this vignette has the members {known}" if known else "this vignette has no members")
        steps = tuple(step for step in self.steps if step.member == member)
        mine = {step.name for step in steps}
        events = tuple(event for step in steps for event in step.events)
        differences = tuple(difference for difference in self.differences if difference.happening in mine)
        return Played(self.courses[member], events, steps, differences)

    def before(self, session: int) -> tuple[Course, date]:
        """The course as it stood before the session of that number, and the day of that session.

        Raises:
            LookupError: No session of that number was played.
        """
        for step in self.steps:
            if step.session == session:
                return step.before, step.on
        numbers = ", ".join(str(step.session) for step in self.steps if step.session)
        raise LookupError(f"this vignette has no session {session}; it has {numbers or 'none'}")


def play(
    vignette: Vignette, protocol: Protocol, *, until: int | str | None = None, folders: Sequence[Folder] = ()
) -> Played:
    """The course that `vignette` tells under `protocol`, and every difference from what it expects.

    Args:
        vignette: A vignette that was read.
        protocol: The protocol it speaks of, or one that has the same names.
        until: Stop before the session of this number, or before the happening of this name.
        folders: Where the protocol of a course that this one follows is looked up, beside the shipped ones.

    Raises:
        ProtocolError: The vignette names something the protocol does not have.
        LookupError: There is no such session or happening to stop before.
    """
    wrong = check_vignette(vignette, protocol)
    if wrong:
        raise ProtocolError(wrong)
    if vignette.spec.members:
        from iptengine.testing.group_play import play_group

        return play_group(vignette, protocol, until=until, folders=folders)
    playing = Playing(vignette, protocol, folders)
    steps: list[Step] = []
    for name in vignette.spec.happenings:
        if until == name:
            return playing.played(steps)
        step = playing.step(name)
        if until is not None and step.session == until:
            return playing.played(steps)
        steps.append(step)
    if until is not None:
        raise LookupError(f"this vignette has no session or happening '{until}'")
    return playing.played(steps, at_end=True)


def first_difference(vignette: Vignette, protocol: Protocol) -> Difference | None:
    """The first thing that goes otherwise than `vignette` expects under `protocol`; playing stops there.

    Raises:
        ProtocolError: The vignette names something the protocol does not have.
    """
    wrong = check_vignette(vignette, protocol)
    if wrong:
        raise ProtocolError(wrong)
    if vignette.spec.members:
        return next(iter(play(vignette, protocol).differences), None)
    playing = Playing(vignette, protocol)
    steps: list[Step] = []
    for name in vignette.spec.happenings:
        steps.append(playing.step(name))
        if steps[-1].differences:
            return steps[-1].differences[0]
    return next(iter(playing.played(steps, at_end=True).differences), None)


def stamp_of(happening: str, key: str, on: date, recorded: date, who: Who) -> Stamp:
    """The stamp of what a key of a happening says: its id, its day, when it was recorded and by whom."""
    at = datetime(recorded.year, recorded.month, recorded.day, HOUR, tzinfo=UTC)
    return Stamp(command_id(happening, key), on, at, Actor(who.id, role=who.role))


class Playing:
    """One vignette being played."""

    def __init__(self, vignette: Vignette, protocol: Protocol, folders: Sequence[Folder] = ()) -> None:
        self.vignette, self.protocol = vignette, protocol
        self.spec: VignetteSpec = vignette.spec
        self.begun: tuple[Event, ...] = ()
        self.course = Course(vignette.course_id)
        for key, command in beginning(vignette, protocol, folders):
            new = self._say(START, key, command, self.course, self.spec.start)
            self.begun = (*self.begun, *new)
            self.course = fold(self.course, new)

    # -- saying ----------------------------------------------------------------------------------

    def _say(self, happening: str, key: str, command: c.Command, course: Course, on: date) -> tuple[Event, ...]:
        who, when = self.spec.by, on
        if happening in self.spec.happenings:
            found = self.spec.happenings[happening]
            who, when = found.by or who, found.recorded or on
        return decide(self.protocol, course, command.stamped(stamp_of(happening, key, on, when, who)))

    def step(self, name: str) -> Step:
        """Play one happening and compare."""
        happening, on, before = self.spec.happenings[name], self.spec.day(name), self.course
        events: list[Event] = []
        refused: dict[str, Refused] = {}
        absent: list[NoSuchAlert] = []
        for line in script(happening, lambda: self.course):
            if isinstance(line, NoSuchAlert):
                absent.append(line)
                continue
            key, command = line
            try:
                new = self._say(name, key, command, self.course, on)
            except Refused as no:
                refused[key] = no
                continue
            events += new
            self.course = fold(self.course, new)
        step = Step(name, on, before, self.course, tuple(events), refused, ())
        compared = (*self._absent(name, absent), *_Comparing(self.vignette, self.protocol, step).differences())
        return replace(step, differences=compared)

    def _absent(self, name: str, lines: Sequence[NoSuchAlert]) -> Iterator[Difference]:
        for line in lines:
            path: Path = ("happenings", name, line.key, line.code)
            span = self.vignette.span(path)
            yield Difference(span, name, (line.key, line.code), line.wanted, "none")

    def played(self, steps: Sequence[Step], at_end: bool = False) -> Played:
        course = steps[-1].after if steps else fold(Course(self.vignette.course_id), self.begun)
        found = [difference for step in steps for difference in step.differences]
        if at_end and self.spec.expect_summary is not None:
            figures = final_figures(self.protocol, course)
            compare = _Against(self.vignette, "", ("expect_summary",))
            found += compare.model(self.spec.expect_summary, figures, ("expect_summary",))
        events = (*self.begun, *(event for step in steps for event in step.events))
        return Played(course, events, tuple(steps), tuple(found))


# -- comparing ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Against:
    """Compares what a part of the file expects with what was found, name by name."""

    vignette: Vignette
    happening: str
    base: Path

    def difference(self, path: Path, expected: object, found: object) -> Difference:
        at = (*self._prefix(), *path)
        return Difference(self.vignette.span(at), self.happening, path, word(expected), word(found))

    def _prefix(self) -> Path:
        return ("happenings", self.happening) if self.happening else ()

    def model(self, expected: Model, found: object, path: Path) -> Iterator[Difference]:
        """Everything the file sets in a part, against the same names in `found`."""
        for name in type(expected).model_fields:
            if name in expected.model_fields_set:
                given = found.get(name) if isinstance(found, Mapping) else None
                yield from self.value(getattr(expected, name), given, (*path, name))

    def value(self, expected: object, found: object, path: Path) -> Iterator[Difference]:
        if isinstance(expected, Model):
            yield from self.model(expected, found, path)
        elif isinstance(expected, Mapping) and expected and path[-1] != "missed":
            for name, part in expected.items():
                given = found.get(name) if isinstance(found, Mapping) else None
                yield from self.value(part, given, (*path, name))
        elif expected != found:
            yield self.difference(path, expected, found)


class _Comparing:
    """What one happening expects, against what came of it."""

    def __init__(self, vignette: Vignette, protocol: Protocol, step: Step) -> None:
        self.protocol, self.step = protocol, step
        self.happening: Happening = vignette.spec.happenings[step.name]
        self.expect = self.happening.expect or Expect.model_validate({})
        self.against = _Against(vignette, step.name, ("expect",))

    def differences(self) -> Iterator[Difference]:
        """Alerts, refusals and warnings always; everything else where it is expected."""
        step, expect = self.step, self.expect
        yield from self._counted("alerts", expect.alerts, [e.code for e in step.events if isinstance(e, AlertRaised)])
        yield from self._counted("warnings", expect.warnings, [w.code for e in step.events for w in e.warnings])
        yield from self._refusals()
        scene = Scene(self.protocol, step.after, step.on, step.events)
        for key in type(expect).model_fields:
            if key in expect.model_fields_set and key not in _OWN_WAY:
                yield from self.against.value(getattr(expect, key), seen(scene, key), ("expect", key))
        if expect.ways is not None:
            yield from self._ways(expect.ways, seen_ways(self.protocol, step.after, step.on), ("expect", "ways"))
        for name, contact in expect.contacts.items():
            found = seen_contact(self.protocol, step.after, name, step.on)
            yield from self._contact(contact, found, ("expect", "contacts", name))
        for key, course in (("agenda_before", step.before), ("agenda", step.after)):
            wanted: ExpectAgenda | None = getattr(expect, key)
            if wanted is not None:
                yield from self._agenda(wanted, seen_agenda(self.protocol, course, step.on), ("expect", key))

    def _counted(self, key: str, expected: Sequence[str], found: Sequence[str]) -> Iterator[Difference]:
        if Counter(expected) != Counter(found):
            yield self.against.difference(("expect", key), tuple(expected), tuple(found))

    def _refusals(self) -> Iterator[Difference]:
        wanted = self.expect.refused
        for key in dict.fromkeys((*wanted, *self.step.refused)):
            path: Path = ("expect", "refused", key)
            no = self.step.refused.get(key)
            if no is None:
                yield self.against.difference(path, dict(wanted[key]), "no refusal")
                continue
            yield from self._reasons(wanted.get(key, {}), no.reasons, path)

    def _reasons(self, wanted: Mapping[str, str], reasons: Sequence[Reason], path: Path) -> Iterator[Difference]:
        yield from self._answers(wanted, {reason.code: reason.answer for reason in reasons}, path)

    def _answers(self, wanted: Mapping[str, str], answers: Mapping[str, str], path: Path) -> Iterator[Difference]:
        loose = {code: answers[code] if how == "any" and code in answers else how for code, how in wanted.items()}
        if loose != answers:
            yield self.against.difference(path, dict(wanted), answers)

    def _ways(self, wanted: ExpectWays, found: Mapping[str, Way], path: Path) -> Iterator[Difference]:
        for name in wanted.open:
            if name not in found or not found[name].open:
                yield self.against.difference((*path, "open"), name, "shut" if name in found else "no such way")
        for name, reasons in wanted.shut.items():
            if name not in found or found[name].open:
                yield self.against.difference((*path, "shut", name), "shut", "open" if name in found else "no such way")
            else:
                yield from self._reasons(reasons, found[name].reasons, (*path, "shut", name))
        for name in wanted.none:
            if name in found:
                yield self.against.difference((*path, "none"), f"no way {name}", "that way")
        for name, approvals in wanted.needs.items():
            needs = tuple(one.approval for one in found[name].needs) if name in found else ()
            if approvals != needs:
                yield self.against.difference((*path, "needs", name), approvals, needs)
        for name, fields in wanted.choices.items():
            offered = found[name].fields if name in found else {}
            for key, choices in fields.items():
                if choices != tuple(offered.get(key, ())):
                    yield self.against.difference((*path, "choices", name, key), choices, tuple(offered.get(key, ())))

    def _contact(self, wanted: ExpectContact, found: SeenContact, path: Path) -> Iterator[Difference]:
        for key, text in (("has", found.page), ("message", found.message)):
            for words in getattr(wanted, key):
                if words not in text:
                    yield self.against.difference((*path, key), f'"{words}"', "no such text")
        for key, text in (("has_not", found.page), ("not_in_message", found.message)):
            for words in getattr(wanted, key):
                if words in text:
                    yield self.against.difference((*path, key), f'no "{words}"', "that text")
        if wanted.to is not None and wanted.to != found.to:
            yield self.against.difference((*path, "to"), wanted.to, found.to)
        if "refused" in wanted.model_fields_set:
            yield from self._answers(wanted.refused, found.refused, (*path, "refused"))

    def _agenda(self, wanted: ExpectAgenda, page: SeenAgenda, path: Path) -> Iterator[Difference]:
        for text in wanted.has:
            if not any(text in shown for shown in page.texts):
                yield self.against.difference((*path, "has"), f'"{text}"', "no such text")
        for text in wanted.has_not:
            if any(text in shown for shown in page.texts):
                yield self.against.difference((*path, "has_not"), f'no "{text}"', "that text")
        for task in wanted.due:
            if task not in page.due:
                yield self.against.difference((*path, "due"), task, page.due)
        for task in wanted.not_due:
            if task in page.due:
                yield self.against.difference((*path, "not_due"), f"{task} not due", page.due)
        for key in ("first", "steps", "minutes", "order", "also_due"):
            listed = getattr(wanted, key)
            if listed is not None and listed != getattr(page, key):
                yield self.against.difference((*path, key), listed, getattr(page, key))


_OWN_WAY = frozenset({"alerts", "warnings", "refused", "ways", "agenda_before", "agenda", "contacts"})
