"""How much of a protocol its vignettes reach, and what none of them does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from iptengine.course.wording import counted
from iptengine.diagnostics import Span
from iptengine.protocol.protocol import Protocol
from iptengine.testing.marks import KINDS, Kind, Mark, marks
from iptengine.testing.player import Played
from iptengine.testing.reaching import reached


@dataclass(frozen=True, slots=True, repr=False)
class Coverage:
    """What some vignettes reach of a protocol.

    Attributes:
        protocol: The protocol.
        marks: Everything there is to reach, kind by kind, in the order of the file.
        reached: What was reached, each with the vignette and the happening that reached it first.
        vignettes: The names of the vignettes.
    """

    protocol: Protocol
    marks: tuple[Mark, ...]
    reached: Mapping[Mark, tuple[str, str]]
    vignettes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Coverage of {self.protocol.ref}: {len(self.marks) - len(self.missing)} of {len(self.marks)}>"

    @property
    def missing(self) -> tuple[Mark, ...]:
        """What no vignette reached."""
        return tuple(mark for mark in self.marks if mark not in self.reached)

    @property
    def counts(self) -> Mapping[Kind, tuple[int, int]]:
        """Of each kind that the protocol has: how many were reached, and how many there are."""
        found = {}
        for kind in KINDS:
            own = [mark for mark in self.marks if mark.kind == kind]
            if own:
                found[kind] = (sum(mark in self.reached for mark in own), len(own))
        return found

    def place(self, mark: Mark) -> Span:
        """The line of the protocol where a mark stands."""
        return self.protocol.span(mark.path)

    @property
    def report(self) -> str:
        """The counts, and every mark that was not reached with its line; what one place lacks stands on one line."""
        return "\n".join(self._told())

    def _told(self) -> Iterator[str]:
        many = len(self.vignettes)
        yield f"{self.protocol.ref}, by {counted(many, 'vignette')}"
        for kind, (there, whole) in self.counts.items():
            yield f"  {kind:<18}{there} of {whole}"
        if self.missing:
            yield "no vignette reached"
        for (place, where), hows in _by_place(self).items():
            yield f"  {place}: {where}: never {' or '.join(hows)}"


def _by_place(coverage: Coverage) -> Mapping[tuple[Span, str], list[str]]:
    """What was never reached, by place, in the order of the file."""
    found: dict[tuple[Span, str], list[str]] = {}
    for mark in coverage.missing:
        found.setdefault((coverage.place(mark), mark.where), []).append(mark.how)
    return dict(sorted(found.items(), key=lambda entry: entry[0][0]))


def covered(protocol: Protocol, plays: Mapping[str, Played]) -> Coverage:
    """What `plays`, by the names of their vignettes, reach of `protocol`, under which they were played.

    Example:
        >>> from iptengine.testing import play, protocol_of, read_vignette
        >>> told = read_vignette("examples/impasse-reopened.vignette.yaml")
        >>> ipt = protocol_of(told)
        >>> covered(ipt, {"course A": play(told, ipt)}).counts["phases"]
        (3, 3)
    """
    everything = marks(protocol)
    known = frozenset(everything)
    found: dict[Mark, tuple[str, str]] = {}
    for name, played in plays.items():
        for step in played.steps:
            for mark in reached(protocol, step.before, step.events, step.on):
                if mark in known:
                    found.setdefault(mark, (name, step.name))
    return Coverage(protocol, everything, found, tuple(plays))


__all__ = ["Coverage", "covered"]
