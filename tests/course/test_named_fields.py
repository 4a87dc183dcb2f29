"""Every field of an event, a command and a course says whether it holds a name of the protocol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from inspect import getmembers, isclass

import pytest

from iptengine.course import course as state
from iptengine.course.commands import COMMANDS, Command
from iptengine.course.course import Course
from iptengine.course.events import EVENTS, Event
from iptengine.course.named_fields import (
    COMMAND_FIELDS,
    EVENT_FIELDS,
    INSIDE,
    NAMED,
    WITHOUT,
    WITHOUT_INSIDE,
)
from iptengine.protocol.references import KINDS

OUR_OWN = {"focus", "request", "scores"}


def _classes() -> Iterator[type]:
    yield from EVENTS.values()
    yield from COMMANDS.values()
    for _, found in getmembers(state, lambda one: isclass(one) and one.__module__ == state.__name__):
        if is_dataclass(found):
            yield found


def _told(kind: type) -> set[str]:
    common = EVENT_FIELDS if issubclass(kind, Event) else COMMAND_FIELDS if issubclass(kind, Command) else frozenset()
    inside = WITHOUT_INSIDE if kind is Course else frozenset()
    return {*NAMED.get(kind, {}), *WITHOUT.get(kind, ()), *INSIDE.get(kind, ()), *common, *inside}


@pytest.mark.parametrize("kind", list(_classes()), ids=lambda kind: kind.__name__)
def test_every_field_says_whether_it_holds_a_name(kind: type) -> None:
    assert {part.name for part in fields(kind)} == _told(kind), "say it in course/named_fields.py"


@pytest.mark.parametrize("kind", list(_classes()), ids=lambda kind: kind.__name__)
def test_no_field_says_it_both_ways(kind: type) -> None:
    assert not {*NAMED.get(kind, {})} & {*WITHOUT.get(kind, ())}


def test_what_is_held_is_a_kind_of_name() -> None:
    kinds = {kind for holds in NAMED.values() for one in holds.values() for kind in one.kinds}
    assert kinds <= {*KINDS, *OUR_OWN}


def test_nothing_is_said_of_what_is_no_record() -> None:
    assert {*NAMED, *WITHOUT, *INSIDE} <= {*_classes()}
