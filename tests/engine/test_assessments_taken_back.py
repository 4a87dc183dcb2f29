"""An assessment of a risk alert on the wrong course, through the clinic: taken back, and open again everywhere."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import Any

import pytest

import iptengine as ipt
from iptengine import commands as c
from iptengine.course.codec import as_told, course_from_json
from iptengine.course.hiding import KEPT_RISK
from iptengine.store.keys import MemoryKeys
from phrases import variant
from stores import fresh_store

ANNA = ipt.Actor("u17", role="therapist")
BEN = ipt.Actor("u9", role="assessor")
START, DAY, NEXT = date(2026, 3, 3), date(2026, 3, 10), date(2026, 3, 17)


@cache
def adult() -> ipt.Protocol:
    return ipt.load("ipt-adult")


def clinic(**more: Any) -> ipt.Clinic:
    """Two patients with a risk alert of the same day."""
    made = ipt.Clinic(fresh_store(), [adult()], **more)
    for course in ("x", "y"):
        made.start("ipt-adult", by=ANNA, on=START, course=course)
        made.do(course, c.HoldSession(on=DAY), c.Read("phq9", total=18, answers={"self_harm": 3}, on=DAY), by=ANNA)
    return made


def alert_of(made: ipt.Clinic, course: str) -> str:
    return made.course(course).alerts[0].id


def assessed(made: ipt.Clinic, course: str = "x", key: str | None = None) -> str:
    """The assessment meant for y, on a course; the id of its event."""
    said = c.AssessAlert(alert_of(made, course), found="Thinks of the bridge", plan="Sister keeps the keys")
    return made.do(course, said, by=ANNA, on=DAY, key=key).events[0].id


def lists(made: ipt.Clinic) -> list[object]:
    """What the lists tell of both courses, of alerts and of what is due."""
    return [
        made.alerts(), made.alerts(closed=True), made.alerts(courses=["x"]), made.due(on=NEXT), made.stuck(on=NEXT),
        made.due(on=NEXT, courses=["x"]),
    ]  # fmt: skip


@pytest.mark.parametrize("to", ["", "y"])
def test_an_assessment_that_was_meant_for_another_patient_is_voided_and_both_alerts_wait(to: str) -> None:
    made = clinic()
    before = lists(made)
    event = assessed(made)
    assert [alert.course for alert in made.alerts() if alert.needs_assessment] == ["y"]
    done = made.void("x", event, to=to, because="the same initials", by=ANNA, on=NEXT)
    assert lists(made) == before
    assert [(alert.course, alert.state) for alert in done.wrong.alerts] == [("x", "open")]
    assert (done.right, done.ask_anew) == (None, (event,))
    assert [alert.state for alert in made.course("y").alerts] == ["open"]
    assert made.agenda("x", on=NEXT).text.count("RISK ALERT") == 1
    assert [e.kind for e in made.events("x")][-2:] == ["alert_moved", "voided"]


def test_an_assessment_that_is_withdrawn_leaves_the_alert_open_in_lists_that_are_kept_and_in_those_made_anew() -> None:
    made = clinic()
    made.stuck(on=NEXT)  # the rows of both are kept
    before = lists(made)
    event = assessed(made)
    done = made.do("x", c.Withdraw(event, because="the wrong patient", on=NEXT), by=ANNA)
    assert [(alert.id, alert.state) for alert in done.alerts] == [(alert_of(made, "x"), "open")]
    assert lists(made) == before
    assert made.out_of_step() == ()
    made.refresh(on=NEXT, anew=True)
    assert lists(made) == before


def test_the_alert_is_open_again_on_the_page_of_a_group() -> None:
    made = ipt.Clinic(fresh_store(), [variant("small", {"group": {"size": "2..4", "facilitators": 1}})])
    for course in ("x", "y"):
        made.start("ipt-small", by=ANNA, on=START, course=course)
    made.form_group("tuesday", ["x", "y"], facilitators=["u17"], by=ANNA, on=START)
    made.do("x", c.Read("phq9", total=18, answers={"self_harm": 3}, on=DAY), by=ANNA)
    event = assessed(made)
    assert made.group_agenda("tuesday", on=NEXT).alerts == ()
    made.do("x", c.Withdraw(event, because="the wrong patient", on=NEXT), by=ANNA)
    page = made.group_agenda("tuesday", on=NEXT)
    assert page.alerts == ("x",)
    assert "RISK ALERT\n!! x needs your assessment today. Open the page of this course.\n" in page.text


def test_the_same_assessment_posted_again_under_its_key_does_not_quiet_the_alert_again() -> None:
    made = clinic()
    event = assessed(made, key="form-7")
    made.do("x", c.Withdraw(event, because="the wrong patient", on=NEXT), by=ANNA)
    version = made.course("x").version
    assert assessed(made, key="form-7") == event
    assert (made.course("x").version, made.course("x").alerts[0].state) == (version, "open")


def test_a_withdrawal_posted_twice_under_one_key_is_one_and_tells_of_the_alert_both_times() -> None:
    made = clinic()
    gone = c.Withdraw(assessed(made), because="the wrong patient", on=NEXT)
    first, again = (made.do("x", gone, by=ANNA, key="back-1") for _ in range(2))
    assert first.events == again.events
    assert [alert.state for done in (first, again) for alert in done.alerts] == ["open", "open"]


def test_voiding_it_twice_is_one_act_and_what_was_taken_back_cannot_be_taken_back_again() -> None:
    made = clinic()
    event = assessed(made)
    for _ in range(2):
        made.void("x", event, to="y", because="the same initials", by=ANNA, on=NEXT)
    assert [e.kind for e in made.events("x")].count("voided") == 1
    no = made.do("x", c.Withdraw(event, because="again", on=NEXT), by=ANNA).refused[0]
    assert str(no) == "withdraw is not possible now: this course has no record by that event that can be corrected"


def test_the_alert_of_a_course_that_has_ended_is_open_again_and_keeps_it_from_being_erased() -> None:
    made = clinic(keys=MemoryKeys())
    event = assessed(made)
    made.do("x", c.EndCourse("lost_to_contact", on=DAY), by=ANNA)
    made.do("x", c.Withdraw(event, because="the wrong patient", on=NEXT), by=ANNA)
    assert made.agenda("x", on=NEXT).text.count("RISK ALERT") == 1
    assert [(alert.course, alert.state) for alert in made.alerts()] == [("x", "open"), ("y", "open")]
    assert [line.kind for line in made.due(on=NEXT, courses=["x"])] == ["alert"]
    with pytest.raises(ipt.Refused) as no:
        made.erase("x", by=ANNA, on=NEXT, because="asked for by the patient")
    assert [reason.code for reason in no.value.reasons] == ["risk_alert_open"]


def test_in_an_erased_course_an_assessment_stands_since_nothing_more_is_recorded_in_it() -> None:
    made = clinic(keys=MemoryKeys())
    event = assessed(made)
    made.do("x", c.EndCourse("lost_to_contact", on=DAY), by=ANNA)
    made.erase("x", by=ANNA, on=NEXT, because="asked for by the patient")
    no = made.do("x", c.Withdraw(event, because="the wrong patient", on=NEXT), by=ANNA).refused
    assert [reason.code for one in no for reason in one.reasons] == ["erased"]
    with pytest.raises(ipt.Refused):
        made.void("x", event, to="y", because="the same initials", by=ANNA, on=NEXT)


def test_the_alert_of_a_course_that_has_moved_is_open_again_under_its_own_words() -> None:
    fear = {"title": "Fear at home", "kind": "risk", "raise_if": "fear_at_home is yes", "do": "Assess it today"}
    old = variant("small", {"alerts.fear": fear})
    new = variant("small", {"version": "1.1.0", "alerts.violence": ...})
    made = ipt.Clinic(fresh_store(), [old, new])
    made.start("ipt-small@1.0.0", by=ANNA, on=START, course="x")
    made.do("x", c.RecordFact("fear_at_home", "yes", on=DAY), by=ANNA)
    events = [
        made.do("x", c.AssessAlert(alert.id, found="found", plan="plan"), by=ANNA, on=DAY).events[0].id
        for alert in made.course("x").alerts
    ]
    before = [alert.text for alert in made.course("x").alerts]
    made.move("x", new, because="the new version", by=ANNA, on=DAY)
    assert made.course("x").protocol == "ipt-small@1.1.0"
    for event in events:
        made.do("x", c.Withdraw(event, because="the wrong patient", on=NEXT), by=ANNA)
    assert [alert.text for alert in made.course("x").open_risk_alerts] == before
    page = made.agenda("x", on=NEXT)
    assert page.problem == ""
    assert all(text in page.text for text in before)
    assert [line.kind for line in made.due(on=NEXT)].count("alert") == len(before) > 1


def test_who_may_not_see_what_an_alert_rests_on_reads_that_it_is_open_again_and_not_why() -> None:
    facts = {"title": "Harm by the tablets", "one_of": ["no", "yes"], "hide_from": ["assessor"]}
    alert = {"title": "The tablets did harm", "kind": "risk", "raise_if": "harm is yes", "do": "Stop the tablets"}
    blind = variant("ipt-adult", {"facts.harm": facts, "alerts.harmed": {**alert, "source": "tradition"}})
    made = ipt.Clinic(fresh_store(), [blind])
    made.start("ipt-adult", by=ANNA, on=START, course="x")
    made.do("x", c.RecordFact("harm", "yes", on=DAY), by=ANNA)
    event = assessed(made)
    made.do("x", c.Withdraw(event, because="the canary is another patient", on=NEXT), by=ANNA)
    reader = made.reader(BEN)
    assert [(one.state, one.text) for one in reader.alerts()] == [("open", KEPT_RISK)]
    page = reader.agenda("x", on=NEXT)
    assert "An assessment of 10 March was taken back: its risk alert is open again." in " ".join(page.text.split())
    seen = [reader.course("x").json(), page.json(), page.text, *(repr(as_told(e)) for e in reader.events("x"))]
    assert not any(word in text for text in seen for word in ("canary", "bridge", "Sister"))
    assert "canary" in made.course("x").json()


def test_a_course_reads_back_equal_from_its_json_and_its_page_says_what_it_says() -> None:
    made = clinic()
    made.do("x", c.Withdraw(assessed(made), because="the wrong patient", on=NEXT), by=ANNA)
    told = json.loads(made.agenda("x", on=NEXT).json())
    assert "assessment_taken_back" in json.dumps(told)
    assert course_from_json(made.course("x").json()) == made.course("x")
