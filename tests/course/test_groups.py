"""Courses that meet in a group: each stays its own, and what one course records of the group names nobody else."""

from __future__ import annotations

from functools import cache

import pytest

from iptengine.course import commands as c
from iptengine.course.commands import Command
from iptengine.course.group_stays import present_stay, stay_on
from iptengine.course.ways import due
from iptengine.protocol.protocol import Protocol
from iptengine.render import agenda
from phrases import START, Story, anyway, focus, given, hold, miss, variant, week

LEADERS = ("u17", "u9")


@cache
def group_protocol() -> Protocol:
    """The small protocol, given in groups of three to five with one or two facilitators."""
    return variant("small", {"group.size": "3..5", "group.facilitators": "1..2"})


@pytest.fixture
def ipt() -> Protocol:
    return group_protocol()


def join(size: int = 4, leaders: tuple[str, ...] = LEADERS, group: str = "tuesday", **more: object) -> Command:
    return c.JoinGroup(group, size=size, facilitators=leaders, **more)  # type: ignore[arg-type]


def codes(story: Story) -> list[str]:
    return [warning.code for event in story.last for warning in event.warnings]


# -- joining and leaving -----------------------------------------------------------------------------------------


def test_a_course_joins_a_group_with_its_size_and_its_facilitators(ipt: Protocol) -> None:
    story = given(ipt).when(join())
    assert [(e.kind, e.group, e.size, e.facilitators) for e in story.last] == [  # type: ignore[attr-defined]
        ("group_joined", "tuesday", 4, ("u17", "u9"))
    ]
    stay = present_stay(story.course)
    assert stay is not None
    assert (stay.group, stay.joined, stay.left) == ("tuesday", START, None)
    assert [(line.code, line.text) for line in story.agenda().standing] == [
        ("group", "In the group 'tuesday' since 3 March, led by u17 and u9; here in 0 sessions of it.")
    ]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (join(1), ["a group has 3..5 members here, and this one would have 1"]),
        (join(6), ["a group has 3..5 members here, and this one would have 6"]),
        (join(4, ()), ["a group has 1..2 facilitators here, and this one would have 0"]),
        (join(4, ("u1", "u2", "u3")), ["a group has 1..2 facilitators here, and this one would have 3"]),
        (
            join(2, ()),
            [
                "a group has 3..5 members here, and this one would have 2",
                "a group has 1..2 facilitators here, and this one would have 0",
            ],
        ),
    ],
)
def test_a_group_too_small_too_large_or_not_led_is_refused_with_every_reason(
    ipt: Protocol, command: Command, told: list[str]
) -> None:
    no = given(ipt).when(command).refused
    assert no is not None
    assert no.overridable
    assert [reason.text for reason in no.reasons] == told


def test_a_facilitator_named_twice_counts_once(ipt: Protocol) -> None:
    no = given(ipt).when(join(4, ("u1", "u1"))).refused
    assert no is None


def test_a_clinician_may_form_a_group_of_two_all_the_same(ipt: Protocol) -> None:
    story = given(ipt).when(anyway(join(2), because="two did not come to the first meeting"))
    assert [e.kind for e in story.last] == ["deviated", "group_joined"]
    assert story.last[0].overridden == ("group_size",)  # type: ignore[attr-defined]


def test_nobody_is_in_two_groups_at_once(ipt: Protocol) -> None:
    no = given(ipt, join()).when(join(group="friday")).refused
    assert no is not None
    assert not no.overridable
    assert str(no) == (
        "join_group is not possible now: this course is in the group 'tuesday' already; it leaves that one first"
    )


def test_a_treatment_of_one_patient_alone_has_no_group(small: Protocol) -> None:
    no = given(small).when(join()).refused
    assert no is not None
    assert not no.overridable
    assert [reason.text for reason in no.reasons] == [
        "this protocol has no group: it is a treatment of one patient alone"
    ]


def test_a_group_has_a_plain_name(ipt: Protocol) -> None:
    no = given(ipt).when(join(group="The Tuesday group!")).refused
    assert no is not None
    assert [reason.code for reason in no.reasons] == ["group_name"]


def test_a_member_who_leaves_is_recorded_with_the_reason_and_the_day(ipt: Protocol) -> None:
    story = given(ipt, join(), hold(1, group="tuesday", together=4, facilitators=LEADERS))
    story = story.when(c.LeaveGroup("tuesday", because="moves away", stay=3, on=week(2)))
    assert (codes(story), present_stay(story.course)) == ([], None)
    (stay,) = story.course.groups
    assert (stay.left, stay.because) == (week(2), "moves away")
    assert stay_on(story.course, week(1)) == stay
    assert stay_on(story.course, week(2)) is None


def test_a_group_left_with_too_few_is_told_and_the_leaving_recorded(ipt: Protocol) -> None:
    story = given(ipt, join()).when(c.LeaveGroup(because="moves away", stay=2))
    assert [w.text for e in story.last for w in e.warnings] == [
        "the group is left with 2 members; the protocol has 3..5"
    ]


def test_a_course_that_left_may_join_another(ipt: Protocol) -> None:
    story = given(ipt, join(), c.LeaveGroup(on=week(2))).when(join(5, group="friday", on=week(3)))
    assert [(s.group, s.joined, s.left) for s in story.course.groups] == [
        ("tuesday", week(1), week(2)), ("friday", week(3), None),
    ]  # fmt: skip


def test_nobody_leaves_a_group_they_are_not_in(ipt: Protocol) -> None:
    no = given(ipt, join()).when(c.LeaveGroup("friday")).refused
    assert no is not None
    assert [reason.code for reason in no.reasons] == ["not_in_the_group"]


