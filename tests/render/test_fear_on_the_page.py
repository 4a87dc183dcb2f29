"""What the adult page plans and offers where fear or violence at home is on record, or was asked and not answered."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from iptengine.course import commands as c
from iptengine.course.commands import Command
from iptengine.course.ways import due
from iptengine.render import agenda
from phrases import Story, fact, given, hold, in_the_middle, protocol, staged, week
from render.pages import IPT, assessed

MIDDLE = in_the_middle(sessions=12, area="role_dispute", person="Lee")
YOUNG = protocol("ipt-adolescent")
REPORTED = "Fear or violence at home was reported"
FIRST = "Fear or violence at home, asked alone"


def gone_quiet(*answers: object, stage: str = "impasse") -> Story:
    """A dispute in the middle phase, after fear at home was asked about in session 1; nothing is assessed yet."""
    return given(IPT, hold(1), *(fact("fear_at_home", value) for value in answers), MIDDLE[1:], staged(stage))


def text(story: Story) -> str:
    """The therapist's page in one line."""
    made = agenda(IPT, story.course, on=week(4))
    assert made.problem == ""
    return " ".join(made.text.split())


def stages(story: Story) -> list[str]:
    """The stages that the foot of the page offers."""
    found = agenda(IPT, story.course, on=week(4)).data()["agenda"]["stage_choices"]
    return [stage for stage, _ in found]


@pytest.mark.parametrize("answer", ["yes", None])
@pytest.mark.parametrize("heard", [assessed, lambda story: story], ids=["assessed", "open"])
def test_with_fear_on_record_nothing_is_reopened_or_rehearsed_and_no_stage_offered_that_is_refused(
    answer: str | None, heard: Callable[[Story], Story]
) -> None:
    story = heard(gone_quiet(answer))
    page = text(story)
    assert "Reopen Nothing is reopened. Talk alone; the service's policy leads" in page
    assert "Rehearse No talk is rehearsed: fear at home is not ruled out" in page
    assert (
        "it has been Not renegotiation: fear at home is not ruled out. Talk raised alone; the service's policy" in page
    )
    assert "If you raised one thing" not in page
    assert "may set renegotiation" not in page
    assert stages(story) == ["impasse", "dissolution", "resolved_accepted"]
    story.when(staged("renegotiation")).then_refused("no_fear_on_record")


def test_a_no_and_a_question_never_asked_leave_the_plan_as_it_was() -> None:
    for story in (gone_quiet("no"), gone_quiet()):
        page = text(story)
        assert "Reopen What is wanted on each side; what keeps it unsaid" in page
        assert "Rehearse One opening sentence: when, where, and if it goes badly" in page
        assert "You may set renegotiation, even if it went badly." in page
        assert "If you raised one thing with Lee, which would it be, and when?" in page
        assert stages(story) == ["impasse", "renegotiation", "dissolution", "resolved_accepted"]


def test_a_question_that_was_not_answered_is_asked_again_though_its_alert_is_assessed() -> None:
    story = assessed(gone_quiet(None))
    page = text(story)
    assert f"{FIRST}: asked, not answered (session 1). Ask again. Before step 4." in page
    assert f"{FIRST} no[ ] yes[ ] no answer[ ]" in page
    assert page.count("asked, not answered (session 1)") == 1
    assert f"{FIRST}: no (session 4)." in text(story.when(hold(4), fact("fear_at_home", "no")))


def test_joint_sessions_are_on_hold_until_fear_is_ruled_out() -> None:
    joined = c.Book(on=week(4), present=("patient", "spouse_or_partner"))
    story = assessed(gone_quiet("yes"))
    story.when(joined).then_refused("fear_not_ruled_out")
    booked = gone_quiet().when(joined).when(fact("fear_at_home", "yes", on=week(3)))
    assert "Spouse or partner is expected, and stays out: " in text(booked)
    assert "Spouse or partner is expected" not in text(gone_quiet().when(joined))


def told(name: str, *said: Command) -> list[str]:
    """What a page says after the first session of somebody who stays out."""
    story = given(protocol(name), hold(1), *said)
    value = story.agenda(on=week(2))
    return [line.text for line in (*value.standing, *value.first, *value.also_due) if "stays out" in line.text]


def test_a_partner_stays_out_with_the_one_reason_that_decides_and_in_the_words_of_the_page() -> None:
    asked = "'Fear or violence at home, asked alone'"
    assert told("ipt-adult") == []
    assert told("ipt-adult", fact("fear_at_home", None)) == [
        f"Spouse or partner stays out until it is known: {asked} was asked on 3 March and not answered."
    ]
    assert told("ipt-adult", fact("fear_at_home", "yes")) == [
        f"Spouse or partner stays out: the alert '{REPORTED}' was raised; {asked} is yes."
    ]
    assert told("ipt-postnatal") == [f"Spouse or partner stays out: {asked} is not on record."]
    assert told("ipt-postnatal", fact("fear_at_home", None)) == [
        f"Spouse or partner stays out: {asked} was asked on 3 March and not answered."
    ]


def test_a_parent_stays_out_while_the_alert_is_open_and_no_joint_talk_is_planned() -> None:
    school = (
        "School stays out until it is known: 'The young person agrees to contact with the school' is not on record."
    )
    joint = ("Say the same to the parents", "Meeting with the parents at the beginning")
    for answer, words in (
        ("yes", REPORTED),
        (None, "Fear or violence at home, asked alone: asked on 3 March, not answered"),
    ):
        _, parent, rest = told("ipt-adolescent", fact("fear_at_home", answer))
        assert parent == f"Parent or carer stays out: the alert '{words}' is not assessed yet."
        assert rest == school
        story = given(YOUNG, hold(1), fact("fear_at_home", answer))
        page = " ".join(agenda(YOUNG, story.course, on=week(2), detail="trainee").text.split())
        assert not any(words in page for words in joint)
        after = assessed(story)
        page = " ".join(agenda(YOUNG, after.course, on=week(2), detail="trainee").text.split())
        assert all(words in page for words in joint)
        assert "Parent or carer stays out" not in page


def test_abuse_that_is_told_holds_back_the_meetings_with_the_parents_as_well() -> None:
    story = given(YOUNG, hold(1), fact("abuse_or_neglect", "yes"))
    assert "Meeting with the parents at the beginning" in [
        one.text.split(",")[0] for one in due(YOUNG, given(YOUNG, hold(1)).course, on=week(1))
    ]
    assert "Meeting with the parents" not in " ".join(one.text for one in due(YOUNG, story.course, on=week(1)))
    assert (
        "Parent or carer stays out: the alert 'Abuse or neglect was told or is suspected' is not assessed yet."
        in told("ipt-adolescent", fact("abuse_or_neglect", "yes"))
    )


def test_parents_who_take_no_part_stay_out_for_that_reason_alone() -> None:
    parent, _ = told("ipt-adolescent", fact("parents_take_part", "no"))
    assert parent == "Parent or carer stays out: 'Parents or carers take part' is no."


def test_what_is_asked_in_every_session_is_told_with_its_last_answer_and_never_as_not_on_record() -> None:
    postnatal = protocol("ipt-postnatal")
    asked = "Thoughts of harming the baby, asked alone"
    for answer, told in (("yes", "yes"), ("no", "no"), (None, "asked, not answered")):
        story = given(postnatal, hold(1), fact("harm_to_baby", answer))
        page = " ".join(agenda(postnatal, story.course, on=week(2)).text.split())
        assert f"{asked}: ask again today (3 March: {told})." in page
        assert f"{asked}: not on record" not in page
