"""Everything that can be recorded, made from the classes themselves: strategies for tests of what is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta, timezone
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from iptengine.course.commands import Command, HoldSession, Read, RecordFact
from iptengine.course.events import EVENTS, ContractAmended, Event, NoteWritten, ReadingTaken, Unreadable
from iptengine.course.stamp import Actor, recorded_actor

# Two surrogate halves side by side are one character to JSON; a lone half is kept.
TEXT = st.text(st.characters(codec=None), max_size=20).map(
    lambda text: text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
)
OFFSETS = st.integers(-86_399, 86_399).map(lambda seconds: timezone(timedelta(seconds=seconds)))
NUMBER = st.floats(allow_nan=False, allow_infinity=False) | st.integers()
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: st.integers(),
    float: NUMBER,
    bool: st.booleans(),
    NoneType: st.none(),
    date: st.dates(),
    datetime: st.datetimes(timezones=OFFSETS),
    Actor: st.builds(recorded_actor, TEXT, TEXT),
    object: st.none() | st.booleans() | NUMBER | TEXT,
}


@cache
def of(hint: Any) -> st.SearchStrategy[Any]:
    if hint in SIMPLE:
        return SIMPLE[hint]
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return st.one_of([of(arg) for arg in args])
    if origin in (tuple, Sequence):
        return st.lists(of(args[0]), max_size=3).map(tuple)
    if origin is frozenset:
        return st.frozensets(of(args[0]), max_size=3)
    if origin is Mapping:
        return st.dictionaries(TEXT, of(args[1]), max_size=3)
    if hint is Event:
        return a_record(NoteWritten) | a_record(ReadingTaken) | a_record(ContractAmended)
    if hint is Command:
        return a_record(HoldSession) | a_record(Read) | a_record(RecordFact)
    return a_record(hint)


def a_record(kind: type[Any]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{f.name: of(hints[f.name]) for f in fields(kind) if f.name != "stamp"})


READABLE = [kind for kind in EVENTS.values() if kind is not Unreadable]
ANY_EVENT = st.sampled_from(READABLE).flatmap(a_record)
