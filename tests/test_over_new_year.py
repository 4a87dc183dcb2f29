"""Every course told in YAML once more, its days moved so that New Year falls in the middle of it.

A page in January that says "29 December" speaks of another year than the one it is printed in, and says which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from iptengine.authoring.vignette import protocol_of, read_vignette
from iptengine.course.wording import MONTHS, day
from iptengine.protocol.protocol import Protocol
from iptengine.render.agenda import Audience, agenda
from iptengine.testing.player import Played, play

ROOT = Path(__file__).parents[1]
FOLDERS = (ROOT / "examples", ROOT / "protocols" / "vignettes")
VIGNETTES = [path for folder in FOLDERS for path in sorted(folder.glob("*.vignette.yaml"))]
DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
TOLD = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(MONTHS)})\b(?!\s+\d{{4}})")
NEW_YEAR = date(2027, 1, 1)


@cache
def over_new_year(path: Path, folder: Path) -> tuple[Protocol, Played]:
    """The course of a vignette whose days are so many weeks later that the middle of it comes after New Year."""
    vignette = read_vignette(path)
    protocol = protocol_of(vignette, folders=(path.parent, ROOT / "protocols"))
    days = sorted(step.on for step in play(vignette, protocol).steps if step.session)
    later = timedelta(weeks=(NEW_YEAR - days[len(days) // 2]).days // 7 + 1)
    moved = folder / path.name
    text = DAY.sub(lambda found: str(date.fromisoformat(found[0]) + later), path.read_text(encoding="utf-8"))
    moved.write_text(text, encoding="utf-8")
    return protocol, play(read_vignette(moved), protocol)


def pages(protocol: Protocol, played: Played) -> Iterator[tuple[date, set[date], str]]:
    """Each page before a session, with the day it is for, and every day of the record and the appointment book."""
    audiences: tuple[Audience, ...] = ("therapist", "patient")
    for number in dict.fromkeys(step.session for step in played.steps if step.session):
        before, on = played.before(number)
        known = {event.on for event in played.events if event.on <= on} | {one.on for one in before.appointments}
        for audience in audiences:
            yield on, known, agenda(protocol, before, on=on, audience=audience).text


@pytest.mark.parametrize("path", VIGNETTES, ids=lambda path: path.name.partition(".")[0])
def test_a_day_of_another_year_has_its_year(path: Path, tmp_path: Path) -> None:
    protocol, told = over_new_year(path, tmp_path)
    courses = [told.of(member) for member in told.courses] if told.courses else [told]
    seen = [page for played in courses for page in pages(protocol, played)]
    assert any(on >= NEW_YEAR for on, _, _ in seen)
    for on, known, text in seen:
        elsewhere = {day(one) for one in known if one.year != on.year}
        assert elsewhere.isdisjoint(" ".join(found) for found in TOLD.findall(text)), f"{on}\n{text}"
