"""Packages that only some commands need: a missing one is said in a sentence, with what to install."""

from __future__ import annotations

from iptengine.cli.screen import Unclear
from iptengine.diagnostics import missing_package


def missing(what: str, package: str, extra: str) -> Unclear:
    """What to say when `what` needs a package that is not there.

    Example:
        >>> missing("--watch", "watchfiles", "cli").message
        '--watch needs the package watchfiles: python -m pip install watchfiles; the extra [cli] of iptengine brings it'
    """
    return Unclear(missing_package(what, package, extra))
