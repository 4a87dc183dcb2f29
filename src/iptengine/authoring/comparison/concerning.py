"""Which differences between two protocols concern a course: what it has used, stands in, or can still come to.

The differences are found once for two protocols; for each course they are only picked.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from iptengine.authoring.comparison.comparing import compare_protocols
from iptengine.authoring.comparison.difference import PROTOCOL, Comparison, Difference
from iptengine.authoring.view import reached
from iptengine.course.course import Course
from iptengine.course.passage import Passage
from iptengine.course.plan_state import plan_state

_OF_THE_FILE = frozenset({
    "iptengine", "protocol", "version", "status", "reviewed_by", "title", "population", "about", "extends", "changes",
    "sources", "decisions",
})  # fmt: skip
"""What a file says of itself, and of whom it is for; no course works by it."""
_WORDS = frozenset({"title", "aim", "do", "note", "label", "recognise", "text", "bring", "choose_when", "aliases"})
_HOMES: Mapping[str, str] = {"phases": "phase", "problem_areas": "area"}
_EVERY = "*"
_ANYWHERE = ("", "", "")
Home = tuple[str, str, str]
"""The kind of part that a difference lies in, and that part's name before and after; empty for no part of its own."""
Standing = tuple[frozenset[Home], frozenset[Home]]


class Concerning:
    """The differences between two protocols, and which of them concern a course."""

    def __init__(self, passage: Passage) -> None:
        self._passage = passage
        self._picked: dict[Standing, tuple[Difference, ...]] = {}

    @cached_property
    def comparison(self) -> Comparison:
        """Everything that differs."""
        return compare_protocols(self._passage.old, self._passage.new, by="part")

    @cached_property
    def _homes(self) -> tuple[tuple[Home, Difference], ...]:
        """Every difference that a course could notice, with the part it lies in."""
        return tuple((_home(one), one) for one in self.comparison.differences if not _of_the_file(one))

    def of(self, course: Course) -> tuple[Difference, ...]:
        """The differences that concern a course, those that touch safety first.

        A problem area concerns it when the work is or was on it, and every area while no focus is agreed. A phase
        concerns it when the course is in it, was in it, or can still come to it; words of a phase that lies behind
        do not. A component concerns it unless it has a plan without it. Everything else concerns every course.
        """
        standing = self._standing(course)
        if standing not in self._picked:
            found = [one for home, one in self._homes if _concerns(home, one, standing)]
            self._picked[standing] = tuple(sorted(found, key=lambda one: "safety" not in one.touches))
        return self._picked[standing]

    def _standing(self, course: Course) -> Standing:
        """The parts that lie ahead or are used, and those that only lie behind."""
        ahead = self._phases_ahead(course)
        behind = {("phase", entry.phase) for entry in course.phases} - ahead
        areas = {("area", focus.area) for focus in course.focuses}
        used = areas if course.open_focuses else {("area", _EVERY)}
        components = {("component", name) for name in self._components(course)}
        return self._both({*ahead, *used, *components}), self._both(behind)

    def _both(self, parts: set[tuple[str, str]]) -> frozenset[Home]:
        return frozenset((kind, name, self._passage.called(kind, name)) for kind, name in parts)

    def _phases_ahead(self, course: Course) -> set[tuple[str, str]]:
        """The phase a course is in, and those it leads to in either version, by their names before."""
        before = {self._passage.called("phase", name): name for name in self._passage.old.spec.phases}
        leads = {name: set(phase.next) for name, phase in self._passage.old.spec.phases.items()}
        for name, phase in self._passage.new.spec.phases.items():
            leads.setdefault(before.get(name, name), set()).update(before.get(to, to) for to in phase.next)
        return {("phase", name) for name in reached(course.phase, leads) if name in leads or name == course.phase}

    def _components(self, course: Course) -> set[str]:
        plan = self._passage.old.spec.plan
        if plan is None:
            return {_EVERY}
        planned = set(plan_state(self._passage.old, course).names)
        used = {one.component for one in course.doses}
        safety = {name for name, one in plan.components.items() if one.interrupts}
        return planned | used | safety if course.plans else {_EVERY}


def _of_the_file(one: Difference) -> bool:
    """Whether a difference says something of the file, or of what a statement rests on."""
    path = one.found.path
    if path[:1] != (PROTOCOL,):
        return "source" in path or "sources" in path
    return len(path) < 2 or path[1] in _OF_THE_FILE or "source" in path


def _home(one: Difference) -> Home:
    before, after = one.found.path, one.found.became
    if before[1:3] == ("plan", "components") and len(before) > 3:
        return "component", before[3], after[3] if len(after) > 3 else before[3]
    kind = _HOMES.get(before[1], "") if before[:1] == (PROTOCOL,) else ""
    if not kind or len(before) < 3:
        return _ANYWHERE
    return kind, before[2], after[2] if len(after) > 2 else before[2]


def _concerns(home: Home, one: Difference, standing: Standing) -> bool:
    if home == _ANYWHERE:
        return True
    used, behind = standing
    if any(_same(home, part) for part in used):
        return True
    if any(_same(home, part) for part in behind):
        return not (one.group == "texts" or one.found.path[-1] in _WORDS)
    return False


def _same(home: Home, part: Home) -> bool:
    return home[0] == part[0] and (part[1] == _EVERY or home[1] == part[1] or home[2] == part[2])
