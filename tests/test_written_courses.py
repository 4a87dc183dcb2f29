"""A course that a former version has written is read by this one, to the letter.

`tests/written` holds, for every released version, whole courses as it exported them, and what they have to become.
Nothing there is ever written again once that version is released. Before a release, `tests/written/write.py` adds a
folder.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from iptengine.course import codec
from iptengine.course.codec import SCHEMA, UPCASTERS, decode, encode
from iptengine.course.course import Course
from iptengine.course.events import EVENTS, Unreadable
from iptengine.course.evolve import fold
from iptengine.engine.clinic import Clinic
from iptengine.engine.handing_over import import_course
from iptengine.store.chain import opened
from iptengine.store.verification import verify
from stores import fresh_store

HERE = Path(__file__).parent / "written"
FILES = sorted(HERE.glob("*/*.jsonl"))


@cache
def expected(folder: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((folder / "expected.json").read_text("ascii"))
    return found


def bodies(path: Path) -> list[str]:
    """The events of a written course, without their seals."""
    lines = path.read_text("ascii").splitlines()
    return [opened(line)[0] for line in lines[1:-1] if opened(line)[1]]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_course_of_a_former_version_is_what_it_was(path: Path) -> None:
    store = fresh_store()
    assert import_course(store, path.read_text("ascii")) == path.stem
    clinic = Clinic(store, [])
    course, wanted = clinic.course(path.stem), expected(path.parent)[path.stem]
    assert hashlib.sha256(course.json().encode()).hexdigest() == wanted["course"]
    assert (course.digest, course.version) == (wanted["digest"], wanted["version"])
    assert [alert.id for alert in course.open_risk_alerts] == wanted["open_risk_alerts"]
    assert [event for event in clinic.events(path.stem) if isinstance(event, Unreadable)] == []
    assert verify(store).problems == ()
    page = clinic.agenda(path.stem, on=date.fromisoformat(wanted["on"]))
    assert (page.problem, page.course_version) == ("", wanted["version"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_event_of_the_present_form_is_written_again_as_it_was(path: Path) -> None:
    for body in bodies(path):
        if json.loads(body)["v"] == SCHEMA:
            assert encode(decode(body)) == body


def test_every_folder_says_what_its_courses_have_to_become() -> None:
    for folder in {path.parent for path in FILES}:
        assert sorted(expected(folder)) == sorted(path.stem for path in FILES if path.parent == folder)


def test_this_version_has_written_its_courses() -> None:
    assert version("iptengine") in {path.parent.name for path in FILES}, "run: PYTHONPATH=tests python -m written.write"


def missing(schema: int, upcasters: set[int], written: set[int]) -> list[str]:
    """What is wanting so that every written form up to `schema` can be read, and that this is seen."""
    steps = [f"an upcaster from {one} to {one + 1}" for one in range(1, schema) if one not in upcasters]
    return [*steps, *(f"a stored course of form {one}" for one in range(1, schema + 1) if one not in written)]


def test_every_form_of_events_there_ever_was_has_an_upcaster_and_a_stored_course() -> None:
    written = {json.loads(body)["v"] for path in FILES for body in bodies(path)}
    assert missing(SCHEMA, set(UPCASTERS), written) == []
    assert missing(SCHEMA + 1, set(UPCASTERS), written) == [
        f"an upcaster from {SCHEMA} to {SCHEMA + 1}", f"a stored course of form {SCHEMA + 1}"
    ]  # fmt: skip


def kinds_in(folder: Path) -> set[str]:
    """The kinds of events that a version has written."""
    return {json.loads(body)["kind"] for path in FILES if path.parent == folder for body in bodies(path)}


def test_this_version_has_written_every_kind_of_event() -> None:
    """A kind that is missing: add a vignette to `COURSES`, or a story to `STORIES`, and write the folder anew."""
    never_written = {Unreadable.kind}
    assert sorted(set(EVENTS) - never_written - kinds_in(HERE / version("iptengine"))) == []
    assert set().union(*(kinds_in(folder) for folder in {path.parent for path in FILES})) <= set(EVENTS)


def test_a_whole_course_of_a_made_up_earlier_form_is_brought_up_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Form 0 called the kind of an event its `type`; form -1 wrote beside it the day as `day`."""

    def day_is_on(raw: dict[str, Any]) -> dict[str, Any]:
        return {"on" if name == "day" else name: value for name, value in raw.items()}

    def type_is_kind(raw: dict[str, Any]) -> dict[str, Any]:
        return {"kind" if name == "type" else name: value for name, value in raw.items()}

    monkeypatch.setitem(codec.UPCASTERS, -1, day_is_on)
    monkeypatch.setitem(codec.UPCASTERS, 0, type_is_kind)
    now = bodies(HERE / "0.1.0" / "course-b.jsonl")
    before = [text.replace('"v":1,"kind":', '"v":0,"type":', 1) for text in now]
    long_before = [text.replace('"v":0,', '"v":-1,', 1).replace(',"on":', ',"day":', 1) for text in before]
    wanted = fold(Course("course-b"), [decode(text) for text in now])
    for texts in (before, long_before):
        events = [decode(text) for text in texts]
        assert [event for event in events if isinstance(event, Unreadable)] == []
        assert fold(Course("course-b"), events).json() == wanted.json()
