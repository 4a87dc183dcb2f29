"""The agendas of the example protocols, each as it stood before every session of its vignettes, sign by sign.

Of a group, those of every member.

After a change on purpose, read the difference that the test shows, then write the pages anew, from the root of the
project, and read them once more::

    python tests/test_example_agendas.py
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from iptengine.authoring.vignette import protocol_of, read_vignette
from iptengine.protocol.protocol import Protocol
from iptengine.render.agenda import agenda
from iptengine.testing.player import Played, play

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
FOLDER = Path(__file__).parent / "golden" / "examples"
PROTOCOLS = sorted(EXAMPLES.glob("*.protocol.yaml"))
LINES = 200
"""The most lines of an example protocol: what cannot be said in so many is no example."""


def vignettes_of(protocol: Path) -> list[Path]:
    """The vignettes beside a protocol that name it."""
    told = f"protocol: {protocol.name}\n"
    return [path for path in sorted(EXAMPLES.glob("*.vignette.yaml")) if told in path.read_text(encoding="utf-8")]


VIGNETTES = [path for protocol in PROTOCOLS for path in vignettes_of(protocol)]


@cache
def played(path: Path) -> tuple[Protocol, Played]:
    """The protocol of a vignette, and the course as it was played."""
    vignette = read_vignette(path)
    protocol = protocol_of(vignette, folders=(EXAMPLES, ROOT / "protocols"))
    return protocol, play(vignette, protocol)


def pages(path: Path) -> str:
    """The therapist's pages for every session of a vignette, and the patient's page of the first."""
    return "\n".join(_pages(path))


def _pages(path: Path) -> Iterator[str]:
    protocol, told = played(path)
    for member in told.courses or ("",):
        yield from _pages_of(protocol, told.of(member) if member else told, member)


def _pages_of(protocol: Protocol, course: Played, member: str) -> Iterator[str]:
    numbers = [step.session for step in course.steps if step.session]
    whose = f", of {member}" if member else ""
    for place, number in enumerate(dict.fromkeys(numbers)):
        before, on = course.before(number)
        for audience in ("therapist", "patient") if place == 0 else ("therapist",):
            yield f"==== before session {number}{whose}, {on.isoformat()}, for the {audience}\n"
            yield agenda(protocol, before, on=on, audience=audience).text  # type: ignore[arg-type]


def golden(path: Path) -> Path:
    """Where the pages of a vignette are kept."""
    return FOLDER / f"{path.name.removesuffix('.vignette.yaml')}.txt"


@pytest.mark.parametrize("path", VIGNETTES, ids=lambda path: path.name.partition(".")[0])
def test_the_agendas_are_those_that_were_read_and_kept(path: Path) -> None:
    assert pages(path) == golden(path).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.name.partition(".")[0])
def test_an_example_is_short_and_has_two_vignettes_that_go_as_they_expect(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < LINES
    found = vignettes_of(path)
    assert len(found) >= 2
    assert [played(vignette)[1].report for vignette in found] == [""] * len(found)


def test_no_page_is_kept_that_nobody_compares() -> None:
    assert {path.name for path in FOLDER.glob("*.txt")} == {golden(path).name for path in VIGNETTES}


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for vignette in VIGNETTES:
        golden(vignette).write_text(pages(vignette), encoding="utf-8")
