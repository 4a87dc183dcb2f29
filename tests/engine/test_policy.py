"""Who may give which command: asked for each, recorded with each event, and a no is heard."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

import iptengine as ipt
from iptengine import commands as c
from iptengine.course.codec import decode, encode
from iptengine.course.commands import Command
from iptengine.course.course import Course
from phrases import START, variant, week
from stores import fresh_store

ANNA = ipt.Actor("u17", role="therapist")
BEN = ipt.Actor("u9", role="supervisor")
CLERK = ipt.Actor("u3", role="clerk")
CANARY = "Wilhelmina was beaten"


class Rules:
    """A policy that denies some kinds of commands to some roles, and remembers what it was asked."""

    def __init__(self, *denied: tuple[str, str]) -> None:
        self.denied = set(denied)
        self.asked: list[tuple[str, str]] = []

    def __call__(self, actor: ipt.Actor, command: Command, course: Course) -> ipt.Permission:
        self.asked.append((actor.role, command.kind))
        if (actor.role, command.kind) in self.denied:
            return ipt.Denied("by-role", f"{actor.role} may not; {CANARY}")
        return ipt.Allowed(f"{actor.role}s")


def clinic(policy: Any, *, store: Any = None, protocol: ipt.Protocol | None = None, begun: bool = True) -> ipt.Clinic:
    found = store or fresh_store()
    protocols = [protocol or variant("ipt-adult", {})]
    made = ipt.Clinic(found, protocols, policy=policy)
    if begun:
        ipt.Clinic(found, protocols).start("ipt-adult", by=ANNA, on=START, course="a", called="A. R.")
    return made


READING = c.Read("phq9", total=12, answers={"self_harm": 2}, on=week(1))


# -- recorded with each event ------------------------------------------------------------------------------------


def test_every_event_keeps_the_rule_that_allowed_its_command_also_those_that_follow_from_it() -> None:
    done = clinic(Rules()).do("a", READING, by=ANNA)
    assert [(e.kind, e.allowed_by) for e in done.events] == [
        ("reading_taken", "therapists"),
        ("alert_raised", "therapists"),
    ]


def test_without_a_policy_nothing_is_written_of_one() -> None:
    store = fresh_store()
    clinic(None, store=store).do("a", READING, by=ANNA)
    assert all("allowed_by" not in text for text in store.read("a"))


def test_an_event_of_before_there_was_a_policy_reads_the_same() -> None:
    text = encode(clinic(Rules()).do("a", READING, by=ANNA).events[0])
    old = json.loads(text)
    assert old.pop("allowed_by") == "therapists"
    assert decode(json.dumps(old)).allowed_by == ""


# -- a no is heard, and loses nothing beside it ------------------------------------------------------------------


def test_a_reading_by_somebody_who_may_not_report_it_is_an_error_and_what_was_said_beside_it_is_kept() -> None:
    desk = clinic(Rules(("clerk", "read")))
    with pytest.raises(ipt.NotAllowed) as no:
        desk.do("a", c.HoldSession(on=week(1)), READING, c.EnterPhase("ending", on=week(1)), by=CLERK)
    assert str(no.value) == "read is not allowed (rule by-role); the rest was recorded: 1 event(s)"
    (denied,) = no.value.denied
    assert (denied.course, denied.command.kind, denied.asked, denied.by, denied.rule) == (
        "a", "read", "read", CLERK, "by-role",
    )  # fmt: skip
    done = no.value.done
    assert done is not None
    assert [e.kind for e in done.events] == ["session_held"]
    assert [refused.command.kind for refused in done.refused] == ["enter_phase"]
    assert [e.kind for e in desk.events("a")] == ["course_started", "session_held"]


def test_the_denied_reading_can_be_said_again_as_it_was_given_and_raises_its_alert() -> None:
    desk = clinic(Rules(("clerk", "read")))
    with pytest.raises(ipt.NotAllowed) as no:
        desk.do("a", READING, by=CLERK)
    desk.do("a", *(one.command for one in no.value.denied), by=ANNA)
    assert [alert.code for alert in desk.alerts()] == ["risk_item"]


def test_no_words_of_a_patient_or_of_the_policy_stand_in_the_error() -> None:
    desk = clinic(Rules(("clerk", "write_note")))
    with pytest.raises(ipt.NotAllowed) as no:
        desk.do("a", c.WriteNote(CANARY, on=week(1)), by=CLERK)
    (denied,) = no.value.denied
    shown = (str(no.value), repr(no.value), repr(denied), repr(ipt.Denied("r", CANARY)))
    assert not any("Wilhelmina" in text for text in shown)
    assert denied.because == f"clerk may not; {CANARY}"


def test_a_conflict_beside_a_denied_report_is_told_with_it() -> None:
    desk = clinic(Rules(("clerk", "read")))
    desk.do("a", c.HoldSession(on=week(1)), by=ANNA)
    with pytest.raises(ipt.NotAllowed) as no:
        desk.do("a", READING, c.WriteNote("n", on=week(1)), c.AgreeFocus("grief", on=week(1)), by=CLERK, expected=1)
    conflict, done = no.value.conflict, no.value.done
    assert conflict is not None
    assert done is not None
    assert [e.kind for e in conflict.since] == ["session_held"]
    assert [e.kind for e in done.events] == ["note_written"]
    told = "read is not allowed (rule by-role); the rest was recorded: 1 event(s); "
    assert str(no.value) == told + "its requests were held back, because the course has moved on"


def test_a_form_posted_twice_is_told_twice_that_a_reading_was_not_allowed() -> None:
    desk = clinic(Rules(("clerk", "read")))
    for _ in range(2):
        with pytest.raises(ipt.NotAllowed) as no:
            desk.do("a", c.HoldSession(on=week(1)), READING, by=CLERK, key="form-1")
        assert [one.asked for one in no.value.denied] == ["read"]
    assert [e.kind for e in desk.events("a")] == ["course_started", "session_held"]


def test_a_reading_that_was_not_allowed_is_not_answered_as_recorded_once_the_rules_have_changed() -> None:
    rules = Rules(("clerk", "read"))
    desk = clinic(rules)
    with pytest.raises(ipt.NotAllowed):
        desk.do("a", c.HoldSession(on=week(1)), READING, by=CLERK, key="form-1")
    rules.denied.clear()
    with pytest.raises(ipt.NotAllowed) as no:
        desk.do("a", c.HoldSession(on=week(1)), READING, by=CLERK, key="form-1")
    (denied,) = no.value.denied
    assert (denied.asked, denied.rule) == ("read", "posted-before")
    assert desk.do("a", READING, by=CLERK, key="form-2").alerts


def test_what_was_recorded_stays_answered_when_the_rules_get_stricter() -> None:
    rules = Rules()
    desk = clinic(rules)
    before = desk.do("a", c.HoldSession(on=week(1)), READING, by=CLERK, key="form-1")
    rules.denied |= {("clerk", "read"), ("clerk", "hold_session")}
    again = desk.do("a", c.HoldSession(on=week(1)), READING, by=CLERK, key="form-1")
    assert again.events == before.events


# -- every command, also inside another --------------------------------------------------------------------------


def test_what_stands_inside_a_command_is_asked_for_by_itself() -> None:
    rules = Rules()
    desk = clinic(rules)
    note = desk.do("a", c.WriteNote("n", on=week(1)), by=ANNA).events[0].id
    rules.asked.clear()
    desk.do("a", c.Deviate(c.EnterPhase("middle"), because="b", on=week(1)), by=ANNA)
    desk.do("a", c.Correct(note, c.WriteNote("m"), because="b", on=week(1)), by=ANNA)
    scores = {"phq9": {"total": 12, "self_harm": 0}}
    desk.do("a", c.RecordSession(scores=scores, note="n", on=week(2)), by=ANNA)
    desk.do("a", c.RecordSession(status="no_show", on=week(3)), by=ANNA)
    asked = "deviate enter_phase correct write_note record_session hold_session read write_note"
    assert [kind for _, kind in rules.asked] == [*asked.split(), "record_session", "miss_session"]


@pytest.mark.parametrize(
    "command",
    [
        c.Deviate(c.EnterPhase("middle"), because="b", on=week(1)),
        c.RecordSession(scores={"phq9": {"total": 12}}, on=week(1)),
    ],
)
def test_a_command_is_denied_with_what_stands_inside_it(command: Command) -> None:
    desk = clinic(Rules(("clerk", "enter_phase"), ("clerk", "read")))
    with pytest.raises(ipt.NotAllowed) as no:
        desk.do("a", command, by=CLERK)
    assert [one.command.kind for one in no.value.denied] == [command.kind]
    assert no.value.denied[0].asked in ("enter_phase", "read")
    assert len(desk.events("a")) == 1


def test_two_rules_that_both_had_to_allow_a_command_are_both_on_record() -> None:
    def policy(actor: ipt.Actor, command: Command, course: Course) -> ipt.Permission:
        return ipt.Allowed("may-deviate" if command.kind == "deviate" else "own-caseload")

    done = clinic(policy).do("a", c.Deviate(c.EnterPhase("middle"), because="b", on=week(1)), by=ANNA)
    assert {e.allowed_by for e in done.events} == {"may-deviate own-caseload"}


def supervised() -> ipt.Protocol:
    wait = {"title": "The start of the middle phase", "of": "enter_phase", "only": "middle", "by": "supervisor"}
    return variant(
        "ipt-adult",
        {"approvals": {"go_on": wait}, "phases.initial.next": {"middle": {"one_held": "sessions held >= 1"}}},
    )


def test_a_request_that_was_approved_is_still_of_who_asked_for_it() -> None:
    rules = Rules()
    desk = clinic(rules, protocol=supervised())
    asked = desk.do("a", c.HoldSession(on=week(1)), c.EnterPhase("middle", on=week(1)), by=ANNA).events[-1]
    assert asked.kind == "approval_requested"
    rules.asked.clear()
    rules.denied = {("therapist", "enter_phase")}
    with pytest.raises(ipt.NotAllowed) as no:
        desk.do("a", c.Approve(asked.id, on=week(1)), by=BEN)
    assert rules.asked == [("supervisor", "approve"), ("therapist", "enter_phase")]
    assert (no.value.denied[0].asked, no.value.denied[0].by) == ("enter_phase", ANNA)
    rules.denied.clear()
    done = desk.do("a", c.Approve(asked.id, on=week(1)), by=BEN)
    assert [(e.kind, e.allowed_by) for e in done.events] == [
        ("approval_given", "supervisors therapists"),
        ("phase_entered", "supervisors therapists"),
    ]


def test_a_course_does_not_begin_with_a_fact_that_its_beginner_may_not_record() -> None:
    desk = clinic(Rules(("clerk", "record_fact")), begun=False)
    with pytest.raises(ipt.NotAllowed) as no:
        desk.start("ipt-adult", by=CLERK, on=START, course="b", facts={"medication": "taken"})
    assert str(no.value) == "record_fact is not allowed (rule by-role); nothing was recorded"
    assert no.value.done is None
    with pytest.raises(ipt.UnknownCourse):
        desk.course("b")
    assert desk.start("ipt-adult", by=CLERK, on=START, course="b").course.version == 1


def test_a_course_is_taken_over_by_who_may() -> None:
    desk = clinic(Rules(("clerk", "adopt")), begun=False)
    with pytest.raises(ipt.NotAllowed):
        desk.adopt("ipt-adult", by=CLERK, on=START, phase="middle", sessions_used=3, course="b")


# -- several courses ---------------------------------------------------------------------------------------------


def test_what_may_not_be_recorded_in_the_right_course_is_not_voided_in_the_wrong_one() -> None:
    def policy(actor: ipt.Actor, command: Command, course: Course) -> ipt.Permission:
        elsewhere = course.id == "b" and command.kind == "read"
        return ipt.Denied("own-caseload") if elsewhere else ipt.Allowed("own-caseload")

    desk = clinic(policy)
    desk.start("ipt-adult", by=ANNA, on=START, course="b")
    reading = desk.do("a", READING, by=ANNA).events[0].id
    before = desk.events("a"), desk.events("b")
    with pytest.raises(ipt.NotAllowed) as no:
        desk.void("a", reading, to="b", because="wrong course", by=ANNA, on=week(1))
    assert [(one.course, one.asked) for one in no.value.denied] == [("b", "read")]
    assert (desk.events("a"), desk.events("b")) == before


def test_nothing_is_voided_by_somebody_who_may_not() -> None:
    desk = clinic(Rules(("clerk", "void")))
    reading = desk.do("a", READING, by=ANNA).events[0].id
    with pytest.raises(ipt.NotAllowed):
        desk.void("a", reading, because="wrong course", by=CLERK, on=week(1))
    assert len(desk.events("a")) == 3


def grouped() -> ipt.Clinic:
    protocol = variant("small", {"group.size": "3..5", "group.facilitators": "1..2"})

    def policy(actor: ipt.Actor, command: Command, course: Course) -> ipt.Permission:
        if course.id == "b" and command.kind in ("hold_session", "miss_session"):
            return ipt.Denied("own-caseload")
        return ipt.Allowed("own-caseload")

    desk = ipt.Clinic(fresh_store(), [protocol], policy=policy)
    for course in "abc":
        desk.start(protocol.id, by=ANNA, on=START, course=course)
    desk.form_group("tuesday", list("abc"), facilitators=["u1"], by=ANNA, on=START)
    return desk


def test_a_group_session_denied_in_one_course_is_recorded_in_the_others_and_then_heard() -> None:
    desk = grouped()
    with pytest.raises(ipt.NotAllowed) as no:
        desk.hold_group_session("tuesday", on=week(1), by=ANNA, key="g-1")
    assert [one.course for one in no.value.denied] == ["b"]
    group = no.value.group
    assert group is not None
    assert {course: [e.kind for e in done.events] for course, done in group.courses.items()} == {
        "a": ["session_held"], "b": [], "c": ["session_held"],
    }  # fmt: skip


# -- a policy that fails -----------------------------------------------------------------------------------------


class Broken(Exception):
    """What a caller's own code may raise."""


