"""Words of a command line as the fields of a command: ``sessions=14``, ``answers.self_harm=0``, ``event=7``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from iptengine.cli.screen import Unclear
from iptengine.course.codec import BadInput, command_from_mapping
from iptengine.course.commands import COMMANDS, Command, RecordFact, inputs
from iptengine.diagnostics import did_you_mean

TO_FILL = ("…", "...")
"""What stands in a line that `ways` prints where a person has to write something."""
EVENTS = ("event", "alert", "approval", "homework")
"""Fields that name an event: by its id, or by its number in the course."""
_YES = {"yes": True, "no": False, "true": True, "false": False}
_NUMBERED = re.compile(r"#?([0-9]{1,9})")

Numbered = Callable[[int], str]
"""The id of an event by its number."""


def command_of(kind: str, words: Iterable[str], numbered: Numbered) -> Command:
    """The command that was typed.

    Args:
        kind: Its kind, as in ``agree_focus``.
        words: Its fields, each as ``name=value``.
        numbered: Finds the id of an event.

    Raises:
        Unclear: A name is not known, or a value does not fit; the value itself is never told.
    """
    return made(_mapping(kind, words, numbered))


def made(mapping: Mapping[str, Any]) -> Command:
    """The command of a mapping.

    Raises:
        Unclear: A field does not fit.
    """
    try:
        return command_from_mapping(mapping)
    except BadInput as wrong:
        raise Unclear(str(wrong)) from None


def _mapping(kind: str, words: Iterable[str], numbered: Numbered) -> dict[str, Any]:
    command = _of_kind(kind)
    found: dict[str, Any] = {"kind": kind}
    inner: dict[str, list[str]] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign:
            raise Unclear(f"after {kind} come fields, each as FIELD=VALUE; {_fields_of(command)}")
        if value in TO_FILL:
            raise Unclear(f"'{name}' still has to be filled in: write a value in place of {value}")
        head, _, rest = name.partition(".")
        if head == "command" and head in inputs(command):
            inner.setdefault(rest, []).append(value)
        else:
            _put(found, command, head, rest, value, numbered)
    if inner:
        found["command"] = _inner(inner, numbered)
    return found


def _of_kind(kind: str) -> type[Command]:
    if kind not in COMMANDS:
        raise Unclear(f"there is no command '{kind}'; {did_you_mean(kind, COMMANDS)}")
    return COMMANDS[kind]


def _fields_of(command: type[Command]) -> str:
    names = inputs(command)
    return f"its fields are {', '.join(names)}" if names else "it has none"


def _inner(inner: dict[str, list[str]], numbered: Numbered) -> dict[str, Any]:
    """The command inside a command: its kind is ``command=KIND``, its fields are ``command.FIELD=VALUE``."""
    kinds = inner.pop("", [])
    if len(kinds) != 1:
        raise Unclear("say what the other command is: command=KIND, and its fields as command.FIELD=VALUE")
    words = [f"{name}={value}" for name, values in inner.items() for value in values]
    return _mapping(kinds[0], words, numbered)


def _put(
    found: dict[str, Any], command: type[Command], name: str, part: str, value: str, numbered: Numbered
) -> None:  # fmt: skip
    known = ("on", *inputs(command))
    if name not in known:
        raise Unclear(f"{command.kind} has no field '{name}'; {did_you_mean(name, known)}")
    hint = get_type_hints(command)[name]
    if _is_map(hint):
        if not part:
            raise Unclear(f"'{name}' has parts: write {name}.PART={value and 'VALUE'}")
        _put_part(found.setdefault(name, {}), hint, name, part, value)
        return
    if part:
        raise Unclear(f"'{name}' has no parts; write {name}=VALUE")
    if get_origin(hint) is Sequence:
        found[name] = [*found.get(name, ()), *(one.strip() for one in value.split(",") if one.strip())]
        return
    if name in found:
        raise Unclear(f"'{name}' is given twice")
    if name in EVENTS and (number := _NUMBERED.fullmatch(value)):
        found[name] = numbered(int(number[1]))
        return
    # Whether a fact is a number or a text that looks like one, only the protocol knows.
    found[name] = (value or None) if (command, name) == (RecordFact, "value") else typed(hint, name, value)


def _is_map(hint: Any) -> bool:
    return any(get_origin(one) is Mapping for one in _choices(hint))


def _put_part(into: dict[str, Any], hint: Any, name: str, part: str, value: str) -> None:
    """One value of a map: ``answers.self_harm``, or of a map of maps, ``scores.phq9.total``."""
    of = next(get_args(one)[1] for one in _choices(hint) if get_origin(one) is Mapping)
    if _is_map(of):
        head, _, rest = part.partition(".")
        if not rest:
            raise Unclear(f"'{name}.{head}' has parts: write {name}.{head}.PART=VALUE")
        _put_part(into.setdefault(head, {}), of, f"{name}.{head}", rest, value)
        return
    if part in into:
        raise Unclear(f"'{name}.{part}' is given twice")
    into[part] = typed(of, f"{name}.{part}", value)


def typed(hint: Any, name: str, value: str) -> Any:
    """A value as the field wants it; nothing where the field may be without one.

    Raises:
        Unclear: It does not fit.
    """
    kinds = _choices(hint)
    if object in kinds:
        return free(value)
    if value == "" and NoneType in kinds:
        return None
    if bool in kinds:
        if value not in _YES:
            raise Unclear(f"'{name}' is yes or no")
        return _YES[value]
    if int in kinds and str not in kinds:
        number = whole(value)
        if number is None:
            raise Unclear(f"'{name}' must be a whole number")
        return number
    return value


def _choices(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def free(value: str) -> str | int | float | None:
    """A value that may be a number or text; nothing says: left unanswered."""
    if value == "":
        return None
    number = whole(value)
    if number is not None:
        return number
    return float(value) if re.fullmatch(r"-?[0-9]{1,9}\.[0-9]{1,9}", value) else value


def whole(value: str) -> int | None:
    """The whole number that is written; none where it is none."""
    return int(value) if re.fullmatch(r"-?[0-9]{1,9}", value) else None


def pair(option: str, word: str) -> tuple[str, str]:
    """The two sides of ``name=value`` behind an option.

    Raises:
        Unclear: There is no sign between them.
    """
    name, sign, value = word.partition("=")
    if not sign or not name:
        raise Unclear(f"behind {option} stands NAME=VALUE")
    return name, value
