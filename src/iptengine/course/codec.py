"""Events, courses and commands as JSON, and back: exact, total where something was stored, and lean.

What was stored is never lost: text that this version cannot read becomes an `Unreadable` event that keeps it whole.
What comes from a caller is checked strictly: a wrong field is a `BadInput` that names the field, never its value.

The readers are small tables, made once for each class from its fields. They fill the fields of a record directly,
because a course is read far more often than it is written.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, NoReturn, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from iptengine.course.commands import COMMANDS, Command
from iptengine.course.course import Course
from iptengine.course.events import EVENTS, Event, Unreadable
from iptengine.course.filling import open_twin
from iptengine.course.stamp import Actor, recorded_actor
from iptengine.diagnostics import BadInput as BadInput
from iptengine.diagnostics import did_you_mean

SCHEMA = 1
"""The version of the written form of events, under ``v`` in each of them."""

COURSE_SCHEMA = "iptengine.course/1"

UPCASTERS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""For each former version of the written form, what makes an event of the next version from it.

An upcaster takes the fields of the stored event, ``kind`` included and ``v`` not, and gives those of the version
after its own. It may raise `LookupError`, `TypeError`, `ValueError` or `AttributeError` for what it cannot use.
"""

UNREADABLE = "a stored event cannot be read: "
"""How the reason of an `Unreadable` begins."""

COMMAND_DEPTH = 4
"""How deep commands may stand inside commands: a deviation inside a correction is two."""


# -- events ------------------------------------------------------------------------------------------------------


def encode(event: Event) -> str:
    """An event as one line of JSON in ASCII; what has its usual value is left out.

    An `Unreadable` gives back the very text it was read from.

    Raises:
        BadInput: The event holds what JSON cannot write (a number without end, a key that is no text).
    """
    if isinstance(event, Unreadable):
        return event.stored
    return _written({"v": SCHEMA, **_record(event)})


def as_told(event: Event) -> dict[str, Any]:
    """An event as plain values, for those who read it: also one that cannot be read, which `encode` gives back bare."""
    return {"v": SCHEMA, **_record(event)}


def decode(text: str) -> Event:
    """The event that was stored as `text`. Never raises: what cannot be read is an `Unreadable`, kept whole.

    Text comes back as it went in, lone surrogates too; only two halves of one character, side by side,
    come back as the character they spell. A number keeps its form: ``12`` stays whole, ``12.0`` does not become so.
    """
    try:
        raw, end = _DECODER.raw_decode(text)  # leaner than `decode`, which also takes blanks around it
        if end != len(text):
            raw = _DECODER.decode(text)
    except (ValueError, RecursionError):
        return _unreadable(text, {}, "its text is broken or cut off")
    if type(raw) is not dict:
        return _unreadable(text, {}, "it is not one record of fields")
    version = raw.pop("v", None)
    raw.pop("seal", None)  # what a store adds (`iptengine.store.chain`); it says nothing about the event
    try:
        if type(version) is not int or version != SCHEMA:
            raw = _upcast(version, raw)
        kind = raw.pop("kind", None)
        of = _STORED.get(kind) if type(kind) is str else None
        if of is None:
            raise _Misfit("this version does not know its kind")
        event: Event = _filled(_shape(of), raw)
        return event
    except _Misfit as misfit:
        return _unreadable(text, raw, misfit.told())


def _upcast(version: object, raw: dict[str, Any]) -> dict[str, Any]:
    if type(version) is not int:
        raise _Misfit("it does not say the version it was written in")
    if version > SCHEMA:
        raise _Misfit("it was written by a newer version of this library")
    for step in range(version, SCHEMA):
        upcaster = UPCASTERS.get(step)
        if upcaster is None:
            raise _Misfit("it was written in a version that can no longer be read")
        try:
            raw = dict(upcaster(dict(raw)))
        except (LookupError, TypeError, ValueError, AttributeError):
            raise _Misfit("it could not be brought from its version to the present one") from None
    return raw


_NO_TIME = datetime.min.replace(tzinfo=UTC)


def _unreadable(text: str, raw: Mapping[str, Any], why: str) -> Unreadable:
    """The event as far as it can be read: id, times, actor and command, each on its own."""
    return Unreadable(
        id=_or(raw.get("id"), _text, ""),
        on=_or(raw.get("on"), _read_date, date.min),
        at=_or(raw.get("at"), _read_datetime, _NO_TIME),
        by=_or(raw.get("by"), _read_actor, recorded_actor("", "")),
        command=_or(raw.get("command"), _text, ""),
        stored=text,
        why=f"{UNREADABLE}{why}",
    )


