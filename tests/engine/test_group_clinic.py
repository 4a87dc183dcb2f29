"""A group in the clinic: said once, recorded in each member's own course, and nothing of one in another's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given as when_given
from hypothesis import settings
from hypothesis import strategies as st

from iptengine import commands as c
from iptengine.course.codec import BadInput
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Actor
from iptengine.engine.answers import GroupExists, UnknownCourse, UnknownGroup, UnknownProtocol
from iptengine.engine.clinic import Clinic
from iptengine.protocol.protocol import Protocol
from iptengine.store.port import StoreError
from phrases import WithoutProtocols, protocol, variant
from stores import FreshStore, fresh_store

ANNA = Actor("u17", role="therapist")
DAY = date(2026, 1, 6)
WEEK = timedelta(days=7)
FOUR = ("ann", "bob", "cem", "dee")
LEADERS = ("u17", "u9")


def in_groups(**more: object) -> Protocol:
    return variant("small", {"group.size": "3..5", "group.facilitators": "1..2", **more})


def clinic(store: Any = None, *protocols: Protocol) -> Clinic:
    ids = count(1)
    return Clinic(
        fresh_store() if store is None else store,
        protocols or [in_groups()],
        clock=lambda: datetime(2026, 1, 6, 18, tzinfo=UTC),
        ids=lambda: f"id-{next(ids)}",
    )


def begun(*courses: str, store: Any = None) -> Clinic:
    found = clinic(store)
    for course in courses:
        found.start("ipt-small", by=ANNA, on=DAY, course=course, called=course.upper())
    return found


def formed(*courses: str, store: Any = None) -> Clinic:
    members = courses or FOUR
    found = begun(*members, store=store)
    found.form_group("tuesday", members, facilitators=LEADERS, by=ANNA, on=DAY)
    return found


def kinds(found: Clinic, course: str) -> list[str]:
    return [event.kind for event in found.events(course)]


# -- forming -----------------------------------------------------------------------------------------------------


def test_whoever_forms_joins_or_leaves_under_a_key_is_answered_the_same_when_it_is_posted_again() -> None:
    found = begun(*FOUR, "eve")
    said = {"facilitators": LEADERS, "by": ANNA, "on": DAY}
    first, again = (found.form_group("tuesday", FOUR, key="form-1", **said) for _ in range(2))  # type: ignore[arg-type]
    assert [done.events for done in again.courses.values()] == [done.events for done in first.courses.values()]
    joined, too = (found.join_group("tuesday", "eve", by=ANNA, on=DAY, key="form-2") for _ in range(2))
    assert (joined.events[0].kind, too.events) == ("group_joined", joined.events)
    left, gone = (
        found.leave_group("tuesday", "ann", by=ANNA, on=DAY + WEEK, because="moved", key="form-3") for _ in range(2)
    )
    assert (left.events[0].kind, gone.events) == ("group_left", left.events)
    assert kinds(found, "ann") == ["course_started", "group_joined", "group_left"]
    assert kinds(found, "eve") == ["course_started", "group_joined"]


def test_a_group_is_formed_of_courses_that_have_begun() -> None:
    found = begun(*FOUR)
    done = found.form_group("tuesday", FOUR, facilitators=LEADERS, by=ANNA, on=DAY)
    assert (done.group.courses, done.group.facilitators) == (FOUR, LEADERS)
    assert [kinds(found, course) for course in FOUR] == [["course_started", "group_joined"]] * 4
    assert done.warnings == ()


@pytest.mark.parametrize(("members", "would"), [(("ann",), 1), (("ann", "bob"), 2), ((*FOUR, "eve", "fay"), 6)])
def test_a_group_of_one_or_of_too_many_is_refused_and_nothing_is_recorded(members: Sequence[str], would: int) -> None:
    found = begun(*members)
    with pytest.raises(Refused) as caught:
        found.form_group("tuesday", members, facilitators=LEADERS, by=ANNA, on=DAY)
    assert str(caught.value) == (
        f"join_group is not possible now: a group has 3..5 members here, and this one would have {would}"
    )
    assert caught.value.overridable
    assert {event for course in members for event in kinds(found, course)} == {"course_started"}


def test_a_clinician_may_form_it_all_the_same_with_a_reason() -> None:
    found = begun("ann", "bob")
    found.form_group("tuesday", ("ann", "bob"), facilitators=LEADERS, by=ANNA, on=DAY, because="two come next week")
    assert kinds(found, "ann") == ["course_started", "deviated", "group_joined"]
    assert found.course("bob").deviations[0].overridden == ("group_size",)


def test_courses_under_different_protocols_form_no_group() -> None:
    found = clinic(None, in_groups(), replace(protocol("small"), spec=protocol("small").spec))
    other = in_groups(about="another text", version="1.0.1")
    found = clinic(None, in_groups(), other)
    for course, name in (("ann", "ipt-small@1.0.0"), ("bob", "ipt-small@1.0.0"), ("cem", "ipt-small@1.0.1")):
        found.start(name, by=ANNA, on=DAY, course=course)
    with pytest.raises(Refused) as caught:
        found.form_group("tuesday", ("ann", "bob", "cem"), facilitators=LEADERS, by=ANNA, on=DAY)
    assert str(caught.value) == (
        "join_group is not possible now: the courses of a group keep one protocol, with one text; "
        "this one keeps another"
    )


def test_a_name_taken_a_course_twice_and_a_course_that_is_not_there_are_told() -> None:
    found = formed()
    found.start("ipt-small", by=ANNA, on=DAY, course="eve")
    with pytest.raises(GroupExists) as taken:
        found.form_group("tuesday", ("eve",), facilitators=LEADERS, by=ANNA, on=DAY)
    assert str(taken.value) == (
        "a group 'tuesday' was formed already, of other courses; choose another name, or join it"
    )
    with pytest.raises(BadInput, match="name each course of the group once"):
        found.form_group("friday", ("eve", "eve", "eve"), facilitators=LEADERS, by=ANNA, on=DAY)
    with pytest.raises(BadInput, match="a group cannot have this name"):
        found.form_group("The Friday Group", ("eve",), facilitators=LEADERS, by=ANNA, on=DAY)
    with pytest.raises(UnknownCourse):
        found.form_group("friday", ("eve", "zoe", "yan"), facilitators=LEADERS, by=ANNA, on=DAY)
    with pytest.raises(UnknownGroup, match="there is no group 'friday' in this store"):
        found.group("friday")


def test_somebody_in_another_group_forms_no_new_one() -> None:
    found = formed()
    found.start("ipt-small", by=ANNA, on=DAY, course="eve")
    found.start("ipt-small", by=ANNA, on=DAY, course="fay")
    with pytest.raises(Refused, match="this course is in the group 'tuesday' already"):
        found.form_group("friday", ("eve", "fay", "ann"), facilitators=LEADERS, by=ANNA, on=DAY)
    assert kinds(found, "eve") == ["course_started"]


def test_a_member_joins_later_and_another_leaves() -> None:
    found = formed()
    found.start("ipt-small", by=ANNA, on=DAY, course="eve")
    found.join_group("tuesday", "eve", by=ANNA, on=DAY + WEEK)
    found.leave_group("tuesday", "bob", by=ANNA, on=DAY + 2 * WEEK, because="moves away")
    group = found.group("tuesday")
    assert group.on(DAY) == FOUR
    assert group.on(DAY + WEEK) == (*FOUR, "eve")
    assert group.courses == group.on(DAY + 2 * WEEK) == ("ann", "cem", "dee", "eve")
    assert found.course("eve").groups[0].size == 5


def test_a_full_group_takes_nobody_without_a_reason() -> None:
    found = formed(*FOUR, "eve")
    found.start("ipt-small", by=ANNA, on=DAY, course="fay")
    with pytest.raises(Refused, match=r"a group has 3\.\.5 members here, and this one would have 6"):
        found.join_group("tuesday", "fay", by=ANNA, on=DAY)
    found.join_group("tuesday", "fay", by=ANNA, on=DAY, because="there is no other group this winter")
    assert found.group("tuesday").courses[-1] == "fay"


# -- sessions ----------------------------------------------------------------------------------------------------


def test_a_session_is_said_once_and_stands_in_each_members_own_course() -> None:
    found = formed()
    done = found.hold_group_session(
        "tuesday", on=DAY + WEEK, by=ANNA, key="s1", absent={"bob": "no_show"}, minutes=50, done=["inventory"]
    )  # fmt: skip
    assert kinds(found, "ann")[2:] == ["session_held", "task_logged"]
    assert kinds(found, "bob")[2:] == ["session_missed"]
    (meeting,) = done.group.held
    assert (meeting.number, meeting.present, meeting.absent, meeting.facilitators, meeting.minutes) == (
        1, ("ann", "cem", "dee"), {"bob": "no_show"}, LEADERS, 50,
    )  # fmt: skip
    assert found.course("ann").appointments[0].together == 3
    assert done.refused == {}


def test_present_fewer_than_the_least_is_a_warning_and_the_session_is_recorded() -> None:
    found = formed()
    absent = {"bob": "no_show", "cem": "late_cancel"}
    done = found.hold_group_session("tuesday", on=DAY + WEEK, by=ANNA, key="s1", absent=absent, facilitators=())
    assert [(w.code, w.text) for w in done.warnings] == [
        ("group_small", "2 members met; the protocol has 3..5"),
        ("group_facilitators", "0 facilitators led it; the protocol has 1..2"),
    ]
    assert kinds(found, "ann")[2:] == ["session_held"]


def test_posted_twice_it_is_recorded_once() -> None:
    found = formed()
    first = found.hold_group_session("tuesday", on=DAY + WEEK, by=ANNA, key="s1", absent={"bob": "no_show"})
    again = found.hold_group_session("tuesday", on=DAY + WEEK, by=ANNA, key="s1", absent={"bob": "no_show"})
    assert [kinds(found, course)[2:] for course in FOUR] == [
        ["session_held"], ["session_missed"], ["session_held"], ["session_held"],
    ]  # fmt: skip
    assert again.group == first.group
    assert again.courses["ann"].events == first.courses["ann"].events


class Failing(FreshStore):
    """A store that fails after so many appends, until it is put right."""

    def __init__(self) -> None:
        super().__init__()
        self.left = 1000

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        if self.left == 0:
            raise StoreError("the disk is full")
        self.left -= 1
        super().append(course, events, expected=expected)


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_after_a_crash_half_way_the_same_form_records_what_is_missing_and_nothing_twice(after: int) -> None:
    store = Failing()
    found = formed(store=store)
    store.left = after
    with pytest.raises(StoreError):
        found.hold_group_session("tuesday", on=DAY + WEEK, by=ANNA, key="s1", absent={"bob": "no_show"})
    store.left = 1000
    found.hold_group_session("tuesday", on=DAY + WEEK, by=ANNA, key="s1", absent={"bob": "no_show"})
    whole = formed()
    whole.hold_group_session("tuesday", on=DAY + WEEK, by=ANNA, key="s1", absent={"bob": "no_show"})
    assert {course: found.events(course)[2:] for course in FOUR} == {
        course: whole.events(course)[2:] for course in FOUR
    }


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_a_group_formed_half_way_is_formed_whole_when_it_is_said_again(after: int) -> None:
    store = Failing()
    found = begun(*FOUR, store=store)
    store.left = after
    with pytest.raises(StoreError):
        found.form_group("tuesday", FOUR, facilitators=LEADERS, by=ANNA, on=DAY)
    store.left = 1000
    assert found.form_group("tuesday", FOUR, facilitators=LEADERS, by=ANNA, on=DAY).group.courses == FOUR
    assert [kinds(found, course) for course in FOUR] == [["course_started", "group_joined"]] * 4


def test_who_was_no_member_that_day_cannot_have_been_absent() -> None:
    found = formed()
    found.leave_group("tuesday", "bob", by=ANNA, on=DAY + WEEK, because="moves away")
    with pytest.raises(BadInput) as caught:
        found.hold_group_session("tuesday", on=DAY + WEEK, by=ANNA, key="s1", absent={"bob": "no_show"})
    assert str(caught.value) == "somebody is absent who was no member on that day"
    with pytest.raises(BadInput, match="a member who was not there has one of the statuses"):
        found.hold_group_session("tuesday", on=DAY + WEEK, by=ANNA, key="s1", absent={"ann": "asleep"})
    with pytest.raises(BadInput, match="a key holds letters"):
        found.hold_group_session("tuesday", on=DAY + WEEK, by=ANNA, key="s 1")


def test_a_session_entered_late_counts_the_members_of_its_own_day() -> None:
    found = formed()
    found.leave_group("tuesday", "bob", by=ANNA, on=DAY + 2 * WEEK, because="moves away")
    done = found.hold_group_session("tuesday", on=DAY + WEEK, by=ANNA, key="s1")
    assert done.group.held[0].present == FOUR


def test_a_member_whose_course_has_ended_is_no_longer_counted() -> None:
    found = formed()
    found.do("bob", c.Deviate(c.EndCourse("lost"), because="cannot be reached"), by=ANNA, on=DAY + WEEK)
    assert found.group("tuesday").courses == ("ann", "cem", "dee")
    done = found.hold_group_session("tuesday", on=DAY + 2 * WEEK, by=ANNA, key="s1")
    assert set(done.courses) == {"ann", "cem", "dee"}


def test_the_group_books_once_and_a_refusal_in_one_course_holds_back_no_other() -> None:
    found = formed()
    for course in FOUR:
        found.do(course, c.AgreeContract(sessions=6), by=ANNA, on=DAY)
    for n in range(1, 7):
        found.do("dee", c.HoldSession(on=DAY + n * timedelta(days=1)), by=ANNA)
    done = found.book_group_session("tuesday", on=DAY + WEEK, by=ANNA, key="b1", time="15:00", minutes=50)
    assert list(done.refused) == ["dee"]
    booked = [a for a in found.course("ann").appointments if a.status == "planned"]
    assert [(a.on, a.time, a.group) for a in booked] == [(DAY + WEEK, "15:00", "tuesday")]
    assert [(m.on, m.planned, m.number) for m in done.group.meetings] == [(DAY + WEEK, True, None)]


def test_all_members_are_told_a_move_and_none_the_words_of_another() -> None:
    found = formed()
    done = found.tell_group("tuesday", c.DoTask("inventory"), c.AnnounceEnding(), by=ANNA, on=DAY, key="t1")
    assert [kinds(found, course)[2:] for course in FOUR] == [["task_logged", "ending_announced"]] * 4
    assert done.refused == {}
    for command in (c.WriteNote("Bob wept"), c.DoTask("inventory", note="Bob wept"), c.Read("phq9", total=3)):
        with pytest.raises(BadInput, match="say it to that course alone") as caught:
            found.tell_group("tuesday", command, by=ANNA, on=DAY, key="t2")
        assert "wept" not in str(caught.value)


def test_what_is_one_members_own_is_said_with_the_session_and_reaches_that_course_alone() -> None:
    found = formed()
    own = {
        "ann": (c.Read("phq9", total=12, answers={"self_harm": 2}), c.WriteNote("wept at first")),
        "bob": (c.Read("phq9", total=3, answers={"self_harm": 0}),),
    }
    for _ in range(2):
        done = found.hold_group_session(
            "tuesday", on=MET, by=ANNA, key="s1", absent={"bob": "no_show"}, done=["inventory"], own=own
        )  # fmt: skip
        assert [alert.code for alert in done.alerts["ann"]] == ["risk_item"]
    assert {course: kinds(found, course)[2:] for course in FOUR} == {
        "ann": ["session_held", "task_logged", "reading_taken", "alert_raised", "note_written"],
        "bob": ["session_missed", "reading_taken"],
        "cem": ["session_held", "task_logged"],
        "dee": ["session_held", "task_logged"],
    }


def test_what_is_wrong_in_one_members_own_is_told_before_anything_is_recorded_in_another() -> None:
    found = formed("ada", "bob", "cy")
    before = {course: kinds(found, course) for course in ("ada", "bob", "cy")}
    own = {"ada": [c.Read("phq9", answers={"self_harm": 3})], "cy": [c.WriteNote(5)]}  # type: ignore[arg-type]
    with pytest.raises(BadInput, match=r"^the command cannot be used: 'text' must be text$"):
        found.hold_group_session("tuesday", on=MET, by=ANNA, key="s1", own=own)
    assert {course: kinds(found, course) for course in before} == before


def test_of_a_course_that_was_no_member_nothing_can_be_said_with_the_session() -> None:
    found = begun("eve")
    for course in FOUR:
        found.start("ipt-small", by=ANNA, on=DAY, course=course)
    found.form_group("tuesday", FOUR, facilitators=LEADERS, by=ANNA, on=DAY)
    with pytest.raises(BadInput) as no:
        found.hold_group_session("tuesday", on=MET, by=ANNA, key="s1", own={"eve": [c.WriteNote("was not there")]})
    assert (no.value.field, str(no.value)) == ("own", "something is said of a course that was no member on that day")
    assert [kinds(found, course)[2:] for course in FOUR] == [[]] * 4


MET = DAY + WEEK
NOT_THERE = (
    "not recorded in this course: the group met on 13 January, and this member was not there; if it was done with this "
    "member too, say it to this course alone"
)


def met(absent: dict[str, str]) -> Clinic:
    found = formed()
    found.hold_group_session("tuesday", on=MET, by=ANNA, key="s1", absent=absent)
    return found


@pytest.mark.parametrize("command", [c.DoTask("inventory"), c.Defer("inventory"), c.DoTask("inventory", on=MET)])
def test_what_was_done_in_a_session_is_recorded_for_who_was_there(command: c.Command) -> None:
    found = met({"bob": "no_show"})
    day = MET if command.on is None else MET + WEEK  # the command's own day is the one that counts
    done = found.tell_group("tuesday", command, by=ANNA, on=day, key="t1")
    assert [len(found.course(course).tasks + found.course(course).deferred) for course in FOUR] == [1, 0, 1, 1]
    assert list(done.courses) == list(FOUR)
    bob = done.courses["bob"]
    assert (bob.events, bob.course.version) == ((), found.course("bob").version)
    assert [(w.code, w.text, w.path) for w in bob.warnings] == [("group_absent", NOT_THERE, "group")]
    again = found.tell_group("tuesday", command, by=ANNA, on=day, key="t1")
    assert {id: one.events for id, one in again.courses.items()} == {id: one.events for id, one in done.courses.items()}
    assert again.courses["bob"].warnings == bob.warnings


def test_what_is_asked_of_all_beside_a_task_reaches_who_was_absent_too() -> None:
    found = met({"bob": "no_show"})
    said = (c.DoTask("inventory"), c.AnnounceEnding(), c.DoTask("inventory"))
    for _ in range(2):
        done = found.tell_group("tuesday", *said, by=ANNA, on=MET, key="t1")
        assert [event.kind for event in done.courses["bob"].events] == ["ending_announced"]
        assert [w.code for w in done.courses["bob"].warnings].count("group_absent") == 1
    assert kinds(found, "ann")[3:] == ["task_logged", "ending_announced", "task_logged"]
    assert kinds(found, "bob")[3:] == ["ending_announced"]


@pytest.mark.parametrize("absent", [{}, dict.fromkeys(FOUR, "cancelled_by_therapist")])
def test_a_task_of_a_day_on_which_the_group_held_no_session_is_recorded_for_all(absent: dict[str, str]) -> None:
    found = met(absent)
    found.tell_group("tuesday", c.DoTask("inventory"), by=ANNA, on=MET if absent else MET + WEEK, key="t1")
    assert [len(found.course(course).tasks) for course in FOUR] == [1] * 4


def test_a_task_that_was_told_of_all_before_it_was_known_who_was_there_is_answered_as_it_was() -> None:
    found = formed()
    first = found.tell_group("tuesday", c.DoTask("inventory"), by=ANNA, on=MET, key="t1")
    found.hold_group_session("tuesday", on=MET, by=ANNA, key="s1", absent={"bob": "no_show"})
    again = found.tell_group("tuesday", c.DoTask("inventory"), by=ANNA, on=MET, key="t1")
    assert again.courses["bob"].events == first.courses["bob"].events
    assert [len(found.course(course).tasks) for course in FOUR] == [1] * 4


# -- the agenda of the group -------------------------------------------------------------------------------------


def test_the_agenda_of_the_group_holds_the_shared_plan_once() -> None:
    found = formed()
    page = found.group_agenda("tuesday", on=DAY)
    assert page.text == (
        "GROUP tuesday   Tue 6 January, 50 min (not booked)            SESSION 1, opening\n"
        "TODAY: Name the illness, learn who matters, agree on one focus.\n"
        "\n"
        "FIRST\n"
        " ! Risk alerts: none open in the courses of this group. Ask again today, each\n"
        "   alone.\n"
        "\n"
        "WHERE WE ARE\n"
        "   4 members, led by u17 and u9.\n"
        "   Focus, scores and contacts of each member are on the member's own page.\n"
        "\n"
        "PLAN (50 minutes)\n"
        "   1 Do    Take the interpersonal inventory                                   50\n"
        "\n"
        "AHEAD\n"
        "   After that: Tue 13 January and Tue 20 January.  Last: Tue 24 February.\n"
        "\n"
        "MEMBERS (a page each)\n"
        "   ann  bob  cem  dee\n"
        "\n"
        "AFTER (two minutes)\n"
        "   There  ann[ ] bob[ ] cem[ ] dee[ ]\n"
        "   Done  1[ ]\n"
        "   Led by: ________________________________________________________  minutes ___\n"
        "\n"
        "ipt-small 1.0.0 draft; group tuesday. A proposal: you decide.\n"
    )


def test_what_most_members_have_done_is_no_longer_in_the_shared_plan() -> None:
    found = formed()
    found.hold_group_session("tuesday", on=DAY, by=ANNA, key="s1", absent={"dee": "no_show"}, done=["inventory"])
    page = found.group_agenda("tuesday", on=DAY + WEEK)
    assert "Link the episode to one focus and say so" in page.text
    assert "Take the interpersonal inventory" not in page.text
    assert "Session 1 on 6 January: 3 of 4 were there." in page.text
    assert "Take the interpersonal inventory" in found.agenda("dee", on=DAY + WEEK).text


def test_what_one_member_alone_has_done_stays_in_the_plan_of_all() -> None:
    found = formed()
    for course in ("ann", "bob"):
        found.do(course, c.DoTask("inventory"), by=ANNA, on=DAY)
        assert "Take the interpersonal inventory" in found.group_agenda("tuesday", on=DAY).text
    found.do("cem", c.DoTask("inventory"), by=ANNA, on=DAY)
    assert "Take the interpersonal inventory" not in found.group_agenda("tuesday", on=DAY).text


def test_a_task_with_a_condition_is_a_members_own_and_not_of_all() -> None:
    asked = {"do": "Ask about the answer on self-harm", "only_if": {"item": "phq9.self_harm > 0"}}
    found = clinic(None, in_groups(**{"phases.opening.must.ask_alone": asked}))
    for course in FOUR:
        found.start("ipt-small", by=ANNA, on=DAY, course=course)
    found.form_group("tuesday", FOUR, facilitators=LEADERS, by=ANNA, on=DAY)
    found.do("bob", c.Read("phq9", answers={"self_harm": 1}, total=12), by=ANNA, on=DAY)
    assert "Ask about the answer" not in found.group_agenda("tuesday", on=DAY).text
    assert "Ask about the answer" in found.agenda("bob", on=DAY).text


def test_a_deadline_of_all_stands_among_the_first_lines_of_the_group() -> None:
    order = {"one": {"title": "One", "order": ["inventory"]}, "two": {"title": "Two", "order": ["formulate"]}}
    found = clinic(None, in_groups(sessions=order))
    for course in FOUR:
        found.start("ipt-small", by=ANNA, on=DAY, course=course)
    found.form_group("tuesday", FOUR, facilitators=LEADERS, by=ANNA, on=DAY)
    for place in range(2):
        found.hold_group_session("tuesday", on=DAY + place * WEEK, by=ANNA, key=f"s{place}")
    page = found.group_agenda("tuesday", on=DAY + 2 * WEEK)
    assert " ! Today: Link the episode to one focus and say so.\n" in page.text


def test_an_alert_of_a_member_is_told_by_course_alone_and_heads_the_members_own_page() -> None:
    found = formed()
    found.do("cem", c.Read("phq9", answers={"self_harm": 2}, total=20), by=ANNA, on=DAY)
    page = found.group_agenda("tuesday", on=DAY)
    assert page.alerts == ("cem",)
    assert "RISK ALERT\n!! cem needs your assessment today. Open the page of this course.\n" in page.text
    for told in (page.text, page.html, page.markdown, page.page, page.json()):
        assert "PHQ" not in told
        assert "self-harm" not in told
    assert found.agenda("cem", on=DAY).text.split("\n\n")[1].startswith("RISK ALERT")
    assert "RISK ALERT" not in found.agenda("ann", on=DAY).text


def test_members_in_different_phases_are_counted_and_not_named() -> None:
    found = formed()
    found.do("ann", c.Deviate(c.EnterPhase("working"), because="came prepared"), by=ANNA, on=DAY)
    page = found.group_agenda("tuesday", on=DAY)
    assert [line.text for line in (page.value.first if page.value else ())] == [
        "The members are in different phases: 3 in 'Opening' and 1 in 'Working'. The plan is that of most. Ask for the "
        "phase on the page of each member for whom it is still to come."
    ]


@pytest.mark.parametrize(
    ("status", "number"), [("cancelled_by_therapist", 2), ("no_show", 3)], ids=["keeps a session", "uses a session"]
)
def test_a_session_that_nobody_came_to_is_told_and_the_next_one_is_when_the_members_have_theirs(
    status: str, number: int
) -> None:
    policy = {"count": {"title": "Counted", "uses_session": ["attended", "no_show"]}}
    found = clinic(None, in_groups(**{"contract.missed": policy, "contract.missed_unless_agreed": "count"}))
    for course in FOUR:
        found.start("ipt-small", by=ANNA, on=DAY, course=course)
    found.form_group("tuesday", FOUR, facilitators=LEADERS, by=ANNA, on=DAY)
    found.hold_group_session("tuesday", on=MET, by=ANNA, key="s1")
    found.hold_group_session("tuesday", on=MET + WEEK, by=ANNA, key="s2", absent=dict.fromkeys(FOUR, status))
    page = found.group_agenda("tuesday", on=MET + WEEK + timedelta(days=1)).value
    own = found.agenda("ann", on=MET + WEEK + timedelta(days=1)).value
    assert page is not None
    assert own is not None
    assert (page.day, page.number) == (own.day, own.number) == (MET + 2 * WEEK, number)
    assert [line.text for line in page.standing if line.code in ("group_last", "group_missed")] == [
        "Session 1 on 13 January: 4 of 4 were there.", "Nobody was there on 20 January: no session was held.",
    ]  # fmt: skip
    found.hold_group_session("tuesday", on=MET + 2 * WEEK, by=ANNA, key="s3")
    after = found.group_agenda("tuesday", on=MET + 2 * WEEK + timedelta(days=1)).value
    assert after is not None
    assert "group_missed" not in [line.code for line in after.standing]


def test_a_miss_of_one_member_alone_is_no_session_that_nobody_came_to() -> None:
    found = formed()
    found.hold_group_session("tuesday", on=MET, by=ANNA, key="s1")
    found.do("bob", c.MissSession("no_show", group="tuesday"), by=ANNA, on=MET + WEEK)
    page = found.group_agenda("tuesday", on=MET + WEEK).value
    assert page is not None
    assert ("group_missed" in [line.code for line in page.standing], page.day) == (False, MET + WEEK)


def test_a_chart_that_one_member_moved_alone_is_told_beside_where_most_stand() -> None:
    states = {"engagement": {"title": "Engagement", "next": {"work": {}}}, "work": {"title": "Work"}}
    found = clinic(None, in_groups(**{"charts.stages": {"title": "Group", "start": "engagement", "states": states}}))
    for course in FOUR:
        found.start("ipt-small", by=ANNA, on=DAY, course=course)
    found.form_group("tuesday", FOUR, facilitators=LEADERS, by=ANNA, on=DAY)

    def stands() -> list[tuple[str, str]]:
        page = found.group_agenda("tuesday", on=DAY)
        assert page.value is not None
        return [(line.code, line.text) for line in page.value.standing if "chart" in line.path]

    assert stands() == [("chart", "Group: Engagement")]
    found.do("dee", c.MoveChart("stages", to="work", because="Dee helps already"), by=ANNA, on=DAY)
    apart = "Not all members stand there: 3 in 'Engagement' and 1 in 'Work'. If the group as a whole has moved, say it "
    apart += "to all."
    assert stands() == [("chart", "Group: Engagement"), ("group_apart", apart)]
    found.tell_group("tuesday", c.MoveChart("stages", to="work", because=""), by=ANNA, on=DAY, key="t1")
    assert [code for code, _ in stands()] == ["chart"]


def test_the_stage_of_the_group_is_judged_once_and_stands_on_the_page_of_the_group() -> None:
    states = {
        "engagement": {"title": "Engagement", "next": {"work": {"met": "group sessions attended >= 1"}}},
        "work": {"title": "Work", "aim": "Members help each other", "ask": {"who": "Who knows this, too?"}},
    }
    found = clinic(None, in_groups(**{"charts.stages": {"title": "Group", "start": "engagement", "states": states}}))
    for course in FOUR:
        found.start("ipt-small", by=ANNA, on=DAY, course=course)
    found.form_group("tuesday", FOUR, facilitators=LEADERS, by=ANNA, on=DAY)
    assert "Group: Engagement." in found.group_agenda("tuesday", on=DAY).text
    found.hold_group_session("tuesday", on=DAY, by=ANNA, key="s1", absent={"dee": "no_show"})
    done = found.tell_group("tuesday", c.MoveChart("stages", to="work", because=""), by=ANNA, on=DAY, key="m1")
    assert list(done.refused) == ["dee"]
    page = found.group_agenda("tuesday", on=DAY + WEEK).text
    assert "Group: Work, since 6 January. Members help each other." in page
    assert "Who knows this, too?" in page
    assert found.course("ann").chart_moves[0].because == "judged of the group 'tuesday' as a whole"


def test_a_group_grown_too_small_is_told_on_its_agenda() -> None:
    found = formed("ann", "bob", "cem")
    found.leave_group("tuesday", "bob", by=ANNA, on=DAY + WEEK, because="moves away")
    page = found.group_agenda("tuesday", on=DAY + WEEK)
    assert " ! The group has 2 members; the protocol has 3..5. Decide how it goes on." in page.text


def test_without_its_protocol_a_group_still_tells_the_alerts_of_all_members() -> None:
    store = WithoutProtocols()
    found = formed(store=store)
    found.do("cem", c.Read("phq9", answers={"self_harm": 2}, total=20), by=ANNA, on=DAY)
    elsewhere = clinic(store, protocol("ipt-adult"))
    with pytest.raises(UnknownProtocol) as caught:
        elsewhere.group_agenda("tuesday", on=DAY)
    assert [alert.course for alert in caught.value.alerts] == ["cem"]


def test_the_agenda_of_a_group_can_be_read_by_a_program() -> None:
    data = json.loads(formed().group_agenda("tuesday", on=DAY).json())
    assert data["schema"] == "iptengine.group-agenda/1"
    assert data["agenda"]["members"] == list(FOUR)
    assert data["group"]["facilitators"] == list(LEADERS)


# -- nothing of one member in another's --------------------------------------------------------------------------

SECRETS = {course: f"secret-of-{course}" for course in FOUR}


def own(course: str, word: str) -> st.SearchStrategy[Any]:
    """Something said to one member, with words of this member in it."""
    return st.sampled_from(
        [
            c.WriteNote(word),
            c.RecordPerson(word, role=word),
            c.WriteFormulation(word, agreed=True),
            c.AgreeFocus("role_dispute", person=word),
            c.SetGoal(word),
            c.AssignHomework(word),
            c.RemindMe(word),
            c.RecordLifeEvent(word),
            c.DoTask("inventory", note=word),
            c.Read("phq9", answers={"self_harm": 3}, total=20),
            c.RecordFact("fear_at_home", "yes"),
            c.Deviate(c.EnterPhase("working"), because=word),
            c.EndCourse("completed", reason=word),
        ]
    )


@settings(max_examples=40)
@when_given(st.data())
def test_nothing_of_one_member_is_found_in_anothers_course_or_page(data: st.DataObject) -> None:
    found = begun(*FOUR)
    for course in FOUR:
        for command in data.draw(st.lists(own(course, SECRETS[course]), max_size=4)):
            found.do(course, command, by=ANNA, on=DAY)
    here = [course for course in FOUR if not found.course(course).ended]
    found.form_group("tuesday", here, facilitators=LEADERS, by=ANNA, on=DAY, because="as many as there are")
    absent = dict.fromkeys(data.draw(st.sets(st.sampled_from(here))), "no_show") if here else {}
    done = found.hold_group_session("tuesday", on=DAY, by=ANNA, key="s1", absent=absent, done=["inventory"])
    for course in here:
        for command in data.draw(st.lists(own(course, SECRETS[course]), max_size=3)):
            found.do(course, command, by=ANNA, on=DAY + WEEK)
    leaver = data.draw(st.sampled_from(here))
    found.leave_group("tuesday", leaver, by=ANNA, on=DAY + 2 * WEEK, because=SECRETS[leaver])
    shared = found.group_agenda("tuesday", on=DAY + 2 * WEEK)
    for word in SECRETS.values():
        assert word not in shared.text + shared.json() + shared.markdown + shared.page + repr(done)
    assert "PHQ" not in shared.text.replace("PHQ-9 before you talk", "")
    for course in FOUR:
        mine = found.agenda(course, on=DAY + 2 * WEEK)
        told = mine.text + mine.json() + mine.page + found.course(course).json()
        told += " ".join(text for text in found._records._store.read(course))
        told += found.agenda(course, on=DAY + 2 * WEEK, audience="patient").text
        for other in FOUR:
            if other != course:
                assert SECRETS[other] not in told
                assert f'"{other}"' not in told
        assert bool(mine.value and mine.value.alerts) == bool(found.course(course).open_risk_alerts)
    open_ones = set(found.group("tuesday").on(DAY + 2 * WEEK))
    assert set(shared.alerts) == {course for course in open_ones if found.course(course).open_risk_alerts}


def test_a_session_recorded_late_reaches_a_member_who_left_after_it_and_came_back() -> None:
    found = formed()
    found.leave_group("tuesday", "ann", by=ANNA, on=DAY + 2 * WEEK, because="a course at work")
    found.join_group("tuesday", "ann", by=ANNA, on=DAY + 4 * WEEK)
    met = [found.hold_group_session("tuesday", on=DAY + n * WEEK, by=ANNA, key=f"w{n}") for n in (1, 2, 3, 4)]
    assert [sorted(one.courses) for one in met] == [list(FOUR), list(FOUR[1:]), list(FOUR[1:]), list(FOUR)]
    assert [s.on for s in found.course("ann").sessions] == [DAY + WEEK, DAY + 4 * WEEK]


def test_a_session_on_a_day_when_nobody_was_in_the_group_says_so() -> None:
    found = formed()
    for told in (
        lambda: found.hold_group_session("tuesday", on=DAY - WEEK, by=ANNA, key="k"),
        lambda: found.book_group_session("tuesday", on=DAY - WEEK, by=ANNA, key="k"),
    ):
        with pytest.raises(UnknownGroup, match="nobody was in the group 'tuesday' on 2025-12-30"):
            told()
    told_of_no_name = str(UnknownGroup("Tuesday evening", DAY))
    assert told_of_no_name == f"nobody was in the group of that name on {DAY.isoformat()}"
