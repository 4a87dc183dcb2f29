"""From a measure's file to a `Measure` or all its mistakes, and from a protocol's `measures` to their files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from iptengine.authoring import shelves
from iptengine.authoring.document import Document, read_path
from iptengine.authoring.said import misfits, python_names, say
from iptengine.authoring.taken_words import words_for_sources
from iptengine.diagnostics import Diagnostic, Finding, ProtocolError, did_you_mean
from iptengine.protocol.ids import is_id
from iptengine.protocol.measure import Measure, answered_by
from iptengine.protocol.measure_rules import check_measure
from iptengine.protocol.parts import MeasureUse

OTHER = "give a changed instrument another id or version"


def load_measure(path: str | os.PathLike[str]) -> Measure:
    """The measure in a file.

    Raises:
        ProtocolError: The file is not a usable measure; every mistake is told.
    """
    measure, diagnostics = read_measure(path)
    if measure is None or diagnostics:
        raise ProtocolError(diagnostics)
    return measure


def read_measure(
    path: str | os.PathLike[str], file: str | None = None
) -> tuple[Measure | None, tuple[Diagnostic, ...]]:
    """The measure in a file, or none, and everything that is wrong with it; `file` is what places call the file."""
    document = read_path(path, file)
    measure, wrong = measure_in(document)
    wrong += tuple(words_for_sources(document))
    return (None if wrong else measure), wrong


def measure_in(document: Document) -> tuple[Measure | None, tuple[Diagnostic, ...]]:
    """The measure that a document holds, or none, and everything that is wrong with it."""
    if not isinstance(document.root, dict):
        return None, document.diagnostics or (_no_map(document),)
    wrong = [*document.diagnostics, *python_names(document, Measure)]
    try:
        measure = Measure.model_validate(document.root)
    except ValidationError as error:
        wrong += [say(misfit, document, Measure) for misfit in misfits(error, Measure)]
        return None, tuple(wrong)
    wrong += [placed(document, code, finding) for code, finding in check_measure(measure)]
    return (None if wrong else measure), tuple(wrong)


def placed(document: Document, code: str, finding: Finding) -> Diagnostic:
    """A finding with its place in the file."""
    return Diagnostic(document.span(finding.path, finding.on_key), code, finding.message, finding.hint)


def _no_map(document: Document) -> Diagnostic:
    message = "the file has to begin with keys, and this is something else"
    return Diagnostic(document.span(()), "bad-value", message, "write iptengine: 1 on the first line")


@dataclass(frozen=True, slots=True)
class Found:
    """The measures of a protocol: those that can be used, findings in the protocol, mistakes in their own files."""

    measures: Mapping[str, Measure]
    findings: tuple[tuple[str, Finding], ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def complete(self) -> bool:
        """Every measure that is named can be used."""
        return not self.findings and not self.diagnostics


def find_measures(uses: Mapping[str, MeasureUse], folders: Sequence[str]) -> Found:
    """The measures that a protocol names, from the first of `folders` that has them, else from the shipped ones.

    A file that is found before the shipped one of its name and version has to hold the same measure.
    """
    shipped = os.path.join(shelves.shipped_folder(), "measures")
    folders = (*folders, shipped)
    measures: dict[str, Measure] = {}
    findings: list[tuple[str, Finding]] = []
    diagnostics: list[Diagnostic] = []
    read: dict[str, tuple[Measure | None, tuple[Diagnostic, ...]]] = {}
    for name, use in uses.items():
        wanted, _, version = use.use.partition("@")
        path = shelves.find(wanted, shelves.MEASURE, folders) if is_id(wanted) else None
        if path is None:
            findings.append(_not_found(name, wanted, folders))
            continue
        if wanted not in read:
            read[wanted] = read_measure(path, shelves.shown(path))
            diagnostics += read[wanted][1]
        measure = read[wanted][0]
        if measure is not None:
            findings += other_than_named(name, measure, wanted, version)
            findings += _other_than_shipped(name, measure, path, shipped)
            measures[name] = answered_by(measure, use.informant) if use.informant else measure
    return Found(measures, tuple(findings), tuple(diagnostics))


def _not_found(name: str, wanted: str, folders: Sequence[str]) -> tuple[str, Finding]:
    hint = did_you_mean(wanted, shelves.names_in(folders, shelves.MEASURE))
    message = f"there is no measure '{wanted}': no file {wanted}{shelves.MEASURE} was found"
    return "unknown-measure", Finding(("measures", name, "use"), message, hint, on_key=False)


def _other_than_shipped(name: str, measure: Measure, path: str, shipped: str) -> Iterator[tuple[str, Finding]]:
    """What is wrong with a measure that has the name and version of a shipped one, and is not that one."""
    known = shelves.find(measure.id, shelves.MEASURE, (shipped,))
    if known is None or os.path.samefile(known, path):
        return
    there = read_measure(known, shelves.shown(known))[0]
    if there is not None and there.ref == measure.ref and there != measure:
        message = f"'{measure.ref}' is another file here ({shelves.shown(path)}) than the one that comes with iptengine"
        yield "other-measure", Finding(("measures", name, "use"), message, OTHER, on_key=False)


def other_than_named(name: str, measure: Measure, wanted: str, version: str) -> Iterator[tuple[str, Finding]]:
    """What is wrong with a measure that was found under a name: another id, or another version."""
    path = ("measures", name, "use")
    if measure.id != wanted:
        message = f"the file {wanted}{shelves.MEASURE} holds the measure '{measure.id}'"
        yield "unknown-measure", Finding(path, message, "give the file the name of its measure", on_key=False)
    elif measure.version != version:
        message = f"the measure '{wanted}' has version {measure.version}, not {version}"
        yield "unknown-measure", Finding(path, message, f"write {measure.ref}, and read what changed", on_key=False)
