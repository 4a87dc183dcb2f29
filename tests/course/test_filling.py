"""Records that are filled at once, and made anew: the same as their classes would make them."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, replace
from datetime import UTC, date, datetime

import pytest

from iptengine.course import commands as c
from iptengine.course import events as e
from iptengine.course.codec import decode, encode
from iptengine.course.course import Alert, Appointment, Approval, Course, Focus, Homework
from iptengine.course.evolve import evolve, fold
from iptengine.course.filling import open_twin, renewed
from iptengine.course.stamp import Actor

DAY = date(2026, 3, 3)
BY = Actor("u17", role="therapist")
TASK = e.TaskLogged(id="e1", on=DAY, at=datetime(2026, 3, 3, tzinfo=UTC), by=BY, task="history", note="long")
RECORDS = [
    (TASK, {"task": "supports", "note": ""}),
    (Appointment("a1", DAY, "planned", minutes=50), {"status": "attended", "number": 3}),
    (Alert("a1", "c1", "low_mood", "review", "Look.", "", DAY), {"state": "assessed", "found": "none"}),
    (Focus("f1", "grief", "", True, DAY, "early"), {"stage": "late"}),
    (Homework("h1", "walk", DAY), {"how": "done"}),
    (Approval("a1", "early_end", "end", "{}", ("supervisor",), DAY, BY, "c1"), {"answered_by": BY}),
    (Course("c1"), {"version": 7}),
    (c.DoTask("history"), {"on": DAY}),
]


@pytest.mark.parametrize(("record", "changes"), RECORDS, ids=lambda one: type(one).__name__)
def test_a_record_made_anew_is_the_one_that_dataclasses_makes(record: object, changes: dict[str, object]) -> None:
    anew, wanted = renewed(record, **changes), replace(record, **changes)  # type: ignore[type-var]
    assert anew == wanted
    assert anew != record
    assert type(anew) is type(record)


def test_what_was_read_or_made_anew_refuses_a_change_as_any_record_does() -> None:
    for made in (decode(encode(TASK)), renewed(TASK, note="")):
        with pytest.raises(FrozenInstanceError):
            made.because = "no"  # type: ignore[misc]
        with pytest.raises(FrozenInstanceError):
            del made.because


def test_every_event_can_be_filled_with_what_it_must_have_alone() -> None:
    for event in e.EVENTS.values():
        assert open_twin(event).__mro__[1] is event


def test_two_readings_read_without_answers_do_not_share_them() -> None:
    text = encode(e.ReadingTaken(id="e1", on=DAY, at=TASK.at, by=BY, measure="phq9"))
    first, second = decode(text), decode(text)
    assert isinstance(first, e.ReadingTaken)
    assert isinstance(second, e.ReadingTaken)
    assert first.answers == {}
    assert first.answers is not second.answers


def test_a_class_that_checks_its_records_is_not_filled_past_its_check() -> None:
    @dataclass(frozen=True)
    class Checked:
        number: int

        def __post_init__(self) -> None:
            raise ValueError("never")

    with pytest.raises(TypeError, match=r"^Checked has a __post_init__, which filling would pass over$"):
        open_twin(Checked)


def test_a_session_that_was_recorded_with_another_number_has_its_place_in_the_count() -> None:
    def held(id: str, on: date, number: int) -> e.SessionHeld:
        return e.SessionHeld(id=id, on=on, at=TASK.at, by=BY, number=number)

    late = (held("e1", date(2026, 3, 10), 1), held("e2", DAY, 2), held("e3", date(2026, 3, 17), 0))
    course = fold(Course("c1"), late)
    assert [(a.id, a.number) for a in course.appointments] == [("e2", 1), ("e1", 2), ("e3", 3)]
    one_by_one = Course("c1")
    for event in late:
        one_by_one = evolve(one_by_one, event)
    assert one_by_one == course
