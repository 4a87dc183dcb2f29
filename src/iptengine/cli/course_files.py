"""A course written to a file, and read from one into another store."""

from __future__ import annotations

import os

from iptengine.cli import screen
from iptengine.cli.came_of_it import say_risks_of
from iptengine.cli.course_looks import Looking
from iptengine.cli.given_files import given_text
from iptengine.cli.stores import key_in, store_at
from iptengine.engine.clinic import Clinic
from iptengine.engine.handing_over import export_course, import_course

MOST_OF_A_COURSE = 500
"""Megabytes: hundreds of times what the longest course holds with its protocols."""


def write_course(address: str, course: str, out: str | None) -> int:
    """Writes one course with its protocols to a file that its owner alone can read, or prints it."""
    with store_at(address, read_only=True) as store:
        text = export_course(store, course)
    return _written(text, out, f"course {course}; it holds everything that was written about the patient")


def write_record(looking: Looking, course: str, out: str | None) -> int:
    """Writes what one role may read of a course; it cannot be taken into a store."""
    with looking.reader() as reader:
        text = reader.export(course)
    return _written(
        text, out, f"course {course} as {looking.role} may read it; it holds patient text, and cannot be imported"
    )


def _written(text: str, out: str | None, what: str) -> int:
    if out is None:
        screen.hand_over(text.removesuffix("\n"))
        return 0
    _write_for_owner(out, text)
    screen.say(f"{out}: {what}")
    return 0


def _write_for_owner(out: str, text: str) -> None:
    """A new file that nobody else can read; one that is there is left as it is."""
    try:
        file = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise screen.Unclear(f"{out} is there already; choose another name") from None
    with open(file, "w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)


def read_course(address: str, file: str, key_file: str | None, sealed_with: str | None) -> int:
    """Takes a course from a file into a store, and tells the risk alerts that come with it."""
    text = given_text(file, "an exported course", MOST_OF_A_COURSE)
    with store_at(address) as store:
        key = key_in(key_file)
        course = import_course(store, text, seal_key=key, sealed_with=key_in(sealed_with) if sealed_with else key)
        many = len(store.read(course))
        say_risks_of(Clinic(store, [], seal_key=key), [course])
    screen.say(f"course {course}: {many} events")
    return 0