def raising(actor: ipt.Actor, command: Command, course: Course) -> ipt.Permission:
    if command.kind == "write_note":
        raise Broken
    return ipt.Allowed("anybody")


def test_a_policy_that_raises_is_heard_and_nothing_of_the_batch_is_recorded() -> None:
    desk = clinic(raising)
    with pytest.raises(Broken):
        desk.do("a", READING, c.WriteNote("n", on=week(1)), by=ANNA)
    assert len(desk.events("a")) == 1


@pytest.mark.parametrize("answer", [True, False, None, "yes", ("Allowed", "r")])
def test_a_policy_that_answers_something_else_is_heard_and_nothing_is_recorded(answer: object) -> None:
    desk = clinic(lambda actor, command, course: answer)
    with pytest.raises(ipt.BadInput, match="answered neither Allowed nor Denied; nothing of this batch was recorded"):
        desk.do("a", READING, by=ANNA)
    assert len(desk.events("a")) == 1


@pytest.mark.parametrize("rule", ["", "two words", "-rf", "x" * 101, "line\n", 3])
def test_the_name_of_a_rule_is_a_plain_word(rule: Any) -> None:
    for answer in (ipt.Allowed, ipt.Denied):
        with pytest.raises(ipt.BadInput, match="the name of a rule holds letters, digits and"):
            answer(rule)


# -- who may assess an alert -------------------------------------------------------------------------------------


def test_which_role_may_assess_an_alert_is_such_a_rule_and_the_alert_stays_open_until_one_does() -> None:
    desk = clinic(Rules(("clerk", "assess_alert")))
    desk.do("a", READING, by=CLERK)
    (alert,) = desk.alerts()
    said = c.AssessAlert(alert.id, found="f", plan="p", on=week(1))
    with pytest.raises(ipt.NotAllowed):
        desk.do("a", said, by=CLERK)
    assert [one.state for one in desk.alerts()] == ["open"]
    assert desk.do("a", said, by=ANNA).course.open_risk_alerts == ()


def test_a_policy_sees_the_course_as_it_stands_after_what_came_before_in_the_batch() -> None:
    seen: list[int] = []

    def policy(actor: ipt.Actor, command: Command, course: Course) -> ipt.Permission:
        seen.append(course.version)
        return ipt.Allowed("anybody")

    clinic(policy).do("a", c.HoldSession(on=week(1)), c.WriteNote("n", on=week(1)), by=ANNA, on=date(2026, 3, 3))
    assert seen == [1, 2]
