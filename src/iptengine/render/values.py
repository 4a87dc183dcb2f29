"""What a template sees: plain values behind a door that counts steps and opens nothing but named entries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from iptengine.diagnostics import IptengineError

Value: TypeAlias = (
    str | int | float | Decimal | Fraction | date | Mapping[str, Any] | tuple[Any, ...] | list[Any] | None
)
"""What may be given to a template: trees of plain dictionaries, sequences, texts, numbers, dates and ``None``."""


class TemplateFault(IptengineError):
    """A template could not be rendered; says why, and never with the words of a patient."""


class Absent:
    """Stands for a missing value: every comparison with it is a plain no, and so are its parts."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        return False

    def _no(self, _: object) -> bool:
        return False

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _no

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()


class Steps:
    """How much work one rendering may still do."""

    __slots__ = ("left",)

    def __init__(self, most: int) -> None:
        self.left = most

    def take(self) -> None:
        """One step less.

        Raises:
            TemplateFault: None was left.
        """
        self.left -= 1
        if self.left < 0:
            raise TemplateFault("the template takes too many steps")


class Entry:
    """A dictionary whose entries, and nothing else, can be reached by name."""

    __slots__ = ("_fields", "_steps")

    def __init__(self, fields: Mapping[str, Any], steps: Steps) -> None:
        self._fields = fields
        self._steps = steps

    def look(self, name: str) -> Any:
        """The value under `name`.

        Raises:
            TemplateFault: There is no such entry, or it is not a plain value.
        """
        self._steps.take()
        try:
            value = self._fields[name]
        except KeyError:
            raise TemplateFault(f"'{name[:80]}' was not given to the template") from None
        return guarded(value, self._steps)

    def __repr__(self) -> str:
        return "Entry"


class Items:
    """A sequence that charges every entry it gives out."""

    __slots__ = ("_all", "_steps")

    def __init__(self, entries: tuple[Any, ...] | list[Any], steps: Steps) -> None:
        self._all = entries
        self._steps = steps

    def __iter__(self) -> Iterator[Any]:
        for one in self._all:
            self._steps.take()
            yield guarded(one, self._steps)

    def __len__(self) -> int:
        return len(self._all)

    def __repr__(self) -> str:
        return "Items"


def guarded(value: Any, steps: Steps) -> Any:
    """`value` as a template may see it; a marked-up or otherwise special text becomes a plain one.

    Raises:
        TemplateFault: It is not a plain value.
    """
    door = _DOORS.get(type(value)) or next((d for kind, d in _KINDS if isinstance(value, kind)), None)
    if door is None:
        raise TemplateFault("a value given to the template is not a plain text, number, date, list or dictionary")
    return door(value, steps)


def _same(value: Any, steps: Steps) -> Any:
    return value


def _absent(value: None, steps: Steps) -> Absent:
    return ABSENT


def _plain(value: str, steps: Steps) -> str:
    return str.__str__(value)


def _day(value: datetime, steps: Steps) -> date:
    return value.date()


_DOORS: Final[dict[type, Callable[[Any, Steps], Any]]] = {
    str: _same,
    int: _same,
    bool: _same,
    float: _same,
    Decimal: _same,
    Fraction: _same,
    date: _same,
    datetime: _day,
    type(None): _absent,
    dict: Entry,
    MappingProxyType: Entry,
    tuple: Items,
    list: Items,
}
_KINDS: Final[tuple[tuple[type, Callable[[Any, Steps], Any]], ...]] = (
    (str, _plain),
    (datetime, _day),
    (date, _same),
    (dict, Entry),
    (tuple, Items),
)
