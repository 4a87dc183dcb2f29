"""Whole pages of the two worked courses, compared sign by sign.

After a change on purpose, read the difference that the test shows, then write the pages anew, from the root of the
project, and read them once more::

    python tests/test_golden_pages.py
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from iptengine.authoring.vignette import protocol_of, read_vignette
from iptengine.protocol.protocol import Protocol
from iptengine.render.agenda import Audience, agenda
from iptengine.render.layout import width
from iptengine.testing.player import Played, play

ROOT = Path(__file__).parents[1]
FOLDER = Path(__file__).parent / "golden"
COURSES = {"a": "impasse-reopened", "b": "dissolution-ends-early"}
PAGES: tuple[tuple[str, int, Audience], ...] = (
    ("a", 6, "therapist"), ("a", 6, "patient"), ("a", 7, "therapist"), ("b", 8, "therapist"),
)  # fmt: skip
ONE_SIDE = 60
"""Lines of a therapist's page: one side of A4."""


@cache
def course(name: str) -> tuple[Protocol, Played]:
    """The protocol of a worked course, and the course as it was played."""
    vignette = read_vignette(ROOT / "examples" / f"{COURSES[name]}.vignette.yaml")
    protocol = protocol_of(vignette, folders=(ROOT / "protocols",))
    return protocol, play(vignette, protocol)


def page(name: str, session: int, audience: Audience) -> str:
    """The page for a session of a course, as it stood before it."""
    protocol, played = course(name)
    before, on = played.before(session)
    return agenda(protocol, before, on=on, audience=audience).text


def golden(name: str, session: int, audience: Audience) -> Path:
    """Where a page is kept."""
    return FOLDER / f"course-{name}-session-{session:02}-{audience}.txt"


@pytest.mark.parametrize(("name", "session", "audience"), PAGES)
def test_the_page_is_the_one_that_was_read_and_kept(name: str, session: int, audience: Audience) -> None:
    assert page(name, session, audience) == golden(name, session, audience).read_text(encoding="utf-8")


def test_no_page_is_kept_that_nobody_compares() -> None:
    assert {path.name for path in FOLDER.glob("*.txt")} == {golden(*one).name for one in PAGES}
    assert {audience for _, _, audience in PAGES} == set(get_args(Audience))


@pytest.mark.parametrize("name", COURSES)
def test_every_session_of_the_worked_courses_fits_one_side_of_paper(name: str) -> None:
    sessions = [step.session for step in course(name)[1].steps if step.session is not None]
    pages = {number: page(name, number, "therapist").splitlines() for number in dict.fromkeys(sessions)}
    assert len(pages) == 14
    assert {number: len(lines) for number, lines in pages.items() if len(lines) > ONE_SIDE} == {}
    assert max(width(line) for lines in pages.values() for line in lines) <= 80


if __name__ == "__main__":
    for one in PAGES:
        golden(*one).write_text(page(*one), encoding="utf-8")
