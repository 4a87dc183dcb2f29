"""What does not fit the models, said again in the words of the file: every mistake with its place and next step."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from iptengine.authoring.document import Document
from iptengine.authoring.shapes import Shape, keys_of, shape_at
from iptengine.course.wording import listed_up_to
from iptengine.diagnostics import Diagnostic, Path, did_you_mean
from iptengine.protocol.fields import ID_PATTERN, MEASURE_PATTERN, NAME_PATTERN, VERSION_PATTERN, Model
from iptengine.protocol.variant_spec import DIGEST_PATTERN, PATH_PATTERN, REF_PATTERN

MOST_SAID = 100
"""Mistakes of one file that are told; an author corrects the first ones first."""
MOST_NAMED = 3
"""Keys that a sentence names one by one."""
_KEY = "[key]"
_PATH_HINT = "write names joined by points, such as phases.initial.window"
VERSION = re.compile(VERSION_PATTERN).fullmatch
_NOT_WORDS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Misfit:
    """One value that does not fit: where, which kind of misfit, and what the model said about it.

    Attributes:
        path: Of the value; of the missing or unknown key.
        kind: The model's word for it, such as ``missing``.
        value: What stands there.
        limits: What the model allows.
        shape: What is wanted there, where that is known.
    """

    path: Path
    kind: str
    value: object
    limits: Mapping[str, Any]
    shape: Shape | None


def misfits(error: ValidationError, model: type[Model]) -> tuple[Misfit, ...]:
    """Everything in `error`, each place once."""
    found: dict[tuple[Path, str], Misfit] = {}
    for one in error.errors(include_url=False):
        if len(found) > MOST_SAID:
            break
        path, kind = _path(model, tuple(one["loc"])), one["type"]
        if one["loc"] and one["loc"][-1] == _KEY:
            path, kind = tuple(one["loc"][:-1]), "bad_key"
        found.setdefault((path, kind), Misfit(path, kind, one["input"], one.get("ctx", {}), shape_at(model, path)))
    return tuple(found.values())


def _path(model: type[Model], loc: Path) -> Path:
    """The place without what the models add to it, such as the kind of choice that was tried."""
    for end in range(len(loc) - 1, 0, -1):
        shape = shape_at(model, loc[:end])
        if shape is not None and shape.kind not in ("part", "map", "list"):
            loc = loc[:end]
    return loc


def say(misfit: Misfit, document: Document, model: type[Model]) -> Diagnostic:
    """The mistake as its author can mend it."""
    speak = _SPEAK.get(misfit.kind, _anything)
    code, message, hint = speak(misfit, document, model)
    on_key = misfit.kind in ("missing", "extra_forbidden", "bad_key") or isinstance(misfit.value, dict)
    return Diagnostic(document.span(misfit.path, on_key=on_key), code, message, hint)


def python_names(document: Document, model: type[Model]) -> Iterator[Diagnostic]:
    """Keys spelt as only the models spell them (``if_``), which the models would let pass."""
    for path in document.keys:
        name = str(path[-1])
        if name not in ("if_", "from_", "not_"):
            continue
        around = shape_at(model, path[:-1])
        if around is not None and around.kind == "part" and around.model is not None:
            misfit = Misfit(path, "extra_forbidden", "", {}, None)
            yield say(misfit, document, model)


# One function for each kind of misfit: code, message, hint.

_Said = tuple[str, str, str]
BAD = "bad-value"


def _missing(misfit: Misfit, document: Document, model: type[Model]) -> _Said:
    name = str(misfit.path[-1])
    around = shape_at(model, misfit.path[:-1])
    about = keys_of(around.model)[name].about if around and around.model else ""
    whole = _named(misfit.path[:-1])
    return "missing-key", f"{whole} needs {_a(name)}{f': {about}' if about else ''}", _for_example(name, misfit.shape)


def _for_example(name: str, shape: Shape | None) -> str:
    if shape is None:
        return ""
    if shape.examples:
        return f"write {name}: {shape.examples[0]}"
    if shape.choices:
        return f"write {name}: {' or '.join(str(choice) for choice in shape.choices[:3])}"
    return ""


def _unknown(misfit: Misfit, document: Document, model: type[Model]) -> _Said:
    name = str(misfit.path[-1])
    around = shape_at(model, misfit.path[:-1])
    known = list(keys_of(around.model)) if around and around.model else []
    message = f"'{_short(name)}' is not a key of {_named(misfit.path[:-1])}"
    if misfit.path[:-1] in document.flow and misfit.value is None:
        cut = f"a comma inside brackets ends the text before it, so '{_short(name)}' is read as a key"
        return "flow-text", cut, "put double quotes around the whole text, or write it on a line of its own"
    return "unknown-key", message, did_you_mean(name, known)


def _bad_key(misfit: Misfit, document: Document, model: type[Model]) -> _Said:
    name = str(misfit.path[-1])
    hint = _name_hint(name)
    if misfit.limits.get("pattern") == PATH_PATTERN:
        return BAD, f"'{_short(name)}' is not a path", _PATH_HINT
    if len(name) > 60:
        return BAD, f"a name has at most 60 characters; '{_short(name)}' has {len(name)}", "choose a shorter one"
    return BAD, f"'{_short(name)}' is not a name", hint


def _text(misfit: Misfit, document: Document, model: type[Model]) -> _Said:
    wanted = misfit.shape.words if misfit.shape else "a text"
    if misfit.value is None:
        return BAD, f"there is nothing at {_named(misfit.path)}, and {wanted} is wanted", "write it after the colon"
    message = f"{wanted} is wanted here, this is {_what(misfit.value)}"
    if isinstance(misfit.value, (list, dict)):
        return _not_one_text(misfit, document, message)
    return BAD, message, _quoted(misfit, document)


def _not_one_text(misfit: Misfit, document: Document, message: str) -> _Said:
    """A list or a map where a text is wanted: a text that begins with a bracket, or keys of a part that has none."""
    if misfit.shape and (misfit.shape.kind != "text" or misfit.shape.words == _VERSION_WORDS):
        return BAD, message, _quoted(misfit, document)
    written = misfit.value if isinstance(misfit.value, dict) else {}
    keys = [key for key, value in written.items() if value is not None]
    if keys:
        held = f"{message} with {_listed(keys)}"
        if isinstance(misfit.path[-1], int):
            return BAD, held, "put double quotes around the whole text: a colon in it is read as the end of a key"
        return BAD, held, f"{_named(misfit.path)} has no keys of its own: write one text after its colon"
    if misfit.path in document.flow:
        return "flow-text", message, "put double quotes around a text that begins with a bracket or a brace"
    return BAD, message, "write one text after the colon"


def _quoted(misfit: Misfit, document: Document) -> str:
    if misfit.shape and misfit.shape.words == _VERSION_WORDS:
        return "write three numbers joined by points, such as 1.0.0"
    if misfit.shape and misfit.shape.kind == "name":
        example = "ipt-adult" if misfit.shape.words == "an id" else "middle"
        return f"begin it with a letter, as in {example}"
    return f'put it in double quotes: "{document.written(misfit.path) or misfit.value}"'


def _whole(misfit: Misfit, document: Document, model: type[Model]) -> _Said:
    hint = document.lookalikes.get(misfit.path, "write a number in digits, such as 10")
    if misfit.value is None:
        return BAD, f"there is nothing at {_named(misfit.path)}, and a whole number is wanted", hint
    return BAD, f"{_what(misfit.value)} is not a whole number", hint


def _truth(misfit: Misfit, document: Document, model: type[Model]) -> _Said:
    return BAD, f"{_what(misfit.value)} is neither true nor false", "write true or false"


def _choice(misfit: Misfit, document: Document, model: type[Model]) -> _Said:
    choices = [str(choice) for choice in misfit.shape.choices] if misfit.shape else []
    if choices == ["1"]:
        return BAD, f"{_what(misfit.value)} is not a version of this format", "write iptengine: 1"
    if isinstance(misfit.value, (list, dict)) or misfit.value is None:
        return BAD, f"one word is wanted here, this is {_what(misfit.value)}", did_you_mean("", choices)
    shown = document.written(misfit.path) or str(misfit.value)
    return BAD, f"'{_short(shown)}' cannot stand at {_named(misfit.path)}", did_you_mean(shown, choices)


def _map(misfit: Misfit, document: Document, model: type[Model]) -> _Said:
    here = _named(misfit.path)
    if misfit.shape and misfit.shape.kind == "part" and misfit.shape.model:
        keys = list(keys_of(misfit.shape.model))
        required = [key.name for key in keys_of(misfit.shape.model).values() if key.required] or keys[:2]
        hint = f"write {', '.join(f'{key}: …' for key in required)} under it, one a line"
    else:
        hint = f"write NAME: … under it, one a line{' and indented' if misfit.value is None else ''}"
    if misfit.value is None:
        return BAD, f"there is nothing under {here}", hint
    return BAD, f"names and what belongs to them are wanted at {here}, this is {_what(misfit.value)}", hint


def _list(misfit: Misfit, document: Document, model: type[Model]) -> _Said:
    entry = misfit.shape.entry if misfit.shape else None
    alone = misfit.shape is not None and misfit.shape.alone
    one = f"{entry.words if entry else 'a text'}, or a list of them," if alone else "a list"
    if misfit.value is None:
        return BAD, f"there is nothing at {_named(misfit.path)}", f"write {one} after the colon".replace(",,", ",")
    hint = "write it as [first, second]" if entry is None or entry.kind != "text" else "put it in double quotes"
    return BAD, f"{one} is wanted here, this is {_what(misfit.value)}", hint


def _own(misfit: Misfit, document: Document, model: type[Model]) -> _Said:
    """A sentence of the models themselves; where it says how to write a value, the value is quoted before it."""
    told = str(misfit.limits["error"])
    if not told.startswith("write ") or isinstance(misfit.value, dict):
        return BAD, told, ""
    hint = document.lookalikes.get(misfit.path, told)
    if misfit.value is None:
        return BAD, f"there is nothing at {_named(misfit.path)}", hint
    what = _what(misfit.value)
    if isinstance(misfit.value, list):
        return BAD, f"one text is wanted here, this is {what}", hint
    return BAD, f"{what} cannot be understood at {_named(misfit.path)}", hint


def _pattern(misfit: Misfit, document: Document, model: type[Model]) -> _Said:
    text = str(misfit.value)
    pattern = misfit.limits.get("pattern")
    if pattern == NAME_PATTERN:
        return BAD, f"'{_short(text)}' is not a name", _name_hint(text)
    if pattern == ID_PATTERN:
        return BAD, f"'{_short(text)}' is not an id", _id_hint(text)
    if pattern == VERSION_PATTERN:
        return BAD, f"'{_short(text)}' is not a version", "write three numbers joined by points, such as 1.0.0"
    if pattern == MEASURE_PATTERN:
        return _measure(text)
    if pattern == PATH_PATTERN:
        return BAD, f"'{_short(text)}' is not a path", _PATH_HINT
    if pattern == REF_PATTERN:
        return BAD, f"'{_short(text)}' does not say which protocol and which version", _ref_hint(text)
    if pattern == DIGEST_PATTERN:
        return BAD, f"'{_short(text)}' is not a digest", "leave the key out; `iptengine pin` writes it"
    if pattern == r"\S":
        return _empty(misfit, document, model)
    return (
        BAD,
        f"'{_short(text)}' cannot be understood at {_named(misfit.path)}",
        'write a number in quotes, such as "1"',
    )


def _measure(text: str) -> _Said:
    name, at, _ = text.partition("@")
    slug = _slug(name) or "phq9"
    if at:
        return BAD, f"'{_short(text)}' is not a measure and its version", f"write the two as {slug}@1"
    return "measure-without-version", f"'{_short(text)}' names no version of the measure", f"write {slug}@1"


def _ref_hint(text: str) -> str:
    name, _, version = text.replace("@", " ").partition(" ")
    known = version.strip() if VERSION(version.strip()) else "1.0.0"
    return f"write the two as {_slug(name).replace('_', '-') or 'ipt-adult'}@{known}"


def _empty(misfit: Misfit, document: Document, model: type[Model]) -> _Said:
    return BAD, f"there is no text at {_named(misfit.path)}", "write it after the colon, or leave the key out"


def _too_long(misfit: Misfit, document: Document, model: type[Model]) -> _Said:
    most, text = misfit.limits["max_length"], str(misfit.value)
    message = f"{_named(misfit.path)} has at most {most} characters; '{_short(text)}' has {len(text)}"
    return "text-too-long", message, "shorten it"


def _limit(words: str, limit: str, low: bool) -> Callable[[Misfit, Document, type[Model]], _Said]:
    def speak(misfit: Misfit, document: Document, model: type[Model]) -> _Said:
        bound = misfit.limits[limit]
        return BAD, f"{misfit.value} is {words} {bound}", f"choose {bound} or {'more' if low else 'less'}"

    return speak


def _too_few(misfit: Misfit, document: Document, model: type[Model]) -> _Said:
    least = misfit.limits["min_length"]
    return BAD, f"{_named(misfit.path)} needs at least {least}", "add what is missing"


def _too_many(misfit: Misfit, document: Document, model: type[Model]) -> _Said:
    return BAD, f"{_named(misfit.path)} has at most {misfit.limits['max_length']}", "leave some out"


def _anything(misfit: Misfit, document: Document, model: type[Model]) -> _Said:
    wanted = misfit.shape.words if misfit.shape else "something else"
    return BAD, f"{wanted} is wanted here, this is {_what(misfit.value)}", ""


_SPEAK: Mapping[str, Callable[[Misfit, Document, type[Model]], _Said]] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    "bad_key": _bad_key,
    "string_type": _text,
    "int_type": _whole,
    "bool_type": _truth,
    "literal_error": _choice,
    "dict_type": _map,
    "mapping_type": _map,
    "model_type": _map,
    "model_attributes_type": _map,
    "tuple_type": _list,
    "list_type": _list,
    "value_error": _own,
    "string_pattern_mismatch": _pattern,
    "string_too_short": _empty,
    "string_too_long": _too_long,
    "greater_than_equal": _limit("less than", "ge", low=True),
    "less_than_equal": _limit("more than", "le", low=False),
    "too_short": _too_few,
    "too_long": _too_many,
}


# Small words.

_VERSION_WORDS = "a version of three numbers"
_FILE = "the file"


def _named(path: Path) -> str:
    """The place as the author calls it: by its names, without the number of a list's entry."""
    names = ".".join(part for part in path if isinstance(part, str))
    return f"'{_short(names)}'" if names else _FILE


