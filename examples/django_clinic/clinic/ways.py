"""Ways in words, as short names for addresses, and as signed text that a form carries there and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from django.core.exceptions import SuspiciousOperation
from django.core.signing import BadSignature, Signer

import iptengine as ipt
from iptengine import commands as c

TO_FILL = "…"
"""What a way holds in place of words that a person must give."""

ELSEWHERE = (
    c.HoldSession, c.MissSession, c.RecordSession, c.Correct, c.Withdraw, c.Void, c.JoinGroup, c.LeaveGroup,
)  # fmt: skip
"""What has a form of its own here, or needs one that this project leaves out."""
OF_ONE = ("because", "note", "reason", "focus", "person", "found", "plan", "text", "why")
TO_ALL = (c.EnterPhase, c.MoveChart, c.AnnounceEnding, c.EndCourse)
"""What can be said to all members of a group by the form of its way."""


def in_words(command: ipt.Command) -> str:
    """`AgreeFocus("grief")` as "Agree focus: grief"."""
    said = [value for name, value in c.as_mapping(command).items() if name not in ("kind", "on", "alert")]
    words = [text.replace("_", " ") for text in said if isinstance(text, str) and text not in ("", TO_FILL)]
    kind = command.kind.replace("_", " ").capitalize()
    return f"{kind}: {', '.join(words)}" if words else kind


def name_of(way: ipt.Way) -> str:
    """A name for a way that may stand in an address, where the words of a course may not."""
    return sha256(json.dumps(c.as_mapping(way.command), sort_keys=True).encode()).hexdigest()[:16]


def sign(course: str, way: ipt.Way) -> str:
    """A way as text that nobody can change, for this course alone."""
    drawn = {"command": c.as_mapping(way.command), "fields": dict(way.fields), "open": way.open}
    return Signer(salt=course).sign_object(drawn)


def unsign(course: str, text: str) -> ipt.Way:
    """The way that `sign` wrote."""
    try:
        drawn = Signer(salt=course).unsign_object(text)
    except BadSignature:
        raise SuspiciousOperation("a form came back that was not drawn here") from None
    return ipt.Way(c.command_from_mapping(drawn["command"]), drawn["open"], (), drawn["fields"])


def is_signed(course: str, text: str) -> bool:
    """Whether `sign` wrote it."""
    try:
        unsign(course, text)
    except SuspiciousOperation:
        return False
    return True


def requests(ways: Sequence[ipt.Way]) -> list[tuple[str, ipt.Way]]:
    """Moves that can be asked for: what the protocol has, open or not now."""
    return [(name_of(way), way) for way in ways if way.command.request and not isinstance(way.command, ELSEWHERE)]


@dataclass(frozen=True)
class ForAll:
    """What can be said to all members of a group: the way, and for which of them, by number, it is shut and why."""

    way: ipt.Way
    shut: tuple[tuple[int, tuple[ipt.Reason, ...]], ...]


def to_all(of_members: Sequence[Sequence[ipt.Way]]) -> dict[str, ForAll]:
    """What can be said to all members of a group, from the ways of each.

    A field that could hold the words of one patient is left out: it would stand in every course.
    """
    found: dict[str, ForAll] = {}
    for number, ways in enumerate(of_members):
        for way in ways:
            if isinstance(way.command, TO_ALL):
                plain = replace(way, fields={name: way.fields[name] for name in way.fields if name not in OF_ONE})
                before = found.get(name_of(way), ForAll(plain, ()))
                shut = () if way.open else ((number, way.reasons),)
                found[name_of(way)] = replace(before, shut=before.shut + shut)
    return found


def reports(ways: Sequence[ipt.Way]) -> list[tuple[str, ipt.Way]]:
    """What else can be put on record."""
    return [(name_of(way), way) for way in ways if not way.command.request and not isinstance(way.command, ELSEWHERE)]
