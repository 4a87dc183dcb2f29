"""Packages that only some commands need: a missing one is said in a sentence, with what to install."""

from __future__ import annotations

from iptengine.cli.screen import Unclear


def missing(what: str, package: str, extra: str) -> Unclear:
    """What to say when `what` needs a package that is not there.

    Example:
        >>> missing("--watch", "watchfiles", "cli").message
        "--watch needs the package watchfiles; install it with: pip install 'iptengine[cli]'"
    """
    return Unclear(f"{what} needs the package {package}; install it with: pip install 'iptengine[{extra}]'")
