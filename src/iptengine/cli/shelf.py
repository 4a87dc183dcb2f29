"""What comes with the library, as a list."""

from __future__ import annotations

import os
from collections.abc import Iterator

from iptengine.authoring import shelves
from iptengine.authoring.document import read_path
from iptengine.cli import screen
from iptengine.cli.names import ENDINGS, Sort, shipped, shipped_examples


def show_shelf() -> int:
    """Prints the shipped protocols, measures and examples, each with its title."""
    home = shelves.shipped_folder()
    screen.say(screen.strong("Protocols"))
    screen.say_all(_rows("protocol", home, shipped("protocol")))
    screen.say()
    screen.say(screen.strong("Measures"))
    screen.say_all(_rows("measure", os.path.join(home, "measures"), shipped("measure")))
    screen.say()
    screen.say(screen.strong("Examples"))
    screen.say_all(_rows("vignette", shelves.examples_folder(), shipped_examples()))
    screen.say()
    screen.say("Next: iptengine show ipt-adult")
    return 0


def _rows(sort: Sort, folder: str, names: tuple[str, ...]) -> Iterator[str]:
    rows = []
    for name in names:
        head = read_path(os.path.join(folder, name + ENDINGS[sort])).root
        known = head if isinstance(head, dict) else {}
        version = " ".join(str(known[key]) for key in ("version", "status") if key in known)
        title = known.get("vignette" if sort == "vignette" else "title", "")
        rows.append((name, version, str(title)) if sort != "vignette" else (name, str(title)))
    return screen.columns(rows)
