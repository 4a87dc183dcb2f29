"""What a move to another version would mean, as plain text: courses of which the same is to be said stand together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iptengine.authoring.comparison import Difference
from iptengine.course.wording import counted, first_upper
from iptengine.protocol.protocol import Reason
from iptengine.render.difference_text import one_difference, wrapped

HEADINGS = {
    "blocked": "BLOCKED: something is in the way",
    "movable": "MOVABLE: these would be different",
    "unaffected": "UNAFFECTED: nothing differs in what they have used or can still come to",
}
_PASSED = "A clinician can move it all the same, and says why."
_FIRM = "Nobody can pass this over: change it in the course, or say in the rules what takes its place."


@dataclass(frozen=True, slots=True)
class MoveLines:
    """What the text says of one course.

    Attributes:
        course: Its id; `protocol` the one it is under.
        answer: unaffected, movable or blocked.
        differences: What would be different for it; `elsewhere` how many differences do not concern it.
        reasons: What is in its way; `overridable` whether a clinician may go on.
        alerts: How many of its risk alerts no clinician has assessed.
    """

    course: str
    protocol: str
    answer: str
    differences: tuple[Difference, ...]
    elsewhere: int
    reasons: tuple[Reason, ...]
    overridable: bool
    alerts: int


def moves_text(to: str, moves: Sequence[MoveLines], fewer_alerts: Sequence[str], width: int = 80) -> str:
    """The text of a dry run: fewer risk alerts first, then who is blocked, who would move, and who is unaffected."""
    return "\n".join(_lines(to, moves, fewer_alerts, width)) + "\n"


def _lines(to: str, moves: Sequence[MoveLines], fewer_alerts: Sequence[str], width: int) -> Iterator[str]:
    if not moves:
        yield f"No open course is under another version than {to}."
        return
    yield f"To {to}: {counted(len(moves), 'open course', 'open courses')} under another version. Nothing was recorded."
    if fewer_alerts:
        yield from ("", f"FEWER RISK ALERTS in {to}")
        for line in fewer_alerts:
            yield from wrapped(f"! {first_upper(line)}.", width, 2, 4)
    for answer, heading in HEADINGS.items():
        of_it = [move for move in moves if move.answer == answer]
        if of_it:
            yield from ("", f"{heading} ({counted(len(of_it), 'course', 'courses')})")
            for together in _together(of_it):
                yield ""
                yield from _said(together, width)


def _together(moves: Sequence[MoveLines]) -> Iterator[list[MoveLines]]:
    """Courses of which the same is to be said."""
    found: dict[tuple[object, ...], list[MoveLines]] = {}
    for move in moves:
        reasons = tuple((reason.code, str(reason)) for reason in move.reasons)
        found.setdefault((move.protocol, reasons, tuple(map(id, move.differences))), []).append(move)
    yield from found.values()


def _said(together: list[MoveLines], width: int) -> Iterator[str]:
    first = together[0]
    names = ", ".join(move.course for move in together)
    yield from wrapped(f"{names} (under {first.protocol})", width, 2, 4)
    for reason in first.reasons:
        yield from wrapped(f"- {first_upper(str(reason))}.", width, 4, 6)
    if first.reasons:
        yield from wrapped(_PASSED if first.overridable else _FIRM, width, 4, 4)
    for move in together:
        if move.alerts:
            told = f"{move.course}: {counted(move.alerts, 'risk alert is', 'risk alerts are')} open, and stays so."
            yield from wrapped(told if move.alerts == 1 else told.replace("stays", "stay"), width, 4, 6)
    shown = _that_matter(first)
    for one in shown:
        yield from one_difference(one, width, whole=first.answer != "blocked")
    rest = len(first.differences) - len(shown)
    if rest:
        yield from wrapped(f"{counted(rest, 'further difference')} would concern it.", width, 4)
    if first.elsewhere:
        count = counted(first.elsewhere, "difference", "differences")
        yield from wrapped(f"{count} elsewhere in the protocol.", width, 4)


def _that_matter(move: MoveLines) -> list[Difference]:
    """Of a course that is blocked, the differences that block it; of any other, all that concern it."""
    if move.answer != "blocked":
        return list(move.differences)
    ways = [tuple(reason.path.split(".")) for reason in move.reasons if reason.path]
    return [one for one in move.differences if any(_meets(one.found.path[1:], way) for way in ways)]


def _meets(path: Sequence[str], way: Sequence[str]) -> bool:
    """Whether a difference lies where a reason stands, or holds it."""
    least = min(len(path), len(way))
    return least > 0 and tuple(path[:least]) == tuple(way[:least])


def pages_difference(before: str, after: str) -> str:
    """Two pages as one: what only the one before has behind ``-``, what only the one after has behind ``+``."""
    import difflib

    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), "before", "after", lineterm="", n=2))
    return "\n".join(line.rstrip() for line in lines) + "\n" if lines else "The two pages are the same.\n"
