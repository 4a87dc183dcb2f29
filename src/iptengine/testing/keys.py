"""Whether every key of the format acts: each is taken out of a protocol, and a vignette has to fail without it.

``python -m iptengine.testing.keys PATH...`` does it for protocols and folders of them. A key counts as acting when,
without it, one of the vignettes beside the protocol goes otherwise than it expects. Where the file cannot be loaded
without it, another value is put in its place, and then a vignette has to go otherwise. A vignette that cannot be
played any more, because it speaks of what was taken out, proves nothing.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, get_args, get_origin

from pydantic import TypeAdapter

from iptengine.authoring.document import read_path
from iptengine.authoring.loader import check_text
from iptengine.authoring.shelves import PROTOCOL
from iptengine.authoring.vignette import ENDING, Vignette, read_vignette
from iptengine.diagnostics import Path, ProtocolError
from iptengine.protocol.fields import NAME_PATTERN, Model
from iptengine.protocol.model import Spec
from iptengine.protocol.parts import Condition
from iptengine.protocol.protocol import Protocol
from iptengine.testing.player import first_difference

EXEMPT: Mapping[str, str] = {
    "iptengine": "provenance: the version of the format",
    "protocol": "provenance: the id",
    "version": "provenance: the version",
    "status": "provenance: whether a clinician has reviewed it",
    "reviewed_by": "provenance: who reviewed it",
    "title": "description: the treatment's name",
    "population": "description: who it is for",
    "about": "description: what a reader should know first",
    "extends": "provenance: the base of a variant",
    "changes": "provenance: how a variant came about; what it says stands at the paths it names",
    "sources": "provenance: what the protocol rests on",
    "decisions": "provenance: which reading was taken, and why",
    "problem_areas.*.aliases": "description: other names in use",
    "problem_areas.*.choose_when": "description: for the clinician's choice, which no engine makes",
    "problem_areas.*.goals": "description: what the work in an area is for",
}
"""Keys that need not act, with everything under them, and why; and ``source``, wherever it stands."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the format.

    Attributes:
        name: Where it stands, by its first place in the format: ``phases.*.window``, ``phases.*.must.*``.
        why_exempt: Why it need not act; empty when it has to.
    """

    name: str
    why_exempt: str = ""


@dataclass(frozen=True, slots=True)
class Removal:
    """What became of a protocol without one of its keys.

    Attributes:
        key: The key.
        path: The place it was taken out of; empty when no protocol uses the key.
        acts: Whether a vignette fails without it.
        why: The difference that shows it, or why nothing does.
    """

    key: Key
    path: str
    acts: bool
    why: str

    def __str__(self) -> str:
        return f"{self.key.name}: {self.why}"


def keys(spec: type[Model] = Spec) -> tuple[Key, ...]:
    """Every key of the format, in its order; a part that stands in several places counts once."""
    return tuple(Key(name, _why_exempt(name)) for name in _names(spec))


def removals(
    *paths: str | os.PathLike[str], only: Collection[str] = (), spec: type[Model] = Spec
) -> tuple[Removal, ...]:
    """For each key that has to act: whether it does, in any of the protocols at `paths`.

    Args:
        paths: Protocol files; the vignettes in their folders that name them are played.
        only: The names of the keys to look at; all that have to act when left out.
        spec: The model of a protocol file.

    Raises:
        ProtocolError: A protocol or a vignette is not usable.
        ValueError: A vignette fails before anything is taken out.
    """
    trials = [_Trial(os.fspath(path), spec) for path in paths]
    for trial in trials:
        trial.stands()
    wanted = [key for key in keys(spec) if (key.name in only if only else not key.why_exempt)]
    return tuple(_removal(key, trials) for key in wanted)


def told(found: Sequence[Removal], exempt: Sequence[Key] = ()) -> str:
    """A report: the keys that do not act, each with why, and how many do."""
    dead = [removal for removal in found if not removal.acts]
    lines = [f"{len(found) - len(dead)} keys act: without any one of them a vignette fails."]
    if exempt:
        lines.append(f"{len(exempt)} keys are provenance or description, and need not act.")
    if dead:
        many = "1 key does not act:" if len(dead) == 1 else f"{len(dead)} keys do not act:"
        lines += [many, *(f"  {removal}" for removal in dead)]
    return "\n".join(lines)


def main(arguments: Sequence[str], say: Callable[[str], object] = print) -> int:
    """Reports on the protocols at the given paths; 0 when every key acts."""
    files = tuple(_protocol_files(arguments))
    if not files:
        say("give the path of a protocol with vignettes beside it, or of a folder of such")
        return 2
    try:
        found = removals(*files)
    except (ProtocolError, ValueError) as wrong:
        say(str(wrong))
        return 2
    say(told(found, [key for key in keys() if key.why_exempt]))
    return 0 if all(removal.acts for removal in found) else 1


def _protocol_files(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        if os.path.isdir(path):
            yield from (os.path.join(path, name) for name in sorted(os.listdir(path)) if name.endswith(PROTOCOL))
        else:
            yield path


def _why_exempt(name: str) -> str:
    parts = name.split(".")
    if "source" in parts:
        return "provenance: what a statement rests on"
    above = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((EXEMPT[outer] for outer in above if outer in EXEMPT), "")


# -- the keys of the format --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """One place in a file where a key stands, or could."""

    name: str
    path: Path
    kind: Any
    required: bool


def _plain(kind: Any) -> Any:
    """A type without what is said about it, and without "or nothing"."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
            continue
        some = [one for one in get_args(kind) if one is not type(None)]
        if type(None) in get_args(kind) and len(some) == 1:
            kind = some[0]
            continue
        return kind


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Model)


