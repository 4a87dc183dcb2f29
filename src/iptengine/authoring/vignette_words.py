"""Words of one patient in what a vignette tells of several: they would stand on the pages of all of them.

What is said to a whole group holds no such words (see `iptengine.course.groups.not_for_all`); neither may a happening
that several members are told of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from iptengine.diagnostics import Path
from iptengine.protocol.fields import Model

if TYPE_CHECKING:
    from iptengine.authoring.vignette_told import Happening
    from iptengine.protocol.protocol import Protocol

Found = tuple[Path, bool, str, str, str]
WHOLE = (
    "words", "correct", "withdraw", "void", "assess", "close", "decline", "diagnosis", "waive_diagnosis", "people",
    "life_events", "formulation", "amend", "change_focus", "close_focus", "interrupt", "finish", "resume", "goals",
    "review_homework", "homework", "note", "remind", "leave", "why",
)  # fmt: skip
"""Keys of a happening that speak of one patient whatever stands under them."""
FIELDS = frozenset({"note", "because", "reason", "person", "focus", "decision", "exceptions"})
"""Keys inside other parts of a happening that can hold words of one patient."""
HINT = "say it of one member, as of: ann, in a happening of its own"
HINT_CHART = "leave it out: where the group stands is judged of the group as a whole, and recorded so"


def words_of_one(path: Path, told: Happening, many: int, protocol: Protocol) -> Iterator[Found]:
    """Every place in a happening told of `many` members that holds words of one of them."""
    if many < 2:
        return
    for place in _places(told, protocol):
        wrong = f"'{place[-1]}' can hold words of one patient, and this is told of {many} members"
        hint = HINT_CHART if place[0] == "chart" else HINT
        yield (*path, *place), True, "bad-value", wrong, hint


def _places(told: Happening, protocol: Protocol) -> Iterator[Path]:
    for key in type(told).model_fields:
        value = getattr(told, key)
        if key.startswith("expect") and key != "expected":
            continue
        if key in WHOLE:
            if value:
                yield (key,)
        elif key == "deviate" and value is not None:
            if value.request.join is None:
                yield (key, "because")
            yield from ((key, "request", *place) for place in _places(value.request, protocol))
        else:
            yield from _inside((key,), value)
    for fact in told.facts:
        known = protocol.spec.facts.get(fact)
        if known is not None and known.type == "text":
            yield ("facts", fact)


def _inside(path: Path, value: object) -> Iterator[Path]:
    """Fields that hold words, in a part of a happening."""
    if isinstance(value, Model):
        parts: Mapping[str, object] = {name: getattr(value, name) for name in type(value).model_fields}
    elif isinstance(value, Mapping):
        parts = value
    else:
        return
    for name, part in parts.items():
        if isinstance(value, Model) and name in FIELDS and part:
            yield (*path, name)
        else:
            yield from _inside((*path, name), part)


__all__ = ["words_of_one"]
