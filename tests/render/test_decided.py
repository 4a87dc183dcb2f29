"""What was decided at the last session and since comes back with its reason and its day."""

from __future__ import annotations

from datetime import date
from typing import Any

from iptengine.course import commands as c
from iptengine.render import agenda
from phrases import Story, given, hold, in_the_middle, protocol, staged, week

IPT = protocol("ipt-adult")
CALL, NEXT = week(4, 4), week(5)


def dispute() -> Story:
    """A dispute whose fourth session was held on 24 March."""
    return given(IPT, in_the_middle(area="role_dispute", person="W. (spouse)"), staged("renegotiation"), hold(4))


def page(story: Story, on: date = NEXT, **asked: Any) -> str:
    made = agenda(IPT, story.course, on=on, **asked)
    assert made.problem == ""
    return made.text


def last_time(story: Story, **asked: Any) -> list[str]:
    told = page(story, **asked).split("\nLAST TIME", 1)[1].split("\n\n", 1)[0]
    return [part.strip() for line in told.splitlines()[1:] for part in line.split("  ") if part.strip()]


def test_a_stage_set_between_sessions_is_told_with_its_day_and_its_reason() -> None:
    story = dispute().when(c.Restage("role_dispute", to="impasse", because="Silence since Sunday", on=CALL))
    assert page(story).splitlines()[1].startswith("Role dispute with W. (spouse), impasse since 28 March.")
    assert "Impasse (28 March): Silence since Sunday" in last_time(story)
    assert "Impasse (28 March): Silence since Sunday" in last_time(story, detail="trainee")


def test_a_stage_set_in_the_session_is_told_once_and_without_a_day() -> None:
    story = dispute().when(c.Restage("role_dispute", to="impasse", because="Silence since Sunday", on=week(4)))
    assert page(story).splitlines()[1].startswith("Role dispute with W. (spouse), impasse since session 4.")
    assert [line for line in last_time(story) if "Silence" in line] == ["Impasse: Silence since Sunday"]


def test_after_the_next_session_a_stage_set_before_it_is_told_in_the_head_alone() -> None:
    story = dispute().when(c.Restage("role_dispute", to="impasse", because="Silence since Sunday", on=CALL), hold(5))
    assert page(story, week(6)).splitlines()[1].startswith("Role dispute with W. (spouse), impasse since 28 March.")
    assert "Silence" not in page(story, week(6))


def decided(story: Story) -> tuple[tuple[str, str, date | None], ...]:
    last = story.agenda(on=NEXT).last_time
    assert last is not None
    return last.decided


def amended(story: Story) -> tuple[tuple[str, str, date | None], ...]:
    last = story.agenda(on=NEXT).last_time
    assert last is not None
    return last.amended


def test_a_change_of_focus_says_from_what_to_what_and_why() -> None:
    change = c.ChangeFocus("role_dispute", to="role_transition", because="W. has moved out for good", on=CALL)
    told = "Focus changed from role dispute with W. (spouse) to role transition"
    assert decided(dispute().when(change)) == ((told, "W. has moved out for good", CALL),)
    text = " ".join(page(dispute().when(change)).split())
    assert f"{told} (28 March): W. has moved out for good" in text


def test_a_focus_that_was_closed_on_the_day_of_the_session_is_told_with_why() -> None:
    story = dispute().when(c.CloseFocus("role_dispute", because="They talk again", on=week(4)))
    assert decided(story) == (("Focus closed: role dispute with W. (spouse)", "They talk again", None),)
    assert "Focus closed: role dispute with W. (spouse): They talk again" in last_time(story)


def test_an_amended_contract_is_told_with_its_numbers_and_why() -> None:
    story = dispute().when(
        c.AmendContract(because="Two more to part", sessions=16, on=CALL),
        c.AmendContract(because="W. minds the child", frequency="every 2 weeks", on=CALL),
    )
    assert amended(story) == (
        ("Contract amended from 14 to 16 sessions", "Two more to part", CALL),
        ("Contract amended", "W. minds the child", CALL),
    )
    assert "Contract amended from 14 to 16 sessions (28 March): Two more to part" in last_time(story)


def test_what_was_decided_before_the_last_session_is_told_no_more() -> None:
    story = dispute().when(c.AmendContract(because="Two more to part", sessions=16, on=CALL), hold(5))
    assert (decided(story), amended(story)) == ((), ())


def test_with_two_focuses_a_stage_says_of_which_it_is() -> None:
    story = dispute().when(c.AgreeFocus("grief", primary=False, on=week(4)))
    story = story.when(c.Restage("role_dispute", to="impasse", because="Silence since Sunday", on=CALL))
    assert decided(story) == (("Role dispute, impasse", "Silence since Sunday", CALL),)


def test_the_patients_page_says_nothing_of_what_was_decided() -> None:
    story = dispute().when(c.Restage("role_dispute", to="impasse", because="Silence since Sunday", on=CALL))
    assert "Silence" not in agenda(IPT, story.course, on=NEXT, audience="patient").text
