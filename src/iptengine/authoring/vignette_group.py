"""What a vignette says of a group: members, joining, meeting, leaving, and what is expected of the group itself.

A vignette with ``members`` tells several courses. Each happening is told of the members under ``of``, or of all who
are in the group; `for_member` gives the happenings as one member's own course has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from iptengine.authoring.vignette_expected import ExpectGroup
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
    facts: Mapping[Name, Value] = Field(default={}, description="Facts recorded at the start of this course")


class JoinTold(Model):
    """A course joins a group, or a group is formed of all the courses the happening is told of."""

    group: Name = Field("group", description="The name of the group")
    facilitators: Words = Field((), description="Who leads it")
    size: int | None = Field(None, description="How many members it then has; counted when the vignette has members")


class MeetingTold(Model):
    """That the session was one of the group."""

    group: Name = Field("group", description="The name of the group")
    facilitators: Words = Field((), description="Who led it")
    together: int | None = Field(None, description="How many members were there; counted when the vignette has members")
    absent: Mapping[Name, Status] = Field(default={}, description="Members that were not there, and how they missed it")


class LeaveTold(Model):
    """A course left its group."""

    because: Text = Field(description="Why")
    stay: int | None = Field(None, description="How many stay behind; counted when the vignette has members")


# -- the happenings of one member --------------------------------------------------------------------------------


def by_member(spec: VignetteSpec) -> dict[str, dict[str, Happening]]:
    """The happenings of each member's own course, with the members of the group counted as they come and go."""
    found: dict[str, dict[str, Happening]] = {member: {} for member in spec.members}
    there: list[str] = []
    for name, told in spec.happenings.items():
        of = _of(told, list(spec.members), there)
        for member in of:
            found[member][name] = _own(told, member, of, there)
        there = _after(told, of, there)
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
    refused = told.expect is not None and any(key.endswith("join") for key in told.expect.refused)
    joined = [*there, *(m for m in of if m not in there)] if _joining(told) and not refused else list(there)
    ended = told.leave is not None or told.end is not None
    return [member for member in joined if not (ended and member in of)]


def _own(told: Happening, member: str, of: Sequence[str], there: Sequence[str]) -> Happening:
    """A happening as one member's course has it."""
    expect = told.expect_of.get(member, told.expect)
    plain: dict[str, object] = {"of": (), "expect_of": {}, "expect_group": None, "expect": expect}
    if told.group is not None and member in told.group.absent:
        meeting = told.group.model_copy(update={"absent": {}})
        return type(told).model_validate(
            {
                "on": told.on,
                "week": told.week,
                "recorded": told.recorded,
                "by": told.by,
                "status": told.group.absent[member],
                "group": meeting,
                "expect": told.expect_of.get(member),
            }
        )
    changes = {**plain, **_counted(told, of, there)}
    if told.deviate is not None:
        request = told.deviate.request
        counted = request.model_copy(update=_counted(request, of, there))
        changes["deviate"] = told.deviate.model_copy(update={"request": counted})
    return told.model_copy(update=changes)


def _counted(told: Happening, of: Sequence[str], there: Sequence[str]) -> dict[str, object]:
    """The parts that say how many members there are, with their numbers."""
    found: dict[str, object] = {}
    if told.join is not None and told.join.size is None:
        found["join"] = told.join.model_copy(update={"size": len({*of, *there})})
    if told.group is not None:
        together = len([member for member in of if member not in told.group.absent])
        number = told.group.together if told.group.together is not None else together
        found["group"] = told.group.model_copy(update={"absent": {}, "together": number})
    if told.leave is not None and told.leave.stay is None:
        found["leave"] = told.leave.model_copy(update={"stay": len([m for m in there if m not in of])})
    return found


# -- names -------------------------------------------------------------------------------------------------------


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


__all__ = ["JoinTold", "LeaveTold", "MeetingTold", "MemberTold", "by_member", "unknown_members"]
