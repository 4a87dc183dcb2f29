"""Courses walked at random that go over to another version on the way: everything must hold there, too.

The other version calls everything otherwise. So a place that still speaks of a name as it was before is found as soon
as a walk comes by.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from filling import PROTOCOLS
from iptengine.course import commands as c
from iptengine.course.carrying import names_held
from iptengine.course.course import Course, changed
from iptengine.course.decide import decide
from iptengine.course.events import Event
from iptengine.course.evolve import fold
from iptengine.course.group_stays import present_stay
from iptengine.course.named_fields import NAMED
from iptengine.course.passage import parts_of
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Actor, Stamp
from iptengine.protocol.model import UNSTAGED
from iptengine.protocol.protocol import Protocol
from iptengine.render.agenda import agenda
from iptengine.testing.given_when import given
from renamed_twins import Twins, twins
from walks.test_walks_by_what_is_open import PACE, Walk

OF_THE_FILE = ("protocol", "version", "digest", "course_version", "span")
BUILT_IN = frozenset({"patient", "risk_item", UNSTAGED})


def without_its_moves(course: Course) -> Course:
    """A course but for its record of the moves."""
    return changed(course, {"moves": (), "version": 0, "seen": ()})


def _of_the_course(value: Any) -> Any:
    """What a page says of a course, without what it says of the file."""
    if isinstance(value, dict):
        return {key: _of_the_course(one) for key, one in value.items() if key not in OF_THE_FILE}
    return [_of_the_course(one) for one in value] if isinstance(value, list) else value


class MovingWalk(Walk):
    """Somebody who also moves the course to the version with the other names, and back."""

    twins: Twins

    def __init__(self) -> None:
        super().__init__()
        self.protocol = self.twins.one

    def move(self, to: Protocol, rename: Mapping[str, Mapping[str, str]], undoes: str = "") -> tuple[Event, ...]:
        self.count += 1
        stay = present_stay(self.course)
        together = stay.group if stay else ""
        command = c.MoveProtocol(
            to.ref, to.digest, because="a new version", rename=rename, undoes=undoes, group=together
        )
        at = self.events[-1].at if self.events else None
        assert at is not None
        stamped = command.stamped(Stamp(f"m{self.count}", self.today, at, Actor("lead", role="lead")))
        made = decide(self.protocol, self.course, stamped, to=to)
        self.course, self.protocol = fold(self.course, made), to
        self.events += made
        return made

    def over(self) -> None:
        made = self.move(self.twins.other, self.twins.names)
        assert [event.kind for event in made] == ["protocol_moved"]

    def back(self) -> None:
        made = self.move(self.twins.one, {}, self.course.moves[-1].event)
        assert [event.kind for event in made] == ["protocol_moved"]

    @property
    def is_over(self) -> bool:
        return self.protocol is self.twins.other

    # What happens

    @precondition(lambda self: self.course.started is not None)
    @rule()
    def the_course_moves_to_the_other_version_or_back(self) -> None:
        before, pages = self.course, self.pages()
        self.back() if self.is_over else self.over()
        assert [(a.id, a.text, a.state) for a in self.course.alerts] == [(a.id, a.text, a.state) for a in before.alerts]
        assert self.pages() == pages

    def pages(self) -> list[str]:
        return [self.page("therapist"), self.page("patient")]

    def page(self, audience: str) -> str:
        """What a page holds, but for the other names themselves and what speaks of the version."""
        page = agenda(self.protocol, self.course, on=self.today, audience=audience).json()
        text = json.dumps(_of_the_course(json.loads(page)), sort_keys=True)
        return text.replace("_zz", "").replace(" zz", "")

    @precondition(lambda self: self.course.started is not None and not self.is_over)
    @rule()
    def moved_and_taken_back_it_is_as_if_it_had_not_moved(self) -> None:
        course, events = self.course, list(self.events)
        self.over()
        self.back()
        assert without_its_moves(self.course) == without_its_moves(course)
        self.course, self.events, self.protocol = course, events, self.twins.one

    # What must hold

    @invariant()
    def every_name_in_the_course_is_one_of_its_protocol(self) -> None:
        known = {part.key for part in parts_of(self.protocol)}
        strange = {
            (kind, key) for kind, key in names_held(self.course) - known if key.rpartition(".")[2] not in BUILT_IN
        }
        assert not {one for one in strange if one[0] != "value"}

    @invariant()
    def every_dangerous_answer_has_its_alert(self) -> None:
        raised = {(alert.cause, alert.item) for alert in self.course.alerts if alert.code == "risk_item"}
        for reading in self.course.readings:
            wanted = {(reading.id, item) for item in self.protocol.measures[reading.measure].risk_items}
            assert {one for one in wanted if reading.answers.get(one[1]) != 0} <= raised


@pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.name.partition(".")[0])
def test_a_course_keeps_the_laws_under_whatever_names(path: Path) -> None:
    pace = settings(PACE, max_examples=3, stateful_step_count=12)
    walk = type("WalkOfOne", (MovingWalk,), {"path": path, "twins": twins(path)})
    run_state_machine_as_test(walk, settings=pace)


def test_the_walk_fails_when_a_field_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NAMED, Course, {})
    path = next(path for path in PROTOCOLS if path.name.startswith("order-range"))
    walk = type("BrokenWalk", (MovingWalk,), {"path": path, "twins": twins(path)})
    pace = settings(PACE, max_examples=20, database=None, derandomize=True, print_blob=False, phases=[Phase.generate])
    with pytest.raises(Refused, match="does not have"):
        run_state_machine_as_test(walk, settings=pace)


def test_a_limit_that_was_passed_over_before_holds_back_no_move() -> None:
    path = next(path for path in PROTOCOLS if path.name.startswith("open-table"))
    both = twins(path)
    second = c.Deviate(c.AgreeFocus("lost_place", id="second"), because="there are two")
    course = given(both.one, c.AgreeFocus("lost_place"), second).course
    assert len(course.open_focuses) == 2
    command = c.MoveProtocol(both.other.ref, both.other.digest, because="a new version", rename=both.names)
    at = datetime(2026, 3, 3, 15, tzinfo=UTC)
    stamped = command.stamped(Stamp("m1", at.date(), at, Actor("lead", role="lead")))
    assert [event.kind for event in decide(both.one, course, stamped, to=both.other)] == ["protocol_moved"]
