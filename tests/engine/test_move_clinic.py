"""Courses that move to another version of their protocol, one by one, and back."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from iptengine import commands as c
from iptengine.authoring.comparison.concerning import Concerning
from iptengine.course.codec import BadInput, decode, encode
from iptengine.course.commands import MoveProtocol
from iptengine.course.course import Course
from iptengine.course.events import ProtocolMoved
from iptengine.course.evolve import fold
from iptengine.course.passage import Passage
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Actor
from iptengine.course.summary import summary
from iptengine.diagnostics import ProtocolError
from iptengine.protocol.protocol import Protocol
from iptengine.render.agenda import agenda
from iptengine.render.alerts import alert_lines
from iptengine.render.moves_text import pages_difference
from moving import LEAD, WHY, begun, clinic, codes, in_the_middle, looked, move, newer, rules
from phrases import ANNA, START, _root, answers, built, given, hold, protocol, week
from phrases import in_the_middle as in_the_middle_

DRY_RUN = """\
To ipt-adult@1.1.0: 4 open courses under another version. Nothing was recorded.

FEWER RISK ALERTS in ipt-adult@1.1.0
  ! The risk alert 'Fear or violence at home was reported' is not raised any
    more.

BLOCKED: something is in the way (2 courses)

  lonely (under ipt-adult@1.0.0)
    - The work is on 'Interpersonal deficits', and ipt-adult@1.1.0 has no such
      problem area.
    Nobody can pass this over: change it in the course, or say in the rules what
    takes its place.
SF  Removed: Problem area Interpersonal deficits
      Safety: speaks of danger: item 9, fear, violence
      Fidelity: what the work is on, and how it moves from stage to stage; what
        the therapist must do
      problem_areas.interpersonal_deficits
    3 further differences would concern it.
    1 difference elsewhere in the protocol.

  long (under ipt-adult@1.0.0)
    - 12..14 sessions (16 sessions are agreed; ipt-adult@1.1.0 gives 12..14).
    A clinician can move it all the same, and says why.
 F  Contract · how many sessions may be agreed: [-12..16-] {+12..14+}
      Fidelity: what the contract may agree
      contract.sessions
    2 further differences would concern it.
    2 differences elsewhere in the protocol.

MOVABLE: these would be different (2 courses)

  a, b (under ipt-adult@1.0.0)
    b: 1 risk alert is open, and stays so.
S   Alert Fear or violence at home was reported · kind: [-risk-] {+review+}
      Safety: what raises an alert, and what is then asked for
      alerts.fear_or_violence.kind
 F  Contract · how many sessions may be agreed: [-12..16-] {+12..14+}
      Fidelity: what the contract may agree
      contract.sessions
    Phase Middle phase · what a session in it is for: Work on the focus, one
      [-recent moment-] {+thing+} at a time
      phases.middle.aim
    2 differences elsewhere in the protocol.
"""
MISTAKES = """\
adult.moves.yaml:6:3: error: ipt-adult@1.0.0 has no named part at 'phases.midle' [unknown-part]
    hint: did you mean 'phases.middle'?
adult.moves.yaml:7:3: error: ipt-adult@1.1.0 has no such name: 'wroking' would be a phase there [unknown-part]
    hint: did you mean 'working'?
adult.moves.yaml:9:3: error: 'ending' is in ipt-adult@1.1.0, too, so nothing takes its place [nothing-to-replace]
    hint: leave this out
adult.moves.yaml:10:3: error: 'fear_at_home' is a fact, and no course stands in one [nothing-to-replace]
    hint: leave this out; what is on record of it stays on record
adult.moves.yaml:11:3: error: ipt-adult@1.1.0 has no such name: 'greif' would be a problem area there [unknown-part]
    hint: did you mean 'grief'?
"""
PAGES = """\
--- before
+++ after
@@ -1,5 +1,5 @@
 A.   Tue 3 March, 50 min (not booked)                         SESSION 1, initial
 No focus is agreed yet.  The number of sessions is not agreed yet.