def _a(name: str) -> str:
    if name.endswith("s") or name in _NO_ARTICLE:
        return name
    return f"{'an' if name[0] in 'aeio' else 'a'} {name}"


_NO_ARTICLE = frozenset(
    [
        "iptengine",
        "choose_when",
        "raise_if",
        "because",
        "use",
        "due",
        "do",
        "when",
        "then",
        "by",
        "of",
        "from",
        "at_most",
    ]
)


def _what(value: object) -> str:
    """A value as its author sees it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"'{str(value).lower()}'"
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    return f"the number {value}" if isinstance(value, (int, float)) else f"'{_short(str(value))}'"


def _listed(names: Sequence[object]) -> str:
    """The first names as a sentence quotes them."""
    return listed_up_to((f"'{_short(str(name))}'" for name in names), MOST_NAMED)


def _slug(text: str) -> str:
    return _NOT_WORDS.sub("_", text[:60].lower()).strip("_").lstrip("0123456789_")


def _name_hint(text: str) -> str:
    slug = _slug(text)
    rule = "a name is small letters, digits and _, and begins with a letter"
    return f"write {slug}: {rule}" if slug else rule


def _id_hint(text: str) -> str:
    slug = _slug(text).replace("_", "-")
    rule = "an id is small letters and digits joined by - or _, and begins with a letter"
    return f"write {slug}: {rule}" if slug else rule


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:57]}…"
