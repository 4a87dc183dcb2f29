"""One course as a file of its own, with the protocols it keeps, and back into another store, byte by byte.

The file is JSON Lines: a head, each protocol, each stored text as it stands, and a sum over all of it. It holds
everything that was written about a patient.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from iptengine.authoring.kept import open_kept
from iptengine.course.codec import SCHEMA as EVENTS_SCHEMA
from iptengine.diagnostics import BadInput, ProtocolError
from iptengine.engine.answers import UnknownCourse, is_course_id
from iptengine.store.chain import chained, checked_key, opened, seal
from iptengine.store.port import StaleVersion, Store, StoreError
from iptengine.store.verification import digests_named, record_in

EXPORT_SCHEMA = "iptengine.export/1"
RECORD_SCHEMA = "iptengine.record/1"
"""What one role may read of a course (`Reader.export`); it cannot be taken in."""


class BrokenExport(StoreError):
    """A file is not an exported course as it was written; nothing was imported.

    Attributes:
        line: The line where that shows, from 1.
    """

    def __init__(self, line: int, text: str) -> None:
        self.line = line
        super().__init__(f"line {line}: {text}; nothing was imported")


# -- out ---------------------------------------------------------------------------------------------------------


def export_course(store: Store, course: str) -> str:
    """One course and the protocols it keeps, as the text of a file. Keep it as you keep the store.

    It is the whole record, what is hidden from a role included, for those who hold the store: a course with something
    left out could not be checked or replayed. What one role may read is written by `Reader.export`.

    Args:
        store: Where the course is; nothing is written to it.
        course: Its id.

    Raises:
        UnknownCourse: There is no such course.
        StoreError: A protocol it keeps is not in the store.

    Example:
        >>> from datetime import date
        >>> import iptengine as ipt
        >>> here, there = ipt.MemoryStore(), ipt.MemoryStore()
        >>> anna = ipt.Actor("u17", role="therapist")
        >>> clinic = ipt.Clinic(here, [ipt.load("ipt-adult")])
        >>> done = clinic.start("ipt-adult", by=anna, on=date(2026, 3, 3), course="a")
        >>> import_course(there, export_course(here, "a"))
        'a'
        >>> ipt.Clinic(there, []).course("a") == done.course
        True
    """
    from iptengine.render.json_page import library_version

    texts = store.read(course)
    if not texts:
        raise UnknownCourse(course)
    digests = list(dict.fromkeys(digests_named(texts)))
    head: dict[str, Any] = {
        "schema": EXPORT_SCHEMA, "course": course, "version": len(texts), "library": library_version(),
        "digest": digests[-1] if digests else "", "protocols": digests,
    }  # fmt: skip
    kept: list[dict[str, Any]] = [{"protocol": digest, "text": store.protocol(digest)} for digest in digests]
    lines = [*map(line_of, (head, *kept)), *texts]
    return "".join(f"{line}\n" for line in (*lines, line_of({"sum": _sum(lines)})))


def line_of(told: Mapping[str, Any]) -> str:
    """A line of a file that is handed over."""
    return json.dumps(told, separators=(",", ":"))


def _sum(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")).hexdigest()


# -- in ----------------------------------------------------------------------------------------------------------


def import_course(
    store: Store, text: str, *, seal_key: bytes | None = None, sealed_with: bytes | None = None
) -> str:  # fmt: skip
    """Take in a course that `export_course` wrote: all of it in one append, or nothing.

    It asks no policy, as nobody is asked who holds the store; `Clinic.import_course` asks that of the clinic.

    Args:
        store: Where it goes.
        text: What was exported.
        seal_key: What the clinic of this store seals events with, if it has a key.
        sealed_with: What they were sealed with where they come from. Where the two are the same, every text is kept
            byte by byte; otherwise the events are the same, and sealed anew.

    Returns:
        The id of the course.

    Raises:
        BrokenExport: The text was cut off, changed or put in another order, was sealed with another key, or needs a
            newer version of the library; names the line.
        StoreError: A course of that id is in the store already, or the store failed; no event was kept.
    """
    export = Export(text, sealed_with)
    keep_export(store, export, seal_key)
    return export.course


def keep_export(store: Store, found: Export, seal_key: bytes | None) -> None:
    """Keep a course that was exported, in one append; its events sealed anew where the key is another.

    Raises:
        StoreError: As `import_course`.
    """
    texts = tuple(found.events)
    if seal_key != found.sealed_with:
        bodies = tuple(opened(one)[0] for one in texts)
        texts = chained(bodies, course=found.course, after=0, before="", key=checked_key(seal_key))
    if store.read(found.course):
        raise StoreError(_TAKEN)
    for digest, kept in found.protocols.items():
        store.keep_protocol(digest, kept)
    try:
        store.append(found.course, texts, expected=0)
    except StaleVersion:
        raise StoreError(_TAKEN) from None


_TAKEN = "a course of that id is in this store already; nothing was imported"


class Export:
    """An exported course, every line of it looked at.

    Raises:
        BrokenExport: As `import_course`.
        BadInput: It is no text.
    """

    def __init__(self, text: str, sealed_with: bytes | None) -> None:
        given: object = text
        if not isinstance(given, str):
            raise BadInput("text", "'text' must be the text of an exported course: read the file as UTF-8")
        key = checked_key(sealed_with)
        self.sealed_with = sealed_with
        *self._lines, rest = text.split("\n")
        if rest:
            self._lines.append(rest)
        self._whole = not rest
        head = self._head()
        self.course: str = head["course"]
        first = 2 + len(head["protocols"])
        self.protocols = {digest: self._protocol(n, digest) for n, digest in enumerate(head["protocols"], 2)}
        self.events = self._events(first, head["version"], key)
        self._check_named(head)
        self._end(first + head["version"])

    def _line(self, number: int) -> str:
        if number > len(self._lines):
            self._broken(number, "the file ends before it is complete")
        return self._lines[number - 1]

    def _broken(self, number: int, text: str) -> NoReturn:
        raise BrokenExport(number, text) from None

    def _head(self) -> dict[str, Any]:
        head = record_in(self._line(1)) if self._lines else {}
        schema = head.get("schema")
        if schema == RECORD_SCHEMA:
            self._broken(1, "this is what one role may read of a course, and no whole course: export it without a role")
        if schema != EXPORT_SCHEMA:
            newer = isinstance(schema, str) and schema.startswith(EXPORT_SCHEMA.rpartition("/")[0])
            self._broken(1, "it was written by a newer version of this library" if newer else _NO_EXPORT)
        if not is_course_id(head.get("course")) or not _is_count(head.get("version")) or not _are_texts(head):
            self._broken(1, "it does not say which course it is, how many events it has and which protocols it keeps")
        return head

    def _protocol(self, number: int, digest: str) -> str:
        told = record_in(self._line(number))
        text = told.get("text")
        if told.get("protocol") != digest or not isinstance(text, str):
            self._broken(number, "this is not the protocol that line 1 names here")
        try:
            open_kept(digest, text)
        except ProtocolError as error:
            first = error.diagnostics[0]
            self._broken(number, f"the protocol cannot be used: {first.message} [{first.code}]")
        return text

    def _events(self, first: int, many: int, key: bytes | None) -> Sequence[str]:
        before = ""
        for number in range(first, first + many):
            body, found = opened(self._line(number))
            wanted = seal(body, course=self.course, number=number - first + 1, before=before, key=key)
            if not hmac.compare_digest(found, wanted):
                self._broken(number, _NOT_ITS_SEAL)
            version = record_in(body).get("v")
            if isinstance(version, int) and version > EVENTS_SCHEMA:
                self._broken(number, "this event was written by a newer version of this library")
            before = found
        return self._lines[first - 1 : first - 1 + many]

    def _check_named(self, head: dict[str, Any]) -> None:
        digests = list(dict.fromkeys(digests_named(self.events)))
        if digests != list(self.protocols) or head.get("digest") != (digests[-1] if digests else ""):
            self._broken(1, "it does not name the protocols that the events of the course name")

    def _end(self, number: int) -> None:
        told = record_in(self._line(number))
        if told.get("sum") != _sum(self._lines[: number - 1]):
            self._broken(number, "something in this file was changed since it was written")
        if len(self._lines) > number:
            self._broken(number + 1, "there is more here than was written")
        if not self._whole:
            self._broken(number, "the file ends before it is complete")


_NO_EXPORT = "this is not an exported course: make one with 'iptengine course export'"
_NOT_ITS_SEAL = (
    "this event was changed, does not follow the line before it, or was sealed with another key than the one given"
)


def _is_count(value: object) -> bool:
    return type(value) is int and value > 0


def _are_texts(head: dict[str, Any]) -> bool:
    found = head.get("protocols")
    return isinstance(found, list) and all(isinstance(one, str) for one in found) and len(set(found)) == len(found)