-TODAY: Name the illness, learn who matters, agree on what to work on.
+TODAY: Say what the illness is called.

 FIRST
@@ -51,4 +51,4 @@
    To try: ____________________________  remind me: ____________________________

-ipt-adult 1.0.0 draft; record to 3 March. The patient's page has no help text of
+ipt-adult 1.1.0 draft; record to 3 March. The patient's page has no help text of
 your service: write it in before you print it. A proposal: you decide.
"""


def test_a_course_is_unaffected_by_what_it_neither_uses_nor_can_come_to() -> None:
    to = newer({"problem_areas.role_dispute.choose_when": "Two people want different things", "about": "Another word"})
    desk = clinic(to)
    in_the_middle(desk, "grieving")
    begun(desk, "choosing")
    assert {m.course: m.answer for m in desk.moves(to, on=week(4))} == {"grieving": "unaffected", "choosing": "movable"}


def test_the_dry_run_says_all_of_it_in_clinical_words() -> None:
    to = newer(
        {
            "problem_areas.interpersonal_deficits": ...,
            "alerts.fear_or_violence.kind": "review",
            "phases.middle.aim": "Work on the focus, one thing at a time",
            "contract.sessions": "12..14",
        }
    )
    desk = clinic(to)
    in_the_middle(desk, "a")
    in_the_middle(desk, "b")
    in_the_middle(desk, "lonely", "interpersonal_deficits")
    in_the_middle(desk, "long", sessions=16)
    desk.do("b", answers(1, 1, 1, 1, 1, 1, 1, 1, 2, on=week(3)), by=ANNA)
    assert looked(desk.moves(to, on=week(4)), to.ref) == DRY_RUN
    assert desk.course("a").protocol == "ipt-adult@1.0.0"


# -- moved -------------------------------------------------------------------------------------------------------


def test_a_course_goes_on_under_the_new_version_and_keeps_everything_recorded() -> None:
    to = newer({"problem_areas.grief.title": "Loss of somebody"})
    desk = clinic(to)
    in_the_middle(desk, "a")
    before = desk.course("a")
    done = move(desk, "a", to)
    (event,) = done.events
    assert isinstance(event, ProtocolMoved)
    assert (event.was, event.protocol, event.digest, event.because) == (
        "ipt-adult@1.0.0",
        "ipt-adult@1.1.0",
        to.digest,
        WHY,
    )
    assert (event.by, decode(encode(event))) == (LEAD, event)
    after = desk.course("a")
    assert replace(after, moves=(), version=0, seen=(), protocol="", digest="") == replace(
        before, version=0, seen=(), protocol="", digest=""
    )
    assert "Loss of somebody" in desk.agenda("a", on=week(4)).text


def test_a_moved_course_replays_with_no_protocol_at_hand(tmp_path: Path) -> None:
    to = newer(rename={"phases.middle": "working", "problem_areas.grief": "loss"})
    desk = clinic(to)
    in_the_middle(desk, "a")
    by = rules(tmp_path, "rename:\n  phases.middle: working\n  problem_areas.grief: loss\n")
    move(desk, "a", to, by)
    assert fold(Course("a"), desk.events("a")) == desk.course("a")


def test_names_are_carried_and_the_history_keeps_the_old_ones(tmp_path: Path) -> None:
    to = newer(rename={"phases.middle": "working", "problem_areas.grief": "loss"})
    desk = clinic(to)
    in_the_middle(desk, "a")
    move(desk, "a", to, rules(tmp_path, "rename:\n  phases.middle: working\n  problem_areas.grief: loss\n"))
    course = desk.course("a")
    assert (course.phase, [entry.phase for entry in course.phases]) == ("working", ["initial", "working"])
    assert [(f.id, f.area) for f in course.focuses] == [("grief", "loss")]
    assert [e.phase for e in desk.events("a") if e.kind == "phase_entered"] == ["middle"]  # type: ignore[attr-defined]
    assert desk.do("a", c.Deviate(c.EnterPhase("ending"), because="they move away"), by=ANNA, on=week(5)).refused == ()


def test_a_course_comes_back_as_if_it_had_not_moved(tmp_path: Path) -> None:
    to = newer(rename={"phases.middle": "working", "problem_areas.grief": "loss"})
    desk = clinic(to)
    in_the_middle(desk, "a")
    before = desk.course("a")
    move(desk, "a", to, rules(tmp_path, "rename:\n  phases.middle: working\n  problem_areas.grief: loss\n"))
    desk.move_back("a", by=LEAD, on=week(5), because="the trial was stopped")
    after = desk.course("a")
    assert [(m.was, m.protocol, bool(m.undone)) for m in after.moves] == [
        ("ipt-adult@1.0.0", "ipt-adult@1.1.0", True),
        ("ipt-adult@1.1.0", "ipt-adult@1.0.0", False),
    ]
    assert replace(after, moves=(), version=0, seen=()) == replace(before, version=0, seen=())
    with pytest.raises(Refused, match="nothing to take back"):
        desk.move_back("a", by=LEAD, on=week(5), because="again")


def test_a_move_under_a_key_that_was_given_to_something_else_is_refused_and_never_told_as_done() -> None:
    to = newer({"phases.middle.aim": "Another aim"})
    desk = clinic(to)
    begun(desk, "a")
    desk.do("a", hold(1), by=ANNA, on=week(1), key="form-7")
    with pytest.raises(BadInput) as refused:
        move(desk, "a", to, key="form-7")
    assert str(refused.value) == (
        "something else was recorded in this course under this key; nothing was moved: give the move another"
    )
    assert desk.course("a").moves == ()


def test_a_move_said_again_under_its_key_is_one_event() -> None:
    to = newer({"phases.middle.aim": "Another aim"})
    desk = clinic(to)
    begun(desk, "a")
    first = move(desk, "a", to, key="m1")
    again = move(desk, "a", to, key="m1")
    assert (again.events, desk.course("a").version) == (first.events, 2)


def test_another_move_under_a_used_key_is_never_told_as_done() -> None:
    to = newer({"phases.middle.aim": "Another aim"})
    further = newer({"version": "1.2.0", "phases.middle.aim": "A third aim"})
    desk = clinic(to, further)
    begun(desk, "a")
    move(desk, "a", to, key="m1")
    same: dict[str, Any] = {"by": LEAD, "on": week(4), "because": WHY, "key": "m1"}
    said: list[Callable[[], object]] = [
        lambda: desk.move("a", further, **same),
        lambda: desk.move("a", to, **same | {"because": "another reason"}),
        lambda: desk.move("a", to, **same | {"on": week(7)}),
        lambda: desk.move("a", to, **same | {"by": ANNA}),
        lambda: desk.move_back("a", **same),
        lambda: desk.do("a", c.WriteNote("told"), by=LEAD, on=week(4), key="m1"),
    ]
    for say in said:
        with pytest.raises((BadInput, Refused)):
            say()
    assert (desk.course("a").digest, desk.course("a").version) == (to.digest, 2)


@pytest.mark.parametrize("on_to", ["back", "further"])
def test_a_move_is_not_told_as_done_once_the_course_has_moved_back_or_on(on_to: str) -> None:
    to = newer({"phases.middle.aim": "Another aim"})
    further = newer({"version": "1.2.0", "phases.middle.aim": "A third aim"})
    desk = clinic(to, further)
    begun(desk, "a")
    move(desk, "a", to, key="m1")
    if on_to == "back":
        desk.move_back("a", by=LEAD, on=week(5), because="too early", key="m2")
    else:
        move(desk, "a", further)
    before = desk.events("a")
    with pytest.raises(BadInput) as refused:
        move(desk, "a", to, key="m1")
    assert str(refused.value) == (
        "the course was moved under this key before, and has moved back or on since; nothing was moved now: to move it "
        "again, give the move another key"
    )
    assert desk.events("a") == before
    if on_to == "back":
        assert move(desk, "a", to, key="m3").course.digest == to.digest
        with pytest.raises(BadInput, match=r"^the course was moved under this key before, and has moved back or on"):
            desk.move_back("a", by=LEAD, on=week(5), because="too early", key="m2")


def test_nobody_moves_a_course_past_the_clinic() -> None:
    to = newer({"phases.middle.aim": "Another aim"})
    desk = clinic(to)
    begun(desk, "a")
    forged = MoveProtocol(to.ref, to.digest, because="I say so")
    (no,) = desk.do("a", forged, by=LEAD).refused
    assert ([reason.code for reason in no.reasons], no.overridable) == (["moved_by_clinic"], False)
    (no,) = desk.do("a", c.Deviate(forged, because="all the same"), by=LEAD).refused
    assert no.overridable is False


# -- what is in the way ------------------------------------------------------------------------------------------


def test_a_course_in_a_removed_problem_area_is_blocked_until_the_rules_say_where_it_goes(tmp_path: Path) -> None:
    to = newer({"problem_areas.interpersonal_deficits": ...})
    desk = clinic(to)
    in_the_middle(desk, "a", "interpersonal_deficits")
    with pytest.raises(Refused) as no:
        move(desk, "a", to, anyway="it will be fine")
    assert (codes(no), no.value.overridable, desk.course("a").version) == (["area_gone"], False, 15)
    done = move(desk, "a", to, rules(tmp_path, "replace:\n  problem_areas.interpersonal_deficits: grief\n"))
    (kept,) = done.course.focuses
    assert (kept.id, kept.area) == ("interpersonal_deficits", "grief")
    (moved,) = done.course.moves
    assert moved.stood.focuses == {"interpersonal_deficits": "interpersonal_deficits"}
    back = desk.move_back("a", by=LEAD, on=week(5), because="not this one")
    assert [focus.area for focus in back.course.focuses] == ["interpersonal_deficits"]


def test_a_contract_beyond_the_new_range_is_for_a_clinician_to_pass_over() -> None:
    to = newer({"contract.sessions": "12..14"})
    desk = clinic(to)
    in_the_middle(desk, "a", sessions=16)
    with pytest.raises(Refused, match=r"16 sessions are agreed; ipt-adult@1\.1\.0 gives 12\.\.14"):
        move(desk, "a", to)
    done = move(desk, "a", to, anyway="agreed with the patient before")
    assert [(e.kind) for e in done.events] == ["deviated", "protocol_moved"]
    assert (done.course.deviations[-1].overridden, done.course.contract.sessions) == (("sessions_range",), 16)  # type: ignore[union-attr]


def test_a_measure_that_is_scored_otherwise_keeps_a_course_with_readings_where_it_is() -> None:
    other = protocol("ipt-adult").measures["phq9"]
    item = other.items["sleep"].model_copy(update={"reversed": True})
    changed = other.model_copy(update={"items": {**other.items, "sleep": item}})
    to = replace(newer(), measures={"phq9": changed})
    desk = clinic(to)
    begun(desk, "read", hold(1), answers(1, 1, 1, 1, 1, 1, 1, 1, 0, on=week(1)))
    begun(desk, "not-read")
    assert {m.course: [r.code for r in m.reasons] for m in desk.moves(to, on=week(4))} == {
        "read": ["measure_changed"],
        "not-read": [],
    }


# -- alerts ------------------------------------------------------------------------------------------------------


def test_an_open_alert_stays_as_it_is_whatever_the_new_version_says() -> None:
    to = newer({"alerts.another_at_risk": ...})
    desk = clinic(to)
    begun(desk, "a", c.RecordFact("someone_at_risk", "yes", on=week(1)), answers(1, 1, 1, 1, 1, 1, 1, 1, 2, on=week(1)))
    before = desk.alerts()
    with pytest.raises(Refused) as no:
        move(desk, "a", to)
    assert codes(no) == ["alert_gone"]
    done = move(desk, "a", to, anyway="it is assessed tomorrow")
    assert desk.alerts() == before
    assert done.course.open_risk_alerts == before
    page = desk.agenda("a", on=week(4)).text
    told = alert_lines(to, desk.course("a"))
    assert len(told) == len(before) == 2
    assert all(" ".join(line.split()[:4]) in page for line in told)


def test_what_the_new_version_alerts_to_is_raised_with_the_move() -> None:
    told = {
        "title": "Takes part in no treatment of the illness",
        "kind": "risk",
        "raise_if": "medication is none",
        "do": "Ask today",
    }
    to = newer({"alerts.no_medication": told})
    desk = clinic(to)
    begun(desk, "a", c.RecordFact("medication", "none", on=week(1)))
    done = move(desk, "a", to)
    assert [(a.code, a.level, a.text) for a in done.alerts] == [("no_medication", "risk", told["title"])]


def test_fewer_risk_alerts_are_told_first() -> None:
    to = newer({"alerts.fear_or_violence.kind": "review"})
    desk = clinic(to)
    begun(desk, "a")
    (found,) = desk.moves(to, on=week(4))
    assert len(found.fewer_alerts) == 1
    assert looked((found,), to.ref).splitlines()[2] == "FEWER RISK ALERTS in ipt-adult@1.1.0"


# -- rules -------------------------------------------------------------------------------------------------------


def test_every_mistake_in_the_rules_is_told_at_its_line(tmp_path: Path) -> None:
    to = newer({"problem_areas.interpersonal_deficits": ...}, rename={"phases.middle": "working"})
    desk = clinic(to)
    begun(desk, "a")
    found = rules(
        tmp_path,
        "rename:\n  phases.midle: working\n  phases.middle: wroking\n"
        "replace:\n  phases.ending: initial\n  facts.fear_at_home: medication\n"
        "  problem_areas.interpersonal_deficits: greif\n",
    )
    with pytest.raises(ProtocolError) as wrong:
        desk.moves(to, on=week(4), rules=found)
    assert str(wrong.value).replace(f"{tmp_path}/", "") + "\n" == MISTAKES


def test_rules_for_other_versions_are_not_followed(tmp_path: Path) -> None:
    desk = clinic(newer())
    begun(desk, "a")
    with pytest.raises(ProtocolError, match="other-version"):
        desk.moves(newer({"version": "2.0.0"}), on=week(4), rules=rules(tmp_path, ""))


# -- the page ----------------------------------------------------------------------------------------------------


def test_the_page_before_and_after_is_shown_as_one() -> None:
    to = newer({"phases.initial.aim": "Say what the illness is called"})
    desk = clinic(to)
    begun(desk, "a")
    pages = desk.move_pages("a", to, on=START)
    assert pages_difference(pages.before.text, pages.after.text) == PAGES
    assert desk.course("a").version == 1


# -- what was recorded in parts that are gone --------------------------------------------------------------------


def test_a_closed_focus_of_a_removed_area_is_no_bar_and_stays_on_record() -> None:
    to = newer({"problem_areas.interpersonal_deficits": ...})
    desk = clinic(to)
    in_the_middle(desk, "a", "interpersonal_deficits")
    change = c.ChangeFocus("interpersonal_deficits", to="grief", because="a death came to light")
    assert desk.do("a", change, by=ANNA, on=week(4)).refused == ()
    done = move(desk, "a", to)
    assert [(f.area, f.closed) for f in done.course.focuses] == [
        ("interpersonal_deficits", week(4)),
        ("grief", None),
    ]
    assert [focus.title for focus in summary(to, done.course).focuses] == ["interpersonal deficits", "Grief"]
    assert desk.agenda("a", on=week(5)).problem == ""
    assert desk.ways("a", on=week(5))


def test_a_batch_posted_again_after_a_move_is_told_as_it_was_then(tmp_path: Path) -> None:
    to = newer(rename={"phases.middle": "working"})
    desk = clinic(to)
    begun(desk, "a", hold(1))
    first = desk.do("a", c.EnterPhase("middle"), hold(2), by=ANNA, on=week(2), key="form-1")
    move(desk, "a", to, rules(tmp_path, "rename:\n  phases.middle: working\n"))
    again = desk.do("a", c.EnterPhase("middle"), hold(2), by=ANNA, on=week(2), key="form-1")
    assert [event.id for event in again.events] == [event.id for event in first.events]
    assert [[r.code for r in no.reasons] for no in again.refused] == [
        [r.code for r in no.reasons] for no in first.refused
    ]


def test_what_belongs_to_a_course_under_the_new_version_is_said_there_under_its_new_names(tmp_path: Path) -> None:
    to = newer(rename={"facts.medication": "medicines"})
    desk = clinic(to)
    by = rules(tmp_path, "rename:\n  facts.medication: medicines\n")
    begun(desk, "wrong", c.RecordFact("medication", "none", on=week(1)))
    begun(desk, "right")
    move(desk, "wrong", to, by)
    move(desk, "right", to, by)
    (event,) = [e.id for e in desk.events("wrong") if e.kind == "fact_recorded"]
    voided = desk.void("wrong", event, to="right", because="the other form", by=ANNA, on=week(5))
    assert voided.right is not None
    assert [(f.fact, f.value) for f in voided.right.course.facts] == [("medicines", "none")]


def test_what_is_kept_from_a_role_stays_kept_under_its_former_name(tmp_path: Path) -> None:
    hidden = {"facts.medicines.hide_from": ["assessor"]}
    to = newer(hidden, rename={"facts.medication": "medicines"})
    desk = clinic(to)
    begun(desk, "a", c.RecordFact("medication", "none", on=week(1)))
    move(desk, "a", to, rules(tmp_path, "rename:\n  facts.medication: medicines\n"))
    told = {role: desk.reader(Actor("u5", role=role)).events("a") for role in ("assessor", "therapist")}
    values = {role: [e.value for e in events if e.kind == "fact_recorded"] for role, events in told.items()}  # type: ignore[attr-defined]
    assert values == {"assessor": [None], "therapist": ["none"]}


# -- unaffected is honest ----------------------------------------------------------------------------------------


def _texts(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, (*path, name))
    elif isinstance(value, str) and path[0] not in ("protocol", "version", "extends", "sources"):
        yield path


def test_the_page_of_an_unaffected_course_is_the_same_but_for_its_foot() -> None:
    base = protocol("ipt-adult")
    courses = [given(base, hold(1)).course, given(base, *in_the_middle_()).course]
    unaffected = 0
    for path in list(_texts(_root("ipt-adult")))[5::130]:
        root = copy.deepcopy(_root("ipt-adult"))
        at: Any = root
        for name in path[:-1]:
            at = at[name]
        at[path[-1]] += " indeed"
        try:
            other = built(root)
        except (AssertionError, ValueError):
            continue  # a sentence, or a word of the format
        concerning = Concerning(Passage(base, other))
        for course in courses:
            if not concerning.of(course):
                unaffected += 1
                assert _page(base, course) == _page(other, course), ".".join(path)
    assert unaffected > 3


def _page(under: Protocol, course: Course) -> list[str]:
    pages = (agenda(under, course, on=week(5), audience=audience) for audience in ("therapist", "patient"))
    return [page.text.partition(f"{under.id} {under.version}")[0] for page in pages]
