"""How a part of a protocol came about, and every path that a variant may change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iptengine.authoring.loader import open_protocol
from iptengine.authoring.variants.lineage import Lineage, changeable, lineage
from iptengine.authoring.variants.opening import Opened
from iptengine.authoring.variants.tree import Step
from iptengine.cli import screen
from iptengine.cli.names import protocol_source
from iptengine.diagnostics import Path
from iptengine.protocol.parts import Source
from iptengine.protocol.variant_spec import path_of, path_text

DONE: Mapping[str, str] = {
    "set": "set here",
    "add": "added here",
    "remove": "taken away here",
    "rename": "renamed here",
    "move": "moved here",
    "order": "put in this order here",
}
_KINDS = {"cite": "", "decision": "decided: ", "unverified": "not verified: "}


def opened(word: str) -> Opened:
    """The protocol that a word on the command line stands for, with how it came about.

    Raises:
        ProtocolError: It has mistakes.
    """
    found = open_protocol(protocol_source(word))
    found.require()
    return found


def show_why(protocol: str, path: str) -> int:
    """Prints what made the part at `path` what it is; 2 when there is no such path."""
    found = opened(protocol)
    try:
        told = lineage(found, path_of(path))
    except LookupError as unknown:
        screen.complain(str(unknown.args[0]))
        return 2
    screen.say_all(why(told, found))
    return 0


def why(told: Lineage, found: Opened) -> Iterator[str]:
    """The account of a path, newest first."""
    yield screen.strong(path_text(told.path))
    yield screen.wrapped(told.now, 2) if told.now else "  is no longer there"
    for step in told.steps:
        yield ""
        yield from _step(step, found)
    if told.origin is not None:
        ref, span = told.origin
        yield ""
        yield f"{ref}  {screen.faint(str(span))}"
        yield f"  {'first written here' if told.steps else 'written here, and changed by nobody since'}"
        if not told.steps:
            yield from _rests_on(told.source, found)
    if told.below:
        yield ""
        yield "Changed within it:"
        for path, steps in told.below.items():
            yield f"  {path_text(path)}  {screen.faint(f'{steps[-1].protocol}, {steps[-1].group}')}"


def _step(step: Step, found: Opened) -> Iterator[str]:
    yield f"{step.protocol}  {step.group}  {screen.faint(str(step.span))}"
    whole = "" if not step.path else f" as '{path_text(step.path)}'"
    yield f"  {DONE[step.verb]}{whole}"
    yield screen.wrapped(f"because: {step.because}", 2)
    yield from _rests_on(step.source, found)
    if step.before and step.verb == "set":
        yield screen.wrapped(f"was: {step.before}", 2)


def _rests_on(names: tuple[str, ...], found: Opened) -> Iterator[str]:
    spec = found.protocol.spec if found.protocol is not None else None
    for name in names:
        source = spec.sources.get(name) if spec is not None else None
        yield screen.wrapped(f"rests on {name}{_told(source)}", 2, 4)


def _told(source: Source | None) -> str:
    return "" if source is None else f": {_KINDS[source.kind]}{getattr(source, source.kind)}"


def show_paths(protocol: str, under: str) -> int:
    """Prints every path that a variant may change, with its value and sources; 2 when none is under `under`."""
    start: Path = path_of(under) if under else ()
    rows = list(changeable(opened(protocol), start))
    if not rows:
        screen.complain(f"there is nothing under '{under}'; leave it out to see every path")
        return 2
    for row in rows:
        rests = f"  [{', '.join(row.source)}]" if row.source and row.path[-1] != "source" else ""
        screen.say(screen.wrapped(f"{path_text(row.path)}: {row.value}{rests}", 0, 4))
    return 0
