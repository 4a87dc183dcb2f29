"""A handle that reads for one person: it has no way to write, and tells nothing that is kept from the role."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import given as when_given
from hypothesis import settings
from hypothesis import strategies as st

import iptengine as ipt
from course.test_hiding import trial
from iptengine import commands as c
from iptengine.course.course import Course
from iptengine.course.events import Deviated
from iptengine.course.hiding import KEPT_REVIEW, KEPT_RISK
from iptengine.engine.held import Held
from iptengine.engine.records import Records
from phrases import START, variant, week
from stores import fresh_store

ANNA = ipt.Actor("u17", role="therapist")
PHARMACY = ipt.Actor("u40", role="pharmacist")
ASSESSOR = ipt.Actor("u31", role="assessor")
ARMS = st.sampled_from(["drug", "placebo"])
DOSES = st.integers(1, 4)


def clinic(*protocols: ipt.Protocol, store: Any = None) -> ipt.Clinic:
    return ipt.Clinic(store or fresh_store(), protocols or [trial()])


def begun(arm: str = "placebo", *, harm: str = "no", store: Any = None) -> ipt.Clinic:
    desk = clinic(store=store)
    facts = {"arm": arm, "doses": 2, "unblinded": "2025-11-23"}
    desk.start("ipt-adult", by=PHARMACY, on=START, course="a", facts=facts)
    desk.do("a", c.HoldSession(on=week(1)), c.Read("phq9", total=14, answers={"self_harm": 0}, on=week(1)), by=ANNA)
    desk.do("a", c.RecordFact("harm", harm, on=week(1)), by=PHARMACY)
    return desk


WRITING = (
    "start", "adopt", "do", "follow", "void", "form_group", "join_group", "leave_group", "hold_group_session",
    "book_group_session", "tell_group", "refresh", "out_of_step", "move", "move_back", "move_group", "move_group_back",
    "erase", "import_course",
)  # fmt: skip


def test_a_reader_has_none_of_the_acts_of_a_clinic_and_all_of_its_questions() -> None:
    questions = {name for name in dir(ipt.Reader) if not name.startswith("_")}
    across = {"due", "alerts", "stuck", "overdue", "overviews"}
    assert questions == {"course", "events", "export", "ways", "agenda", "message", "group", "group_agenda", *across}
    assert all(hasattr(ipt.Clinic, name) for name in (*(questions - {"export"}), *WRITING))
    assert not any(hasattr(ipt.Reader, name) for name in WRITING)


def test_a_reader_answers_as_the_clinic_does_where_nothing_is_kept_from_the_role() -> None:
    desk = begun()
    reader = desk.reader(PHARMACY)
    assert (reader.course("a"), reader.events("a")) == (desk.course("a"), desk.events("a"))
    assert reader.course("a", version=2) == desk.course("a", version=2)
    assert reader.alerts() == desk.alerts()
    plain = clinic(variant("ipt-adult", {}))
    plain.start("ipt-adult", by=ANNA, on=START, course="b")
    other = plain.reader(ASSESSOR)
    assert other.agenda("b", on=week(1)).text == plain.agenda("b", on=week(1)).text
    assert [str(way.command) for way in other.ways("b", on=week(1))] == [
        str(way.command) for way in plain.ways("b", on=week(1))
    ]
    assert other.due(on=week(1)) == plain.due(on=week(1))


def told(reader: ipt.Reader) -> str:
    """Everything a reader answers of a course."""
    pages = [reader.agenda("a", on=week(2), audience=who) for who in ("therapist", "patient")]  # type: ignore[arg-type]
    return "\n".join(
        [
            reader.course("a").json(),
            reader.course("a", version=3).json(),
            *(ipt_encoded(event) for event in reader.events("a")),
            reader.export("a"),
            *(str([(str(r), dict(r.saw)) for r in way.reasons]) for way in reader.ways("a", on=week(2))),
            *(text for page in pages for text in (page.text, str(page.html), page.markdown, page.json())),
            *(line.text for line in reader.due(on=week(2))),
            *(alert.text + alert.do for alert in reader.alerts(closed=True)),
        ]
    )


def ipt_encoded(event: ipt.Event) -> str:
    from iptengine.course.codec import encode

    return encode(event)


SHOWN = ("is placebo", '"value":"placebo"', "2025-11-23", '"value":2', "doses is 2")


def test_nothing_that_is_kept_from_an_assessor_stands_in_any_answer_of_a_reader_for_one() -> None:
    desk = begun()
    whole, kept = told(desk.reader(PHARMACY)), told(desk.reader(ASSESSOR))
    assert [shown for shown in SHOWN if shown not in whole and shown not in ("is placebo", "doses is 2")] == []
    assert [shown for shown in SHOWN if shown in kept] == []


def test_what_is_written_for_a_role_says_for_which_and_cannot_be_imported() -> None:
    desk = begun()
    head, *events = (json.loads(line) for line in desk.reader(ASSESSOR).export("a").splitlines())
    assert head == {
        "schema": "iptengine.record/1", "course": "a", "version": len(events), "protocol": "ipt-adult@1.0.0",
        "told_to": "assessor", "whole": False, "importable": False,
    }  # fmt: skip
    kept = [event for event in events if event.get("hidden")]
    assert [(event["fact"], event.get("value"), event["by"]["role"]) for event in kept] == [
        (name, None, "pharmacist") for name in ("arm", "doses", "unblinded", "harm")
    ]
    (whole, *every) = (json.loads(line) for line in desk.reader(PHARMACY).export("a").splitlines())
    assert (whole["whole"], [event.get("value") for event in every if event["kind"] == "fact_recorded"]) == (
        True,
        ["placebo", 2, "2025-11-23", "no"],
    )
    told = "line 1: this is what one role may read of a course, and no whole course: export it without a role"
    with pytest.raises(ipt.BrokenExport) as broken:
        ipt.import_course(fresh_store(), desk.reader(PHARMACY).export("a"))
    assert str(broken.value) == f"{told}; nothing was imported"
    with pytest.raises(ipt.UnknownCourse):
        desk.reader(ASSESSOR).export("nobody")


def test_an_event_that_cannot_be_read_is_written_for_a_role_without_its_text() -> None:
    store = fresh_store()
    desk = begun(store=store)
    store.append("a", ['{"v":99,"id":"x","kind":"fact_recorded","fact":"arm","value":"placebo"'], expected=7)
    lines = {who.role: json.loads(desk.reader(who).export("a").splitlines()[-1]) for who in (ASSESSOR, PHARMACY)}
    assert {role: "stored" in line for role, line in lines.items()} == {"assessor": False, "pharmacist": True}
    assert {line["why"] for line in lines.values()} == {"a stored event cannot be read: its text is broken or cut off"}


def test_what_a_clinic_itself_makes_for_pages_is_made_for_the_therapist() -> None:
    desk = begun()
    pages = desk.agenda("a", on=week(2)).json() + str(
        [dict(r.saw) for w in desk.ways("a", on=week(2)) for r in w.reasons]
    )
    assert [shown for shown in SHOWN if shown in pages] == []
    assert desk.course("a").facts[0].value == "placebo"


def test_the_answer_to_a_batch_is_told_to_who_gave_it() -> None:
    desk = begun()
    done = desk.do("a", c.EnterPhase("middle", on=week(2)), c.WriteNote("n", on=week(2)), by=ANNA)
    (no,) = done.refused
    assert "(doses is not shown to you; needs at least 3)" in str(no)
    assert "doses is 2" not in str(no)
    assert all(record.hidden for record in done.course.facts)
    with pytest.raises(ipt.Conflict) as clash:
        desk.do("a", c.EnterPhase("middle", on=week(2)), by=ANNA, expected=1)
    assert [event.hidden for event in clash.value.since if event.kind == "fact_recorded"] == [True] * 4  # type: ignore[attr-defined]
    with pytest.raises(ipt.CourseExists) as there:
        desk.start("ipt-adult", by=ANNA, on=START, course="a")
    assert all(record.hidden for record in there.value.done.course.facts)


def test_a_risk_alert_reaches_every_reader_and_its_words_reach_the_therapist() -> None:
    desk = begun(harm="yes")
    texts = {one.role: [a.text for a in desk.reader(one).alerts()] for one in (ANNA, ASSESSOR, PHARMACY)}
    assert texts == {
        "therapist": ["The tablets did harm"], "assessor": [KEPT_RISK], "pharmacist": ["The tablets did harm"],
    }  # fmt: skip
    assert [line.text for line in desk.reader(ASSESSOR).due(on=week(2)) if line.kind == "alert"] == [KEPT_RISK]


def test_where_the_protocol_is_not_here_no_answer_is_shown_and_the_risk_alert_is() -> None:
    store = fresh_store()
    begun(harm="yes", store=store)

    class Nowhere(Held):
        def pinned(self, course: Course) -> ipt.Protocol:
            raise ipt.UnknownProtocol(course.protocol, course.digest, "it is not here", course.open_risk_alerts)

        def opens(self, digest: str) -> bool:
            return False

    records = Records(store)
    reader = ipt.Reader(records, Nowhere((), records), ASSESSOR, lambda: START)
    with pytest.raises(ipt.UnknownProtocol) as unknown:
        reader.agenda("a", on=week(2))
    assert [alert.text for alert in unknown.value.alerts] == [KEPT_RISK]
    assert all(record.hidden for record in reader.course("a").facts)
    assert [event for event in reader.events("a") if getattr(event, "value", None) is not None] == []
    assert [line.text for line in reader.due(on=week(2))] == [KEPT_RISK, "it is not here"]


def test_a_message_is_decided_by_the_record_and_its_refusal_told_as_the_role_may_read_it() -> None:
    protocol = variant(
        "ipt-adult",
        {
            "facts.arm": {"title": "Arm", "one_of": ["drug", "placebo"], "hide_from": "assessor"},
            "contacts.letter": {
                "title": "A letter to the doctor",
                "present": ["patient"],
                "text": "A letter.",
                "to": ["patient"],
                "only_if": {"on_drug": "arm is drug"},
            },
        },
    )
    desk = clinic(protocol)
    desk.start("ipt-adult", by=PHARMACY, on=START, course="a", facts={"arm": "placebo"})
    with pytest.raises(ipt.Refused) as no:
        desk.reader(ASSESSOR).message("a", "letter", on=week(1))
    assert "arm is not shown to you" in str(no.value)
    with pytest.raises(ipt.Refused) as whole:
        desk.reader(PHARMACY).message("a", "letter", on=week(1))
    assert "arm is placebo" in str(whole.value)
    desk.do("a", c.Correct(desk.events("a")[1].id, c.RecordFact("arm", "drug"), because="b", on=week(1)), by=PHARMACY)
    assert desk.reader(ASSESSOR).message("a", "letter", on=week(1)).text == "A letter."


def test_a_version_of_a_course_that_there_is_not_is_said() -> None:
    reader = begun().reader(ASSESSOR)
    for version in (0, 99):
        with pytest.raises(ipt.UnknownCourse, match=f"there is no version {version} of that course; it stands at 7"):
            reader.course("a", version=version)
    with pytest.raises(ipt.UnknownCourse):
        reader.events("b")


def test_a_group_is_read_as_the_clinic_reads_it() -> None:
    desk = clinic(variant("small", {"group.size": "3..5", "group.facilitators": "1..2"}))
    for course in "abc":
        desk.start("ipt-small", by=ANNA, on=date(2026, 1, 6), course=course)
    desk.form_group("tuesday", list("abc"), facilitators=["u1"], by=ANNA, on=date(2026, 1, 6))
    reader = desk.reader(ASSESSOR)
    assert reader.group("tuesday") == desk.group("tuesday")
    on = date(2026, 1, 6)
    assert reader.group_agenda("tuesday", on=on).text == desk.group_agenda("tuesday", on=on).text
    with pytest.raises(ipt.UnknownGroup):
        reader.group("monday")
    assert isinstance(reader.course("a"), Course)
    assert KEPT_REVIEW not in reader.group_agenda("tuesday", on=on).text


# -- a move that was made all the same -----------------------------------------------------------------------------


def gone_on(arm: str, doses: int, role: str) -> tuple[Deviated, str]:
    """The event of a deviation as a role reads it, and everything that a reader answers, for one arm and dose."""
    numbers = count(1)
    clock = lambda: datetime(2026, 3, 10, 15, tzinfo=UTC)  # noqa: E731
    desk = ipt.Clinic(fresh_store(), [trial()], clock=clock, ids=lambda: f"k{next(numbers)}")
    facts = {"arm": arm, "doses": doses, "unblinded": "2025-11-23"}
    desk.start("ipt-adult", by=PHARMACY, on=START, course="a", facts=facts)
    desk.do("a", c.HoldSession(on=week(1)), c.Read("phq9", total=14, answers={"self_harm": 0}, on=week(1)), by=ANNA)
    desk.do("a", c.Deviate(c.EnterPhase("middle"), because="she is ready"), by=ANNA, on=week(1))
    reader = desk.reader(ipt.Actor("u31", role=role))
    (deviated,) = (event for event in reader.events("a") if isinstance(event, Deviated))
    return deviated, told(reader)


def test_what_was_passed_over_is_told_without_the_conditions_that_rest_on_what_is_kept() -> None:
    whole, _ = gone_on("drug", 1, "pharmacist")
    enough, _ = gone_on("placebo", 3, "pharmacist")
    kept, _ = gone_on("drug", 1, "assessor")
    others = ("diagnosis_or_waiver", "inventory_taken", "formulation_agreed", "focus_agreed", "contract_agreed")
    assert whole.overridden == (*others, "enough")
    assert enough.overridden == others
    assert kept.overridden == others
    assert (kept.what, kept.because) == ("enter_phase", "she is ready")


@pytest.mark.parametrize("role", ["assessor", "therapist"])
@settings(max_examples=5)
@when_given(one=st.tuples(ARMS, DOSES), other=st.tuples(ARMS, DOSES))
def test_two_courses_that_differ_in_what_is_kept_alone_read_the_same_after_the_same_moves(
    role: str, one: tuple[str, int], other: tuple[str, int]
) -> None:
    assert gone_on(*one, role) == gone_on(*other, role)
