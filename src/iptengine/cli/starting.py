"""Files to start from: the workflow of a shared repository, a whole small protocol, a variant."""

from __future__ import annotations

import os

from iptengine.authoring import shelves
from iptengine.authoring.loader import check_text, open_protocol
from iptengine.authoring.starting.texts import first_vignette, whole_protocol, whole_vignette, workflow
from iptengine.authoring.starting.variant import starting_variant
from iptengine.authoring.variants.opening import Opened
from iptengine.authoring.vignette import check_vignette, read_vignette_text
from iptengine.cli import screen
from iptengine.cli.names import ENDINGS, base_path, protocol_source
from iptengine.cli.writing import not_taken, replace, write_new
from iptengine.diagnostics import ProtocolError
from iptengine.protocol.ids import is_id, why_not_id
from iptengine.protocol.protocol import Protocol
from iptengine.testing.player import play

WORKFLOW = os.path.join(".github", "workflows", "protocols.yml")


def write_workflow(path: str, force: bool) -> int:
    """Writes the workflow to `path`; over another file only with `force`.

    Raises:
        Unclear: There is a file already, or what stands there is none.
    """
    if not force:
        not_taken([path], "--force writes over it")
    if os.path.isfile(path) and not os.path.islink(path):
        replace(path, workflow().encode())
    else:
        not_taken([path], "it is no plain file, so it is left alone")
        write_new(path, workflow())
    screen.say(f"written: {path}")
    screen.say(f"Commit it, and GitHub checks and tests the protocols of the repository: git add {path}")
    return 0


def start_protocol(name: str, base: str, out: str, with_workflow: bool) -> int:
    """Writes a protocol to start from and its first vignette: a variant of `base`, or a whole one.

    Raises:
        Unclear: The name cannot be one, the base is not found, or a file is there already.
        ProtocolError: The base has mistakes.
    """
    why = why_not_id(name)
    if why:
        raise screen.Unclear(f"'{name}' cannot be the name of a protocol: {why}")
    home = os.path.normpath(out)
    paths = [os.path.normpath(os.path.join(home, name + ENDINGS[sort])) for sort in ("protocol", "vignette")]
    further = [os.path.normpath(os.path.join(home, WORKFLOW))] if with_workflow else []
    not_taken([*paths, *further], "choose another name or folder; nothing was written")
    texts = _variant(name, base, out) if base else (whole_protocol(name), whole_vignette(name))
    for path, text in zip([*paths, *further], [*texts, workflow()], strict=False):
        if text:
            write_new(path, text)
            screen.say(f"written: {path}")
    _next(paths, with_workflow)
    return 0


def _next(paths: list[str], with_workflow: bool) -> None:
    protocol, vignette = paths
    screen.say(f"Next: iptengine check {protocol}")
    if os.path.exists(vignette):
        screen.say(f"      iptengine test {vignette}")
    if not with_workflow:
        screen.say("A repository that checks itself: iptengine workflow")


# -- a variant ---------------------------------------------------------------------------------------------------


def _variant(name: str, base: str, out: str) -> tuple[str, str]:
    opened = _base(base, out)
    protocol = opened.require()
    if protocol.id == name:
        raise screen.Unclear(f"a variant has a name of its own, and '{name}' is its base")
    folders = (out, os.path.join(out, "measures"))

    def passes(text: str) -> bool:
        return not check_text(text.encode(), f"{name}{ENDINGS['protocol']}", folders)[1]

    text = starting_variant(name, opened, passes)
    variant, wrong = check_text(text.encode(), f"{name}{ENDINGS['protocol']}", folders)
    if variant is None:
        raise ProtocolError(wrong)
    return text, _first_vignette(variant)


def _base(word: str, out: str) -> Opened:
    """The base: ``NAME`` or ``NAME@VERSION``, where a variant in the folder `out` would find it."""
    name, _, version = word.partition("@")
    if not is_id(name):
        raise screen.Unclear(
            f"'{word}' is no name of a protocol; a base is named, as in ipt-adult or ipt-adult@1.0.0, and its file "
            "stands beside the variant or comes with a package"
        )
    beside = base_path(word, (out,)) if version else shelves.find(name, ENDINGS["protocol"], (out,))
    return open_protocol(beside or protocol_source(name))


def _first_vignette(protocol: Protocol) -> str:
    """A first session told under the protocol, as far as one can be told without knowing it; else nothing."""
    for expected in ("expect: {phase: " + protocol.spec.start + "}", ""):
        text = first_vignette(protocol.id, expected)
        if _goes_well(text, protocol):
            return text
    return ""


def _goes_well(text: str, protocol: Protocol) -> bool:
    try:
        vignette = read_vignette_text(text.encode(), f"{protocol.id}{ENDINGS['vignette']}")
        return not check_vignette(vignette, protocol) and not play(vignette, protocol).differences
    except ProtocolError:
        return False