# -- sessions ----------------------------------------------------------------------------------------------------


def test_a_session_of_the_group_counts_in_the_members_own_course(ipt: Protocol) -> None:
    story = given(ipt, join()).when(hold(1, group="tuesday", together=4, facilitators=LEADERS))
    (session,) = story.course.appointments
    assert (session.number, session.group, session.together, session.facilitators) == (1, "tuesday", 4, LEADERS)
    assert codes(story) == []


@pytest.mark.parametrize(
    ("together", "leaders", "expected"),
    [(2, LEADERS, ["group_small"]), (6, LEADERS, ["group_large"]), (4, (), ["group_facilitators"]), (3, ("u1",), [])],
)
def test_a_session_with_few_or_many_is_recorded_with_a_warning(
    ipt: Protocol, together: int, leaders: tuple[str, ...], expected: list[str]
) -> None:
    story = given(ipt, join()).when(hold(1, group="tuesday", together=together, facilitators=leaders))
    assert [e.kind for e in story.last] == ["session_held"]
    assert codes(story) == expected


def test_a_meeting_with_this_member_alone_is_no_session_of_the_group(ipt: Protocol) -> None:
    story = given(ipt, join()).when(hold(1))
    (session,) = story.course.appointments
    assert (session.group, codes(story)) == ("", [])


def test_a_session_of_a_group_the_course_was_not_in_is_recorded_with_a_warning(ipt: Protocol) -> None:
    story = given(ipt).when(hold(1, group="tuesday", together=4, facilitators=LEADERS))
    assert codes(story) == ["other_group"]


def test_a_missed_session_of_the_group_is_a_miss_in_the_members_course(ipt: Protocol) -> None:
    story = given(ipt, join()).when(miss(1, group="tuesday"))
    (session,) = story.course.appointments
    assert (session.status, session.group, session.number) == ("no_show", "tuesday", None)


def test_a_corrected_meeting_stays_a_meeting_of_the_group(ipt: Protocol) -> None:
    story = given(ipt, join()).when(hold(1, group="tuesday", together=4, facilitators=LEADERS))
    wrong = story.last[0].id
    story = story.when(c.Correct(wrong, c.MissSession("no_show"), because="it was somebody else who came"))
    (session,) = story.course.appointments
    assert (session.status, session.group) == ("no_show", "tuesday")


# -- what is due, and what is open -------------------------------------------------------------------------------


def test_a_course_waits_for_its_group_on_its_page_and_among_what_is_due(ipt: Protocol) -> None:
    story = given(ipt)
    told = "This course is in no group yet. A group has 3..5 members and 1..2 facilitators."
    assert [line.text for line in story.agenda().first if line.code == "no_group"] == [told]
    assert [one.text for one in due(ipt, story.course, on=START) if one.kind == "group"] == [told]
    joined = given(ipt, join())
    assert [line for line in joined.agenda().first if line.code == "no_group"] == []
    assert [one for one in due(ipt, joined.course, on=START) if one.kind == "group"] == []


def test_a_course_that_left_its_group_is_told_so(ipt: Protocol) -> None:
    story = given(ipt, join(), c.LeaveGroup(on=week(2)))
    (line,) = [line.text for line in story.agenda().first if line.code == "no_group"]
    assert line.startswith("This course is in no group; it left the last one on 10 March.")


def test_joining_is_open_where_there_is_a_group_and_leaving_once_in_one(ipt: Protocol, small: Protocol) -> None:
    way = given(ipt).way("join_group")
    assert (way.open, way.fields) == (True, {"group": (), "size": ("3..5",), "facilitators": ("1..2",)})
    assert given(ipt, join()).way("leave_group").open
    from iptengine.course.ways import ways

    offered = {one.command.kind for one in ways(small, given(small).course, on=START)}
    assert not {"join_group", "leave_group"} & offered


# -- what a protocol can ask of it -------------------------------------------------------------------------------


def test_a_phase_can_wait_until_the_course_is_in_a_group_and_has_met_in_it() -> None:
    ways_on = {"grouped": "the course is in a group", "met": "group sessions attended >= 2"}
    ipt = variant("small", {"group.size": "3..5", "phases.opening.next.working": ways_on})
    story = given(ipt, hold(1)).when(c.EnterPhase("working")).then_refused("grouped", "met")
    story = story.when(join(leaders=()), hold(2, group="tuesday", together=4), c.EnterPhase("working"))
    story = story.then_refused("met")
    story = story.when(hold(3, group="tuesday", together=4), c.EnterPhase("working"))
    assert story.course.phase == "working"


# -- whose minutes they are --------------------------------------------------------------------------------------


def test_a_members_own_work_has_no_minutes_but_those_the_group_shares() -> None:
    alone = variant("small", {"group.size": "3..5", "phases.opening.focus_work": True})
    story = given(alone, join(), focus("grief"))
    page = agenda(alone, story.course, on=story.today)
    assert page.text.partition("PLAN (50 minutes)\n")[2].partition("\n\n")[0].split("\n") == [
        "   1 Do    Take the interpersonal inventory                                   50",
        "   2 Do    Help the patient mourn the relationship as it was",
        "           Within the minutes that all members share.",
    ]
    assert " min)" not in page.markdown.partition("Help the patient mourn")[2]
    assert "<td>0 min</td>" not in page.html


def test_a_course_before_its_group_keeps_the_minutes_of_its_own_work() -> None:
    alone = variant("small", {"group.size": "3..5", "phases.opening.focus_work": True})
    story = given(alone, focus("grief"))
    assert "members share" not in agenda(alone, story.course, on=story.today).text
