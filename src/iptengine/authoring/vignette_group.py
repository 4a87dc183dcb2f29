"""What a vignette says of a group: members, joining, meeting, leaving, and what is expected of the group itself.

A vignette with ``members`` tells several courses. Each happening is told of the members under ``of``, or of all who
are in the group; `for_member` gives the happenings as one member's own course has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pydantic import Field

from iptengine.authoring.vignette_expected import Expect, ExpectGroup
from iptengine.authoring.vignette_refers import FactName
from iptengine.authoring.vignette_values import Day, Value
from iptengine.diagnostics import Path, did_you_mean
from iptengine.protocol.fields import Model, Name, Text, Words
from iptengine.protocol.parts import Status

if TYPE_CHECKING:
    from iptengine.authoring.vignette import VignetteSpec
    from iptengine.authoring.vignette_told import Happening

Found = tuple[Path, bool, str, str, str]


class MemberTold(Model):
    """A member of a group: one course of a vignette that tells several."""

    called: Text = Field(description="How the pages name the patient: initials are best")
    start: Day | None = Field(None, description="The day this course begins, when that is another")
    facts: Mapping[FactName, Value] = Field(default={}, description="Facts recorded at the start of this course")


class JoinTold(Model):
    """A course joins a group, or a group is formed of all the courses the happening is told of."""

    group: Name = Field("group", description="The name of the group; left out: the one there is")
    facilitators: Words = Field((), description="Who leads it; left out: those who lead it already")
    size: int | None = Field(None, description="How many members it then has; counted when the vignette has members")


class MeetingTold(Model):
    """That the session was one of the group."""

    group: Name = Field("group", description="The name of the group; left out: the one there is")
    facilitators: Words = Field((), description="Who led it; left out: those who lead the group")
    together: int | None = Field(None, description="How many members were there; counted when the vignette has members")
    absent: Mapping[Name, Status] = Field(default={}, description="Members that were not there, and how they missed it")


class LeaveTold(Model):
    """A course left its group."""

    because: Text = Field(description="Why")
    stay: int | None = Field(None, description="How many stay behind; counted when the vignette has members")


# -- the happenings of one member --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scene:
    """A happening of a vignette with members: whom it is told of, who is in the group before it, and how it is led."""

    name: str
    told: Happening
    of: tuple[str, ...]
    there: tuple[str, ...]
    group: str = "group"
    led: tuple[str, ...] = ()

    @property
    def to_the_group(self) -> bool:
        """Whether it is said to the group as such, and not to members by their names."""
        return not self.told.of and bool(self.there)


def scenes(spec: VignetteSpec) -> Iterator[Scene]:
    """The happenings in their order, with the members of the group as they come and go."""
    there: list[str] = []
    group = "group"
    led: tuple[str, ...] = ()
    for name, told in spec.happenings.items():
        of = _of(told, list(spec.members), there)
        scene = Scene(name, told, tuple(of), tuple(there), group, led)
        yield scene
        there = _after(told, of, there)
        group, led = _named(scene), _leaders(scene)


def by_member(spec: VignetteSpec) -> dict[str, dict[str, Happening]]:
    """The happenings of each member's own course, with the members of the group counted as they come and go."""
    found: dict[str, dict[str, Happening]] = {member: {} for member in spec.members}
    for scene in scenes(spec):
        for member in scene.of:
            found[member][scene.name] = _own(scene, member)
    return found


def _of(told: Happening, members: Sequence[str], there: Sequence[str]) -> list[str]:
    """Whom a happening is told of: as it says; who joins; who is in the group; before there is one, everybody."""
    if told.of:
        return [member for member in members if member in told.of]
    if _joining(told):
        return [member for member in members if member not in there]
    return [member for member in members if member in there] or list(members)


def _joining(told: Happening) -> JoinTold | None:
    return told.join or (told.deviate.request.join if told.deviate else None)