T = TypeVar("T")


def _or(value: object, read: Callable[[object], T], instead: T) -> T:
    try:
        return read(value)
    except _Misfit:
        return instead


# -- courses and what is made of them ----------------------------------------------------------------------------


def course_to_json(course: Course) -> str:
    """A course as one line of JSON in ASCII, exact enough to be read back equal."""
    return record_to_json(course, COURSE_SCHEMA)


def course_from_json(text: str) -> Course:
    """The course that `course_to_json` wrote.

    Raises:
        BadInput: It is not such a text, or of another version of it.
    """
    return record_from_json(Course, text, COURSE_SCHEMA, "course")


def record_to_json(record: Any, schema: str) -> str:
    """A record of frozen values as one line of JSON in ASCII, with the name of its written form."""
    return _written({"schema": schema, **_record(record)})


def record_from_json(of: type[T], text: str, schema: str, what: str) -> T:
    """The record that `record_to_json` wrote; `what` it is called, for who gave the text.

    Raises:
        BadInput: It is not such a text, or of another written form.
    """
    try:
        raw = _DECODER.decode(text)
    except (ValueError, RecursionError):
        raise BadInput("", f"the text of the {what} is broken or cut off") from None
    if type(raw) is not dict or raw.pop("schema", None) != schema:
        raise BadInput("schema", f"this is not a {what} written as '{schema}'")
    try:
        return cast(T, _filled(_shape(of), raw))
    except _Misfit as misfit:
        raise BadInput(misfit.field, f"the {what} cannot be read: {misfit.told()}") from None


# -- commands ----------------------------------------------------------------------------------------------------


def command_from_mapping(mapping: Mapping[str, Any]) -> Command:
    """The command that `mapping` describes in plain JSON values: the inverse of `as_mapping`.

    Args:
        mapping: ``kind`` and the command's own fields. Dates are written ``2026-03-03``, a command inside a command
            is a mapping again. A stamp is not taken: who and when is for `Clinic` to say.

    Raises:
        BadInput: A field is unknown, missing or of another sort; names the field, never the value.

    Example:
        >>> command_from_mapping({"kind": "enter_phase", "phase": "ending", "on": "2026-05-12"})
        <EnterPhase>
        >>> command_from_mapping({"kind": "enter_phase", "phase": 2})
        Traceback (most recent call last):
        iptengine.diagnostics.BadInput: the command cannot be used: 'phase' must be text
    """
    try:
        return _read_command(mapping, COMMAND_DEPTH)
    except _Misfit as misfit:
        raise BadInput(misfit.field, f"the command cannot be used: {misfit.told()}") from None


def _read_command(value: object, depth: int) -> Command:
    if not isinstance(value, Mapping):
        raise _Misfit("must be a command: a map of its fields")
    if depth == 0:
        raise _Misfit("has too many commands inside one another")
    raw = dict(value)
    kind = raw.pop("kind", None)
    if type(kind) is not str or kind not in COMMANDS:
        hint = did_you_mean(kind, COMMANDS) if type(kind) is str else ""
        raise _Misfit(f"must be a kind of command{hint and '; '}{hint}", "kind")
    shape = _shape(COMMANDS[kind])
    if "stamp" in raw:
        raise _Misfit("is not taken from outside", "stamp")
    if "command" in shape.readers and "command" in raw:
        try:
            raw["command"] = _read_command(raw["command"], depth - 1)
        except _Misfit as misfit:
            raise misfit.inside("command") from None
    # `as_mapping` leaves out what is None, and "asked, and left unanswered" is a None that must not get lost.
    for name in shape.required - raw.keys() & shape.nullable:
        raw[name] = None
    return cast(Command, _filled(shape, raw))


# -- writing -----------------------------------------------------------------------------------------------------

_ENCODER = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def _written(record: Mapping[str, Any]) -> str:
    try:
        return _ENCODER.encode(record)
    except ValueError:
        raise BadInput("", "a number without end, or no number at all, cannot be written down") from None


def _record(made: Any) -> dict[str, Any]:
    """A record as plain values: its kind where it has one, and every field that has not its usual value."""
    found = {"kind": made.kind} if isinstance(made, Event) else {}
    for name, usual in _shape(type(made)).usual:
        value = getattr(made, name)
        if value != usual:  # what must be given has `MISSING` here, which nothing equals
            found[name] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, date):  # a time is a date, too
        return value.isoformat()
    if isinstance(value, tuple | list):  # a caller may have written a list where a record keeps a tuple
        return [_plain(part) for part in value]
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return _plain_map(value)
    if is_dataclass(value):
        return _record(value)
    raise BadInput("", "an event or a course holds something that cannot be written down")


