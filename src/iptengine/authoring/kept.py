"""From the text that a store keeps of a protocol back to the protocol, when its file is gone.

The text is trusted no more than a file: it comes under limits, and goes through the same models, the same compiler
of conditions and the same checks of texts. What it makes must say the very text again, and so has the same digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NoReturn

from iptengine.authoring.characters import odd_characters
from iptengine.authoring.document import Document
from iptengine.authoring.loader import protocol_in
from iptengine.authoring.measure_files import Found, measure_in, other_than_named
from iptengine.authoring.reading import LONGEST_KEY, LONGEST_TEXT, MOST_DEPTH, MOST_VALUES
from iptengine.authoring.shapes import Shape, keys_of
from iptengine.diagnostics import Diagnostic, Finding, Path, ProtocolError, Span
from iptengine.protocol.fields import Model
from iptengine.protocol.ids import is_id
from iptengine.protocol.measure import Measure
from iptengine.protocol.model import Spec
from iptengine.protocol.parts import MeasureUse
from iptengine.protocol.protocol import Protocol

MOST_CHARACTERS = 4 * 1024 * 1024
"""Of a kept text: eight times the largest file."""

_SPELT_OUT = 2
"""A kept text spells out what a file may write short, and so is deeper and holds more values than its file."""


def open_kept(digest: str, text: str) -> Protocol:
    """The protocol whose `content` was kept under its digest, equal to the one that was kept.

    The file is gone, and with it the lines: every place in it is called ``ipt-adult@1.0.0 (kept)``, line 1. A
    reason still says where its condition stands, by its `path`.

    Args:
        digest: What the text was kept under.
        text: The text.

    Raises:
        ProtocolError: The text is not the one of that digest, or not one that this version of the library can use.

    Example:
        >>> from iptengine import load
        >>> protocol = load("ipt-adult")
        >>> again = open_kept(protocol.digest, protocol.content)
        >>> again.digest == protocol.digest, str(again.span(("phases", "initial")))
        (True, 'ipt-adult@1.0.0 (kept):1:1')
    """
    if not _is_of(digest, text):
        raise _error("kept-altered", "this is not the text that was kept under that digest", _ALTERED)
    root = _read(text)
    called = _called(root["protocol"])
    measures = root["measures"]
    protocol, wrong = protocol_in(
        _document(root["protocol"], Spec, called), lambda uses: _measures(uses, measures, called)
    )
    if protocol is None:
        raise ProtocolError(wrong)
    if protocol.content != text:
        raise _error("kept-unreadable", "this version of the library reads it as something else", _OTHER_VERSION)
    return protocol


_ALTERED = "put back the text as it was kept, from a backup or from the file of the protocol"
_OTHER_VERSION = "use the version of the library that kept it, or the file of the protocol"


def _is_of(digest: str, text: str) -> bool:
    try:
        return hashlib.sha256(text.encode()).hexdigest() == digest
    except UnicodeEncodeError:
        return False


def _error(code: str, message: str, hint: str, file: str = "a kept text") -> ProtocolError:
    return ProtocolError([Diagnostic(Span(file, 1, 1), code, message, hint)])


# -- the text as values ------------------------------------------------------------------------------------------


def _read(text: str) -> dict[str, Any]:
    if len(text) > MOST_CHARACTERS:
        raise _error("kept-unreadable", f"a text of more than {MOST_CHARACTERS} characters is not read", _OTHER_VERSION)
    try:
        root: dict[str, Any] = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise _error("kept-unreadable", "this text cannot be read", _OTHER_VERSION) from None
    if not _is_content(root):
        raise _error("kept-unreadable", "this is not what is kept of a protocol and its measures", _OTHER_VERSION)
    return root


def _no_constant(name: str) -> NoReturn:
    raise ValueError


def _is_content(root: object) -> bool:
    return isinstance(root, dict) and set(root) == {"protocol", "measures"} and isinstance(root["measures"], dict)


def _called(root: object) -> str:
    """What places call the text."""
    name, version = (root.get("protocol"), root.get("version")) if isinstance(root, dict) else (None, None)
    if not is_id(name) or not isinstance(version, str) or len(version) > LONGEST_KEY:
        return "a protocol (kept)"
    return f"{name}@{version} (kept)"


# -- the values as a document ------------------------------------------------------------------------------------


def _document(root: object, model: type[Model], file: str) -> Document:
    """The values as they would be read from a file, every one at the same place."""
    written = _Written(file)
    values = written.value(root, Shape("part", "a map", model), ())
    everywhere = dict.fromkeys(written.paths, Span(file, 1, 1))
    return Document(
        file=file,
        root=values,
        diagnostics=(),
        keys=MappingProxyType({path: span for path, span in everywhere.items() if path and isinstance(path[-1], str)}),
        values=MappingProxyType(everywhere),
        lines=("",),
        lookalikes=MappingProxyType({}),
        flow=frozenset(),
        _styles={},
        _words={},
    )


@dataclass(slots=True)
class _Written:
    """Writes kept values as an author would, under the limits of a file."""

    file: str
    paths: list[Path] = field(default_factory=list)

    def value(self, found: Any, shape: Shape | None, path: Path) -> Any:
        self.paths.append(path)
        if len(self.paths) > MOST_VALUES * _SPELT_OUT or len(path) > MOST_DEPTH * _SPELT_OUT:
            raise self.beyond()
        if isinstance(found, dict):
            return {self.text(key): self.value(one, _under(shape, key), (*path, key)) for key, one in found.items()}
        if isinstance(found, list):
            entry = shape.entry if shape else None
            return [self.value(one, entry, (*path, number)) for number, one in enumerate(found)]
        if not isinstance(found, str):
            return found
        return int(found) if _is_bare_number(found, shape) else self.text(found)

    def text(self, found: str) -> str:
        if len(found) > LONGEST_TEXT or next(odd_characters(found), None) is not None:
            raise self.beyond()
        return found

    def beyond(self) -> ProtocolError:
        message = "it is larger or deeper than any file may be, or holds characters that no file may hold"
        return _error("kept-unreadable", message, _OTHER_VERSION, self.file)


def _under(shape: Shape | None, key: str) -> Shape | None:
    if shape is None or shape.kind != "part" or shape.model is None:
        return shape.entry if shape else None
    known = keys_of(shape.model).get(key)
    return known.shape if known else None


def _is_bare_number(text: str, shape: Shape | None) -> bool:
    """Whether an author writes this without quotes: ``sessions: 12`` is kept as the text 12, as ``12..16`` is."""
    if shape is None or shape.kind != "written" or "integer" not in shape.limits.get("type", ()):
        return False
    return text.isascii() and text.isdigit() and len(text) < LONGEST_KEY


# -- its measures ------------------------------------------------------------------------------------------------


def _measures(uses: Mapping[str, MeasureUse], kept: Mapping[str, object], called: str) -> Found:
    """The measures that were kept with a protocol, under the names it gives them."""
    measures: dict[str, Measure] = {}
    findings: list[tuple[str, Finding]] = []
    diagnostics: list[Diagnostic] = []
    for name, use in uses.items():
        if name not in kept:
            findings += _not_kept(name)
            continue
        measure, wrong = measure_in(_document(kept[name], Measure, f"{called}, {name}"))
        diagnostics += wrong
        if measure is not None:
            wanted, _, version = use.use.partition("@")
            findings += other_than_named(name, measure, wanted, version)
            measures[name] = measure
    return Found(measures, tuple(findings), tuple(diagnostics))


def _not_kept(name: str) -> Iterator[tuple[str, Finding]]:
    message = f"the measure '{name}' was not kept with it"
    yield "unknown-measure", Finding(("measures", name, "use"), message, _OTHER_VERSION, on_key=False)
