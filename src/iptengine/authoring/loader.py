"""From an author's file to a `Protocol`, or to all its mistakes at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from types import MappingProxyType

from pydantic import ValidationError

from iptengine.authoring import shelves
from iptengine.authoring.document import Document, read, read_path
from iptengine.authoring.guards import Compiler, Wrong, compile_guards
from iptengine.authoring.measure_files import Found, find_measures, load_measure, placed
from iptengine.authoring.places import ProtocolPlaces
from iptengine.authoring.repair import Repaired, repair
from iptengine.authoring.rules.flow_text import check_flow
from iptengine.authoring.rules.listing import RULES
from iptengine.authoring.said import misfits, python_names, say
from iptengine.authoring.taken_words import taken_words, words_for_no_answer
from iptengine.authoring.texts import check_texts
from iptengine.authoring.variants.causes import consequences, explained
from iptengine.authoring.variants.opening import Opened, Variant, against_base, is_variant, open_variant, put_together
from iptengine.authoring.view import View
from iptengine.diagnostics import Diagnostic, Path, Span, did_you_mean
from iptengine.protocol.ids import why_not_id
from iptengine.protocol.model import Spec
from iptengine.protocol.parts import MeasureUse
from iptengine.protocol.protocol import Guard, Protocol

__all__ = [
    "Opened", "check", "check_text", "load", "load_measure", "open_named", "open_protocol", "protocol_in", "shipped",
]  # fmt: skip

MOST_TOLD = 100
"""Mistakes told of one file at once."""

MOST_TASKS = 2000
MOST_PHASES = 500
"""More than any treatment has; what compares names with names stays quick below it (law 7)."""

Folder = str | os.PathLike[str]
Answer = tuple[Protocol | None, tuple[Diagnostic, ...]]
MeasuresOf = Callable[[Mapping[str, MeasureUse]], Found]
"""Gives the measures that a protocol names: from files, or from what was kept of them."""


def load(source: str | os.PathLike[str], *, folders: Sequence[Folder] = ()) -> Protocol:
    """The protocol of a name or a file.

    Args:
        source: The name of a shipped protocol or of one in `folders`, or the path of a ``*.protocol.yaml`` file.
        folders: Where else protocols and measures are looked up.

    Raises:
        ProtocolError: It is not a usable protocol; `diagnostics` holds every mistake.

    Example:
        >>> load("../secret")
        Traceback (most recent call last):
        ...
        iptengine.diagnostics.ProtocolError: name:1:1: error: this cannot be the name of a protocol: ...
    """
    return _load(source, folders).require()


def check(source: str | os.PathLike[str], *, folders: Sequence[Folder] = ()) -> tuple[Diagnostic, ...]:
    """Every mistake in a protocol, in the order of the file; empty when it can be loaded."""
    return _load(source, folders).diagnostics


def check_text(text: bytes, file: str, folders: Sequence[Folder] = ()) -> Answer:
    """The protocol a text holds, or none, and every mistake in it.

    Args:
        text: The content of a protocol file.
        file: What places call it.
        folders: Where measures, and the base of a variant, are looked up, before the shipped ones.

    Example:
        >>> protocol, wrong = check_text(b"iptengine: 1", "my.protocol.yaml")
        >>> protocol, str(wrong[0]).splitlines()[0]
        (None, 'my.protocol.yaml:1:1: error: the file needs a contract: What the contract may agree [missing-key]')
    """
    opened = _open(read(text, file), _paths(folders))
    return opened.protocol, opened.diagnostics


def open_protocol(source: str | os.PathLike[str], *, folders: Sequence[Folder] = ()) -> Opened:
    """Everything that is known of a protocol file: the protocol or its mistakes, and of a variant how it came about."""
    return _load(source, folders)


def open_named(name: str, path: str, *, folders: Sequence[Folder] = ()) -> Opened:
    """What is known of the file that was found for a name; a file that holds another protocol is a mistake."""
    return _named(name, _file(path, shelves.shown(path), _paths(folders)))


def shipped() -> tuple[str, ...]:
    """The names of the shipped protocols."""
    return shelves.names_in((shelves.shipped_folder(),), shelves.PROTOCOL)


# From a name to a file.


def _paths(folders: Iterable[Folder]) -> tuple[str, ...]:
    return tuple(os.fspath(folder) for folder in folders)


def _load(source: str | os.PathLike[str], folders: Sequence[Folder]) -> Opened:
    extra = _paths(folders)
    text = os.fspath(source)
    if text.endswith(shelves.PROTOCOL) and len(text) > len(shelves.PROTOCOL) and text.isprintable():
        return _file(text, text, extra)
    why = why_not_id(text)
    if why:
        hint = f"give a name such as ipt-adult, or the path of a file that ends in {shelves.PROTOCOL}"
        return _refused("bad-name", f"this cannot be the name of a protocol: {why}", hint)
    places = (shelves.shipped_folder(), *extra)
    path = shelves.find(text, shelves.PROTOCOL, places)
    if path is None:
        hint = did_you_mean(text, shelves.names_in(places, shelves.PROTOCOL))
        return _refused("unknown-protocol", f"there is no protocol '{text}'", hint)
    return open_named(text, path, folders=extra)


def _refused(code: str, message: str, hint: str) -> Opened:
    return Opened(None, (Diagnostic(Span("name", 1, 1), code, message, hint),), read(b"", "name"), ())


def _named(name: str, opened: Opened) -> Opened:
    """A protocol that was asked for by its name has that id."""
    protocol = opened.protocol
    if protocol is None or protocol.id == name:
        return opened
    message = f"the file {name}{shelves.PROTOCOL} holds the protocol '{protocol.id}'"
    place = protocol.span(("protocol",))
    wrong = Diagnostic(place, "unknown-protocol", message, "give the file the name of its protocol")
    return replace(opened, protocol=None, diagnostics=(wrong,))


def _file(path: str, file: str, folders: tuple[str, ...]) -> Opened:
    home = os.path.dirname(path) or os.curdir
    return _open(read_path(path, file), (home, os.path.join(home, "measures"), *folders))


# From a document to a protocol.


def _open(document: Document, folders: tuple[str, ...], chain: tuple[str, ...] = ()) -> Opened:
    if not is_variant(document):
        return Opened(*_check(document, folders), document, folders)
    variant = open_variant(document, folders, chain, _open)
    if not isinstance(variant, Variant):
        return Opened(None, _in_order(variant), document, folders)
    composition = put_together(variant, document)
    whole = tuple(dict.fromkeys((*folders, *variant.base.folders)))
    protocol, found = _check(composition.document, whole)
    if composition.wrong:
        found = (*composition.wrong, *consequences(composition, found))
    else:
        found = tuple(explained(composition, found))
    if protocol is not None and not found:
        found = against_base(variant, composition, protocol, document)
    usable = None if found else protocol
    return Opened(usable, _in_order(found), composition.document, whole, composition, variant.base)


def _check(document: Document, folders: tuple[str, ...]) -> Answer:
    protocol, found = protocol_in(document, lambda uses: find_measures(uses, folders))
    taken = (*taken_words(document), *(words_for_no_answer(protocol, document) if protocol is not None else ()))
    return (None, _in_order((*found, *taken))) if taken else (protocol, found)


def protocol_in(document: Document, measures_of: MeasuresOf) -> Answer:
    """The protocol that a document holds whole, or none, and every mistake in it.

    Args:
        document: A protocol, or what a variant became: no base is looked up.
        measures_of: Gives the measures that a protocol names.
    """
    if not isinstance(document.root, dict):
        return None, _in_order(document.diagnostics or (_no_map(document),))
    wrong = [*document.diagnostics, *python_names(document, Spec)]
    try:
        spec = Spec.model_validate(document.root)
    except ValidationError as error:
        found = misfits(error, Spec)
        wrong += [say(misfit, document, Spec) for misfit in found]
        repaired = repair(document, found)
        if repaired is not None:
            wrong += _beside(repaired, document, measures_of)
        return None, _in_order(wrong)
    found_measures = measures_of(spec.measures)
    guards: dict[Path, tuple[Guard, ...]] = {}
    places = ProtocolPlaces(document, os.path.basename(document.file))
    wrong += _meaning(spec, document, found_measures, guards, places)
    if wrong:
        return None, _in_order(wrong)
    measures = MappingProxyType(dict(found_measures.measures))
    return Protocol(spec, measures, MappingProxyType(guards), places), ()


def _no_map(document: Document) -> Diagnostic:
    message = "a protocol begins with keys, and this is something else"
    return Diagnostic(document.span(()), "bad-value", message, "write iptengine: 1 on the first line")


def _meaning(
    spec: Spec,
    document: Document,
    found: Found,
    guards: dict[Path, tuple[Guard, ...]],
    places: Mapping[Path, Span],
) -> Iterator[Diagnostic]:
    """What is wrong with a file whose shape is right; fills `guards` on the way."""
    if sum(len(group.tasks) for group in spec.task_groups()) > MOST_TASKS or len(spec.phases) > MOST_PHASES:
        message = f"a protocol has at most {MOST_TASKS} tasks and {MOST_PHASES} phases; this one has more"
        yield Diagnostic(document.span(("phases",)), "too-many-parts", message, "divide the protocol")
        return
    yield from found.diagnostics
    for code, finding in found.findings:
        yield placed(document, code, finding)
    compiler = Compiler.of(spec, found.measures, _nearest(places))
    guards.update(compile_guards(spec, compiler))
    lost = frozenset(spec.measures) - frozenset(found.measures)
    for one in compiler.wrong:
        if not _speaks_of(one, lost):
            place = document.span(one.path, on_key=False)
            yield Diagnostic(place, one.problem.code, one.problem.message, one.problem.hint)
    view = View(spec, found.measures, guards)
    yield from islice(check_texts(view.parts, document, compiler), MOST_TOLD + 1)
    for finding in check_flow(spec, document):
        yield placed(document, "flow-text", finding)
    for code, rule in RULES.items():
        for finding in islice(rule(view), MOST_TOLD + 1):
            yield placed(document, code, finding)


def _nearest(places: Mapping[Path, Span]) -> Callable[[Path], Span]:
    def span(path: Path) -> Span:
        return next(places[path[:end]] for end in range(len(path), -1, -1) if path[:end] in places)

    return span


def _speaks_of(one: Wrong, lost: frozenset[str]) -> bool:
    """Whether a sentence that was not understood names a measure whose own file is at fault."""
    return any(word.partition(".")[0] in lost for word in one.sentence.split())


def _beside(repaired: Repaired, document: Document, measures_of: MeasuresOf) -> Iterator[Diagnostic]:
    """The mistakes that have nothing to do with those in the shape of the file."""
    found = measures_of(repaired.spec.measures)
    places = ProtocolPlaces(repaired.document, os.path.basename(document.file))
    return _meaning(repaired.spec, repaired.document, found, {}, places)


def _in_order(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """All of them in the order of the file, each once; at most so many that a person can still read them."""
    ordered = sorted(dict.fromkeys(found), key=lambda d: (d.span, d.code, d.message))
    if len(ordered) <= MOST_TOLD:
        return tuple(ordered)
    last = ordered[MOST_TOLD - 1].span
    more = f"there are more than {MOST_TOLD} mistakes; the rest are not told yet"
    return (*ordered[:MOST_TOLD], Diagnostic(last, "too-many-mistakes", more, "correct those above first"))
