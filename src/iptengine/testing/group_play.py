"""Plays a vignette with members: each member's course by itself, happening by happening, and the group beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from iptengine.authoring.vignette import Vignette
from iptengine.authoring.vignette_expected import ExpectGroup
from iptengine.course.course import Course
from iptengine.course.group_agenda import GroupAgenda, group_agenda
from iptengine.course.groups import Group, group_of
from iptengine.diagnostics import Path
from iptengine.protocol.protocol import Protocol
from iptengine.testing.figures import texts
from iptengine.testing.player import Folder, Played, Playing, Step
from iptengine.testing.report import Difference, word


def play_group(
    vignette: Vignette, protocol: Protocol, *, until: int | str | None = None, folders: Sequence[Folder] = ()
) -> Played:
    """The courses a vignette with members tells, and every difference from what it expects; as `play`."""
    playing = {member: Playing(own, protocol, folders) for member, own in vignette.by_member().items()}
    steps: list[Step] = []
    differences: list[Difference] = []
    for name in vignette.spec.happenings:
        if until == name:
            break
        new = [
            _named(vignette, name, one.step(name), member)
            for member, one in playing.items()
            if name in one.spec.happenings
        ]
        if until is not None and any(step.session == until for step in new):
            break
        steps += new
        differences += [difference for step in new for difference in step.differences]
        differences += _compared(vignette, name, protocol, {member: one.course for member, one in playing.items()})
    else:
        if until is not None:
            raise LookupError(f"this vignette has no session or happening '{until}'")
    courses = {member: one.course for member, one in playing.items()}
    begun = [event for one in playing.values() for event in one.begun]
    events = (*begun, *(event for step in steps for event in step.events))
    return Played(next(iter(courses.values())), events, tuple(steps), tuple(differences), courses)


def _named(vignette: Vignette, happening: str, step: Step, member: str) -> Step:
    """A step by its own name and that of the member; what is expected of this one alone is told where it stands."""
    name = f"{step.name}, {member}"
    alone = member in vignette.spec.happenings[happening].expect_of
    differences = []
    for difference in step.differences:
        path = difference.path
        if alone and path[:1] == ("expect",):
            path = ("expect_of", member, *path[1:])
        span = vignette.span(("happenings", happening, *path)) if alone else difference.span
        differences.append(replace(difference, happening=name, path=path, span=span))
    return replace(step, name=name, differences=tuple(differences), member=member)


# -- the group ---------------------------------------------------------------------------------------------------


def _compared(
    vignette: Vignette, name: str, protocol: Protocol, courses: Mapping[str, Course]
) -> Iterator[Difference]:  # fmt: skip
    expect = vignette.spec.happenings[name].expect_group
    if expect is None:
        return
    path: Path = ("expect_group",)
    for key, wanted, found in _figures(expect, protocol, courses, vignette.spec.day(name)):
        if wanted != found:
            at = (*path, key)
            yield Difference(vignette.span(("happenings", name, *at)), name, at, word(wanted), word(found))


def _figures(
    expect: ExpectGroup, protocol: Protocol, courses: Mapping[str, Course], on: date
) -> Iterator[tuple[str, object, object]]:
    """What is expected of the group, each with what was found."""
    ids = {course.id: member for member, course in courses.items()}
    names = dict.fromkeys(stay.group for course in courses.values() for stay in course.groups)
    group = next((g for name in reversed(names) if (g := group_of(name, courses.values())) is not None), None)
    here = [course for course in courses.values() if group is not None and course.id in group.on(on)]
    going = [course for course in here if group is not None and course.id in group.going_on(on)]
    page = group_agenda(protocol, group, here, on=on)[0] if group is not None and going else None
    found = _found(group, page, ids, going)
    for key in ("members", "sessions", "alerts", "first", "steps"):
        wanted = getattr(expect, key)
        if wanted is not None:
            yield key, wanted, found[key]
    shown = tuple(texts(page, _NOT_SHOWN)) if page is not None else ()
    for text in expect.has:
        yield "has", f'"{text}"', f'"{text}"' if any(text in one for one in shown) else "no such text"
    for text in expect.has_not:
        yield "has_not", f'no "{text}"', "that text" if any(text in one for one in shown) else f'no "{text}"'


def _found(
    group: Group | None, page: GroupAgenda | None, ids: Mapping[str, str], here: Sequence[Course]
) -> Mapping[str, object]:
    return {
        "members": tuple(ids[course.id] for course in here),
        "sessions": len(group.held) if group is not None else 0,
        "alerts": tuple(ids[course] for course in page.alerts) if page is not None else (),
        "first": tuple(line.code for line in page.first) if page is not None else (),
        "steps": tuple(step.label for step in page.steps) if page is not None else (),
    }


_NOT_SHOWN = frozenset({"code", "path", "values", "task", "tasks", "protocol", "status", "phase"})
