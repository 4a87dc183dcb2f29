"""Vignettes tried: each read, played and told in words, under the protocol it names or under another one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from iptengine.authoring.variants.opening import Opened
from iptengine.authoring.vignette import ENDING, protocol_of, read_vignette
from iptengine.diagnostics import Diagnostic, ProtocolError
from iptengine.protocol.protocol import Protocol
from iptengine.testing.player import Folder, Played, play
from iptengine.testing.renamed import told_for
from iptengine.testing.report import Difference

How = Literal["passed", "failed", "same", "differs", "unplayable"]


@dataclass(frozen=True, slots=True, repr=False)
class Trial:
    """How one vignette went.

    Attributes:
        path: Its file.
        title: What it shows; its file's name while it cannot be read.
        how: ``passed`` or ``failed``; under another protocol ``same`` or ``differs``, or ``unplayable``, when it
            has mistakes or names what that protocol does not know.
        findings: The mistakes that keep it from being played.
        differences: Where it went otherwise than it expects.
        protocol: What it was played under; nothing when it could not be played.
        played: The play; nothing when there was none.
    """

    path: str
    title: str
    how: How
    findings: tuple[Diagnostic, ...] = ()
    differences: tuple[Difference, ...] = ()
    protocol: Protocol | None = None
    played: Played | None = None

    def __repr__(self) -> str:
        return f"<Trial {self.path}: {self.how}>"

    @property
    def good(self) -> bool:
        """Whether everything it expects holds."""
        return self.how in ("passed", "same")

    @property
    def report(self) -> str:
        """Every mistake, or every difference, in words; empty when all is as expected."""
        return "\n".join(str(one) for one in (*self.findings, *self.differences))


def try_vignette(path: Folder, *, against: Protocol | Opened | None = None, folders: Sequence[Folder] = ()) -> Trial:
    """How the vignette in the file at `path` goes; whatever is wrong with it is in the answer.

    Args:
        path: A ``*.vignette.yaml`` file.
        against: The protocol to play it under, in place of the one it names. As `open_protocol` gives it, a variant
            brings the names it gives to what its bases call otherwise, and the vignette is told with them.
        folders: Where protocols and measures are looked up, beside the shipped ones.

    Example:
        >>> try_vignette("examples/impasse-reopened.vignette.yaml").how
        'passed'
    """
    file = shown_path(path)
    title = os.path.basename(file).removesuffix(ENDING)
    try:
        vignette = read_vignette(file)
        title = vignette.title
        if isinstance(against, Opened):
            vignette = told_for(vignette, against)
        protocol = usable(against) if against else protocol_of(vignette, folders=tuple(folders))
        played = play(vignette, protocol, folders=folders)
    except ProtocolError as wrong:
        return Trial(file, title, "unplayable" if against else "failed", findings=wrong.diagnostics)
    return Trial(file, title, _how(played, against), (), played.differences, protocol, played)


def usable(against: Protocol | Opened) -> Protocol:
    """The protocol of what was opened.

    Raises:
        ProtocolError: It has mistakes.
    """
    return against if isinstance(against, Protocol) else against.require()


def _how(played: Played, against: Protocol | Opened | None) -> How:
    if against is None:
        return "failed" if played.differences else "passed"
    return "differs" if played.differences else "same"


def shown_path(path: Folder) -> str:
    """The path as seen from here, where that is shorter: a place on the screen stays readable."""
    text = os.fspath(path)
    near = os.path.splitdrive(os.path.abspath(text))[0] == os.path.splitdrive(os.getcwd())[0]
    return min(text, os.path.relpath(text), key=len) if near else text


__all__ = ["Trial", "shown_path", "try_vignette", "usable"]
