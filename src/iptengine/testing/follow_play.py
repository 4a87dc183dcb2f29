"""How the course of a vignette begins; one that follows another begins with what that one leaves it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from iptengine.authoring.vignette import Vignette, VignetteSpec, protocol_of, read_vignette
from iptengine.course import commands as c
from iptengine.course import following
from iptengine.diagnostics import Diagnostic, ProtocolError
from iptengine.protocol.protocol import Protocol


def beginning(
    vignette: Vignette, protocol: Protocol, folders: Sequence[str | os.PathLike[str]] = ()
) -> Iterator[tuple[str, c.Command]]:
    """The commands that begin the course, each with the key it is known by.

    The course that is followed is played under `protocol` too, when both vignettes name the same one.

    Raises:
        ProtocolError: The course it follows has not ended in an outcome that names this protocol.
    """
    spec = vignette.spec
    if spec.follows is None:
        yield "start", _alone(spec)
        return
    from iptengine.testing.player import play

    told = read_vignette(os.path.join(os.path.dirname(vignette.document.file), spec.follows))
    theirs = protocol if told.spec.protocol == spec.protocol else protocol_of(told, folders=tuple(folders))
    kept = protocol if theirs.id == protocol.id else theirs
    former = play(told, kept, folders=folders).course
    reasons = following.why_not_follow(kept, former, protocol)
    if reasons:
        raise ProtocolError([Diagnostic(vignette.span(("follows",)), "bad-value", reasons[0].text)])
    yield "start", following.follow_of(kept, former, protocol, spec.patient.called if spec.patient else "")
    for place, (command, event) in enumerate(following.carried(former, protocol), 1):
        yield f"start-{place}", c.TakeFrom(former.id, event, command, on=command.on)


def _alone(spec: VignetteSpec) -> c.Command:
    called = spec.patient.called if spec.patient else ""
    if spec.adopted is not None:
        return c.Adopt(spec.adopted.phase, spec.adopted.sessions_used, spec.adopted.focus, called)
    return c.Start(called, spec.facts)
