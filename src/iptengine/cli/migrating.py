"""Courses of a store that go on under another version of their protocol: looked at, moved, and moved back."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from iptengine.authoring.loader import load
from iptengine.authoring.moves_file import MoveRules, load_moves
from iptengine.cli import screen
from iptengine.cli.came_of_it import say_risks_of
from iptengine.cli.names import base_path, protocol_source
from iptengine.cli.screen import Unclear
from iptengine.cli.stores import check_sealed, key_in, keys_in, store_at, today
from iptengine.course.course import Course
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Actor
from iptengine.course.wording import counted
from iptengine.diagnostics import ProtocolError
from iptengine.engine.answers import UnknownProtocol
from iptengine.engine.in_turn import GroupNotTold
from iptengine.protocol.protocol import Protocol
from iptengine.render.moves_text import MoveLines, moves_text, pages_difference
from iptengine.store.port import UnopenedCourse

if TYPE_CHECKING:
    from iptengine.engine.answers import Done, GroupDone
    from iptengine.engine.clinic import Clinic
    from iptengine.engine.looking import Move

MOVED, BLOCKED, NOT_READ = 0, 1, 2
"""Exit codes: every course moves, or would; something is in the way of one; the protocol or the rules have mistakes."""


@dataclass(frozen=True, slots=True)
class Migration:
    """What the command was given.

    Attributes:
        courses: Only these; every course where there are none.
        of: Ids of other protocols whose courses go, too.
        rules: The path of the rules; empty for none.
        on: The day; today where it is not said.
    """

    store: str
    protocol: str
    courses: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    rules: str = ""
    folders: tuple[str, ...] = ()
    on: date | None = None
    by: str = ""
    role: str = ""
    because: str = ""
    anyway: str = ""
    key_file: str | None = None
    keys: str | None = None


def migrate(asked: Migration, *, dry_run: bool, undo: bool, show: str) -> int:
    """Looks at what a move would mean, moves courses, or moves them back."""
    from iptengine.engine.clinic import Clinic

    try:
        protocol = load(_source(asked), folders=asked.folders)
        rules = load_moves(asked.rules) if asked.rules else None
        key = key_in(asked.key_file)
        with store_at(asked.store, read_only=dry_run or bool(show), there=True) as store:
            clinic = Clinic(store, [protocol], seal_key=key, keys=keys_in(asked.keys))
            if show:
                return _show(clinic, protocol, asked, rules, show)
            if dry_run:
                return _look(clinic, protocol, asked, rules)
            sealed = partial(check_sealed, store, key=key)
            if undo:
                return _undo(clinic, protocol, asked, sealed)
            return _move(clinic, protocol, asked, rules, sealed)
    except ProtocolError as wrong:
        screen.complain(str(wrong))
        return NOT_READ


def _source(asked: Migration) -> str:
    """The name or the path of the version they go to."""
    if "@" in asked.protocol:
        return base_path(asked.protocol, (os.curdir, *asked.folders))
    return protocol_source(asked.protocol, asked.folders)


def _on(asked: Migration) -> date:
    return asked.on or today()


def _moves(clinic: Clinic, protocol: Protocol, asked: Migration, rules: MoveRules | None) -> tuple[Move, ...]:
    return clinic.moves(protocol, on=_on(asked), courses=asked.courses or None, rules=rules, of=asked.of)


def _look(clinic: Clinic, protocol: Protocol, asked: Migration, rules: MoveRules | None) -> int:
    found = _moves(clinic, protocol, asked, rules)
    say_risks_of(clinic, [move.course for move in found])
    fewer = dict.fromkeys(line for move in found for line in move.fewer_alerts)
    screen.say(moves_text(protocol.ref, list(map(_lines, found)), tuple(fewer), screen.width()).rstrip("\n"))
    return BLOCKED if any(move.answer == "blocked" for move in found) else MOVED


def _lines(move: Move) -> MoveLines:
    return MoveLines(
        move.course, move.protocol, move.answer, move.differences, move.elsewhere, move.reasons, move.overridable,
        len(move.open_alerts),
    )  # fmt: skip


def _show(clinic: Clinic, protocol: Protocol, asked: Migration, rules: MoveRules | None, course: str) -> int:
    try:
        pages = clinic.move_pages(course, protocol, on=_on(asked), rules=rules, anyway=bool(asked.anyway))
    except Refused as no:
        _refused(no, f"{course}: ")
        return BLOCKED
    screen.say(pages_difference(pages.before.text, pages.after.text).rstrip("\n"))
    return MOVED


# -- what is recorded --------------------------------------------------------------------------------------------


def _actor(asked: Migration) -> Actor:
    """Who moves them.

    Raises:
        Unclear: Nobody is named, or no reason.
    """
    missing = [name for name in ("by", "role", "because") if not getattr(asked, name).strip()]
    if missing:
        told = ", ".join(f"--{name}" for name in missing)
        raise Unclear(f"a move is recorded with who made it and why: say {told}, or only look with --dry-run")
    return Actor(asked.by, role=asked.role)


def _move(
    clinic: Clinic, protocol: Protocol, asked: Migration, rules: MoveRules | None, sealed: Callable[[str], None]
) -> int:  # fmt: skip
    by = _actor(asked)
    found = {move.course: move for move in _moves(clinic, protocol, asked, rules)}
    for course in found:
        sealed(course)
    say_risks_of(clinic, found)
    go: dict[str, Any] = {"by": by, "on": _on(asked), "because": asked.because, "rules": rules}

    def one(course: str) -> Done:
        return clinic.move(course, protocol, **go, anyway=asked.anyway if found[course].overridable else "")

    def together(group: str) -> GroupDone:
        anyway = any(move.overridable for move in found.values() if move.group == group)
        return clinic.move_group(group, protocol, **go, anyway=asked.anyway if anyway else "")

    groups = {course: move.group for course, move in found.items()}
    whole = _whole(clinic, groups, lambda course: course.digest == protocol.digest)
    how = {course: f"moved from {move.protocol} to {protocol.ref}" for course, move in found.items()}
    blocked = _each(groups, whole, one, together, lambda course: how[course.id])
    return _told(len(found) - blocked, blocked, "moved")


def _undo(clinic: Clinic, protocol: Protocol, asked: Migration, sealed: Callable[[str], None]) -> int:
    from iptengine.engine.looking import group_now

    by = _actor(asked)
    found = [course for course in clinic.courses(asked.courses or None) if _goes_back(course, protocol, asked)]
    for course in found:
        sealed(course.id)
    say_risks_of(clinic, [course.id for course in found])
    go: dict[str, Any] = {"by": by, "on": _on(asked), "because": asked.because, "anyway": asked.anyway}
    groups = {course.id: group_now(course) for course in found}
    whole = _whole(clinic, groups, lambda course: course.digest != protocol.digest)
    blocked = _each(
        groups, whole, lambda course: clinic.move_back(course, **go),
        lambda group: clinic.move_group_back(group, **go), lambda course: f"moved back to {course.protocol}",
    )  # fmt: skip
    return _told(len(found) - blocked, blocked, "moved back")


def _goes_back(course: Course, protocol: Protocol, asked: Migration) -> bool:
    """Whether a course is an open one of this version that was moved there, or was named."""
    here = course.digest == protocol.digest and course.outcome is None
    return here and bool(course.moves or asked.courses)


_IN_THE_WAY = (Refused, UnopenedCourse, UnknownProtocol)
"""What is in the way of one course, and holds back no other."""


def _whole(clinic: Clinic, groups: Mapping[str, str], there: Callable[[Course], bool]) -> frozenset[str]:
    """The groups of which every member goes, or is there already; `groups` is the group of each course that goes."""
    named = set(filter(None, groups.values()))
    stay = {group: [id for id in clinic.group(group).courses if id not in groups] for group in named}
    return frozenset(group for group, ids in stay.items() if all(map(there, clinic.courses(ids))))


def _each(
    groups: Mapping[str, str], whole: Collection[str], one: Callable[[str], Done],
    together: Callable[[str], GroupDone], how: Callable[[Course], str],
) -> int:  # fmt: skip
    """Say it to every course, to a whole group at once; how many stay where they are."""
    blocked = 0
    for course in (course for course, group in groups.items() if group not in whole):
        try:
            _went(one(course), how)
        except _IN_THE_WAY as no:
            blocked += 1
            _refused(no, f"{course}: ")
    for group in dict.fromkeys(group for group in groups.values() if group in whole):
        members = [course for course, its in groups.items() if its == group]
        try:
            done = together(group)
        except GroupNotTold as half:  # those that went are told with their alerts, and then what is not done
            for course in members:
                if course in half.done.courses:
                    _went(half.done.courses[course], how)
            raise
        except _IN_THE_WAY as no:
            blocked += len(members)
            _refused(no, "" if isinstance(no, Refused) else f"{', '.join(members)}: ")
            continue
        for course in members:
            blocked += len(done.courses[course].refused)
            _went(done.courses[course], how)
    return blocked


def _went(done: Done, how: Callable[[Course], str]) -> None:
    course = done.course
    for no in done.refused:
        _refused(no, f"{course.id}: ")
    for alert in done.alerts:
        screen.say(screen.bad(f"{course.id}: {alert.level} alert: {alert.text}"))
    if not done.refused:
        screen.say(f"{course.id}: {how(course)}")


def _refused(no: Refused | UnopenedCourse | UnknownProtocol, where: str = "") -> None:
    for reason in no.reasons if isinstance(no, Refused) else (no,):
        screen.complain(f"{where}{reason}")


def _told(moved: int, blocked: int, how: str) -> int:
    screen.say(f"{counted(moved, 'course', 'courses')} {how}, {blocked} not")
    return BLOCKED if blocked else MOVED
