"""How `mutate.py` loads a mutant: by its content, whatever the file is called."""

from __future__ import annotations

from pathlib import Path

from iptengine.authoring.loader import check_text
from iptengine.diagnostics import ProtocolError
from iptengine.protocol.protocol import Protocol

__all__ = ["ProtocolError", "digest", "load"]


def load(path: str) -> Protocol:
    """The protocol in a file of any name.

    Raises:
        ProtocolError: It has mistakes.
    """
    protocol, wrong = check_text(Path(path).read_bytes(), "mutant.protocol.yaml")
    if protocol is None:
        raise ProtocolError(wrong)
    return protocol


def digest(protocol: Protocol) -> str:
    """The digest of its content."""
    return protocol.digest
