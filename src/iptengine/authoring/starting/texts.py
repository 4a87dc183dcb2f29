"""The files that come ready: a whole small protocol with its vignette, and the workflow for CI."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from importlib.resources import files


@cache
def _text(name: str) -> str:
    return files("iptengine").joinpath("authoring", "starting", name).read_text(encoding="utf-8")


def workflow() -> str:
    """A workflow that checks and tests every protocol of a repository, with the version of this library."""
    return _text("check.yml").replace("iptengine[cli]==0.0.0", f"iptengine[cli]=={version('iptengine')}")


def whole_protocol(name: str) -> str:
    """A small whole protocol with a comment on every part, called `name`."""
    return _text("whole.protocol.yaml").replace("my-protocol", name)


def whole_vignette(name: str) -> str:
    """Its first vignette."""
    return _text("whole.vignette.yaml").replace("my-protocol", name)


def first_vignette(name: str, expected: str) -> str:
    """A first session under the protocol `name`; `expected` is the line of what is expected then, or nothing."""
    text = _text("first.vignette.yaml").replace("my-protocol", name)
    return text.replace("    expect: {}\n", f"    {expected}\n" if expected else "")
