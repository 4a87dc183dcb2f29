"""The program that replays every course of a store, and prints one line for each.

    python -m torture.replaying STORE [--again CLINICS] [--twin NAME]

A line holds the id and the hashes of what must be the same everywhere: the course; the therapist's page; the patient's
page; and the report, which is what the course comes to in figures, what is open, due and warned of. Each protocol that
the store keeps has a line as well, and each clinic whose courses are decided again from the protocol's file. The
surroundings are let in as a program with windows lets them in: the language that its user has set is set here, too.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import locale
import sys
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from itertools import chain

from iptengine.course.course import Course
from iptengine.course.summary import summary
from iptengine.course.warnings import warnings
from iptengine.course.ways import due, ways
from iptengine.engine.held import Held
from iptengine.engine.records import Records
from iptengine.protocol.protocol import Protocol
from iptengine.render import agenda
from iptengine.store.memory import MemoryStore
from iptengine.store.sql.opening import open_store
from torture.drawing import draw_courses

COLUMNS = ("course", "therapist's page", "patient's page", "report")


def replayed(address: str) -> Iterator[str]:
    """The lines of a store, in the order of their ids."""
    with open_store(address, read_only=True) as store:
        records = Records(store)
        held = Held([], records)
        digests = set()
        for id in sorted(records.ids(None)):
            history = records.history(id)
            protocol = held.pinned(history.course)
            digests.add(protocol.digest)
            day = history.events[-1].on + timedelta(days=len(history.events) % 9)
            yield " ".join([id, *map(_hashed, told(protocol, history.course, day))])
        for digest in sorted(digests):
            yield f"protocol-{digest} {_hashed([held.open(digest).content])}"


def decided_again(clinics: int) -> Iterator[str]:
    """A line for each of the first clinics, with all that is decided there."""
    for number in range(clinics):
        store = MemoryStore()
        draw_courses(store, [number])
        yield f"decided-again-{number} {_hashed(text for _, _, text in store.feed())}"


def told(protocol: Protocol, course: Course, day: date) -> Iterator[list[str]]:
    """What is told of a course on a day, for each of `COLUMNS`."""
    yield [course.json()]
    therapist = agenda(protocol, course, on=day)
    yield [therapist.text, therapist.page, therapist.json(), therapist.problem]
    patient = agenda(protocol, course, on=day, audience="patient")
    yield [patient.markdown, patient.page, patient.problem]
    offered = [
        f"{way.command.kind} {way.open} {[str(reason) for reason in way.reasons]}"
        for way in ways(protocol, course, on=day)
    ]
    asked = (due(protocol, course, on=day), warnings(protocol, course, on=day))
    yield [*_plain(summary(protocol, course)), *offered, *map(repr, asked)]


def _hashed(texts: Iterable[str]) -> str:
    return hashlib.sha256(json.dumps(list(texts)).encode("ascii")).hexdigest()[:32]


def _plain(value: object) -> Iterator[str]:
    """A value as texts, to its last field; its repr would keep back what a patient said."""
    if is_dataclass(value) and not isinstance(value, type):
        yield type(value).__name__
        for field in fields(value):
            yield field.name
            yield from _plain(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _plain(key)
            yield from _plain(one)
    elif isinstance(value, Set):
        yield from sorted(text for one in value for text in _plain(one))
    elif isinstance(value, tuple):
        yield str(len(value))
        for one in value:
            yield from _plain(one)
    else:
        yield str(value)


def main(words: list[str] | None = None) -> None:
    """Prints the lines."""
    parser = argparse.ArgumentParser(prog="python -m torture.replaying", description=__doc__)
    parser.add_argument("store")
    parser.add_argument("--again", type=int, default=0, help="decide the courses of so many clinics again")
    parser.add_argument("--twin", default="", help="be a twin that is broken on purpose")
    given = parser.parse_args(words)
    locale.setlocale(locale.LC_ALL, "")
    from torture.twins import become

    become(given.twin)
    # What is read stays; looking through it for rubbish again and again takes an eighth of the time.
    gc.set_threshold(100_000)
    for line in chain(replayed(given.store), decided_again(given.again)):
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
