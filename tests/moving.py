"""Courses of the adult protocol that go on under version 1.1.0 of it, for tests of moves."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from iptengine import commands as c
from iptengine.authoring.moves_file import MoveRules, load_moves
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Actor
from iptengine.engine.answers import Done
from iptengine.engine.clinic import Clinic
from iptengine.engine.moves import Move
from iptengine.protocol.protocol import Protocol
from iptengine.render.moves_text import MoveLines, moves_text
from phrases import ANNA, INITIAL, START, _root, built, change, contract, focus, hold, protocol, week
from stores import fresh_store

LEAD = Actor("u2", role="lead")
WHY = "the service now works by version 1.1.0"


def newer(changes: Mapping[str, object] | None = None, *, rename: Mapping[str, str] | None = None) -> Protocol:
    """Version 1.1.0 of the adult protocol: some values set or (``...``) removed, some things called otherwise."""
    root: Any = copy.deepcopy(_root("ipt-adult"))
    root["version"] = "1.1.0"
    if rename:
        from iptengine.authoring.variants.renames import applied, carry

        carried = carry(protocol("ipt-adult"), root, {tuple(path.split(".")): new for path, new in rename.items()})
        assert (carried.mistakes, carried.left) == ((), ())
        root = applied(root, carried)
    change(root, changes or {})
    return built(root)


def clinic(*protocols: Protocol) -> Clinic:
    """A clinic with the adult protocol and others."""
    at = datetime(2026, 3, 3, 9, tzinfo=UTC)
    return Clinic(fresh_store(), [protocol("ipt-adult"), *protocols], clock=lambda: at)


def begun(desk: Clinic, course: str, *said: c.Command) -> None:
    """A course of the adult protocol, version 1.0.0."""
    desk.start("ipt-adult@1.0.0", by=ANNA, on=START, course=course, called="A.")
    for command in said:
        done = desk.do(course, command, by=ANNA, on=command.on or START)
        assert not done.refused, done.refused


def in_the_middle(desk: Clinic, course: str, area: str = "grief", person: str = "", sessions: int = 14) -> None:
    """Three sessions held, everything agreed, the middle phase begun."""
    said = (
        hold(1),
        hold(2),
        hold(3),
        *INITIAL,
        focus(area, person),
        contract(sessions),
        c.EnterPhase("middle", on=week(3)),
    )
    begun(desk, course, *said)


def move(desk: Clinic, course: str, to: Protocol, rules: MoveRules | None = None, **more: Any) -> Done:
    """The course moves."""
    return desk.move(course, to, by=LEAD, on=week(4), because=WHY, rules=rules, **more)


def rules(tmp_path: Path, text: str) -> MoveRules:
    """The rules in a file."""
    file = tmp_path / "adult.moves.yaml"
    file.write_text("iptengine: 1\nmoves: ipt-adult\nfrom: 1.0.0\nto: 1.1.0\n" + text)
    return load_moves(file)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    """What was in the way."""
    return [reason.code for reason in refused.value.reasons]


def looked(moves: tuple[Move, ...], to: str) -> str:
    """The text of a dry run."""
    lines = [
        MoveLines(
            m.course, m.protocol, m.answer, m.differences, m.elsewhere, m.reasons, m.overridable, len(m.open_alerts)
        )
        for m in moves
    ]
    fewer = dict.fromkeys(line for m in moves for line in m.fewer_alerts)
    return moves_text(to, lines, tuple(fewer))
