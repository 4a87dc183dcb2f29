"""Opening the store that a command works on, and the keys of the clinic."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from iptengine.cli import screen
from iptengine.store.chain import checked_key, opened, seal
from iptengine.store.ciphers import is_enciphered
from iptengine.store.port import DamagedCourse, Store, StoreError

if TYPE_CHECKING:
    from iptengine.store.keys import CourseKeys
    from iptengine.store.sql.store import SqlStore


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
    """
    return checked_key(Path(file).read_bytes()) if file else None


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
    if any(is_enciphered(text) for _, _, text in store.feed()):
        raise screen.Unclear(
            "the patient text of courses in this store is enciphered, and that of a course begun without keys could "
            "never be: give --keys; nothing was recorded"
        )


def check_sealed(store: Store, course: str, key: bytes | None) -> None:
    """The last event of a course is sealed with this key, so that the next one follows it.

    Raises:
        Unclear: It is not; nothing is to be recorded, because `verify` would then take it for damage.
    """
    try:
        texts = store.read(course) if course else ()
    except DamagedCourse:  # it takes nothing, whatever it is sealed with, and says so itself
        return
    if not texts:
        return
    body, found = opened(texts[-1])
    before = opened(texts[-2])[1] if len(texts) > 1 else ""
    if found and found != seal(body, course=course, number=len(texts), before=before, key=key):
        other = "another key than this one" if key else "a key"
        raise screen.Unclear(
            f"the last event of this course was sealed with {other}, or was changed since: give the clinic's own "
            "--key-file, or look with `iptengine verify`; nothing was recorded"
        )