def _after(told: Happening, of: Sequence[str], there: Sequence[str]) -> list[str]:
    """Who is in the group after a happening; a joining that is expected to be refused joins nobody."""
    joined = [*there, *(m for m in of if m not in there)] if _joins(told) else list(there)
    gone = [member for member in of if _goes(told, member)]
    return [member for member in joined if member not in gone]


def _joins(told: Happening) -> bool:
    return _joining(told) is not None and not _refused(told.expect, "join")


def _goes(told: Happening, member: str) -> bool:
    """Whether a member leaves, or ends the course; an ending that is expected to be refused ends nothing."""
    expect = told.expect_of.get(member, told.expect)
    return (told.leave is not None and not _refused(expect, "leave")) or (
        told.end is not None and not _refused(expect, "end")
    )  # fmt: skip


def _refused(expect: Expect | None, key: str) -> bool:
    return expect is not None and any(name.endswith(key) for name in expect.refused)


def _named(scene: Scene) -> str:
    """The name of the group after a happening: as it was joined last."""
    joining = _joining(scene.told)
    return joining.group if joining is not None and _joins(scene.told) else scene.group


def _leaders(scene: Scene) -> tuple[str, ...]:
    """Who leads the group after a happening: as said last."""
    joining, meeting = _joining(scene.told), scene.told.group
    if joining is not None and _joins(scene.told) and joining.facilitators:
        return joining.facilitators
    return meeting.facilitators if meeting is not None and meeting.facilitators else scene.led


SAID_TO_ALL = ("contract", "chart", "announce", "enter", "end", "book")
"""What reaches a member who was absent, too: it is said to the group, and not done in its session."""


def _own(scene: Scene, member: str) -> Happening:
    """A happening as one member's course has it."""
    told = scene.told
    expect = told.expect_of.get(member, told.expect)
    if told.group is not None and member in told.group.absent:
        return _missed(scene, member)
    changes = {"of": (), "expect_of": {}, "expect_group": None, "expect": expect, **_counted(told, scene)}
    if told.deviate is not None:
        request = told.deviate.request
        counted = request.model_copy(update=_counted(request, scene))
        changes["deviate"] = told.deviate.model_copy(update={"request": counted})
    return told.model_copy(update=changes)


def _missed(scene: Scene, member: str) -> Happening:
    """What a member who was absent has of a session of the group: the miss, and what is said to the group."""
    told = scene.told
    assert told.group is not None
    counted = _counted(told, scene)
    of_all = {key: getattr(told, key) for key in SAID_TO_ALL}
    if "chart" in counted:
        of_all["chart"] = counted["chart"]
    own = {
        "on": told.on, "week": told.week, "recorded": told.recorded, "by": told.by,
        "status": told.group.absent[member], "group": counted["group"], "expect": told.expect_of.get(member),
    }  # fmt: skip
    return type(told).model_validate({}).model_copy(update={**own, **(of_all if scene.to_the_group else {})})


def _counted(told: Happening, scene: Scene) -> dict[str, object]:
    """The parts that say how many members there are, who leads them and which group it is, as far as left out."""
    of, there = scene.of, scene.there
    found: dict[str, object] = {}
    if told.join is not None:
        join: dict[str, object] = {} if told.join.size is not None else {"size": len({*of, *there})}
        if there and "facilitators" not in told.join.model_fields_set:
            join["facilitators"] = scene.led
        if there and "group" not in told.join.model_fields_set:
            join["group"] = scene.group
        found["join"] = told.join.model_copy(update=join)
    if told.group is not None:
        together = len([member for member in of if member not in told.group.absent])
        number = told.group.together if told.group.together is not None else together
        meeting: dict[str, object] = {"absent": {}, "together": number}
        if "facilitators" not in told.group.model_fields_set:
            meeting["facilitators"] = scene.led
        if "group" not in told.group.model_fields_set:
            meeting["group"] = scene.group
        found["group"] = told.group.model_copy(update=meeting)
    if told.leave is not None and told.leave.stay is None:
        found["leave"] = told.leave.model_copy(update={"stay": len([m for m in there if m not in of])})
    if told.chart and scene.to_the_group:
        judged = f"judged of the group '{scene.group}' as a whole"
        found["chart"] = {
            name: chart if chart.because else chart.model_copy(update={"because": judged})
            for name, chart in told.chart.items()
        }
    return found


