"""Where files are looked up by name: the shipped protocols and the folders a caller names, and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

PROTOCOL = ".protocol.yaml"
MEASURE = ".measure.yaml"
_MOST_LISTED = 2000


@cache
def shipped_folder() -> str:
    """The folder of the shipped protocols: inside the installed package, or beside the sources in a checkout."""
    packaged = str(files("iptengine").joinpath("protocols"))
    if os.path.isdir(packaged):
        return packaged
    here = os.path.dirname(os.path.abspath(__file__))
    return os.path.normpath(os.path.join(here, "..", "..", "..", "protocols"))


@cache
def examples_folder() -> str:
    """The folder of the shipped examples: inside the installed package, or beside the sources in a checkout."""
    packaged = str(files("iptengine").joinpath("examples"))
    if os.path.isdir(packaged):
        return packaged
    return os.path.join(os.path.dirname(shipped_folder()), "examples")


def find(name: str, ending: str, folders: Iterable[str]) -> str | None:
    """The first file ``name + ending`` that lies in one of `folders`; `name` must be an id.

    A link that leads out of its folder is passed over as if it were not there.
    """
    for folder in folders:
        path = os.path.join(folder, name + ending)
        if os.path.isfile(path) and _inside(path, folder):
            return path
    return None


def _inside(path: str, folder: str) -> bool:
    home = os.path.realpath(folder)
    return os.path.commonpath((home, os.path.realpath(path))) == home


def names_in(folders: Iterable[str], ending: str) -> tuple[str, ...]:
    """The names under which files can be found, in order; of a very large folder only some."""
    found: set[str] = set()
    for folder in folders:
        if not os.path.isdir(folder):
            continue
        with os.scandir(folder) as entries:
            for _, entry in zip(range(_MOST_LISTED), entries, strict=False):
                if entry.name.endswith(ending):
                    found.add(entry.name.removesuffix(ending))
    return tuple(sorted(found))


def shown(path: str) -> str:
    """What a place calls a file: a shipped one by its place among them, any other as the caller named it."""
    home = shipped_folder() + os.sep
    return path.removeprefix(home).replace(os.sep, "/") if path.startswith(home) else path
