"""Where a variant's base is found: in its own folder, folders that were named, and installed packages."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec

from iptengine.authoring import shelves
from iptengine.authoring.document import Document, read_path
from iptengine.diagnostics import did_you_mean

ENTRY_POINTS = "iptengine.protocols"


@dataclass(frozen=True, slots=True)
class Found:
    """The file of a base, or why there is none: code, message, hint."""

    path: str = ""
    document: Document | None = None
    why: tuple[str, str, str] = ("", "", "")


@cache
def installed_folders() -> tuple[str, ...]:
    """The folders of protocols that installed packages offer, in order of name.

    A package offers one by an entry point of the group `iptengine.protocols`, whose value is the name of the
    package that holds the files. The name is looked up, and nothing of the package is run.
    """
    offered = sorted(entry_points(group=ENTRY_POINTS), key=lambda one: one.name)
    return tuple(folder for one in offered if (folder := _folder(one.value)))


def _folder(package: str) -> str:
    top, _, rest = package.partition(".")
    spec = find_spec(top)
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    inside = [os.path.join(place, *rest.split(".")) if rest else place for place in places]
    return next((place for place in inside if os.path.isdir(place)), "")


def find_base(ref: str, folders: tuple[str, ...]) -> Found:
    """The file of ``NAME@VERSION``: ``NAME.protocol.yaml``, or ``NAME@VERSION.protocol.yaml`` for one kept beside.

    Of several that say the same, the one furthest from the variant: what a shipped base measures with lies beside it,
    and no file in the folder of a variant stands in for that.

    Args:
        ref: Which protocol and which version.
        folders: Where to look before the installed packages: the variant's own folder first.
    """
    name, _, version = ref.partition("@")
    places = (*folders, *installed_folders(), shelves.shipped_folder())
    seen = list(_candidates(name, version, tuple(dict.fromkeys(places))))
    fitting = [(path, document) for path, document in seen if _says(document) == (name, version)]
    if not fitting:
        return Found(why=_not_found(name, version, [document for _, document in seen], places))
    path, document = fitting[-1]
    other = next((where for where, one in fitting if _written(one) != _written(document)), None)
    if other is not None:
        message = f"there are two different files of {ref}: {_called(other)} and {_called(path)}"
        return Found(why=("ambiguous-base", message, "keep one of them, or give a changed protocol another version"))
    return Found(path, document)


def _called(path: str) -> str:
    """A file, and whether it is the shipped one."""
    shipped = path.startswith(shelves.shipped_folder() + os.sep)
    return f"the shipped {shelves.shown(path)}" if shipped else os.path.normpath(path)


def _candidates(name: str, version: str, places: tuple[str, ...]) -> Iterator[tuple[str, Document]]:
    for place in places:
        for called in (name, f"{name}@{version}"):
            path = shelves.find(called, shelves.PROTOCOL, (place,))
            if path is not None:
                yield path, read_path(path, shelves.shown(path))


def _written(document: Document) -> str:
    """All that a file says, in its order; comments and layout aside."""
    return json.dumps(document.root, default=str)


def _says(document: Document) -> tuple[object, object]:
    root = document.root if isinstance(document.root, dict) else {}
    return root.get("protocol"), root.get("version")


def _not_found(name: str, version: str, seen: list[Document], places: tuple[str, ...]) -> tuple[str, str, str]:
    versions = [str(_says(one)[1]) for one in seen if _says(one)[0] == name]
    if versions:
        there = " and ".join(dict.fromkeys(versions))
        message = f"there is no version {version} of '{name}' here; there is {there}"
        return "unknown-base", message, f"extend {name}@{versions[0]}, and read what changed"
    if seen:
        wrong = f"the file {name}{shelves.PROTOCOL} does not hold a protocol called '{name}'"
        return "unknown-base", wrong, "give the file the name of its protocol"
    hint = did_you_mean(name, sorted(one.partition("@")[0] for one in shelves.names_in(places, shelves.PROTOCOL)))
    message = f"there is no protocol '{name}': no file {name}{shelves.PROTOCOL} was found"
    return "unknown-base", message, hint
