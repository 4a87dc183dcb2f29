"""The clinical difference of two protocols, printed."""

from __future__ import annotations

from iptengine.authoring.comparison import By, compare_protocols
from iptengine.authoring.loader import load
from iptengine.cli import screen
from iptengine.cli.names import protocol_source
from iptengine.cli.screen import Unclear
from iptengine.diagnostics import ProtocolError
from iptengine.protocol.protocol import Protocol
from iptengine.render.difference import Form, difference

EQUAL, DIFFERENT, NOT_COMPARED = 0, 1, 2
"""Exit codes, those of `diff`."""


def show_difference(before: str, after: str, form: Form, by: By | None) -> int:
    """Prints how two protocols differ.

    Raises:
        Unclear: A word stands for no protocol, or `by` asks for groups of changes where there are none.
    """
    try:
        one, other = _loaded(before), _loaded(after)
    except ProtocolError as wrong:
        screen.complain(str(wrong))
        return NOT_COMPARED
    try:
        found = compare_protocols(one, other, by=by)
    except ValueError as wrong:
        raise Unclear(f"{wrong}; leave out --by change") from wrong
    if form != "text" or not found.equal:
        screen.say(difference(found, form, width=screen.width()).rstrip("\n"))
    if found.equal:
        screen.complain(f"the contents of {one.ref} and {other.ref} are equal")
    return EQUAL if found.equal else DIFFERENT


def _loaded(word: str) -> Protocol:
    return load(protocol_source(word))
