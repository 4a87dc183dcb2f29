"""A group stands under one protocol: its members go on to another version together, or none of them does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from iptengine import commands as c
from iptengine.course.codec import BadInput
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Actor
from iptengine.engine.answers import GroupDone, UnknownGroup
from iptengine.engine.clinic import Clinic
from iptengine.engine.in_turn import GroupNotTold
from iptengine.engine.policy import Allowed, Denied, NotAllowed
from iptengine.protocol.protocol import Protocol
from iptengine.store.port import Store, StoreError
from phrases import variant
from stores import FreshStore, fresh_store

ANNA, LEAD = Actor("u17", role="therapist"), Actor("u2", role="lead")
DAY = date(2026, 1, 6)
LATER = DAY + timedelta(days=7)
FOUR = ("ann", "bob", "cem", "dee")
WHY = "the service works by 2.0.0 now"
ALONE = (
    "the course is in the group 'tuesday', and a group stands under one protocol: "
    "move all its members together, or let the course leave it first"
)
SPLIT = "the course is in the group 'tuesday', and a group stands under one protocol"


def old() -> Protocol:
    return variant("small", {"group.size": "3..5", "group.facilitators": "1..2"})


def newer(changes: dict[str, object] | None = None) -> Protocol:
    """Version 2.0.0, in which the aim of the first phase is said otherwise."""
    said = {"group.size": "3..5", "group.facilitators": "1..2", "version": "2.0.0", "title": "A small one, again"}
    return variant("small", said | (changes or {}))


def formed(to: Protocol, *, store: Store | None = None, **more: Any) -> Clinic:
    """Four courses in a group, and one that is in none."""
    ids = count(1)
    clinic = Clinic(
        fresh_store() if store is None else store,
        [old(), to],
        clock=lambda: datetime(2026, 1, 6, 18, tzinfo=UTC),
        ids=lambda: f"id-{next(ids)}",
        **more,
    )
    for course in (*FOUR, "eve"):
        clinic.start("ipt-small@1.0.0", by=ANNA, on=DAY, course=course)
    clinic.form_group("tuesday", FOUR, facilitators=["u17"], by=ANNA, on=DAY)
    return clinic


def under(clinic: Clinic) -> dict[str, str]:
    """The version each course is under."""
    return {course: clinic.course(course).protocol.partition("@")[2] for course in (*FOUR, "eve")}


def kinds(done: GroupDone) -> dict[str, tuple[str, ...]]:
    """What was recorded in each course."""
    return {course: tuple(event.kind for event in one.events) for course, one in done.courses.items()}


MOVED = dict.fromkeys(FOUR, ("protocol_moved",))
OLD_ONES, NEW_ONES = dict.fromkeys(FOUR, "1.0.0"), dict.fromkeys(FOUR, "2.0.0")


# -- one alone ---------------------------------------------------------------------------------------------------


def test_a_member_does_not_move_alone_also_when_a_clinician_would() -> None:
    to = newer()
    clinic = formed(to)
    for anyway in ("", "she insists"):
        with pytest.raises(Refused) as no:
            clinic.move("ann", to, by=LEAD, on=LATER, because=WHY, anyway=anyway)
        assert ([str(r) for r in no.value.reasons], no.value.overridable) == ([ALONE], False)
    assert under(clinic) == {**OLD_ONES, "eve": "1.0.0"}


def test_who_has_left_the_group_moves_alone_and_the_rest_together() -> None:
    to = newer()
    clinic = formed(to)
    clinic.leave_group("tuesday", "ann", by=ANNA, on=DAY, because="she moves away")
    clinic.move("ann", to, by=LEAD, on=LATER, because=WHY)
    assert under(clinic)["ann"] == "2.0.0"
    done = clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
    assert tuple(done.courses) == ("bob", "cem", "dee")
    assert under(clinic) == {**NEW_ONES, "eve": "1.0.0"}


# -- all together ------------------------------------------------------------------------------------------------


def test_a_group_moves_together_and_meets_under_the_new_version() -> None:
    to = newer()
    clinic = formed(to)
    moves = clinic.moves(to, on=LATER)
    assert {move.course: (move.answer, move.group) for move in moves} == {
        **dict.fromkeys(FOUR, ("unaffected", "tuesday")),
        "eve": ("unaffected", ""),
    }
    done = clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
    assert kinds(done) == MOVED
    assert (done.group.protocol, done.refused) == ("ipt-small@2.0.0", {})
    assert under(clinic) == {**NEW_ONES, "eve": "1.0.0"}
    assert "ipt-small 2.0.0" in clinic.group_agenda("tuesday", on=LATER).text
    held = clinic.hold_group_session("tuesday", on=LATER, by=ANNA, key="form-1")
    assert held.refused == {}


def test_who_joins_after_the_move_begins_under_the_new_version() -> None:
    to = newer()
    clinic = formed(to)
    clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
    with pytest.raises(Refused, match="one protocol"):
        clinic.join_group("tuesday", "eve", by=ANNA, on=LATER)
    clinic.move("eve", to, by=LEAD, on=LATER, because=WHY)
    assert not clinic.join_group("tuesday", "eve", by=ANNA, on=LATER).refused


def test_what_is_in_the_way_of_one_member_is_told_of_all_and_nothing_is_recorded() -> None:
    to = newer({"problem_areas.grief": ...})
    clinic = formed(to)
    clinic.do("bob", c.AgreeFocus("grief"), by=ANNA, on=DAY)
    moves = {move.course: move for move in clinic.moves(to, on=LATER)}
    assert {course: [str(reason) for reason in move.reasons] for course, move in moves.items()} == {
        "ann": [f"{SPLIT} (bob does not move)"],
        "bob": ["the work is on 'Grief', and ipt-small@2.0.0 has no such problem area"],
        "cem": [f"{SPLIT} (bob does not move)"],
        "dee": [f"{SPLIT} (bob does not move)"],
        "eve": [],
    }
    assert {move.answer for move in moves.values() if move.group} == {"blocked"}
    assert not any(move.overridable for move in moves.values())
    with pytest.raises(Refused) as no:
        clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
    assert str(no.value) == (
        "move_protocol is not possible now: bob: the work is on 'Grief', and ipt-small@2.0.0 has no such problem area"
    )
    assert under(clinic) == {**OLD_ONES, "eve": "1.0.0"}


def test_what_a_clinician_may_pass_over_in_one_course_moves_all() -> None:
    to = newer({"focus.at_most": 1, "contract.sessions": "6..7"})
    clinic = formed(to)
    clinic.do("bob", c.AgreeContract(sessions=8, frequency="1 a week", minutes=50), by=ANNA, on=DAY)
    moves = {move.course: (move.answer, move.overridable) for move in clinic.moves(to, on=LATER)}
    assert moves == {**dict.fromkeys(FOUR, ("blocked", True)), "eve": ("movable", False)}
    with pytest.raises(Refused) as no:
        clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
    assert no.value.overridable
    done = clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY, anyway="eight were agreed with him")
    assert kinds(done) == {**MOVED, "bob": ("deviated", "protocol_moved")}


def test_a_group_that_the_new_version_has_none_of_is_for_a_clinician_to_pass_over() -> None:
    to = newer({"group": ...})
    clinic = formed(to)
    with pytest.raises(Refused) as no:
        clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
    assert {reason.code for reason in no.value.reasons} == {"group_gone"}
    clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY, anyway="they go on alone from May")
    assert under(clinic) == {**NEW_ONES, "eve": "1.0.0"}


def test_a_look_at_one_member_alone_says_who_is_left_out() -> None:
    to = newer()
    clinic = formed(to)
    (move,) = clinic.moves(to, on=LATER, courses=["ann"])
    assert (move.answer, [str(reason) for reason in move.reasons]) == (
        "blocked",
        [f"{SPLIT} (bob, cem and dee do not move)"],
    )
    assert [one.answer for one in clinic.moves(to, on=LATER, courses=FOUR)] == ["unaffected"] * 4
    assert "2.0.0" in clinic.move_pages("ann", to, on=LATER).after.text


def test_a_member_whose_course_has_ended_stays_under_its_version() -> None:
    to = newer()
    clinic = formed(to)
    clinic.do("dee", c.EndCourse("lost", reason="patient_unreachable"), by=ANNA, on=DAY)
    assert clinic.course("dee").outcome is not None
    done = clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
    assert tuple(done.courses) == ("ann", "bob", "cem")
    assert under(clinic)["dee"] == "1.0.0"


# -- halfway -----------------------------------------------------------------------------------------------------


class Failing(FreshStore):
    """A store that fails at one of its appends."""

    left = 1_000
    dead = False
    """Whether it cannot be read any more, either, once it has failed."""

    def read(self, course: str, after: int = 0) -> Any:
        if self.dead and self.left <= 0:
            raise StoreError("the disk is gone")
        return super().read(course, after)

    def append(self, course: str, events: Any, *, expected: int) -> None:
        self.left -= 1
        if self.left == 0:
            raise StoreError("the disk is full; nothing was recorded")
        super().append(course, events, expected=expected)


def test_a_move_that_broke_off_goes_on_where_it_stopped() -> None:
    to, store = newer(), Failing()
    clinic = formed(to, store=store)
    store.left = 3
    with pytest.raises(GroupNotTold) as half:
        clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY, key="move-1")
    assert str(half.value) == (
        "this was said to 2 courses of the group, and not in 'cem', because the disk is full; nothing was recorded; "
        "not in 'dee', because the store failed before its turn came. Until then the group is split between two "
        "versions of its protocol. What is recorded stays; when this is mended, say the same again, and the others "
        "follow, or take the move back"
    )
    assert (kinds(half.value.done), list(half.value.failed)) == (
        dict.fromkeys(("ann", "bob"), ("protocol_moved",)), ["cem", "dee"],
    )  # fmt: skip
    assert list(under(clinic).values()) == ["2.0.0", "2.0.0", "1.0.0", "1.0.0", "1.0.0"]
    assert [move.answer for move in clinic.moves(to, on=LATER) if move.group] == ["unaffected"] * 2
    done = clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY, key="move-1")
    assert kinds(done) == MOVED
    again = clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY, key="move-1")
    assert [one.events for one in again.courses.values()] == [one.events for one in done.courses.values()]
    assert [len(clinic.events(course)) for course in FOUR] == [3] * 4


def test_the_alerts_of_those_that_went_are_heard_when_the_move_breaks_off() -> None:
    worry = {"kind": "risk", "title": "Great worry", "raise_if": "phq9 >= 10", "do": "Ask today"}
    to, store = newer({"alerts.worry": worry}), Failing()
    clinic = formed(to, store=store)
    clinic.do("ann", c.Read("phq9", total=15, answers={"self_harm": 0}), by=ANNA, on=DAY)
    store.left = 2
    with pytest.raises(GroupNotTold) as half:
        clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
    assert {course: [one.code for one in found] for course, found in half.value.done.alerts.items()} == {
        "ann": ["worry"]
    }
    clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
    assert under(clinic) == {**NEW_ONES, "eve": "1.0.0"}


def test_a_store_that_fails_at_the_first_course_has_moved_nobody_and_says_only_that() -> None:
    to, store = newer(), Failing()
    clinic = formed(to, store=store)
    store.left = 1
    with pytest.raises(StoreError, match=r"^the disk is full; nothing was recorded$") as no:
        clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
    assert not isinstance(no.value, GroupNotTold)
    assert under(clinic) == {**OLD_ONES, "eve": "1.0.0"}


def test_a_store_that_cannot_be_read_any_more_takes_nothing_from_what_is_told() -> None:
    to, store = newer(), Failing()
    clinic = formed(to, store=store)
    store.left, store.dead = 3, True
    with pytest.raises(GroupNotTold) as half:
        clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
    assert (list(half.value.done.courses), half.value.done.group.courses) == (["ann", "bob"], FOUR)


def half_moved() -> Clinic:
    """A group of which two members are under the new version, and two under the old one."""
    to, store = newer(), Failing()
    clinic = formed(to, store=store)
    store.left = 3
    with pytest.raises(GroupNotTold):
        clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
    return clinic


def test_the_page_of_a_group_that_is_split_says_so_first_and_what_to_do() -> None:
    clinic = half_moved()
    told = (
        "The members are under different versions of the protocol: ann and bob under ipt-small@2.0.0; cem and dee "
        "under ipt-small@1.0.0. Have the group moved on, or its move taken back, before it meets. This page is by "
        "ipt-small@2.0.0."
    )
    for asked in (clinic, clinic.reader(ANNA)):
        page = asked.group_agenda("tuesday", on=LATER)
        assert page.value is not None
        assert [(line.code, line.text) for line in page.value.first] == [("group_split", told)]
    assert clinic.group("tuesday").versions == {"ipt-small@2.0.0": ("ann", "bob"), "ipt-small@1.0.0": ("cem", "dee")}
    clinic.move_group_back("tuesday", by=LEAD, on=LATER, because="a mistake")
    assert clinic.group("tuesday").versions == {"ipt-small@1.0.0": FOUR}
    assert "different versions" not in clinic.group_agenda("tuesday", on=LATER).text


def test_who_has_left_or_ended_splits_no_group_and_names_no_version_of_it() -> None:
    to = newer()
    clinic = formed(to)
    clinic.leave_group("tuesday", "ann", by=ANNA, on=DAY, because="she moves away")
    clinic.do("dee", c.EndCourse("lost", reason="patient_unreachable"), by=ANNA, on=DAY)
    done = clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
    assert (done.group.protocol, done.group.versions) == ("ipt-small@2.0.0", {"ipt-small@2.0.0": ("bob", "cem")})
    assert "different versions" not in clinic.group_agenda("tuesday", on=LATER).text


def test_two_texts_of_one_version_are_two_versions() -> None:
    clinic = half_moved()
    digests = [clinic.course(course).digest for course in ("ann", "cem")]
    found = clinic.group("tuesday")
    members = tuple(replace(member, protocol="ipt-small@1.0.0") for member in found.members)
    assert replace(found, members=members).versions == {
        f"ipt-small@1.0.0 (text {digests[0][:12]})": ("ann", "bob"),
        f"ipt-small@1.0.0 (text {digests[1][:12]})": ("cem", "dee"),
    }


def test_a_course_that_somebody_changes_in_that_moment_is_told_and_the_others_go_on() -> None:
    to = newer({"problem_areas.grief": ...})

    class Meddling(FreshStore):
        clinic: Clinic | None = None

        def append(self, course: str, events: Any, *, expected: int) -> None:
            meddler, self.clinic = self.clinic, None
            if meddler is not None:
                meddler.do("cem", c.AgreeFocus("grief"), by=ANNA, on=DAY)
            super().append(course, events, expected=expected)

    store = Meddling()
    clinic = formed(to, store=store)
    store.clinic = clinic
    done = clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
    assert {course: [r.code for no in refused for r in no.reasons] for course, refused in done.refused.items()} == {
        "cem": ["area_gone"]
    }
    assert under(clinic) == {**NEW_ONES, "cem": "1.0.0", "eve": "1.0.0"}


# -- back --------------------------------------------------------------------------------------------------------


def test_a_group_goes_back_together_and_no_member_alone() -> None:
    to = newer()
    clinic = formed(to)
    before = {course: clinic.course(course) for course in FOUR}
    clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
    with pytest.raises(Refused, match="a group stands under one protocol"):
        clinic.move_back("ann", by=LEAD, on=LATER, because="a mistake")
    done = clinic.move_group_back("tuesday", by=LEAD, on=LATER, because="a mistake")
    assert done.group.protocol == "ipt-small@1.0.0"
    assert under(clinic) == {**OLD_ONES, "eve": "1.0.0"}
    assert [clinic.course(id).groups for id in FOUR] == [course.groups for course in before.values()]


def test_a_way_back_that_broke_off_goes_on_where_it_stopped() -> None:
    to, store = newer(), Failing()
    clinic = formed(to, store=store)
    clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
    store.left = 2
    with pytest.raises(StoreError, match="disk is full"):
        clinic.move_group_back("tuesday", by=LEAD, on=LATER, because="a mistake")
    assert list(under(clinic).values())[:4] == ["1.0.0", "2.0.0", "2.0.0", "2.0.0"]
    clinic.move_group_back("tuesday", by=LEAD, on=LATER, because="a mistake")
    assert under(clinic) == {**OLD_ONES, "eve": "1.0.0"}


def test_a_group_with_a_member_that_began_under_the_new_version_does_not_go_back() -> None:
    to = newer()
    clinic = formed(to)
    clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
    clinic.start("ipt-small@2.0.0", by=ANNA, on=LATER, course="fay")
    clinic.join_group("tuesday", "fay", by=ANNA, on=LATER)
    with pytest.raises(Refused) as no:
        clinic.move_group_back("tuesday", by=LEAD, on=LATER, because="a mistake")
    assert [str(reason) for reason in no.value.reasons] == [
        "fay: this course was not moved to the version it is under, so there is nothing to take back"
    ]
    assert under(clinic)["ann"] == "2.0.0"


def test_a_group_whose_members_came_from_two_versions_would_not_go_back_to_one() -> None:
    to, between = newer(), variant("small", {"group.size": "3..5", "group.facilitators": "1..2", "version": "1.5.0"})
    clinic = formed(to)
    clinic.start("ipt-small@1.0.0", by=ANNA, on=DAY, course="fay")
    clinic.move("fay", between, by=LEAD, on=LATER, because=WHY)
    clinic.move("fay", to, by=LEAD, on=LATER, because=WHY)
    clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
    clinic.join_group("tuesday", "fay", by=ANNA, on=LATER)
    with pytest.raises(Refused) as no:
        clinic.move_group_back("tuesday", by=LEAD, on=LATER, because="a mistake")
    assert [str(reason) for reason in no.value.reasons] == [
        "the courses of the group came from ipt-small@1.0.0 and ipt-small@1.5.0, and would not go back to one protocol"
    ]


def test_a_way_back_posted_again_under_its_key_is_answered_as_it_was() -> None:
    to = newer()
    clinic = formed(to)
    clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY, key="move-1")
    first, again = (
        clinic.move_group_back("tuesday", by=LEAD, on=LATER, because="a mistake", key="back-1") for _ in range(2)
    )
    assert [one.events for one in again.courses.values()] == [one.events for one in first.courses.values()]
    assert [len(clinic.events(course)) for course in FOUR] == [4] * 4


def test_a_move_posted_again_after_it_was_taken_back_says_so_and_moves_nobody() -> None:
    to = newer()
    clinic = formed(to)
    clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY, key="move-1")
    clinic.move_group_back("tuesday", by=LEAD, on=LATER, because="a mistake", key="back-1")
    with pytest.raises(BadInput) as no:
        clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY, key="move-1")
    assert (no.value.field, str(no.value)) == (
        "key",
        "the group was moved under this key before, and its courses have moved back or on since; nothing was moved "
        "now: to move it again, give the move another key",
    )
    assert under(clinic) == {**OLD_ONES, "eve": "1.0.0"}
    clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY, key="move-2")
    with pytest.raises(BadInput, match=r"^the group was moved under this key before, and its courses have moved back"):
        clinic.move_group_back("tuesday", by=LEAD, on=LATER, because="a mistake", key="back-1")
    assert under(clinic) == {**NEW_ONES, "eve": "1.0.0"}


def test_a_key_of_another_move_or_of_something_else_moves_nobody() -> None:
    to, newest = newer(), newer({"version": "3.0.0"})
    clinic = formed(to)
    clinic.do("cem", c.WriteNote("asked about the new version"), by=ANNA, on=DAY, key="note-1")
    with pytest.raises(
        BadInput, match=r"^something else was recorded in this course under this key; nothing was moved"
    ):
        clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY, key="note-1")
    clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY, key="move-1")
    another = r"^another move of this group was recorded under this key; nothing was moved: give this move another$"
    with pytest.raises(BadInput, match=another):
        clinic.move_group_back("tuesday", by=LEAD, on=LATER, because="a mistake", key="move-1")
    with pytest.raises(BadInput, match=another):
        clinic.move_group("tuesday", newest, by=LEAD, on=LATER, because=WHY, key="move-1")
    assert under(clinic) == {**NEW_ONES, "eve": "1.0.0"}


def test_a_group_that_went_back_by_a_move_of_its_own_and_half_on_again_goes_back_whole() -> None:
    hours = count()
    to, store = newer(), Failing()
    clinic = formed(to, store=store)
    clinic._clock = lambda: datetime(2026, 1, 13, tzinfo=UTC) + timedelta(hours=next(hours))
    for there in (to, old()):
        clinic.move_group("tuesday", there, by=LEAD, on=LATER, because=WHY)
    store.left = 3
    with pytest.raises(GroupNotTold):
        clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
    done = clinic.move_group_back("tuesday", by=LEAD, on=LATER, because="a mistake")
    assert kinds(done) == {"ann": ("protocol_moved",), "bob": ("protocol_moved",), "cem": (), "dee": ()}
    assert under(clinic) == {**OLD_ONES, "eve": "1.0.0"}


# -- who may, and nothing to do ----------------------------------------------------------------------------------


def test_what_the_policy_does_not_allow_in_one_course_moves_nobody() -> None:
    def only_some(actor: Actor, command: c.Command, course: Any, /) -> Allowed | Denied:
        if command.kind == "move_protocol" and course.id == "cem":
            return Denied("not-hers")
        return Allowed("any")

    to = newer()
    clinic = formed(to, policy=only_some)
    with pytest.raises(NotAllowed) as no:
        clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
    assert [(one.course, one.rule) for one in no.value.denied] == [("cem", "not-hers")]
    assert under(clinic) == {**OLD_ONES, "eve": "1.0.0"}


def test_a_group_that_is_there_already_and_a_group_that_is_none() -> None:
    to = newer()
    clinic = formed(to)
    clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
    with pytest.raises(Refused, match="all courses of the group are under ipt-small"):
        clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
    with pytest.raises(UnknownGroup):
        clinic.move_group("friday", to, by=LEAD, on=LATER, because=WHY)
    for course in FOUR:
        clinic.leave_group("tuesday", course, by=ANNA, on=LATER, because="it is over")
    with pytest.raises(UnknownGroup):
        clinic.move_group("tuesday", to, by=LEAD, on=LATER, because=WHY)
