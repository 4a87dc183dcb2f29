"""Who has to be there, who may come and who stays out; meetings and messages outside the count."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from iptengine.course import commands as c
from iptengine.course.refusal import Refused
from iptengine.course.ways import due
from iptengine.diagnostics import BadInput
from iptengine.protocol.protocol import Protocol
from iptengine.render import Message, agenda, message
from phrases import START, Story, anyway, book, event, fact, given, hold, miss, phq9, staged, variant, week

PEOPLE = {
    "participants.mother": {
        "title": "Mother",
        "required_if": {"first_meeting": "sessions used = 0"},
        "invited_if": {"quarrel": "role_dispute is a focus"},
    },
    "participants.school": {
        "title": "School",
        "excluded_if": {"not_agreed": {"not": {"agreed": "school_agreed is yes"}}},
    },
    "facts.school_agreed": {"title": "The school may be written to", "one_of": ["no", "yes"]},
    "contacts.talk": {
        "title": "Talk with the mother",
        "due": "after session 1",
        "times": "2 times",
        "present": ["mother"],
        "holds": {"explain": "Explain it to her", "ask": "Ask about {{ patient }}"},
    },
    "contacts.letter": {
        "title": "Letter to the school",
        "to": ["school"],
        "text": "Dear {{ to }},\n\n{{ patient }} comes here.  "
        "{% if next is not none %}Next: {{ next.day }}.{% else %}-{% endif %}",
    },
    "contacts.call": {"title": "Call", "due": "after a missed session", "times": "at most 2 times"},
    "contacts.visit": {"title": "Visit", "due": "1 month after the end", "times": "at most 3 times"},
}
LETTER = PEOPLE["contacts.letter"]
AGREED = fact("school_agreed", "yes")
REFUSED = fact("school_agreed", "no")


@pytest.fixture(scope="module")
def people() -> Protocol:
    """The adult protocol with a mother, a school, and what happens outside the sessions."""
    return variant("ipt-adult", PEOPLE)


def lines(story: Story, code: str, on: date | None = None) -> list[str]:
    value = story.agenda(on=on)
    return [line.text for line in (*value.standing, *value.first, *value.also_due) if line.code == code]


def outreach(story: Story, on: date) -> list[tuple[str, date | None]]:
    return [(one.text, one.by) for one in due(story.protocol, story.course, on=on) if one.kind == "outreach"]


def sheet(story: Story, contact: str, on: date = START) -> str:
    return agenda(story.protocol, story.course, on=on, occasion="contact", contact=contact).text


def written(story: Story, on: date = START) -> Message:
    return message(story.protocol, story.course, "letter", on=on)


# -- who comes ---------------------------------------------------------------------------------------------------


def test_who_is_needed_and_not_expected_is_asked_for_first(people: Protocol) -> None:
    told = "Mother is needed in session 1 (first meeting) and is not expected yet."
    assert lines(given(people), "participant_needed") == [told]
    assert "participant_needed" in [line.code for line in given(people).agenda().first]
    assert lines(given(people, book(1, present=["patient", "mother"])), "participant_needed") == []


def test_who_may_come_is_named_by_the_condition(people: Protocol) -> None:
    story = given(people, hold(1, present=["patient", "mother"]))
    assert lines(story, "participant_invited") == []
    story = story.when(c.AgreeFocus("role_dispute", person="mother"))
    assert lines(story, "participant_invited") == ["Mother may be invited to session 2 (quarrel)."]


def test_while_nobody_knows_whether_the_school_may_come_it_stays_out(people: Protocol) -> None:
    story = given(people)
    no = story.when(book(1, present=["patient", "school"])).refused
    assert no is not None
    assert no.overridable
    assert [(r.code, r.answer, str(r)) for r in no.reasons] == [
        (
            "not_agreed", "unknown",
            "School stays out until it is known whether: not agreed ('The school may be written to' is not on record)",
        )
    ]  # fmt: skip
    assert "school" not in story.way("book").fields["present"]
    assert lines(story, "stays_out") == [
        "School stays out until it is known: 'The school may be written to' is not on record."
    ]


def test_the_school_comes_once_the_patient_agrees_and_not_when_she_refuses(people: Protocol) -> None:
    with_school = book(1, present=["patient", "school"])
    given(people, AGREED).when(with_school).then(event("appointment_booked", present=("patient", "school")))
    given(people, REFUSED).when(with_school).then_refused("not_agreed", overridable=True)


def test_a_clinician_may_ask_the_school_all_the_same_and_the_page_says_so(people: Protocol) -> None:
    story = given(people, REFUSED).when(anyway(book(1, present=["patient", "school"])))
    assert [e.kind for e in story.last] == ["deviated", "appointment_booked"]
    assert lines(story, "participant_out") == [
        "School is expected, and stays out: 'The school may be written to' is no."
    ]


def test_a_session_that_was_held_with_somebody_who_stays_out_is_recorded_with_a_warning(people: Protocol) -> None:
    story = given(people, REFUSED).when(hold(1, present=["patient", "school"]))
    story.then(event("session_held", number=1, present=("patient", "school"))).warned("not_there", "kept_out")
    assert [w.text for w in story.last[0].warnings] == [
        "mother was needed and is not on record as there (first meeting)",
        "school took part, and stays out ('The school may be written to' is no)",
    ]


def test_what_is_not_known_of_somebody_needed_is_told() -> None:
    unsure = variant("ipt-adult", {"participants.mother": {"title": "Mother", "required_if": {"ill": "phq9 >= 20"}}})
    (told,) = lines(given(unsure), "participant_not_known")
    assert told.startswith("Cannot tell whether mother is needed: phq9 is not known")


def test_the_patients_page_names_nobody(people: Protocol) -> None:
    story = given(people, REFUSED, c.AgreeFocus("role_dispute", person="Robin"))
    page = agenda(people, story.course, on=START, audience="patient")
    assert not any(word in page.text + page.json() for word in ("Mother", "mother", "School", "school", "Robin"))


# -- contacts ----------------------------------------------------------------------------------------------------


def test_a_talk_is_due_twice_one_session_apart(people: Protocol) -> None:
    talk = c.RecordContact("talk", present=["mother"])
    story = given(people, hold(1))
    assert [text for text, _ in outreach(story, week(1))] == ["Talk with the mother"]
    story = story.when(talk)
    assert outreach(story, week(1)) == []
    story = story.when(hold(2))
    assert [text for text, _ in outreach(story, week(2))] == ["Talk with the mother"]
    assert outreach(story.when(talk, hold(3)), week(3)) == []


def test_a_talk_before_the_first_session_was_due_once_that_is_used() -> None:
    story = given(variant("ipt-adult", {"contacts.before": {"title": "Talk alone", "due": "before session 1"}}))
    assert lines(story, "contact_due") == ["Talk alone is due."]
    story = story.when(hold(1))
    assert "Talk alone was due before session 1 and is not on record." in lines(story, "contact_due")
    assert ("Talk alone, was due before session 1", None) in outreach(story, week(1))
    assert "Talk alone was due" not in " ".join(lines(story.when(c.RecordContact("before")), "contact_due"))


def test_the_page_of_a_contact_that_lies_ahead_does_not_say_it_is_due(people: Protocol) -> None:
    assert "Talk with the mother is not due yet (after session 1)" in " ".join(sheet(given(people), "talk").split())
    assert "Visit is not due yet (1 month after the end)." in " ".join(sheet(given(people), "visit").split())
    assert "Talk with the mother is due" in " ".join(sheet(given(people, hold(1)), "talk").split())


def test_a_call_comes_with_each_miss_and_no_more_than_twice(people: Protocol) -> None:
    call = c.RecordContact("call")
    story = given(people, hold(1), c.RecordContact("talk"), miss(2))
    assert ("Call", week(2)) in outreach(story, week(2))
    story = story.when(call)
    assert ("Call", week(2)) not in outreach(story, week(2))
    story = story.when(miss(3))
    assert ("Call", week(3)) in outreach(story, week(3))
    story = story.when(call, miss(4))
    assert "Call" not in [text for text, _ in outreach(story, week(4))]


def test_visits_after_the_end_stay_due_each_a_month_later(people: Protocol) -> None:
    story = given(people, hold(1), c.EndCourse("lost_to_contact", on=date(2026, 3, 3)))
    assert ("Visit", date(2026, 4, 3)) in outreach(story, week(1))
    story = story.when(c.RecordContact("visit", on=date(2026, 4, 7)))
    assert ("Visit", date(2026, 5, 3)) in outreach(story, date(2026, 4, 7))
    page = agenda(people, story.course, on=date(2026, 5, 4)).text
    page = " ".join(page.split())
    assert "STILL DUE" in page
    assert "Visit was due 3 May (2 months after the end)." in page
    story = story.when(c.RecordContact("visit", on=date(2026, 5, 4)), c.RecordContact("visit", on=date(2026, 6, 4)))
    assert "Visit" not in [text for text, _ in outreach(story, date(2026, 6, 4))]


def test_the_page_of_a_contact_says_what_it_holds_and_who_takes_part(people: Protocol) -> None:
    page = " ".join(sheet(given(people, hold(1)), "talk").split())
    for words in ("Talk with the mother", "1. Explain it to her 2. Ask about the patient", "With: Mother.", "not yet"):
        assert words in page
    assert "PLAN" not in page


def test_the_page_of_a_contact_is_for_the_therapist_and_of_a_contact_there_is(people: Protocol) -> None:
    course = given(people).course
    with pytest.raises(BadInput, match=r"^contact is one of .*, talk, letter, call, visit$"):
        agenda(people, course, on=START, occasion="contact", contact="nothing")
    with pytest.raises(BadInput, match=r"^the page of a contact is for the therapist$"):
        agenda(people, course, on=START, occasion="contact", contact="talk", audience="patient")
    with pytest.raises(BadInput, match=r"^a contact goes with the occasion contact$"):
        agenda(people, course, on=START, contact="talk")


# -- messages ----------------------------------------------------------------------------------------------------


def test_no_letter_is_prepared_before_the_patient_agrees(people: Protocol) -> None:
    story = given(people)
    with pytest.raises(Refused) as no:
        written(story)
    assert [(r.code, r.answer) for r in no.value.reasons] == [("not_agreed", "unknown")]
    assert "Not prepared: School stays out until it is known" in " ".join(sheet(story, "letter").split())
    story.when(c.PrepareMessage("letter")).then_refused("not_agreed", overridable=True)


def test_the_letter_is_prepared_in_the_protocols_words_and_waits_to_be_sent(people: Protocol) -> None:
    story = given(people, c.Start(called="K.", on=START), AGREED).when(c.PrepareMessage("letter"))
    story.then(event("message_prepared", contact="letter", to=("school",), way="chart"))
    letter = written(story)
    assert (letter.to, letter.title, letter.on) == (("School",), "Letter to the school", START)
    assert letter.text == "Dear School,\n\nK. comes here. -"
    assert written(story.when(book(1))).text == "Dear School,\n\nK. comes here. Next: Tuesday 3 March."
    assert repr(letter) == "<Message letter>"
    waits = ["Letter to the school was prepared on 3 March and is not on record as sent."]
    assert lines(story, "message_waiting") == waits
    assert lines(story.when(c.RecordContact("letter", mode="by post")), "message_waiting") == []


def test_a_letter_is_refused_while_its_conditions_do_not_hold_and_no_longer_waits_after_the_end() -> None:
    limited = variant("ipt-adult", {**PEOPLE, "contacts.letter": {**LETTER, "only_if": {"early": "sessions used = 1"}}})
    story = given(limited, hold(1), AGREED, c.PrepareMessage("letter"))
    assert len(lines(story, "message_waiting")) == 1
    ended = story.when(hold(2), c.EndCourse("lost_to_contact"))
    assert (lines(ended, "message_waiting"), lines(ended, "stays_out")) == ([], [])
    ended.when(c.PrepareMessage("letter")).then_refused("early", overridable=True)


def test_a_letter_is_refused_while_nobody_knows_whether_its_conditions_hold() -> None:
    asked = variant("ipt-adult", {**PEOPLE, "contacts.letter": {**LETTER, "only_if": {"safe": "fear_at_home is no"}}})
    story = given(asked, AGREED).when(c.PrepareMessage("letter")).then_refused("safe", overridable=True)
    with pytest.raises(Refused) as no:
        written(story)
    assert [(r.code, r.answer) for r in no.value.reasons] == [("safe", "unknown")]
    story.when(anyway(c.PrepareMessage("letter"))).then(event("deviated"), event("message_prepared", way="deviation"))


def test_when_the_patient_changes_her_mind_the_letter_is_refused_again(people: Protocol) -> None:
    story = given(people, AGREED, c.PrepareMessage("letter"), REFUSED)
    with pytest.raises(Refused):
        written(story)
    story.when(c.RecordContact("letter")).then(event("contact_held", to=("school",))).warned("kept_out")


def test_a_clinician_goes_on_with_the_letter_by_a_deviation(people: Protocol) -> None:
    story = given(people, REFUSED).when(anyway(c.PrepareMessage("letter")))
    assert [e.kind for e in story.last] == ["deviated", "message_prepared"]
    assert written(story).to == ("School",)


def test_after_the_end_a_letter_can_still_be_prepared(people: Protocol) -> None:
    story = given(people, hold(1), AGREED, c.EndCourse("lost_to_contact")).when(c.PrepareMessage("letter"))
    assert written(story).text.endswith("comes here. -")


def test_a_contact_without_a_text_has_nothing_to_prepare(people: Protocol) -> None:
    story = given(people).when(c.PrepareMessage("talk"))
    assert str(story.refused).startswith("prepare_message is not possible now: 'Talk with the mother' has no text")
    story.then_refused("no_text", overridable=False).when(c.PrepareMessage("none")).then_refused("unknown_contact")


def test_a_prepared_letter_can_be_withdrawn(people: Protocol) -> None:
    story = given(people, AGREED, c.PrepareMessage("letter"))
    story = story.when(c.Withdraw(story.id_of("message_prepared"), because="the wrong course"))
    assert (story.course.prepared, lines(story, "message_waiting")) == ((), [])
    assert len(story.course.corrections) == 1


def test_a_letter_that_a_supervisor_approves_is_not_shown_before(people: Protocol) -> None:
    approval = {"title": "A letter", "of": ["prepare_message"], "by": ["supervisor"]}
    story = given(variant("ipt-adult", {**PEOPLE, "approvals.letters": approval}), AGREED)
    with pytest.raises(Refused) as no:
        written(story)
    told = [(reason.code, reason.text) for reason in no.value.reasons]
    assert told == [("letters", "A letter needs the supervisor before the message is prepared")]
    story = story.as_("supervisor").when(c.PrepareMessage("letter"))
    assert written(story).to == ("School",)


# -- laws --------------------------------------------------------------------------------------------------------

SECRET = "Xyzzy"


@settings(max_examples=25, deadline=None)
@forall(total=st.integers(0, 27), item=st.integers(0, 3))
def test_nothing_that_is_recorded_stands_in_a_letter(total: int, item: int) -> None:
    protocol = variant("ipt-adult", PEOPLE)
    said = (
        hold(1), phq9(max(total, item), self_harm=item), c.WriteNote(SECRET), c.RecordPerson(SECRET),
        c.AgreeFocus("role_dispute", person=SECRET), staged("impasse", because=SECRET), c.SetGoal(SECRET), AGREED,
        book(2),
    )  # fmt: skip
    story = given(protocol, *said)
    assert written(story).text == "Dear School,\n\nthe patient comes here. Next: Tuesday 10 March."


@settings(max_examples=10, deadline=None)
@forall(contact=st.sampled_from(["talk", "letter", "call", "visit"]), ended=st.booleans())
def test_an_open_risk_alert_heads_the_page_of_every_contact(contact: str, ended: bool) -> None:
    protocol = variant("ipt-adult", PEOPLE)
    story = given(protocol, REFUSED, hold(1), phq9(9, self_harm=1))
    if ended:
        story = story.when(c.EndCourse("lost_to_contact"))
    page = agenda(protocol, story.course, on=START, occasion="contact", contact=contact)
    assert page.problem == ""
    assert "item 9" in page.text[: page.text.index("FIRST")]