def _plain_map(value: Mapping[Any, Any]) -> dict[str, Any]:
    if not all(isinstance(key, str) for key in value):
        raise BadInput("", "a map with a key that is no text cannot be written down")
    return {key: _plain(part) for key, part in value.items()}


# -- reading -----------------------------------------------------------------------------------------------------

Read = Callable[[Any], Any]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")


class _Misfit(Exception):
    """Something that does not fit, and the way to it. Says what was wanted, never what was there."""

    def __init__(self, wrong: str, *way: str) -> None:
        self.wrong = wrong
        self.way = list(way)
        super().__init__(wrong)

    def inside(self, name: str) -> _Misfit:
        self.way.insert(0, name)
        return self

    @property
    def field(self) -> str:
        # A key may come from anybody: one that does not look like a name is not repeated.
        return ".".join(name if _NAME.fullmatch(name) else "…" for name in self.way)

    def told(self) -> str:
        return f"'{self.field}' {self.wrong}" if self.way else self.wrong


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the records of one class are read and written.

    Attributes:
        twin: The class that a record has until it is filled.
        readers: For each field: its name, the type it nearly always has, every type that needs no reading, and the
            reader for the rest. The name in a text is another object, by which a field is found more slowly.
        usual: Every field with its usual value, in order, for writing.
        nullable: The fields that may be None.
    """

    of: type[Any]
    twin: type[Any]
    readers: dict[str, tuple[str, type | None, frozenset[type], Read]]
    required: frozenset[str]
    usual: tuple[tuple[str, Any], ...]
    nullable: frozenset[str]


_SHAPES: dict[object, _Shape] = {}


def _shape(of: Any) -> _Shape:
    shape = _SHAPES.get(of)
    if shape is None:
        shape = _SHAPES[of] = _new_shape(of)
    return shape


def _new_shape(of: Any) -> _Shape:
    hints = get_type_hints(of)
    parts = fields(of)
    sorts = {part.name: _sort(hints[part.name]) for part in parts}
    return _Shape(
        of=of,
        twin=open_twin(of),
        readers={name: (name, _mostly(types), types, read) for name, (types, read) in sorts.items()},
        required=frozenset(p.name for p in parts if p.default is MISSING and p.default_factory is MISSING),
        usual=tuple((p.name, p.default if p.default_factory is MISSING else p.default_factory()) for p in parts),
        nullable=frozenset(n for n, (types, read) in sorts.items() if NoneType in types or read is _anything),
    )


def _mostly(types: frozenset[type]) -> type | None:
    return next((kind for kind in types if kind is not NoneType), None)


def _filled(shape: _Shape, raw: dict[str, Any]) -> Any:
    """A record of that shape with the values of `raw`."""
    values = {}
    readers = shape.readers
    given = ""
    try:
        for given, value in raw.items():
            name, mostly, types, read = readers[given]
            sort = type(value)
            values[name] = value if sort is mostly or sort in types else read(value)
    except KeyError:
        raise _unknown(given, shape) from None
    except _Misfit as misfit:
        raise misfit.inside(given) from None
    if not shape.required <= raw.keys():
        raise _Misfit("is missing", min(shape.required - raw.keys()))
    made = shape.twin(**values)
    made.__class__ = shape.of
    return made


def _unknown(name: object, shape: _Shape) -> _Misfit:
    if type(name) is not str:
        return _Misfit("a field has a name that is no text")
    return _Misfit(f"is not one of its fields; {did_you_mean(name, shape.readers)}", name)


def _sort(hint: Any) -> tuple[frozenset[type], Read]:
    """What a field of that type takes as it is, and what reads the rest."""
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if get_origin(hint) in (Union, UnionType):
        return _union(list(get_args(hint)))
    return frozenset(), _container(hint) or _class_reader([hint])


def _union(hints: list[Any]) -> tuple[frozenset[type], Read]:
    classes = [hint for hint in hints if is_dataclass(hint) and hint is not Actor]
    others = [_sort(hint) for hint in hints if hint not in classes]
    taken = frozenset().union(*(types for types, _ in others))
    reading = [read for types, read in others if types != {NoneType}]
    if classes:
        return taken, _class_reader(classes)
    (read,) = reading if len(reading) == 1 else [_wrong("must be text, a whole number or nothing")]
    return taken, read


def _container(hint: Any) -> Read | None:
    args = get_args(hint)
    if get_origin(hint) in (tuple, Sequence):
        return _list_reader(args[0], tuple)
    if get_origin(hint) is frozenset:
        return _list_reader(args[0], frozenset)
    return _map_reader(args[1]) if get_origin(hint) is Mapping else None


def _list_reader(hint: Any, make: Callable[[Any], Any]) -> Read:
    types, read = _sort(hint)

    def read_list(value: object) -> Any:
        if type(value) is not list:
            raise _Misfit("must be a list")
        return make([part if type(part) in types else read(part) for part in value])

    return read_list


def _map_reader(hint: Any) -> Read:
    types, read = _sort(hint)

    def read_map(value: object) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise _Misfit("must be a map of names")
        found = {}
        for key, part in value.items():
            if type(key) is not str:
                raise _Misfit("must be a map of names")
            try:
                found[key] = part if type(part) in types else read(part)
            except _Misfit as misfit:
                raise misfit.inside(key) from None
        return found

    return read_map


def _class_reader(classes: list[Any]) -> Read:
    """Reads a record of one of `classes`; events are told apart by their kind."""
    events = {kind: event for kind, event in EVENTS.items() if any(issubclass(event, wanted) for wanted in classes)}
    others = [wanted for wanted in classes if not issubclass(wanted, Event)]

    def read_record(value: object) -> Any:
        if type(value) is not dict:
            raise _Misfit("must be a map of its fields")
        if others and (not events or "kind" not in value):  # a record that is no event may have a kind of its own
            fitting = [wanted for wanted in others if value.keys() <= _shape(wanted).readers.keys()]
            return _filled(_shape((fitting or others)[0]), value)
        raw = dict(value)
        kind = raw.pop("kind", None)
        if type(kind) is not str or kind not in events:
            raise _Misfit("must be a kind of event that belongs here", "kind")
        return _filled(_shape(events[kind]), raw)

    return _read_given if classes == [Command] else read_record


def _wrong(text: str) -> Read:
    def read(value: object) -> NoReturn:
        raise _Misfit(text)

    return read


def _text(value: object) -> str:
    if type(value) is not str:
        raise _Misfit("must be text")
    return value


def _number(value: object) -> float:
    if type(value) is float and math.isfinite(value):
        return value
    raise _Misfit("must be a number")


def _anything(value: object) -> object:
    return value


def _read_given(value: object) -> object:
    """A command inside a command, which `_read_command` has read by then."""
    if isinstance(value, Command):
        return value
    raise _Misfit("must be a command: a map of its fields")


def _read_date(value: object) -> date:
    try:
        if type(value) is str:
            return _date(value)
    except ValueError:
        pass
    raise _Misfit("must be a date, written 2026-03-03")


def _read_datetime(value: object) -> datetime:
    try:
        if type(value) is str:
            return _datetime(value)
    except ValueError:
        pass
    raise _Misfit("must be a time, written 2026-03-03T15:00:00+01:00")


# Most events of a course share their days, their times of recording and the people who recorded them.
@lru_cache(maxsize=4096)
def _date(text: str) -> date:
    found = date.fromisoformat(text)
    if found.isoformat() != text:  # weeks and dates without dashes are ISO 8601, too
        raise ValueError
    return found


@lru_cache(maxsize=4096)
def _datetime(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.isoformat() != text:
        raise ValueError
    return found


@lru_cache(maxsize=4096)
def _actor(id: str, role: str) -> Actor:
    return recorded_actor(id, role)


def _read_actor(value: object) -> Actor:
    if type(value) is dict and len(value) == 2:
        id, role = value.get("id"), value.get("role")
        if type(id) is str and type(role) is str:
            return _actor(id, role)
    raise _Misfit("must be the id and the role of a person")


_SIMPLE: dict[Any, tuple[frozenset[type], Read]] = {
    str: (frozenset([str]), _wrong("must be text")),
    int: (frozenset([int]), _wrong("must be a whole number")),
    float: (frozenset([int]), _number),
    bool: (frozenset([bool]), _wrong("must be true or false")),
    NoneType: (frozenset([NoneType]), _wrong("must be nothing")),
    date: (frozenset(), _read_date),
    datetime: (frozenset(), _read_datetime),
    Actor: (frozenset(), _read_actor),
    object: (frozenset(), _anything),
}


def _no_constant(name: str) -> NoReturn:
    raise ValueError


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


_STORED = {kind: event for kind, event in EVENTS.items() if event is not Unreadable}
"""Every kind that can stand in a store. `unreadable` is none: it is what reading makes of other text."""
