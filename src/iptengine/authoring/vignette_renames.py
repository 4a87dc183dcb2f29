"""A vignette after things in its protocol are renamed, so that it can be played under a variant that renames them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from iptengine.authoring.references import Definition, Definitions, Reference, Within, definitions, references
from iptengine.authoring.variants.renames import Carried, Left, applied, value_at
from iptengine.authoring.vignette import VignetteSpec
from iptengine.diagnostics import Path

_ALERTS = dict.fromkeys(("acknowledge", "assess", "monitor", "close"), (("alert",),))
_APPROVALS = dict.fromkeys(("approve", "decline", "confirm"), (("approval",),))
_COMPONENTS = dict.fromkeys(("interrupt", "deliver", "finish"), (("component",),))
_TASKS = dict.fromkeys(("done", "tasks", "defer"), (("task", "topic"),))
SPOKEN: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "enter": (("phase",),),
    "end": (("outcome",),),
    "focus": (("focus", "area"),),
    "close_focus": (("focus",),),
    "change_focus": (("focus",), ("area",)),
    "stage": (("focus",), ("stage",)),
    "chart": (("chart",), ("state",)),
    "plan": (("order",),),
    "pause": (("pause",),),
    "facts": (("fact",),),
    "expected": (("fact",),),
    "checklist": (("checklist",),),
    "contact": (("contact",),),
    "prepare": (("contact",),),
    "words": (("measure",),),
    **_ALERTS,
    **_APPROVALS,
    **_COMPONENTS,
    **_TASKS,
}
"""What stands after the point in ``enter.middle`` and its like, by the word before it."""
OFFERED: Mapping[str, str] = {
    "present": "participant", "to": "participant", "pause": "pause", "missed": "policy", "order": "order",
    "components": "component", "techniques": "technique", "answers": "question",
}  # fmt: skip
"""What the choices of a way name, by their field."""
_LEADS: Mapping[str, str] = {"enter": "phases", "end": "phases", "stage": "problem_areas", "chart": "charts"}
"""Where the ways out of something stand, by the word that asks for one."""


@dataclass(frozen=True, slots=True)
class RenamedVignette:
    """The values of a vignette with the new names, and the places that keep the old for a reason."""

    root: Any
    left: tuple[Left, ...] = ()


def renamed_vignette(root: object, base: object, renames: Mapping[Path, str]) -> RenamedVignette:
    """A vignette of a base as it is told when things in the base are called otherwise.

    Args:
        root: The values of the vignette's file.
        base: The values of the base's file.
        renames: The new name of each thing by its path in the base, as `carry` takes them.
    """
    telling = _Telling(root, definitions(base), renames)
    for one in references(root, VignetteSpec, Definitions(())):
        telling.take(one)
    return RenamedVignette(applied(root, Carried(telling.keys, telling.values)), tuple(telling.left))


@dataclass(slots=True)
class _Telling:
    root: object
    known: Definitions
    renames: Mapping[Path, str]
    areas: dict[str, str] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    keys: dict[Path, str] = field(default_factory=dict)
    values: dict[Path, str] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Which focus is of which problem area; its name is its own unless it is that of the area."""
        for id, area, given in _focuses(self.root):
            self.areas[id] = area
            if given:
                self.own.add(id)

    def take(self, one: Reference) -> None:
        """The new spelling of a place, where it has one."""
        if one.kinds in (("way",), ("recorded",)):
            new = self._spoken(one)
            self._choices(one)
        else:
            new = self._name(one)
        if new is not None and new != one.name:
            (self.keys if one.on_key else self.values)[one.path] = new

    def _name(self, one: Reference) -> str | None:
        if one.kinds[0] == "focus" and one.name in self.areas:
            area = self.areas[one.name]
            return None if one.name in self.own else self._name(replace(one, kinds=("area",), name=area))
        within: Within = one.within
        if "focus" in within:
            within = {**within, "area": self.areas.get(within["focus"], "")}
        homes = self.known.meant(replace(one, within=within))
        if one.kinds == ("condition",):
            homes = tuple(home for home in homes if self._asked(home, within))
        called = {self.renames.get(home.path) for home in homes}
        if len(called) > 1:
            some = ", ".join(".".join(map(str, home.path)) for home in homes if home.path not in self.renames)
            self.left.append(Left(one.path, f"'{one.name}' can mean several things, and not all are renamed: {some}"))
        return called.pop() if len(called) == 1 else None

    def _asked(self, condition: Definition, within: Within) -> bool:
        """Whether a condition can be what keeps a way shut."""
        word, _, rest = (within.get("way") or within.get("recorded") or "").partition(".")
        top = _LEADS.get(word)
        if top is None:
            return condition.path[0] not in ("phases", "problem_areas", "alerts")
        if condition.path[0] != top or "next" not in condition.path:
            return False
        if word in ("stage", "chart"):
            whose, _, rest = rest.partition(".")
            if condition.path[1] != (self.areas.get(whose, "") if word == "stage" else whose):
                return False
        return not rest or condition.path[condition.path.index("next") + 1] == rest

    def _spoken(self, one: Reference) -> str | None:
        """A dotted text with the names in it renamed."""
        head, *rest = one.name.split(".")
        if head not in SPOKEN:
            measure = self._name(replace(one, kinds=("measure",), name=head))
            return ".".join([measure or head, *rest])
        within, said = dict(one.within), [head]
        for place, name in enumerate(rest):
            kinds = SPOKEN[head][place] if place < len(SPOKEN[head]) else ()
            if kinds == ("focus", "area"):
                kinds = ("area",) if one.kinds == ("way",) else ("focus",)
            new = self._name(replace(one, kinds=kinds, name=name, within=within)) if kinds else None
            within |= dict.fromkeys(kinds, name)
            said.append(new or name)
        return ".".join(said)

    def _choices(self, one: Reference) -> None:
        offered = value_at(self.root, one.path)
        if len(one.path) < 2 or one.path[-2] != "choices" or not isinstance(offered, dict):
            return
        head, _, name = one.name.partition(".")
        within = {**one.within, head: name}
        for key, names in offered.items():
            if key in OFFERED:
                for place, name in enumerate(names) if isinstance(names, list) else [(None, names)]:
                    where = (*one.path, key) if place is None else (*one.path, key, place)
                    self.take(Reference(where, (OFFERED[key],), name, False, within))


def _focuses(root: Any) -> Iterator[tuple[str, str, bool]]:
    """Each focus by its name in the vignette, its area, and whether the vignette gave it the name."""
    adopted = root.get("adopted") or {}
    listed = adopted.get("focus", [])
    for area in [listed] if isinstance(listed, str) else listed:
        yield area, area, False
    for told in root.get("happenings", {}).values():
        yield from _told(told)


def _told(told: Any) -> Iterator[tuple[str, str, bool]]:
    for id, focus in told.get("focus", {}).items():
        yield id, focus["area"], True
    for change in told.get("change_focus", {}).values():
        yield change.get("id") or change["to"], change["to"], bool(change.get("id"))
    for key, inner in (("deviate", "request"), ("correct", "now")):
        if key in told:
            yield from _told(told[key][inner])
