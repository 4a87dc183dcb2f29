"""What can be said now: every family of commands, open with its fields or shut with its reasons."""

from __future__ import annotations

from iptengine.course import commands as c
from iptengine.course.course import Course
from iptengine.course.ways import ways
from iptengine.protocol.protocol import Protocol
from phrases import START, Story, contract, focus, given, hold, in_the_middle, phq9, staged, variant

NOT_IN_THIS_PROTOCOL = {
    *("join_group", "leave_group"),
    *("move_chart", "approve", "decline", "confirm"),
    *("prepare_message",),
    *("choose_plan", "change_plan", "interrupt", "resume", "finish_component", "deliver_component"),
    *("pause", "end_pause"),
    "word_item",
    *("take_from", "follow", "note_followed", "erase"),
}
"""What the adult protocol has no part for, a subject a line."""


def kinds(story: Story) -> set[str]:
    return {way.command.kind for way in ways(story.protocol, story.course, on=START)}


def test_before_it_begins_a_course_can_be_begun_or_taken_over(ipt: Protocol) -> None:
    found = ways(ipt, Course("c1"), on=START)
    assert [(way.command.kind, way.open) for way in found] == [("start", True), ("adopt", True)]
    assert found[1].fields["phase"] == ("initial", "middle", "ending")


def test_every_family_of_commands_is_answered_in_a_course_under_way(ipt: Protocol) -> None:
    story = given(ipt, hold(1), phq9(9, self_harm=1), focus("role_dispute", "spouse"), c.AssignHomework("ring"))
    before = kinds(story)
    story = story.when(contract(), c.AssessAlert(story.open_alerts[0].id, found="none acute", plan="call"))
    answered = before | kinds(story)
    assert set(c.COMMANDS) - answered == {"start", "adopt", "deviate", "move_protocol"} | NOT_IN_THIS_PROTOCOL


def test_an_ended_course_offers_what_it_still_takes_and_no_move(ipt: Protocol) -> None:
    story = given(ipt, hold(1), phq9(9, self_harm=1), focus("grief"), c.EndCourse("lost_to_contact"))
    found = ways(ipt, story.course, on=START)
    assert not any(way.command.request for way in found)
    assert {"read", "assess_alert", "correct", "withdraw", "record_contact"} <= {way.command.kind for way in found}
    assert all(way.open for way in found)


def test_a_way_says_the_fields_it_takes_and_their_choices(ipt: Protocol) -> None:
    story = given(ipt, c.RecordPerson("Robin"), hold(1))
    assert story.way("miss_session").fields["status"] == [
        "late_cancel", "cancelled_by_patient", "cancelled_by_therapist", "no_show", "rescheduled",
    ]  # fmt: skip
    assert story.way("record_fact", fact="fear_at_home").fields == {"value": ("no", "yes")}
    assert story.way("agree_focus", area="role_dispute").fields["person"] == ["Robin"]
    assert story.way("end_course", outcome="ended_early_well").fields["reason"] == (
        "symptoms are gone", "goals are reached",
    )  # fmt: skip
    assert story.way("agree_contract").fields["sessions"] == ("12..16",)


def test_a_dispute_offers_the_ways_of_its_chart_and_new_information_for_the_rest(ipt: Protocol) -> None:
    story = given(ipt, hold(1), focus("role_dispute", "spouse"), staged("impasse"))
    offered = [
        (way.command.to, way.command.new_information, way.open)  # type: ignore[attr-defined]
        for way in ways(ipt, story.course, on=START)
        if way.command.kind == "restage"
    ]
    assert offered == [
        ("renegotiation", False, True), ("dissolution", False, True), ("resolved_agreement", True, True),
        ("resolved_accepted", False, True), ("resolved_ended", True, True),
    ]  # fmt: skip


def test_where_new_information_moves_nothing_the_way_is_shut_and_says_so() -> None:
    strict = variant("small", {"problem_areas.role_dispute.restage": False})
    story = given(strict, focus("role_dispute", "spouse"))
    way = story.way("restage", to="settled")
    assert (way.open, [r.text for r in way.reasons]) == (
        False, ["this problem area does not let new information place a focus in any stage"],
    )  # fmt: skip


def test_the_alert_ways_follow_the_alert(ipt: Protocol) -> None:
    story = given(ipt, phq9(9, self_harm=1))
    id = story.open_alerts[0].id

    def offered(story: Story) -> set[str]:
        return {kind for kind in kinds(story) if kind.endswith("_alert")}

    assert offered(story) == {"acknowledge_alert", "assess_alert"}
    story = story.when(c.AcknowledgeAlert(id))
    assert offered(story) == {"assess_alert"}
    story = story.when(c.AssessAlert(id, found="none acute", plan="call"))
    assert offered(story) == {"monitor_alert", "close_alert"}
    story = story.when(c.MonitorAlert(id))
    assert offered(story) == {"close_alert"}
    assert offered(story.when(c.CloseAlert(id, because="eased"))) == set()


def test_a_full_contract_shuts_the_booking_with_its_numbers(ipt: Protocol) -> None:
    story = given(ipt, in_the_middle(sessions=12), *(hold(n) for n in range(4, 13)))
    way = story.way("book")
    assert (way.open, [str(r) for r in way.reasons]) == (
        False, ["booking goes as far as the contract (12 of 12 sessions are used or booked)"],
    )  # fmt: skip
