"""The clinical difference of two protocols, or of two contents as they were kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from iptengine.authoring.comparison.by_change import ChangeGroups, groups_between
from iptengine.authoring.comparison.carried import found_again
from iptengine.authoring.comparison.difference import (
    ABSENT,
    PROTOCOL,
    By,
    Comparison,
    Difference,
    Found,
    Mark,
    Run,
    Section,
    Side,
    Steps,
    dotted,
)
from iptengine.authoring.comparison.grouping import GROUPS, group_of
from iptengine.authoring.comparison.places import is_condition, key_of
from iptengine.authoring.comparison.touching import UNMARKED, Touching, texts_in
from iptengine.authoring.comparison.walk import at, walk
from iptengine.authoring.comparison.wording import Wording, leaves_of, listed, order_said, runs_of, values_in, what_of
from iptengine.protocol.protocol import Protocol, canonical

Content = Mapping[str, object]
OTHER, ITSELF = "other", "itself"
"""The sections of what no group of changes has made: in the protocol, and in what the file says of itself."""


def compare(before: Content, after: Content, *, by: By | None = None) -> Comparison:
    """The clinical difference of two contents: the JSON values behind `Protocol.content`.

    Args:
        before: The content of the one.
        after: The content of the other.
        by: ``part`` puts each difference under the part of the protocol it belongs to; ``change`` under the group
            of changes that made it, where one extends the other. Left out, ``change`` where that is so.

    Returns:
        The difference; empty if and only if both are the same JSON text.

    Raises:
        ValueError: ``by="change"`` for two contents of which neither extends the other.

    Example:
        >>> one = {"protocol": {"protocol": "a", "version": "1.0.0", "title": "A"}}
        >>> other = {"protocol": {"protocol": "a", "version": "1.0.0", "title": "B"}}
        >>> [(found.path, found.kind) for found in compare(one, other).differences], compare(one, one).equal
        ([('title', 'changed')], True)
    """
    groups = groups_between(before, after)
    if by == "change" and groups is None:
        raise ValueError("neither of the two extends the other, so no group of changes stands between them")
    bare = _bare(before, after, groups)
    differences = tuple(_differences(bare, before, after, groups))
    if groups is None or by == "part":
        return Comparison(_side(before), _side(after), "part", _by_part(differences))
    return Comparison(_side(before), _side(after), "change", _by_change(differences, groups))


def compare_protocols(before: Protocol, after: Protocol, *, by: By | None = None) -> Comparison:
    """The clinical difference of two protocols; as `compare`."""
    return compare(json.loads(before.content), json.loads(after.content), by=by)


def _bare(before: Content, after: Content, groups: ChangeGroups | None) -> tuple[Found, ...]:
    """The bare differences, with what a variant says it carried, and what is found again elsewhere."""
    said = groups.carried if groups else {}
    found = walk(before, after, said)
    again = {old: new for old, new in found_again(found).items() if old not in said}
    return walk(before, after, {**said, **again}) if again else found


def _side(content: Content) -> Side:
    said = [at(content, (PROTOCOL, key)) for key in ("protocol", "version", "title")]
    name, version, title = (text if isinstance(text, str) else "" for text in said)
    return Side(f"{name}@{version}", title, hashlib.sha256(canonical(content).encode()).hexdigest())


# Each difference in an author's words.


def _differences(
    bare: Iterable[Found], before: Content, after: Content, groups: ChangeGroups | None
) -> Iterable[Difference]:
    words, touching = Wording(before, after), Touching(before, after)
    for found in bare:
        group = group_of(found.path)
        said = _said(found, group, words)
        changes = groups.made(found) if groups else ()
        yield replace(said, marks=_marks(found, group, touching), changes=changes)


def _marks(found: Found, group: str, touching: Touching) -> tuple[Mark, ...]:
    paths = _touched(found)
    if group == ITSELF or UNMARKED & set(found.path):
        return touching.marks(paths, ())
    return touching.marks(paths, (*texts_in((found.before, found.after)), *touching.spoken(paths[:2])))


def _touched(found: Found) -> tuple[Steps, ...]:
    """Every path that a difference holds, on both sides."""
    if found.kind not in ("added", "removed"):
        return found.path, found.became
    value = found.after if found.before is ABSENT else found.before
    return found.path, found.became, *(path for path, _ in values_in(value, found.path))


def _said(found: Found, group: str, words: Wording) -> Difference:
    where = words.where(found.path, found.became)
    entry = words.entry(found.path, found.became)
    match found.kind:
        case "renamed":
            return Difference(found, group, (*where, entry), "its name", _names(found.before, found.after))
        case "moved":
            homes = _names(_home(found.path), _home(found.became))
            return Difference(found, group, (*where, entry), "its place", homes)
        case "reordered":
            return _reordered(found, group, where, words)
    keyed = key_of(found.became) is not None
    here = where if keyed else (*where, entry)
    value = found.after if found.before is ABSENT else found.before
    if ABSENT in (found.before, found.after) and isinstance(value, Mapping) and not keyed and not _single(found, value):
        return Difference(found, group, here, words.before_what(found), leaves=leaves_of(value, found.path))
    return Difference(found, group, here, what_of(found.became), runs_of(found.before, found.after, found.became))


def _single(found: Found, value: Mapping[str, object]) -> bool:
    """Whether an entry of a map is told in one line: a condition, or nothing."""
    return is_condition(found.became) or not value


def _names(before: object, after: object) -> tuple[Run, ...]:
    return (Run("gone", str(before)), Run("new", str(after)))


def _home(path: Steps) -> str:
    return dotted(path[:-1])


def _reordered(found: Found, group: str, where: Steps, words: Wording) -> Difference:
    before, after = _texts(found.before), _texts(found.after)
    keyed = key_of(found.became) is not None
    here = where if keyed or len(found.became) < 3 else (*where, words.entry(found.path, found.became))
    entries = {name: words.entry((*found.path, name), (*found.became, name)) or name for name in after}
    what = what_of(found.became)
    order, moved = f"order of {what}" if what else "order", order_said(before, after, entries)
    return Difference(found, group, here, f"{order}: {moved}" if moved else order, listed(before, after))


def _texts(names: object) -> tuple[str, ...]:
    return tuple(map(str, names)) if isinstance(names, tuple) else ()


# The headings.


def _by_part(differences: tuple[Difference, ...]) -> tuple[Section, ...]:
    sections = (
        Section(name, title, differences=tuple(one for one in differences if one.group == name))
        for name, title in GROUPS.items()
    )
    return tuple(section for section in sections if section.differences)


def _by_change(differences: tuple[Difference, ...], groups: ChangeGroups) -> tuple[Section, ...]:
    told = {one.found.path[2]: one for one in differences if _tells_of_a_group(one)}
    made: dict[str, list[Difference]] = {name: [] for name in groups.names}
    rest: dict[str, list[Difference]] = {OTHER: [], ITSELF: []}
    for one in differences:
        if not _tells_of_a_group(one):
            home = made[one.changes[0]] if one.changes else rest[ITSELF if _of_the_head(one) else OTHER]
            home.append(one)
    return (
        *(groups.section(name, (told[name],) if name in told else (), tuple(found)) for name, found in made.items()),
        *(
            Section(name, title, differences=tuple(rest[name]))
            for name, title in ((OTHER, "Made by no named change"), (ITSELF, GROUPS[ITSELF]))
            if rest[name]
        ),
    )


def _tells_of_a_group(one: Difference) -> bool:
    """Whether a difference is a whole group of changes, which heads what it made."""
    return one.found.path[:2] == (PROTOCOL, "changes") and len(one.found.path) == 3 and bool(one.leaves)


def _of_the_head(one: Difference) -> bool:
    """Whether a variant says it beside its changes."""
    return one.group == ITSELF or one.found.path == (PROTOCOL, "population")