def _is_map(kind: Any) -> bool:
    return get_origin(kind) is Mapping


def _fields(model: type[Model]) -> Iterator[tuple[str, Any, bool]]:
    for name, described in model.model_fields.items():
        kind: Any = described.annotation
        if described.metadata:
            kind = Annotated[(kind, *described.metadata)]
        yield described.alias or name, kind, described.is_required()


def _names(spec: type[Model]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    _name_model(spec, "", {}, found)
    return tuple(found)


def _name_model(model: type[Model], at: str, seen: dict[type[Model], str], found: dict[str, None]) -> None:
    if model in seen:
        return
    seen[model] = at
    for name, kind, _ in _fields(model):
        found[f"{at}.{name}" if at else name] = None
        _name_below(kind, f"{at}.{name}" if at else name, seen, found)


def _name_below(kind: Any, at: str, seen: dict[type[Model], str], found: dict[str, None]) -> None:
    inner = _plain(kind)
    if _is_model(inner):
        _name_model(inner, at, seen, found)
    elif _is_map(inner):
        found[f"{at}.*"] = None
        _name_below(get_args(inner)[1], f"{at}.*", seen, found)


def _places(model: type[Model], root: object) -> tuple[_Place, ...]:
    """Every place in the values of a file where a key of the format stands."""
    homes: dict[type[Model], str] = {}
    _name_model(model, "", homes, {})
    return tuple(_of_model(model, root, (), homes))


def _of_model(model: type[Model], value: object, path: Path, homes: Mapping[type[Model], str]) -> Iterator[_Place]:
    if not isinstance(value, dict):
        return
    at = homes[model]
    for name, kind, required in _fields(model):
        if name in value:
            known = f"{at}.{name}" if at else name
            yield _Place(known, (*path, name), kind, required)
            yield from _of_value(kind, value[name], (*path, name), known, homes)


def _of_value(
    kind: Any, value: object, path: Path, known: str, homes: Mapping[type[Model], str]
) -> Iterator[_Place]:  # fmt: skip
    inner = _plain(kind)
    if _is_model(inner):
        yield from _of_model(inner, value, path, homes)
    elif _is_map(inner) and isinstance(value, dict):
        entry = get_args(inner)[1]
        for name in value:
            yield _Place(f"{known}.*", (*path, name), entry, False)
            yield from _of_value(entry, value[name], (*path, name), f"{known}.*", homes)


# -- one protocol, and what its vignettes say without a key ------------------------------------------------------


@dataclass(slots=True)
class _Trial:
    """A protocol with the vignettes that name it."""

    file: str
    spec: type[Model]
    _answers: dict[tuple[Path, str], str | LookupError | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.root = read_path(self.file).require().root
        self.places = _places(self.spec, self.root)
        self.vignettes = tuple(_vignettes(self.file))

    root: Any = field(init=False)
    places: tuple[_Place, ...] = field(init=False)
    vignettes: tuple[Vignette, ...] = field(init=False)

    def stands(self) -> None:
        """Make sure that nothing fails as things are."""
        protocol = self._loaded(self.root)
        if isinstance(protocol, str):
            raise ValueError(f"{self.file}: {protocol}")
        for vignette in self.vignettes:
            found = first_difference(vignette, protocol)
            if found is not None:
                raise ValueError(f"a vignette fails as it is:\n{found}")

    def without(self, place: _Place) -> str | None:
        """What fails without a key; ``None`` when nothing does; raises `LookupError` when the file is refused."""
        return self._with(place.path, _GONE)

    def otherwise(self, place: _Place) -> str | None:
        """What fails with another value in the place of a key."""
        now = _at(self.root, place.path)
        elsewhere = [_at(self.root, other.path) for other in self.places if other.name == place.name]
        for value in _others(place, now, elsewhere, self.root):
            try:
                found = self._with(place.path, value)
            except LookupError:
                continue
            if found:
                return f"with {json.dumps(value, ensure_ascii=False)} in its place: {found}"
        return None

    def _with(self, path: Path, value: object) -> str | None:
        """What fails with another value at `path`, or with none."""
        known = (path, "" if value is _GONE else json.dumps(value))
        if known not in self._answers:
            self._answers[known] = self._tried(_changed(self.root, path, value))
        answer = self._answers[known]
        if isinstance(answer, LookupError):
            raise answer
        return answer

    def _tried(self, root: object) -> str | LookupError | None:
        protocol = self._loaded(root)
        if isinstance(protocol, str):
            return LookupError(protocol)
        for vignette in self.vignettes:
            try:
                found = first_difference(vignette, protocol)
            except ProtocolError:  # it speaks of what was taken out
                continue
            if found is not None:
                return str(found)
        return None

    def _loaded(self, root: object) -> Protocol | str:
        home = os.path.dirname(self.file)
        folders = (home, os.path.join(home, "measures"))
        text = "\n".join(_written(root, 0)) + "\n"
        protocol, wrong = check_text(text.encode(), self.file, folders)
        return f"{wrong[0].message} [{wrong[0].code}]" if protocol is None else protocol


def _vignettes(protocol: str) -> Iterator[Vignette]:
    folder = os.path.dirname(protocol) or os.curdir
    for name in sorted(os.listdir(folder)):
        if name.endswith(ENDING):
            vignette = read_vignette(os.path.join(folder, name))
            if vignette.spec.protocol == os.path.basename(protocol):
                yield vignette


def _removal(key: Key, trials: Sequence[_Trial]) -> Removal:
    places = [(trial, place) for trial in trials for place in trial.places if place.name == key.name]
    if not places:
        return Removal(key, "", False, "no protocol here uses it")
    needed: list[tuple[_Trial, _Place]] = []
    refused = ""
    for trial, place in places:
        try:
            found = trial.without(place)
        except LookupError as no:
            refused = refused or f"; the file cannot do without it, and another value changes nothing: {no}"
            needed.append((trial, place))
            continue
        if found:
            return Removal(key, _dotted(place.path), True, found)
    for trial, place in needed:
        found = _below(trial, place) or trial.otherwise(place)
        if found:
            return Removal(key, _dotted(place.path), True, found)
    first = _dotted(places[0][1].path)
    return Removal(key, first, False, f"no vignette fails without it ({first}){refused}")


def _dotted(path: Path) -> str:
    return ".".join(str(part) for part in path)


def _below(trial: _Trial, place: _Place) -> str | None:
    """What fails without, or with another, of the keys under a part that cannot be left out as a whole."""
    depth = len(place.path)
    below = [inner for inner in trial.places if inner.path[:depth] == place.path and inner.path != place.path]
    for answer in (_without, _otherwise):
        for inner in below:
            if not _why_exempt(inner.name) and (found := answer(trial, inner)):
                return f"but {_dotted(inner.path)} acts: {found}"
    return None


def _without(trial: _Trial, place: _Place) -> str | None:
    try:
        return trial.without(place)
    except LookupError:
        return None


def _otherwise(trial: _Trial, place: _Place) -> str | None:
    """What fails with another value, where the file cannot be loaded without one."""
    try:
        return trial.without(place)
    except LookupError:
        return trial.otherwise(place)


# -- other values ------------------------------------------------------------------------------------------------

_GONE = object()
OTHERWISE = "Something else altogether"


def _others(place: _Place, now: object, elsewhere: Sequence[object], root: object) -> Iterator[object]:
    """Values that could stand in the place of one.

    What the file says elsewhere under the same key, a closed list, the examples of the format, names in the file,
    and any text.
    """
    inner = _plain(place.kind)
    if inner is Condition:
        yield {"not": {"otherwise": now}}
        return
    if isinstance(now, dict | bool):
        yield from () if isinstance(now, dict) else (not now,)
        return
    adapter: TypeAdapter[Any] = TypeAdapter(place.kind)
    schema = adapter.json_schema()
    told = [*elsewhere, *_listed(schema, "enum"), *_listed(schema, "examples")]
    if isinstance(now, int):
        told += [now + 1, now - 1]
    elif NAME_PATTERN in _listed(schema, "pattern"):
        told += _all_names(root)
    else:
        told += [*_shifted(now), OTHERWISE]
    seen: list[object] = [now]
    for value in told:
        if value not in seen and not isinstance(value, dict):
            seen.append(value)
            yield value


def _shifted(now: object) -> Iterator[str]:
    """A range moved by one, in place of a range."""
    first, dots, last = str(now).partition("..")
    if dots and first.isdigit() and last.isdigit():
        yield f"{int(first) + 1}..{int(last) + 1}"


def _listed(schema: object, word: str) -> Iterator[object]:
    if isinstance(schema, dict):
        found = schema.get(word, [])
        yield from found if isinstance(found, list) else [found]
        for part in schema.values():
            yield from _listed(part, word)
    elif isinstance(schema, list):
        for part in schema:
            yield from _listed(part, word)


def _all_names(root: object) -> Iterator[str]:
    """Every name the file gives to something."""
    if isinstance(root, dict):
        for name, value in root.items():
            yield name
            yield from _all_names(value)


# -- a file without a key ----------------------------------------------------------------------------------------


def _at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


def _changed(value: Any, path: Path, to: object) -> Any:
    """The same values with another at `path`, or with none there."""
    if not path:
        return to
    first, rest = path[0], path[1:]
    if not rest and to is _GONE:
        return {name: part for name, part in value.items() if name != first}
    return {name: _changed(part, rest, to) if name == first else part for name, part in value.items()}


def _written(value: Any, depth: int) -> Iterator[str]:
    """A map as lines of YAML in blocks, every text in double quotes."""
    indent = "  " * depth
    if not value:
        yield f"{indent}{{}}"
    for name, part in value.items():
        if isinstance(part, dict) and part:
            yield f"{indent}{name}:"
            yield from _written(part, depth + 1)
        else:
            yield f"{indent}{name}: {json.dumps(part, ensure_ascii=False)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
