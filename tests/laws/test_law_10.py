"""Law 10. Patient text is data: in no error, repr, log or print, and never read as a template."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

import iptengine as ipt
from canaries import (
    ANNA,
    CANARY,
    DAY,
    SAY,
    UPON,
    adult,
    bad_inputs,
    clinic,
    course,
    everything,
    store,
    week,
    words_of,
)
from iptengine import commands as c
from iptengine.course.codec import decode, encode
from iptengine.course.events import Unreadable
from iptengine.course.summary import summary
from iptengine.engine.answers import Conflict
from iptengine.store.memory import MemoryStore


def test_the_course_of_these_tests_holds_patient_text_in_nearly_every_field() -> None:
    told = course().json()
    for where in ("called", "name", "note", "homework", "reminder", "formulation", "focus", "stage", "found", "plan",
                  "deviation", "correction", "withdrawn", "session", "other"):  # fmt: skip
        assert f"Wilhelmina-{where} " in told, where


# -- errors ------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def silence(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Nothing is logged or printed in any of these tests."""
    with caplog.at_level(logging.DEBUG):
        yield
    told = capsys.readouterr()
    assert (caplog.get_records("call"), told.out, told.err) == ([], "", "")


def copied() -> MemoryStore:
    made = MemoryStore()
    made.append("a", [text for _, _, text in store().feed()], expected=0)
    return made


def test_no_error_says_what_the_patient_said() -> None:
    said, errors = clinic(copied()), 0
    for command in UPON:
        try:
            done = said.do("a", command, by=ANNA, on=week(3))
        except ipt.IptengineError as error:
            refused: tuple[BaseException, ...] = (error,)
        else:
            refused = done.refused
            assert CANARY not in repr(done)
        errors += len(refused)
        for no in refused:
            assert CANARY not in words_of(no), command
            assert CANARY not in repr(getattr(no, "reasons", ())), command
    assert errors >= 20
    for cause in bad_inputs(clinic(store())):
        answer: object = None
        errors_now: list[ipt.IptengineError] = []
        try:
            answer = cause()
        except ipt.IptengineError as error:
            errors_now.append(error)
        assert CANARY not in repr(answer)
        assert [one for one in errors_now if CANARY in words_of(one) + repr(vars(one) | {"course": ""})] == []
        errors += len(errors_now)
    assert errors >= 40


def test_a_conflict_shows_neither_what_came_between_nor_what_was_kept() -> None:
    with pytest.raises(Conflict) as caught:
        clinic(copied()).do("a", c.WriteNote(SAY), c.EnterPhase("middle"), by=ANNA, on=week(3), expected=2)
    assert caught.value.since
    assert CANARY not in f"{caught.value.since!r} {caught.value.done!r} {words_of(caught.value)}"


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_stored_event_that_cannot_be_read_shows_nothing_of_itself(kept: float) -> None:
    for _, _, text in store().feed():
        for broken in (text[: int(len(text) * kept)], text.replace('"kind":', f'"{CANARY}":', 1), f"[{text}]"):
            event = decode(broken)
            if isinstance(event, Unreadable):
                assert CANARY not in f"{event!r} {event.why}"
            assert encode(event) == broken


# -- reprs -------------------------------------------------------------------------------------------------------


ENDED = c.Deviate(c.EndCourse("lost_to_contact", reason=SAY, note=SAY), because=SAY)


def parts(value: object, depth: int = 0) -> Iterator[object]:
    """A value and all it is made of, as far as they are records."""
    if is_dataclass(value) and not isinstance(value, type):
        yield value
        for part in fields(value):
            yield from parts(getattr(value, part.name, None), depth + 1)
    elif isinstance(value, tuple | list) and depth < 12:
        for one in value:
            yield from parts(one, depth + 1)


def test_no_repr_shows_what_the_patient_said() -> None:
    opened = clinic(store())
    agenda = opened.agenda("a", on=week(3))
    assert agenda.problem == ""
    done = clinic(copied()).do("a", *everything(week(3)), ENDED, by=ANNA, on=week(3))
    assert done.course.ended == "lost_to_contact"
    shown: list[object] = [
        course(), *opened.events("a"), *everything(DAY), done, agenda, agenda.value, opened.ways("a", on=week(3)),
        opened.due(on=week(3)), opened.alerts(closed=True), summary(adult(), done.course), opened, done.course,
    ]  # fmt: skip
    telling = {type(part).__name__ for one in shown for part in parts(one) if CANARY in repr(part)}
    assert telling == set()


# -- never a template --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("audience", ["therapist", "patient"])
@pytest.mark.parametrize("occasion", ["session", "missed", "last"])
def test_what_the_patient_said_is_never_read_as_a_template(audience: Any, occasion: Any) -> None:
    page = clinic(store()).agenda("a", on=week(3), audience=audience, occasion=occasion)
    assert page.problem == ""
    told = " ".join(f"{page.text} {page.page} {page.markdown} {page.json()}".split())
    assert "Wilhelmina-called 49" not in told
    assert " 49 " not in page.text
    if audience == "therapist":
        assert "{{ 7*7 }}" in page.text
        assert "{% raw %}" in page.text
    assert "<b>x</b>" not in page.page