# -- names -------------------------------------------------------------------------------------------------------


def not_told(spec: VignetteSpec) -> Iterator[Found]:
    """Sessions of the group that are told of some of its members only, on a day on which nothing tells of the others.

    The others would have neither a session nor a miss.
    """
    here: dict[date, tuple[Path, set[str]]] = {}
    told: dict[date, set[str]] = {}
    for scene in scenes(spec) if spec.members else ():
        if scene.told.group is None or scene.told.status is None:
            continue
        day = spec.day(scene.name)
        told.setdefault(day, set()).update(scene.of)
        if scene.told.status == "attended":
            path, there = here.get(day, (("happenings", scene.name, "group"), set()))
            here[day] = (path, there | set(scene.there))
    for day, (path, there) in here.items():
        if others := len(there - told[day]):
            wrong = f"the session of the group is told of some members, and not of {others} who "
            wrong += "is in the group, too" if others == 1 else "are in the group, too"
            hint = "tell it without of, and write who was not there under absent: {ann: no_show}"
            yield path, True, "bad-value", wrong, hint


def unknown_members(spec: VignetteSpec) -> Iterator[Found]:
    """Members that are spoken of and not told, and what a vignette of several courses cannot say."""
    for name, told in spec.happenings.items():
        path: Path = ("happenings", name)
        yield from _unknown((*path, "of"), enumerate(told.of), spec)
        if told.group is not None:
            yield from _unknown((*path, "group", "absent"), ((m, m) for m in told.group.absent), spec)
        yield from _unknown((*path, "expect_of"), ((m, m) for m in told.expect_of), spec)
        if told.expect_group is not None:
            yield from _of_group((*path, "expect_group"), told.expect_group, spec)
    if spec.members and spec.expect_summary is not None:
        wrong = "a vignette with members tells several courses, and the figures at the end are those of one"
        yield ("expect_summary",), True, "bad-value", wrong, "tell one course in a vignette of its own"
    if spec.members and (spec.patient is not None or spec.adopted is not None or spec.facts):
        key = "patient" if spec.patient is not None else "adopted" if spec.adopted is not None else "facts"
        yield (key,), True, "bad-value", f"'{key}' speaks of one course, and this vignette has members", _INSTEAD[key]


_INSTEAD = {
    "patient": "write members: {ann: {called: A.}}",
    "facts": "write the facts under each of the members",
    "adopted": "tell a course taken over under way in a vignette of its own",
}


def _of_group(path: Path, expect: ExpectGroup, spec: VignetteSpec) -> Iterator[Found]:
    if not spec.members:
        wrong = "a group is looked at as a whole in a vignette with members, and this one has none"
        yield path, True, "bad-value", wrong, "write members: {ann: {called: A.}}"
    for key in ("members", "alerts"):
        yield from _unknown((*path, key), enumerate(getattr(expect, key) or ()), spec)


def _unknown(path: Path, names: Iterable[tuple[int | str, str]], spec: VignetteSpec) -> Iterator[Found]:
    for place, name in names:
        if name not in spec.members:
            hint = did_you_mean(name, spec.members) if spec.members else "write members: {ann: {called: A.}}"
            yield (*path, place), place == name, "unknown-name", f"'{name}' is not a member in this vignette", hint


__all__ = [
    "JoinTold", "LeaveTold", "MeetingTold", "MemberTold", "Scene", "by_member", "not_told", "scenes", "unknown_members",
]  # fmt: skip
