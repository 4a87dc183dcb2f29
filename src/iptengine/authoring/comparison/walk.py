"""The difference of two contents as plain JSON values: every value, every name and every order.

Two contents without a difference are the same JSON text. A list is one value; a map is compared by its names, and
their order is told on its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iptengine.authoring.comparison.difference import ABSENT, Found, Steps
from iptengine.authoring.comparison.places import is_condition, key_of
from iptengine.protocol.protocol import canonical

NOTHING: Mapping[Steps, Steps] = {}
Pair = tuple[str | None, str | None]
"""A name before and a name after; none where a side has nothing."""


def walk(
    before: Mapping[str, object], after: Mapping[str, object], carried: Mapping[Steps, Steps] = NOTHING
) -> tuple[Found, ...]:
    """Every difference of two contents, in the order of the one after.

    Args:
        before: The content of the one.
        after: The content of the other.
        carried: What stands under another name or in another place afterwards: its path before, and its path after.

    Example:
        >>> [(one.kind, one.path) for one in walk({"protocol": {"title": "A"}}, {"protocol": {"title": "B"}})]
        [('changed', ('protocol', 'title'))]
    """
    there = {old: new for old, new in carried.items() if _has(before, old) and _has(after, new)}
    found = tuple(_Walk(before, there).both((), (), before, after))
    told = {one.path for one in found if one.kind in ("renamed", "moved")}
    # What was carried into or out of a part that is told whole stands there, and is told with it.
    return found if told >= set(there) else walk(before, after, {old: there[old] for old in there if old in told})


class _Walk:
    """Two contents side by side, and what is known of renamed and moved parts."""

    def __init__(self, before: Mapping[str, object], carried: Mapping[Steps, Steps]) -> None:
        self._before = before
        self._target, self._origin = carried, {new: old for old, new in carried.items()}
        self._renamed = {old[-1]: new[-1] for old, new in carried.items() if old[-1] != new[-1]}

    def both(self, path: Steps, became: Steps, old: object, new: object) -> Iterator[Found]:
        """The differences of what stands at one place on both sides."""
        if not isinstance(old, Mapping) or not isinstance(new, Mapping):
            if not same(old, new):
                yield Found("changed", path, became, old, new)
        elif is_condition(path) and old.keys() != new.keys():
            yield Found("changed", path, became, old, new)
        else:
            yield from self._maps(path, became, old, new)

    def _maps(
        self, path: Steps, became: Steps, old: Mapping[str, object], new: Mapping[str, object]
    ) -> Iterator[Found]:
        pairs = self._pairs(path, became, old, new)
        yield from _order(path, became, list(old), pairs)
        for first, second in sorted(pairs, key=_sources_last):
            if first is not None and second is not None:
                here, there = (*path, first), (*became, second)
                if first != second:
                    yield Found("renamed", here, there, first, second)
                yield from self.both(here, there, old[first], new[second])
            elif second is not None:
                yield from self._added((*path, second), (*became, second), new[second])
            elif first is not None:
                yield from self._removed((*path, first), (*became, first), old[first])

    def _added(self, path: Steps, became: Steps, new: object) -> Iterator[Found]:
        """What only the one after has here: it is new, or it stood elsewhere."""
        origin = self._origin.get(became)
        if origin is not None:
            yield Found("moved", origin, became, origin[-1], became[-1])
            yield from self.both(origin, became, at(self._before, origin), new)
        elif isinstance(new, Mapping) and _divides(new, became):
            for name, inner in new.items():
                yield from self._added((*path, name), (*became, name), inner)
        else:
            yield Found("added", path, became, ABSENT, new)

    def _removed(self, path: Steps, became: Steps, old: object) -> Iterator[Found]:
        """What only the one before has here: it is gone, or it stands elsewhere."""
        if isinstance(old, Mapping) and _divides(old, path):
            for name, inner in old.items():
                yield from self._removed((*path, name), (*became, name), inner)
        elif path not in self._target:
            yield Found("removed", path, became, old, ABSENT)

    def _pairs(
        self, path: Steps, became: Steps, old: Mapping[str, object], new: Mapping[str, object]
    ) -> tuple[Pair, ...]:
        """The names of both sides in the order of the one after; what is gone stands where it stood."""
        partner = {name: after for name in old if (after := self._partner(path, became, name, old, new)) is not None}
        gone: dict[str | None, list[str]] = {}
        last: str | None = None
        for name in old:
            if name in partner:
                last = partner[name]
            else:
                gone.setdefault(last, []).append(name)
        back = {after: name for name, after in partner.items()}
        found: list[Pair] = [(name, None) for name in gone.get(None, ())]
        for name in new:
            found.append((back.get(name), name))
            found += [(left, None) for left in gone.get(name, ())]
        return tuple(found)

    def _partner(
        self, path: Steps, became: Steps, name: str, old: Mapping[str, object], new: Mapping[str, object]
    ) -> str | None:
        """What a name of the one before is called in the same map afterwards; none if it is not there."""
        target = self._target.get((*path, name))
        if target is not None:
            return target[-1] if target[:-1] == became else None
        if name in new:
            return name if (*became, name) not in self._origin else None
        # A key that names a renamed part, such as the phase that `next` leads to, goes with it.
        other = self._renamed.get(name)
        return other if other in new and other not in old and (*became, other) not in self._origin else None


def _sources_last(pair: Pair) -> bool:
    """What a part rests on is read after what it says."""
    return "source" in pair


def _divides(value: Mapping[str, object], path: Steps) -> bool:
    """Whether what one side lacks is told by what stands under it; a part that an author named is told whole."""
    return bool(value) and key_of(path) is not None and not is_condition(path)


def _order(path: Steps, became: Steps, old: list[str], pairs: tuple[Pair, ...]) -> Iterator[Found]:
    """That the names of both sides stand in another order, each side with its own names."""
    after = {first: second for first, second in pairs if first is not None and second is not None}
    common = [name for name in old if name in after]
    names = [second for second in after.values() if second is not None]
    if [after[name] for name in common] != names:
        yield Found("reordered", path, became, tuple(common), tuple(names))


def same(one: object, other: object) -> bool:
    """Whether two values are the same JSON text: 1, 1.0, true and "1" all differ."""
    if isinstance(one, str) and isinstance(other, str):
        return one == other
    return canonical(one) == canonical(other)


def at(content: object, path: Steps) -> object:
    """What stands at a path; `ABSENT` if nothing does."""
    for step in path:
        if not isinstance(content, Mapping) or step not in content:
            return ABSENT
        content = content[step]
    return content


def _has(content: object, path: Steps) -> bool:
    return at(content, path) is not ABSENT
