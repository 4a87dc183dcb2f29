"""The agendas of the shipped variants, before the first, a middle and the last session of their vignettes.

Every protocol under `protocols` that extends another is found, with every vignette under `protocols/vignettes` that
names it. After a change on purpose, read the difference that the test shows, then write the pages anew, from the root
of the project, and read them once more, as a clinician would, ten minutes before the session::

    python tests/test_variant_agendas.py ipt-brief
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from iptengine.authoring.vignette import protocol_of, read_vignette
from iptengine.protocol.protocol import Protocol
from iptengine.render.agenda import agenda
from iptengine.testing.player import Played, play

ROOT = Path(__file__).parents[1]
PROTOCOLS = ROOT / "protocols"
FOLDER = Path(__file__).parent / "golden" / "variants"
AUDIENCES = ("therapist", "patient")


def variants() -> list[str]:
    """The names of the shipped protocols that extend another."""
    files = sorted(PROTOCOLS.glob("*.protocol.yaml"))
    return [
        path.name.removesuffix(".protocol.yaml") for path in files if "\nextends: " in path.read_text(encoding="utf-8")
    ]


def vignettes_of(variant: str) -> list[Path]:
    """The vignettes that tell a course under a variant."""
    told = f"\nprotocol: {variant}@"
    files = sorted((PROTOCOLS / "vignettes").glob("*.vignette.yaml"))
    return [path for path in files if told in path.read_text(encoding="utf-8")]


VIGNETTES = [(name, path) for name in variants() for path in vignettes_of(name)]
TOLD_AS_EXAMPLE = {"ipt-adult-long"}
"""Variants whose vignettes stand in `examples`, with pages of their own under `golden`."""


@cache
def played(path: Path) -> tuple[Protocol, Played]:
    """The protocol of a vignette, and the course as it was played."""
    vignette = read_vignette(path)
    protocol = protocol_of(vignette, folders=(PROTOCOLS,))
    return protocol, play(vignette, protocol)


def pages(path: Path) -> str:
    """The pages before the first, a middle and the last session of a vignette, for therapist and patient."""
    return "\n".join(_pages(path))


def _pages(path: Path) -> Iterator[str]:
    protocol, course = played(path)
    numbers = list(dict.fromkeys(step.session for step in course.steps if step.session))
    for number in dict.fromkeys((numbers[0], numbers[len(numbers) // 2], numbers[-1])):
        before, on = course.before(number)
        for audience in AUDIENCES:
            yield f"==== before session {number}, {on.isoformat()}, for the {audience}\n"
            yield agenda(protocol, before, on=on, audience=audience).text  # type: ignore[arg-type]


def golden(variant: str, path: Path) -> Path:
    """Where the pages of a vignette are kept."""
    return FOLDER / variant / f"{path.name.removesuffix('.vignette.yaml')}.txt"


@pytest.mark.parametrize(("variant", "path"), VIGNETTES, ids=lambda given: str(getattr(given, "stem", given)))
def test_the_pages_of_a_variant_are_those_that_were_read_and_kept(variant: str, path: Path) -> None:
    assert pages(path) == golden(variant, path).read_text(encoding="utf-8")


@pytest.mark.parametrize(("variant", "path"), VIGNETTES, ids=lambda given: str(getattr(given, "stem", given)))
def test_a_vignette_of_a_variant_goes_as_it_expects(variant: str, path: Path) -> None:
    assert played(path)[1].report == ""


@pytest.mark.parametrize("variant", [name for name in variants() if name not in TOLD_AS_EXAMPLE])
def test_a_variant_has_two_vignettes_and_one_of_them_reaches_the_end(variant: str) -> None:
    found = [played(path)[1] for path in vignettes_of(variant)]
    assert len(found) >= 2
    assert any(one.course.outcome for one in found)


def test_no_page_is_kept_that_nobody_compares() -> None:
    assert set(FOLDER.glob("*/*.txt")) == {golden(variant, path) for variant, path in VIGNETTES}


if __name__ == "__main__":
    for name, told in VIGNETTES:
        if name in (sys.argv[1:] or variants()):
            golden(name, told).parent.mkdir(parents=True, exist_ok=True)
            golden(name, told).write_text(pages(told), encoding="utf-8")
