"""What a word on the command line stands for: a shipped name, a file, or a folder of files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Literal

from iptengine.authoring import shelves
from iptengine.authoring.variants.bases import find_base
from iptengine.cli.screen import Unclear
from iptengine.diagnostics import did_you_mean
from iptengine.protocol.ids import is_id

Sort = Literal["protocol", "measure", "vignette"]
ENDINGS: dict[Sort, str] = {
    "protocol": ".protocol.yaml",
    "measure": ".measure.yaml",
    "vignette": ".vignette.yaml",
}
MOST_FILES = 5000


def protocol_source(word: str, folders: Iterable[str] = ()) -> str:
    """The name, shipped or in one of `folders`, or the path that PROTOCOL stands for.

    Raises:
        Unclear: It is neither.
    """
    known = (*shipped("protocol"), *shelves.names_in(folders, ENDINGS["protocol"]))
    if word in known:
        return word
    if is_id(word) and not os.path.exists(word):
        raise Unclear(f"'{word}' is neither a file nor a shipped protocol; {_nearest(word, 'protocol', known)}")
    return _ends(existing_file(word), "protocol")


def base_path(ref: str, folders: tuple[str, ...]) -> str:
    """The file of a base, ``NAME@VERSION``, as a variant in the first of `folders` would find it.

    Raises:
        Unclear: There is none, or it is not clear which.
    """
    found = find_base(ref, folders)
    if found.document is None:
        raise Unclear("; ".join(part for part in found.why[1:] if part))
    return found.path


def vignette_path(word: str) -> str:
    """The path of a vignette: a file, or the name of a shipped example.

    Raises:
        Unclear: It is neither.
    """
    known = shipped_examples()
    if word in known:
        return os.path.join(shelves.examples_folder(), word + ENDINGS["vignette"])
    if is_id(word) and not os.path.exists(word):
        raise Unclear(f"'{word}' is neither a file nor a shipped example; {_nearest(word, 'vignette', known)}")
    return _ends(existing_file(word), "vignette")


def _nearest(word: str, sort: Sort, known: Iterable[str]) -> str:
    """What to write in place of a name that is not known."""
    here = word + ENDINGS[sort]
    return f"there is a file {here} here: name that" if os.path.isfile(here) else did_you_mean(word, known)


def existing_folders(paths: Iterable[str]) -> tuple[str, ...]:
    """`paths`, if each is a folder.

    Raises:
        Unclear: One is not there, or is a file.
    """
    folders = tuple(paths)
    for path in folders:
        if not os.path.isdir(path):
            raise Unclear(f"there is no folder '{path}'")
    return folders


def existing_file(path: str) -> str:
    """`path`, if a file is there.

    Raises:
        Unclear: There is none.
    """
    if os.path.isdir(path):
        raise Unclear(f"'{path}' is a folder; name a file in it")
    if not os.path.exists(path):
        raise Unclear(f"there is no file '{path}'")
    return path


def _ends(path: str, sort: Sort) -> str:
    if not path.endswith(ENDINGS[sort]):
        raise Unclear(f"the name of a {sort} file ends in {ENDINGS[sort]}; '{path}' does not")
    return path


def files_under(words: Iterable[str], sorts: Iterable[Sort]) -> list[tuple[Sort, str]]:
    """Every file that `words` name, with its sort: files as they stand, folders walked in order of name.

    Raises:
        Unclear: A word names nothing, or a folder holds no such file.
    """
    wanted = tuple(sorts)
    found: dict[str, Sort] = {}
    for word in words:
        for sort, path in _one(word, wanted):
            found.setdefault(path, sort)
    return [(sort, path) for path, sort in found.items()]


def _one(word: str, sorts: tuple[Sort, ...]) -> list[tuple[Sort, str]]:
    if os.path.isdir(word):
        inside = list(walk(word, sorts))
        if not inside:
            endings = " or ".join("*" + ENDINGS[sort] for sort in sorts)
            raise Unclear(f"the folder '{word}' holds no {endings}")
        return inside
    named = next((sort for sort in sorts if word.endswith(ENDINGS[sort])), None)
    if named is not None:
        return [(named, existing_file(word))]
    return [("protocol", protocol_source(word)) if "protocol" in sorts else ("vignette", vignette_path(word))]


def walk(folder: str, sorts: tuple[Sort, ...]) -> Iterator[tuple[Sort, str]]:
    """Every file of these sorts in a folder and the folders in it, in order of name.

    Raises:
        Unclear: There are too many.
    """
    count = 0
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            sort = next((sort for sort in sorts if name.endswith(ENDINGS[sort])), None)
            if sort is None:
                continue
            count += 1
            if count > MOST_FILES:
                raise Unclear(f"the folder '{folder}' holds more than {MOST_FILES} files; name a smaller one")
            yield sort, os.path.join(here, name)


def shipped(sort: Sort) -> tuple[str, ...]:
    """The names of the shipped protocols or measures, in order."""
    folder = shelves.shipped_folder()
    return shelves.names_in((folder if sort == "protocol" else os.path.join(folder, "measures"),), ENDINGS[sort])


def shipped_examples() -> tuple[str, ...]:
    """The names of the shipped vignettes, in order."""
    return shelves.names_in((shelves.examples_folder(),), ENDINGS["vignette"])
