"""Tying a variant to the base it was written for."""

from __future__ import annotations

import json
import os

from iptengine.authoring.comparison import compare
from iptengine.authoring.loader import open_protocol
from iptengine.authoring.variants.opening import Opened
from iptengine.authoring.variants.pinning import keep, kept, with_pin
from iptengine.cli import screen
from iptengine.cli.names import existing_file
from iptengine.cli.screen import Unclear
from iptengine.cli.writing import replace
from iptengine.diagnostics import ProtocolError
from iptengine.protocol.protocol import Protocol
from iptengine.render.difference import difference

CHANGED = "base-changed"


def pin(word: str) -> int:
    """Writes the digest of its base into a variant, and keeps what the base is beside it.

    Where the variant was pinned to something else, how the base differs from that is told first.

    Raises:
        Unclear: The file is no variant.
        ProtocolError: It has mistakes; that its base has changed since it was pinned is none here.
    """
    path = existing_file(word)
    folder = os.path.dirname(path) or os.curdir
    base, pinned = _base(open_protocol(path), path)
    if pinned and pinned != base.digest:
        _tell(kept(folder, base.ref, pinned), base)
    with open(path, encoding="utf-8", newline="") as stream:
        text = stream.read()
    where = keep(folder, base)
    written = with_pin(text, base.digest)
    if written != text:
        replace(path, written.encode("utf-8"))
    screen.say(f"{path} is pinned to {base.ref}, digest {base.digest[:12]}…")
    screen.say(f"what that is was kept in {os.path.normpath(where)}; share it together with the variant")
    return 0


def _base(opened: Opened, path: str) -> tuple[Protocol, str]:
    """The base of a variant, and the digest that it is pinned to."""
    wrong = tuple(one for one in opened.diagnostics if one.code != CHANGED)
    if wrong:
        raise ProtocolError(wrong)
    if opened.base is None or opened.base.protocol is None or opened.composition is None:
        raise Unclear(f"'{path}' extends no other protocol, so there is nothing to pin it to")
    return opened.base.protocol, opened.composition.pinned


def _tell(was: str | None, base: Protocol) -> None:
    if was is None:
        screen.say(f"{base.ref} is not what this variant was pinned to; what that was is not kept here")
        return
    screen.say(f"{base.ref} has changed since this variant was pinned to it:")
    screen.say(difference(compare(json.loads(was), json.loads(base.content)), "text", width=screen.width()))
