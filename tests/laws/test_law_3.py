"""Law 3. Nothing recorded is lost or altered."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from iptengine.course import commands as c
from iptengine.course.evolve import fold
from iptengine.protocol.protocol import Protocol
from phrases import event, given, hold, phq9


def test_an_event_cannot_be_changed(ipt: Protocol) -> None:
    story = given(ipt, hold(1))
    with pytest.raises(FrozenInstanceError):
        story.events[0].because = "otherwise"  # type: ignore[misc]


def test_deciding_and_recording_leave_the_course_before_as_it_was(ipt: Protocol) -> None:
    before = given(ipt, hold(1), phq9(9, self_harm=1))
    told = before.course.json()
    before.when(hold(2), phq9(19, self_harm=3), c.Withdraw(before.id_of("reading_taken"), because="a slip"))
    assert before.course.json() == told


def test_a_correction_adds_an_event_and_touches_none(ipt: Protocol) -> None:
    before = given(ipt, hold(1), phq9(9, self_harm=1))
    after = before.when(c.Correct(before.id_of("reading_taken"), phq9(12, self_harm=1), because="a slip"))
    assert after.events[: len(before.events)] == before.events
    assert after.course.corrections[0].was == before.events[-2]
    assert fold(type(after.course)("c1"), after.events) == after.course


def test_a_bad_answer_is_named_and_the_good_ones_beside_it_are_kept(ipt: Protocol) -> None:
    story = given(ipt, hold(1)).when(c.Read("phq9", answers={"sleep": 3, "low_mood": 7, "moon": 1, "self_harm": 0}))
    story.then(event("reading_taken", answers={"sleep": 3, "self_harm": 0}, bad=("low_mood", "moon"), total=None))
    story.warned("bad_answers")
    assert story.last[0].warnings[0].text == "PHQ-9: could not be used: low_mood, moon. Not scored"


def test_every_event_says_who_when_and_in_answer_to_what(ipt: Protocol) -> None:
    story = given(ipt, hold(1), phq9(9, self_harm=1))
    assert [(e.id, e.command, e.by.id, e.by.role) for e in story.events] == [
        ("k1.1", "k1", "u17", "therapist"), ("k2.1", "k2", "u17", "therapist"), ("k3.1", "k3", "u17", "therapist"),
        ("k3.2", "k3", "u17", "therapist"),
    ]  # fmt: skip
    assert len({e.at for e in story.events}) == 3
