"""What a rename carries along: every place of a protocol that refers to what is renamed, said anew.

Names are found by what they refer to, never by how they are spelled, so that a fact and a measure of one name stay
apart. A condition that is said anew has to mean the same of the renamed things; what cannot be carried is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from iptengine.authoring.guards import Compiler
from iptengine.authoring.references import Definition, Definitions, Reference, named
from iptengine.authoring.template_names import asked_in, with_conditions
from iptengine.authoring.texts import area_of, has_tags, names_outside, texts_of
from iptengine.authoring.view import View
from iptengine.diagnostics import Finding, Path, did_you_mean
from iptengine.protocol.conditions import Condition, Mention, Problem
from iptengine.protocol.fields import NAME_PATTERN
from iptengine.protocol.model import UNSTAGED
from iptengine.protocol.protocol import Guard, Protocol, names_of
from iptengine.protocol.references import KINDS

Scope = tuple[object, ...]


class Left(NamedTuple):
    """A place that refers to something renamed and stays as it was, and why."""

    path: Path
    why: str


@dataclass(frozen=True, slots=True)
class Carried:
    """What becomes of a protocol when things in it are renamed.

    Attributes:
        keys: The new spelling of keys, by their path in the base; what is renamed itself is among them.
        values: The new text of values, by their path in the base.
        left: The places that could not be carried.
        mistakes: What is wrong with the renames themselves, each at the path that was to be renamed; with any, nothing
            is carried.
        names: What each name that a sentence may hold is called from now on.
    """

    keys: Mapping[Path, str] = field(default_factory=dict)
    values: Mapping[Path, str] = field(default_factory=dict)
    left: tuple[Left, ...] = ()
    mistakes: tuple[Finding, ...] = ()
    names: Mapping[Mention, str] = field(default_factory=dict, compare=False, repr=False)


def carry(base: Protocol, root: object, renames: Mapping[Path, str]) -> Carried:
    """Every place of a protocol that changes when things in it are renamed.

    Args:
        base: The protocol as it is, with its conditions.
        root: The values of its file; short forms stay as they are written.
        renames: The new name of each thing by its path: ``{("phases", "middle"): "working"}``.
    """
    known, places = named(root)
    mistakes = tuple(_mistakes(known, places, renames))
    if mistakes:
        return Carried(mistakes=mistakes)
    said = {one: renames[one.path] for one in known.found if one.path in renames}
    carrying = _Carrying(base, root, said, dict(renames))
    carrying.references(places)
    carrying.conditions()
    carrying.templates()
    carried = Carried(carrying.keys, carrying.values, names=carrying.names)
    told = {one.path for one in carrying.left}
    return replace(
        carried, left=(*carrying.left, *(one for one in _astray(root, known, places, carried) if one.path not in told))
    )


def applied(root: Any, carried: Carried) -> Any:
    """The values of a file with the new spellings in their places."""
    return _applied(root, (), carried)


def _applied(value: Any, path: Path, carried: Carried) -> Any:
    if isinstance(value, dict):
        return {carried.keys.get((*path, key), key): _applied(one, (*path, key), carried) for key, one in value.items()}
    if isinstance(value, list):
        return [_applied(one, (*path, place), carried) for place, one in enumerate(value)]
    return carried.values.get(path, value)


# What is wrong with the renames themselves.


def _mistakes(known: Definitions, places: tuple[Reference, ...], renames: Mapping[Path, str]) -> Iterator[Finding]:
    by_path = {one.path: one for one in known.found}
    on_keys = {one.path: one for one in places if one.on_key}
    for path, new in renames.items():
        if path not in by_path:
            yield _no_name(path, on_keys.get(path), by_path)
        elif not re.fullmatch(NAME_PATTERN, new) or len(new) > 60:
            message = f"'{new[:80]}' cannot be a name"
            yield Finding(path, message, "a name begins with a small letter and holds small letters, digits and _")
        elif path[-1] == UNSTAGED and by_path[path].kind == "stage":
            message = f"'{UNSTAGED}' is the stage a focus begins in and has this name in every protocol"
            yield Finding(path, message, "change its title instead")
        elif new == path[-1]:
            yield Finding(path, f"it is called '{new}' already", "leave this rename out")
    yield from _taken(known, renames)


def _no_name(path: Path, place: Reference | None, by_path: Mapping[Path, Definition]) -> Finding:
    if place is not None and place.to:
        home = ".".join(map(str, place.to[0].path))
        message = f"'{path[-1]}' is only referred to here; it is {KINDS[place.to[0].kind].a}"
        return Finding(path, message, f"rename {home}; what refers to it follows")
    beside = [str(one[-1]) for one in by_path if one[:-1] == path[:-1]]
    return Finding(path, "nothing here has a name that could be changed", did_you_mean(str(path[-1]), beside))


def _taken(known: Definitions, renames: Mapping[Path, str]) -> Iterator[Finding]:
    """Renames after which two things that had names of their own would have one."""
    called: dict[Scope, dict[str, Definition]] = {}
    for one in known.found:
        if one.path not in renames:
            called.setdefault(_scope(one), {})[one.name] = one
    fresh: dict[tuple[Scope, str], Definition] = {}
    for one in known.found:
        new = renames.get(one.path)
        if new is None or new == one.name:
            continue
        there = called.get(_scope(one), {}).get(new) or fresh.setdefault((_scope(one), new), one)
        if there.name != one.name:
            home = ".".join(map(str, there.path))
            message = f"'{one.name}' cannot be called '{new}': there is {KINDS[there.kind].a} of that name, {home}"
            yield Finding(one.path, message, "choose another name")


def _scope(one: Definition) -> Scope:
    """Within what a name is given once; a way leads to a phase or an outcome, so these share theirs."""
    if KINDS[one.kind].local:
        return one.kind, one.path[:-1]
    return "phase" if one.kind == "outcome" else one.kind, one.of


def _astray(root: object, known: Definitions, places: tuple[Reference, ...], carried: Carried) -> Iterator[Left]:
    """References that would mean something else once everything is called anew."""
    new_root = applied(root, carried)
    new_known, new_places = named(new_root)
    homes = {one.path: new.path for one, new in zip(known.found, new_known.found, strict=True)}
    for one, new in zip(places, new_places, strict=True):
        if [homes[home.path] for home in one.to] != [home.path for home in new.to]:
            yield Left(one.path, f"'{new.name}' would refer to something else here")


# What follows them.


@dataclass(slots=True)
class _Carrying:
    """Collects the new spellings of one protocol."""

    base: Protocol
    root: object
    said: Mapping[Definition, str]
    keys: dict[Path, str]
    values: dict[Path, str] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)
    names: Mapping[Mention, str] = field(init=False)
    before: Compiler = field(init=False)
    after: Compiler = field(init=False)

    def __post_init__(self) -> None:
        self.names = {Mention(one.kind, one.name, one.of): new for one, new in self.said.items()}
        names = names_of(self.base.spec, self.base.measures)
        self.before = Compiler(names, self.base.span)
        self.after = Compiler(names.renamed(self.names), self.base.span)

    def references(self, places: tuple[Reference, ...]) -> None:
        """Names that stand alone, as keys, as values and within written times."""
        parts: dict[Path, list[tuple[slice, str]]] = {}
        for one in places:
            new = self._new_name(one)
            if new is None:
                continue
            if one.on_key:
                self.keys[one.path] = new
            elif one.part is None:
                self.values[one.path] = new
            else:
                parts.setdefault(one.path, []).append((one.part, new))
        for path, within in parts.items():
            self.values[path] = _with_parts(str(value_at(self.root, path)), within)

    def _new_name(self, reference: Reference) -> str | None:
        """What a reference is called from now on; none when it stays, which is told when it should not."""
        called = {self.said.get(one) for one in reference.to}
        if len(called) == 1:
            return called.pop()
        if called:
            others = [".".join(map(str, one.path)) for one in reference.to if one not in self.said]
            kept = f"keep the name: {', '.join(others)}" if others else "get names of their own"
            self.left.append(Left(reference.path, f"'{reference.name}' refers to several things, and some {kept}"))
        return None

    def conditions(self) -> None:
        """Sentences of the condition language."""
        for guards in self.base.guards.values():
            for guard in guards:
                for path, condition in _sentences(guard):
                    self._condition(path, condition)

    def _condition(self, path: Path, condition: Condition) -> None:
        place = path if isinstance(value_at(self.root, path), str) else (*path, "says")
        written = str(value_at(self.root, place))
        new = condition.renamed(self.names, written)
        why = self._why_not(condition, new, area_of(path))
        if why:
            self.left.append(Left(place, why))
        elif new != written:
            self.values[place] = new

    def _why_not(self, condition: Condition, new: str, area: str) -> str:
        """Why a sentence said anew does not mean the same of the renamed things; ``""`` when it does."""
        compiled = self.after.sentence(new, self.names.get(Mention("area", area), area))
        if isinstance(compiled, Problem):
            return f"renamed, it would not be understood: {compiled.message}"
        same = [
            (first, end, tuple(called(one, self.names) for one in names)) for first, end, names in condition.written
        ]
        if same != [tuple(one) for one in compiled.written]:
            return f"'{new}' would mean something else"
        return ""

    def templates(self) -> None:
        """Texts that ask conditions."""
        view = View(self.base.spec, self.base.measures, self.base.guards)
        for path, text, template in texts_of(view.parts):
            if template and has_tags(text) and names_outside(path) is None:
                self._template(path if value_at(self.root, path) is not None else path[:-1], text)

    def _template(self, path: Path, text: str) -> None:
        area = area_of(path)
        said: dict[str, str] = {}
        for sentence in asked_in(text):
            condition = self.before.sentence(sentence, area)
            if isinstance(condition, Problem):
                continue
            said[sentence] = condition.renamed(self.names, sentence)
            why = self._why_not(condition, said[sentence], area)
            if why:
                self.left.append(Left(path, why))
                return
        if all(old == new for old, new in said.items()):
            return
        new = with_conditions(text, lambda one: said.get(one, one))
        if new is None:
            self.left.append(Left(path, "a condition in this text is written in a way that cannot be replaced"))
        elif new != text:
            self.values[path] = new


def called(mention: Mention, names: Mapping[Mention, str]) -> Mention:
    """A name in a sentence as it is after renames: its own, and that of what it belongs to."""
    of = KINDS[mention.kind].of
    return Mention(
        mention.kind, names.get(mention, mention.name), names.get(Mention(of, mention.of), mention.of)
    )  # fmt: skip


def value_at(root: object, path: Path) -> object:
    """The value at a path of a file, or none."""
    found: Any = root
    for part in path:
        if isinstance(found, dict):
            found = found.get(part)
        elif isinstance(found, list) and isinstance(part, int) and part < len(found):
            found = found[part]
        else:
            return None
    return found


def _with_parts(text: str, places: list[tuple[slice, str]]) -> str:
    for part, new in sorted(places, key=lambda one: one[0].start, reverse=True):
        text = text[: part.start] + new + text[part.stop :]
    return text


def _sentences(guard: Guard) -> Iterator[tuple[Path, Condition]]:
    if guard.sentence is not None:
        yield guard.path, guard.sentence
    for part in guard.parts:
        yield from _sentences(part)
