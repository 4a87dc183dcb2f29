"""Opening the store that a command works on, and the keys of the clinic."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from iptengine.cli import screen
from iptengine.cli.given_files import given_bytes
from iptengine.store.chain import checked_key, sealed_otherwise
from iptengine.store.port import DamagedCourse, Store, StoreError
from iptengine.store.secrecy import BESIDE_ENCIPHERED, others_have_keys

if TYPE_CHECKING:
    from iptengine.store.keys import CourseKeys
    from iptengine.store.sql.store import SqlStore

MOST_OF_A_KEY = 10
"""Megabytes."""


def store_at(address: str, *, read_only: bool = False, there: bool = False) -> SqlStore:
    """The store at an address or, as a short form for SQLite, at a path.

    A store that is only read, or has to be `there`, is never made: a path without a file is a mistake, not an empty
    store.
    """
    from iptengine.store.sql.opening import open_store

    url = address if "://" in address else f"sqlite:///{address}"
    path = url.partition(":///")[2] if url.startswith("sqlite") else ""
    if there and path and not Path(path).is_file():
        raise screen.Unclear(f"there is no file {Path(path).absolute()}")
    try:
        return open_store(url, read_only=read_only)
    except StoreError as error:
        raise screen.Unclear(str(error)) from None


def today() -> date:
    """The day of this machine's clock, which is the clinic's."""
    return datetime.now().astimezone().date()


def key_in(file: str | None) -> bytes | None:
    """The bytes of a key file.

    Raises:
        StoreError: They are too few for a key.
        Unclear: It is no file, or too large for one with a key.
    """
    return checked_key(given_bytes(file, "a file with a key", MOST_OF_A_KEY)) if file else None


def keys_in(folder: str | None) -> CourseKeys | None:
    """The keys of courses in a folder.

    Raises:
        Unclear: There is no such folder: a mistyped one would begin an empty set of keys.
    """
    if not folder:
        return None
    from iptengine.store.keys import FileKeys

    if not Path(folder).is_dir():
        raise screen.Unclear(f"there is no folder '{folder}'")
    return FileKeys(folder)


def check_in_the_clear(store: Store) -> None:
    """No course begins without a key where others have one: its words would stand there in the clear for good.

    Raises:
        Unclear: Others have; nothing is to be recorded.
    """
    if others_have_keys(store):
        raise screen.Unclear(f"{BESIDE_ENCIPHERED}: give --keys; nothing was recorded")


def check_sealed(store: Store, course: str, key: bytes | None) -> None:
    """A course is sealed with this key, so that the next event follows its last one.

    Raises:
        Unclear: It is not; nothing is to be recorded, because `verify` would then take it for damage.
    """
    try:
        texts = store.read(course) if course else ()
    except DamagedCourse:  # it takes nothing, whatever it is sealed with, and says so itself
        return
    otherwise = sealed_otherwise(texts, course=course, key=key)
    if otherwise:
        raise screen.Unclear(
            f"{otherwise}: give --key-file where the course was begun with it, and only there; or hand the course over "
            "to another store (`iptengine course export`, `iptengine course import`), which seals it anew; or look "
            "with `iptengine verify`; nothing was recorded"
        )
