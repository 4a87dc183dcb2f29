"""The page a clinician reads ten minutes before a session, and the page the patient takes home."""

from __future__ import annotations

import doctest
import hashlib
import json
import re
from datetime import date
from importlib import import_module
from importlib.metadata import version
from itertools import takewhile
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from iptengine.course import commands as c
from iptengine.course.course import Course
from iptengine.course.hour import planned_tasks
from iptengine.diagnostics import BadInput
from iptengine.protocol.protocol import Protocol
from iptengine.render import (
    Agenda,
    TemplateOverrideError,
    UnknownPrompt,
    agenda,
    check_template_override,
    prompt,
)
from iptengine.render.layout import width
from iptengine.render.sections import OWN, own_template, section_names
from phrases import START, contract, done, fact, focus, given, hold, in_the_middle, miss, phq9, staged, variant, week
from render.pages import (
    BEFORE_SESSION_6,
    IPT,
    USUAL,
    courses,
    dispute,
    html_skeleton,
    html_text,
    markdown_skeleton,
)

DISPUTE = dispute().course
LAST_ASSESSED = [
    "   Last: session 2, item 9 = 1; found: thoughts, no plan; plan: a plan agreed.",
    "   Check it still holds.",
]
DETAILS = ("brief", "usual", "trainee")
OCCASIONS = ("session", "missed", "last")


def page(course: Course = DISPUTE, on: date = BEFORE_SESSION_6, **asked: Any) -> Agenda:
    made = agenda(IPT, course, on=on, **asked)
    assert made.problem == ""
    return made


def part(text: str, heading: str) -> list[str]:
    """The lines under a heading, up to the next heading or empty line."""
    after = text.split(f"\n{heading}", 1)[1].split("\n", 1)[1]
    return list(takewhile(lambda line: line.startswith(" "), after.splitlines()))


# -- the therapist's page ----------------------------------------------------------------------------------------


def test_the_first_three_lines_say_who_where_and_what_for() -> None:
    assert page().text.splitlines()[:3] == [
        "A. R.   Tue 14 April, 15:00, 50 min                      SESSION 6 of 14, middle",
        "Role dispute with S. (spouse), impasse since session 3.  9 left, today included.",
        "TODAY: Help A. R. find words for what has gone quiet, without hurry.",
    ]


def test_what_must_not_be_missed_stands_in_four_lines_the_risk_line_first() -> None:
    assert part(page().text, "FIRST") == [
        " ! Risk alerts: none open; 2 assessed (sessions 1 and 2). Ask again today.",
        *LAST_ASSESSED,
        " ! PHQ-9 before you talk. Item 9 above zero or blank: assess it, then the rest.",
        " ! No-show last time (7 April), the first miss. Contact since: none on record.",
        " ! Fear or violence at home, asked alone: not on record. Before step 4.",
    ]


def test_the_last_assessment_is_cut_on_paper_and_whole_on_the_screen_and_in_json() -> None:
    story = given(IPT, in_the_middle(), hold(4), phq9(18, self_harm=2))
    found, plan = ("<b>thoughts</b> " * 30).strip(), ("call the clinic " * 30).strip()
    made = page(story.when(c.AssessAlert(story.open_alerts[0].id, found=found, plan=plan)).course, week(5))
    assert part(made.text, "FIRST")[1:5] == [
        "   Last: session 4, item 9 = 2; found: <b>thoughts</b> <b>thoughts</b>",
        "   <b>thoughts</b>…; plan: call the clinic call the clinic call the clinic call",
        "   the clinic call the clinic call the… Check it still holds.",
        " ! PHQ-9 before you talk. Item 9 above zero or blank: assess it, then the rest.",
    ]
    assert html_text(made.html).count("<b>thoughts</b>") == 30
    assert "<b>" not in made.html
    assert made.data()["agenda"]["last_assessed"]["plan"] == plan


def test_a_question_answered_once_stays_visible_with_its_answer_and_session() -> None:
    told = "Fear or violence at home, asked alone"
    story = given(IPT, in_the_middle(), hold(4), fact("fear_at_home", "no"))
    text = " ".join(page(story.course, week(5)).text.split())
    assert f"{told}: no (session 4)." in text
    assert f"{told}: not on record" not in text
    assert told not in page(story.course, week(5), audience="patient").text
    unanswered = story.when(hold(5), fact("fear_at_home", None))
    assert f"{told}: asked, not answered (session 5)." in " ".join(page(unanswered.course, week(6)).text.split())


def test_last_time_shows_what_was_done_what_to_try_and_the_gap_in_the_scores() -> None:
    assert part(page().text, "LAST TIME") == [
        "   Done: the usual steps, Exchange (communication analysis).",
        "   To try: pick one thing to ask S., and when  You noted: goes quiet at money",
        "   PHQ-9   19  18  17  17  16   -    sessions 1 to 5, then one not held",
        "   item 9   1   1   0   0   0   -",
        "   PHQ-9 16, down 1 since last time, 3 below the start; moderately severe.",
        "   Not met: minimal important difference at 5, reliable improvement (NHS) at 6.",
    ]


def test_two_readings_on_the_day_of_a_session_stand_in_the_order_they_were_taken_in() -> None:
    story = given(IPT, hold(1), phq9(12, self_harm=0), hold(2), phq9(10, self_harm=2), phq9(18, self_harm=1))
    assert part(page(story.course, week(3)).text, "LAST TIME") == [
        "   What was done: not logged.  To try: none on record.",
        "   session   1   +   2",
        "   PHQ-9    12  10  18",
        "   item 9    0   2   1",
        "   PHQ-9 18, up 8 since last time, 6 above the start; moderately severe.",
        "   Met: reliable deterioration (NHS).",
    ]


def test_a_reading_before_the_first_session_of_a_day_and_those_after_it_keep_their_order() -> None:
    story = given(IPT, phq9(12, week(1), self_harm=0), hold(1), phq9(11, self_harm=0), phq9(9, week(1, 3), self_harm=0))
    story = story.when(phq9(8, week(1, 3), self_harm=0), miss(2), phq9(7, week(2, 1), self_harm=0))
    (table,) = story.agenda(on=week(3)).scores
    assert table.places == ("+", "1", "+", "+", "-", "+")
    assert table.totals == ("12", "11", "9", "8", "-", "7")


def test_last_time_tells_the_stage_with_its_reason_and_how_the_step_went() -> None:
    story = dispute().when(
        hold(7), phq9(18, self_harm=0), *done(*USUAL),
        c.ReviewHomework(how="done", note="Asked S. on Sunday; it became a row"),
        c.Restage("role_dispute", to="renegotiation", because="they are talking"),
    )  # fmt: skip
    made = page(story.course, week(8))
    assert part(made.text, "LAST TIME") == [
        "   Done: the usual steps.  Renegotiation: they are talking",
        "   To try was: pick one thing to ask S., and when: done. Asked S. on Sunday; it",
        "   became a row",
        "   session   1   2   3   4   5   -   6",
        "   PHQ-9    19  18  17  17  16   -  18",
        "   item 9    1   1   0   0   0   -   0",
        "   PHQ-9 18, up 2 since last time, 1 below the start; moderately severe.",
        "   Not met: minimal important difference at 5, reliable improvement (NHS) at 6.",
    ]
    assert "| session | 1 | 2 | 3 | 4 | 5 | - | 6 |" in made.markdown
    assert "session123 45-6" not in html_text(made.html)
    assert '<th scope="col">6</th>' in made.html
    later = page(story.when(hold(8), *done(*USUAL)).course, week(9)).text
    assert "Asked S. on Sunday" not in later


def test_what_is_older_than_the_last_session_is_told_with_its_day() -> None:
    story = dispute().when(hold(7), *done(*USUAL))
    made = " ".join(" ".join(part(page(story.course, week(8)).text, "LAST TIME")).split())
    assert "To try: pick one thing to ask S., and when (since 31 March)" in made
    assert "PHQ-9 16 on 31 March, down 1 since the one before, 3 below the start; moderately severe." in made
    later = page(story.course, START.replace(year=START.year + 1)).text
    assert "PHQ-9 16 on 31 March 2026, down 1" in " ".join(later.split())


@pytest.mark.parametrize(
    ("totals", "told"),
    [
        ((19, 19), ["   PHQ-9 19, as at the start; moderately severe."]),
        (
            (10, 12, 14),
            [
                "   PHQ-9 14, up 2 since last time, 4 above the start; moderate.",
                "   Not met: reliable deterioration (NHS) at 6.",
            ],
        ),
        (
            (10, 17),
            [
                "   PHQ-9 17, 7 above the start; moderately severe.",
                "   Met: reliable deterioration (NHS).",
            ],
        ),
        (
            (19, 12),
            [
                "   PHQ-9 12, 7 below the start; moderate.",
                "   Met: reliable improvement (NHS). Not met: recovery (NHS) below 10.",
            ],
        ),
        (
            (19, 9),
            [
                "   PHQ-9 9, 10 below the start; mild.",
                "   Met: response, reliable recovery (NHS). Not met: remission below 5.",
            ],
        ),
        ((19, None), ["   PHQ-9 has no total; change since the start cannot be told."]),
    ],
)
def test_the_change_is_one_sentence_and_beside_it_the_rules_that_are_near(
    totals: tuple[int | None, ...], told: list[str]
) -> None:
    said = [(hold(n), c.Read("phq9", total=total, answers={"self_harm": 0})) for n, total in enumerate(totals, 1)]
    text = page(given(IPT, *(one for pair in said for one in pair)).course, week(len(totals) + 1)).text
    assert part(text, "LAST TIME")[-len(told) :] == told
    assert part(text, "LAST TIME")[-len(told) - 1].startswith("   item 9")


def test_a_trainee_reads_every_rule_by_its_name() -> None:
    lines = part(page(detail="trainee").text, "LAST TIME")
    assert lines[-2:] == [
        "   Not met: minimal important difference, reliable improvement (NHS), response,",
        "   remission, recovery (NHS), reliable recovery (NHS).",
    ]


def test_what_nobody_logged_is_told_as_not_logged() -> None:
    story = given(IPT, in_the_middle(), hold(4), phq9(17, self_harm=0))
    lines = part(page(story.course, week(5)).text, "LAST TIME")
    assert lines[:2] == [
        "   What was done: not logged.  To try: none on record.",
        "   PHQ-9    -   -   -  17    sessions 1 to 4",
    ]


def test_what_went_otherwise_is_told_by_its_label() -> None:
    story = given(IPT, in_the_middle(), hold(4), *done("open_session"), c.DoTask("link", how="declined"))
    lines = part(page(story.course, week(5)).text, "LAST TIME")
    assert lines[0] == "   Done: Open.  Link: declined by the patient.  To try: none on record."


@pytest.mark.parametrize("minutes", [45, 47, 50])
def test_the_minutes_of_the_plan_add_up_to_the_agreed_hour(minutes: int) -> None:
    story = given(IPT, in_the_middle(), c.AmendContract(because="a longer way to work", minutes=minutes))
    made = page(story.course, week(4))
    steps = made.value.steps if made.value else ()
    told = [int(found) for found in re.findall(r"^ +\d \w+ .* (\d+)$", made.text, re.MULTILINE)]
    assert len(steps) == 6
    assert told == [step.minutes for step in steps]
    assert sum(told) == minutes
    assert f"PLAN ({minutes} minutes)" in made.text


def test_the_form_after_the_session_has_a_box_for_every_step_and_a_blank_for_every_score() -> None:
    assert part(page().text, "AFTER") == [
        "   PHQ-9 ___  item 9 ___  assessed: ____________________________________________",
        "   Done  1[ ] 2[ ] 3[ ] 4[ ] 5[ ] 6[ ]  why missed: ____________________________",
        "   Fear or violence at home, asked alone  no[ ] yes[ ] no answer[ ]",
        "   Stage  Impasse[ ] Renegotiation[ ] Dissolution[ ] Accepted[ ]",
        "   because: ____________________________________________________________________",
        "   It went: ___________________________  to try now: ___________________________",
        "   Remind me: __________________________________________________________________",
    ]


def test_the_plan_asks_how_the_step_went_in_the_patients_own_words() -> None:
    lines = part(page(dispute(to_try="{{ other }} and <b>S.</b>").course).text, "PLAN")
    assert lines[:2] == [
        "   1 Open     How have you been since we met? Then the missed week, no blame   8",
        "              And how it went: {{ other }} and <b>S.</b>",
    ]


def test_a_must_task_that_no_step_covers_takes_the_place_of_the_focus_work() -> None:
    story = dispute().when(hold(7), *done(*USUAL))
    text = page(story.course, week(8)).text
    assert "   4 Halfway  Review together the progress, the focus and the sessions left   10" in part(text, "PLAN")
    assert not [line for line in part(text, "FIRST") if "Review together" in line]
    assert "   Done  1[ ] 2[ ] 3[ ] 4[ ] 5[ ] 6[ ]" in part(text, "AFTER")
    assert "midpoint_review" in planned_tasks(IPT, story.course, week(8))
    assert part(text, "WORDS YOU MIGHT USE")[0] == "   What has moved since we began, and what has not?"


def test_who_is_coming_is_told_by_title_and_the_talk_alone_has_minutes_of_its_own() -> None:
    guests = c.Book(on=week(4), time="15:00", present=("patient", "spouse_or_partner"))
    story = given(IPT, in_the_middle(area="role_dispute", person="S."), staged("impasse"), guests)
    made = page(story.course, week(3, 1))
    assert part(made.text, "FIRST")[2:4] == [
        " ! Coming today: spouse or partner. First: see the patient alone and ask about",
        "   fear and violence.",
    ]
    steps = made.value.steps if made.value else ()
    assert [(step.label, step.minutes) for step in steps] == [
        ("Alone", 10), ("Open", 5), ("Link", 5), ("Event", 10), ("Reopen", 10), ("Rehearse", 5), ("Close", 5),
    ]  # fmt: skip
    assert "   Done  1[ ] 2[ ] 3[ ] 4[ ] 5[ ] 6[ ] 7[ ]" in part(made.text, "AFTER")
    seen = page(story.when(c.DoTask("private_violence_screen", on=week(4))).course, week(4))
    assert " ! Coming today: spouse or partner. On record of 24 March: see the patient alone" in part(
        seen.text, "FIRST"
    )
    assert "Alone" not in " ".join(part(seen.text, "PLAN"))


def test_a_talk_alone_before_one_session_does_not_count_for_the_next_guest() -> None:
    guest = ("patient", "spouse_or_partner")
    story = given(IPT, in_the_middle(area="role_dispute", person="S."), staged("impasse"))
    story = story.when(c.DoTask("private_violence_screen", on=week(4)), hold(4, present=guest))
    text = page(story.when(c.Book(on=week(5), present=guest)).course, week(5)).text
    assert part(text, "PLAN")[0].startswith("   1 Alone ")
    assert " ! Coming today: spouse or partner. First: see the patient alone" in text


def test_the_ending_is_named_among_the_first_lines_from_two_sessions_before_its_deadline() -> None:
    def at(number: int) -> str:
        return page(given(IPT, in_the_middle(), *(hold(n) for n in range(4, number))).course, week(number)).text

    deadline = "Name the ending by session 12"
    assert deadline not in " ".join(part(at(9), "FIRST"))
    assert f"{deadline}." in " ".join(part(at(9), "AHEAD"))
    for number in (10, 11):
        assert f" ! {deadline}; today is not too early." in part(at(number), "FIRST")
        assert deadline not in " ".join(part(at(number), "AHEAD"))
        assert part(at(number), "PLAN")[1].strip() == "Name the last day, and how many meetings are left"
        assert any("Ending named[ ]" in line for line in part(at(number), "AFTER"))
    assert " ! Name the ending today: 3 sessions left, today included." in part(at(12), "FIRST")
    late = given(IPT, in_the_middle(), *(hold(n) for n in range(4, 10)))
    assert "announce_ending" not in planned_tasks(IPT, late.course, week(10))


@pytest.mark.parametrize("group", ["must", "may", "each_session"])
def test_a_task_that_names_the_ending_and_that_no_step_covers_stands_in_one_line_and_in_the_plan(group: str) -> None:
    task = {"do": "Say when the course ends", "label": "Farewell", "by": "2 sessions before the end"}
    announce = {"by": "2 sessions before the end", "task": "say_end"}
    asked = variant("ipt-adult", {f"phases.middle.{group}": {"say_end": task}, "termination.announce": announce})
    course = given(asked, in_the_middle(sessions=12), *(hold(n) for n in range(4, 11))).course
    text = agenda(asked, course, on=week(11)).text
    assert [line[:24] for line in part(text, "FIRST") if "ending" in line] == [" ! Name the ending today"]
    assert text.count("Say when the course ends") == 1
    assert ["Farewell" in line for line in part(text, "AFTER")] == [False] * len(part(text, "AFTER"))


def test_a_second_focus_has_its_place_in_aim_and_words() -> None:
    story = given(IPT, in_the_middle(), focus("role_transition", primary=False))
    text = page(story.course, week(4)).text
    words = IPT.spec.problem_areas
    assert "Also: role transition." in text.splitlines()[3]
    assert part(text, "WORDS YOU MIGHT USE") == [
        *(f"   {one.says}" for one in list(words["grief"].ask.values())[:3]),
        f"   {next(iter(words['role_transition'].ask.values())).says}",
    ]


def test_what_the_way_to_the_next_phase_lacks_is_told_only_when_it_is_time() -> None:
    early = given(IPT, hold(1))
    assert "Before" not in " ".join(part(page(early.course, week(2)).text, "AHEAD"))
    late = early.when(hold(2))
    assert " ".join(" ".join(part(page(late.course, week(3)).text, "AHEAD")).split()).endswith(
        "Before the middle phase: diagnosis or waiver, inventory taken, formulation agreed, focus agreed, "
        "contract agreed."
    )


def test_the_stage_keeps_a_way_out_and_its_note_in_the_ending() -> None:
    story = dispute().when(c.Deviate(c.EnterPhase("ending"), because="time is short"))
    text = " ".join(part(page(story.course).text, "IF"))
    stage = IPT.spec.problem_areas["role_dispute"].stages["impasse"]
    assert next(iter(stage.if_.values())).when.split()[0] in text
    assert "You have no stake in how it turns out" in text
    settled = story.when(c.Restage("role_dispute", to="resolved_accepted", because="so chosen"))
    assert "You have no stake" not in page(settled.course).text


def test_the_therapist_is_told_that_the_patients_page_has_no_help_text() -> None:
    assert "The patient's page has no help text of your service" in " ".join(page().text.split())
    assert "has no help text" not in " ".join(page(service=SERVICE).text.split())


def test_the_brief_page_keeps_scores_risk_item_gap_and_the_step_to_try() -> None:
    lines = part(page(detail="brief").text, "LAST TIME")
    assert lines == [
        "   To try: pick one thing to ask S., and when",
        "   PHQ-9   19  18  17  17  16   -    sessions 1 to 5, then one not held",
        "   item 9   1   1   0   0   0   -",
        "   PHQ-9 16, down 1 since last time, 3 below the start; moderately severe.",
        "   Not met: minimal important difference at 5, reliable improvement (NHS) at 6.",
    ]


def test_ahead_says_the_next_date_the_deadline_the_end_and_what_comes_later_in_the_focus() -> None:
    lines = part(page().text, "AHEAD")
    assert lines[0] == "   Session 7, Tue 21 April (not booked yet); due then: halfway."
    assert lines[1] == "   Name the ending by session 12.  The end is now 9 June."
    assert len(lines) == 3
    assert lines[2].startswith("   Later in this focus: ")


@pytest.mark.parametrize("occasion", OCCASIONS)
@pytest.mark.parametrize("detail", DETAILS)
def test_no_line_is_wider_than_eighty_columns(detail: Any, occasion: Any) -> None:
    text = page(detail=detail, occasion=occasion).text
    assert max(width(line) for line in text.splitlines()) <= 80
    assert text.endswith("You decide.\n".replace("You", "you"))


def test_the_usual_page_fits_one_side_of_paper() -> None:
    assert len(page().text.splitlines()) <= 60


@pytest.mark.parametrize(
    ("detail", "names"),
    [
        ("brief", ["first", "last-time", "plan", "after"]),
        ("usual", ["first", "last-time", "plan", "words", "if", "ahead", "after"]),
        (
            "trainee",
            [
                "first", "last-time", "plan", "techniques", "words", "if", "recognise", "ahead", "after", "sources",
            ],
        ),
    ],
)  # fmt: skip
def test_each_detail_has_its_sections_in_order(detail: Any, names: list[str]) -> None:
    sections = page(detail=detail).data()["page"]["sections"]
    assert [section["name"] for section in sections] == names


def test_a_trainee_reads_why_each_task_is_due_how_it_is_done_and_what_it_rests_on() -> None:
    text = " ".join(page(detail="trainee").text.split())
    assert "- Choose one way to go on, and rehearse it: every session" in text
    assert "Get one exchange word for word, in order" in text
    assert "manual_2018 not verified: " in text.split("SOURCES")[1]


def test_no_page_says_safe_or_fine_or_low_risk() -> None:
    told = re.compile(r"\b(safe|fine|no risk|low risk|low-risk)\b", re.IGNORECASE)
    for occasion in OCCASIONS:
        for audience in ("therapist", "patient"):
            text = page(occasion=occasion, audience=audience, detail="trainee").text  # type: ignore[arg-type]
            assert told.search(text) is None


def test_before_anything_is_agreed_the_page_says_what_is_open() -> None:
    text = page(given(IPT).course, week(1)).text
    assert text.splitlines()[:3] == [
        "Course c1   Tue 3 March, 50 min (not booked)                  SESSION 1, initial",
        "No focus is agreed yet.  The number of sessions is not agreed yet.",
        "TODAY: Name the illness, learn who matters, agree on what to work on.",
    ]
    assert part(text, "LAST TIME") == ["   No session is on record yet."]


def test_a_session_beyond_the_agreed_number_is_told_as_such() -> None:
    story = given(IPT, in_the_middle(sessions=12), *(hold(n) for n in range(4, 13)))
    text = page(story.course, week(13)).text
    assert text.splitlines()[0] == f"{'Course c1':<52}ALL 12 SESSIONS USED, middle"
    assert "   For more sessions: up to 16 can be agreed." in text.splitlines()
    assert not {"PLAN", "WORDS YOU MIGHT USE", "IF"} & {line.split(" (")[0] for line in text.splitlines()}
    booked = story.when(c.Deviate(c.Book(on=week(14)), because="One more was needed"))
    first, second = page(booked.course, week(13)).text.splitlines()[:2]
    assert first.endswith("SESSION 13 (12 agreed), middle")
    assert second == "Grief.  All agreed sessions are used."


def test_the_words_of_the_protocol_speak_of_the_person_by_first_name_or_role() -> None:
    assert "   If you raised one thing with S., which would it be, and when?" in page().text
    unnamed = given(IPT, in_the_middle(area="role_dispute", person="(not told)"))
    assert "What do you expect of the other person, and" in page(unnamed.course, week(4)).text


def test_a_reminder_that_looks_like_a_template_stays_what_the_therapist_wrote() -> None:
    story = dispute().when(c.RemindMe("ask about {{ other }} and {% if x %}"))
    assert " ! You asked to be reminded: ask about {{ other }} and {% if x %}" in part(page(story.course).text, "FIRST")


def test_a_long_note_is_cut_on_paper_and_whole_on_the_screen() -> None:
    note = " ".join(f"word{n}" for n in range(200))
    made = page(dispute(note=note).course)
    assert re.search(r"… \(\d+ more words on record\)", " ".join(made.text.split()))
    assert "word199" not in made.text
    assert "word199" in made.html
    assert "word199" in made.markdown


def test_a_page_made_with_another_version_than_the_course_keeps_says_so() -> None:
    newer = variant("ipt-adult", {"version": "1.1.0"})
    text = agenda(newer, DISPUTE, on=BEFORE_SESSION_6).text
    assert "This course keeps ipt-adult@1.0.0." in text


# -- the missed week and the last meeting ------------------------------------------------------------------------


def test_the_page_of_a_missed_week_says_what_it_used_whom_to_reach_and_what_comes() -> None:
    text = page(on=date(2026, 4, 8), occasion="missed").text
    assert text.splitlines()[0] == "A. R.   Tue 7 April                 MISSED WEEK; next is session 6 of 14, middle"
    assert part(text, "FIRST") == [
        " ! Risk alerts: none open; 2 assessed (sessions 1 and 2). Ask again today.",
        *LAST_ASSESSED,
        " ! No-show last time (7 April), the first miss. Contact since: none on record.",
    ]
    lines = part(text, "THE MISSED WEEK")
    assert lines[0] == "   No-show on Tue 7 April: it used no session."
    assert "   You may reach out: Call or letter after a missed session (for: no-show)." in lines
    assert "   Contact since: none on record." in lines
    assert "   Next: session 6, Tue 14 April. The end is now 9 June." in lines
    assert "PLAN (stays due)" in text


def test_a_missed_week_that_uses_a_session_is_told_with_the_count_it_leaves() -> None:
    story = given(IPT, in_the_middle(), c.AmendContract(because="as agreed", missed="use"), miss(4))
    lines = part(page(story.course, week(4, 1), occasion="missed").text, "THE MISSED WEEK")
    assert lines[0] == "   No-show on Tue 24 March: it used a session."
    assert "   Uses a session: late cancellation, no-show." in lines
    assert lines[-2] == "   Next: session 5, Tue 31 March (not booked yet). The end is now 2 June."


def test_before_the_missed_week_is_on_record_the_form_asks_what_it_was() -> None:
    story = given(IPT, in_the_middle(), c.Book(on=week(4)))
    text = page(story.course, week(4), occasion="missed").text
    assert part(text, "THE MISSED WEEK")[0] == "   Nothing is on record of Tue 24 March yet."
    assert part(text, "AFTER")[:2] == [
        "   It was  late cancellation[ ]  cancelled by the patient[ ]",
        "   cancelled by you[ ]  no-show[ ]  moved[ ]",
    ]


def test_a_last_meeting_nobody_planned_holds_the_short_set_of_ending_tasks() -> None:
    made = page(occasion="last")
    assert made.text.splitlines()[0].endswith("LAST MEETING; session 6 of 14")
    assert [step.label for step in (made.value.steps if made.value else ())] == [
        "Ending", "Leave", "Credit", "Review", "Signs", "Next",
    ]  # fmt: skip
    assert "   Today is our last meeting. What comes up?" in made.text
    assert "left, today included" not in made.text
    assert any(line.startswith("   Ends as: ___") for line in part(made.text, "AFTER"))


def test_an_ended_course_has_no_plan_and_no_meeting_ahead() -> None:
    story = dispute().when(c.EndCourse("patient_decision", reason="other", on=week(7)))
    made = page(story.course, week(8))
    assert made.text.splitlines()[0].endswith("THE COURSE HAS ENDED")
    assert part(made.text, "FIRST") == [
        " ! Risk alerts: none open; 2 assessed (sessions 1 and 2). Ask again today.",
        *LAST_ASSESSED,
    ]
    assert part(made.text, "HOW IT ENDED") == [
        "   Ended early by the patient's decision on Tue 14 April 2026.",
        "   Reason: other.",
        "   It still takes readings, assessments of alerts, corrections and contacts.",
    ]
    assert "PLAN" not in made.text
    assert page(story.course, week(8), audience="patient").text == (
        "FOR OUR MEETING\n\n   No meeting is planned.\n\nTO KEEP\n"
        f"   If you want to reach us: {'_' * 52}\n   If you need help: {'_' * 59}\n"
    )


# -- the patient's page ------------------------------------------------------------------------------------------

SERVICE = {"phone": "01 23 45", "help": "the crisis line of the town, 99 99"}


def test_the_patients_page_word_for_word() -> None:
    bring = (IPT.spec.phases["middle"].bring or "").split(". ")
    told = page(audience="patient", service=SERVICE).text
    assert told.splitlines()[:9] == [
        "FOR OUR MEETING                                                   Number 6 of 14",
        "Tuesday 14 April, 15:00, 50 minutes",
        "",
        "   We missed you last time.",
        "   You still have nine meetings, this one included.",
        "",
        "   Please take ten minutes before we meet for the short questionnaire.",
        "   Answer as things have been. No answer is wrong.",
        "   We will look at it together.",
    ]
    assert part(told, "TODAY") == [f"   {line}" for line in IPT.spec.phases["middle"].patient.values()]
    assert len(part(told, "YOU MIGHT BRING")) == len(bring)
    assert part(told, "TO KEEP") == [
        f"   I want to try: {'_' * 62}",
        "   Next meeting, as planned: Tuesday 21 April, at: _____________________________",
        "   If you cannot come: 01 23 45",
        "   If you need help before then: the crisis line of the town, 99 99",
    ]


def test_no_number_is_invented_for_the_clinic() -> None:
    lines = part(page(audience="patient").text, "TO KEEP")
    assert [line.rstrip("_") for line in lines[2:]] == ["   If you cannot come: ", "   If you need help before then: "]


@pytest.mark.parametrize("occasion", OCCASIONS)
@pytest.mark.parametrize("course", [DISPUTE, given(IPT).course, given(IPT, in_the_middle()).course])
def test_the_patients_page_is_short_and_so_are_its_sentences(course: Course, occasion: Any) -> None:
    text = page(course, audience="patient", occasion=occasion).text
    lines = [re.sub("_+", "", line) for line in text.splitlines()]
    sentences = [one for line in lines for one in re.split(r"(?<=[.?!:])\s", line)]
    assert max(len(one.split()) for one in sentences) <= 12
    assert len(" ".join(lines).split()) <= 160


def test_a_meeting_the_therapist_cancelled_is_not_told_as_the_patients_miss() -> None:
    story = given(IPT, in_the_middle(), miss(4, "cancelled_by_therapist"))
    text = page(story.course, week(4, 1), audience="patient").text
    assert "missed" not in text
    assert "   Our last meeting did not take place.\n   That was on our side.\n" in text
    assert "   You still have eleven meetings, this one included." in text


@pytest.mark.parametrize("status", ["late_cancel", "cancelled_by_patient", "rescheduled"])
def test_a_cancelled_meeting_is_told_without_a_miss_and_without_a_day(status: str) -> None:
    story = given(IPT, in_the_middle(), miss(4, status))
    text = page(story.course, week(4, 1), audience="patient").text
    assert "   Our last meeting did not take place.\n   You still have eleven meetings" in text
    assert "missed" not in text
    assert "24 March" not in text


def test_the_last_planned_meeting_names_no_next_one() -> None:
    story = given(IPT, in_the_middle(sessions=12), *(hold(n) for n in range(4, 12)))
    text = page(story.course, week(12), audience="patient").text
    assert "   This is the last of our planned meetings." in text
    assert "Next meeting" not in text
    assert "If you cannot come" not in text
    assert "   If you need help: ___" in text


AREA_WORDS = {word for area in IPT.spec.problem_areas.values() for word in (area.title, *area.aliases)}
STAGE_WORDS = {stage.title for area in IPT.spec.problem_areas.values() for stage in area.stages.values()}
NEVER = re.compile(
    r"\b(" + "|".join(sorted(re.escape(word) for word in AREA_WORDS | STAGE_WORDS))
    + r"|dispute|impasse|alert|assess\w*|PHQ|item 9|depress\w*|self-harm|therapist|Quirin|Zadie|Xerxes|Vaughns)\b",
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@for_all(course=courses(), occasion=st.sampled_from(OCCASIONS))
def test_the_patients_page_names_no_person_area_stage_score_or_alert(course: Course, occasion: Any) -> None:
    made = agenda(IPT, course, on=week(7), audience="patient", occasion=occasion)
    assert made.problem == ""
    scores = {str(int(r.total)) for r in course.readings if r.total is not None and r.total > 31}
    for text in (made.text, html_text(made.page), made.markdown, made.json()):
        assert NEVER.search(text) is None
        assert not scores & set(re.findall(r"\d+", text))
    numbers = set(re.findall(r"\d+", made.text))
    value = made.value
    assert value is not None
    assert value.next_day is not None
    days = {value.day.day, value.next_day.day, value.number, value.of, value.minutes, value.left, 7}
    assert numbers <= {str(n) for n in days}


def test_a_patients_line_that_would_name_the_other_person_is_not_shown_at_all() -> None:
    wrong = variant("ipt-adult", {"phases.middle.patient.since": "How it goes with {{ other }}"})
    made = agenda(wrong, DISPUTE, on=BEFORE_SESSION_6, audience="patient")
    assert made.text == ("FOR OUR MEETING\n\n   This page could not be made.\n   Please ask your therapist about it.\n")
    assert "'other' was not given to the template" in made.problem


def test_the_patients_json_holds_what_the_page_shows_and_no_more() -> None:
    found = page(audience="patient").data()
    assert sorted(found) == ["audience", "language", "page", "schema"]
    words = json.dumps(found["page"])
    assert "dispute" not in words
    assert "c1" not in words


# -- HTML, Markdown, JSON ----------------------------------------------------------------------------------------


def test_the_fragment_has_headings_from_h2_and_neither_script_nor_style() -> None:
    tags = [tag for tag, *_ in html_skeleton(page().html)]
    assert "h1" not in tags
    assert tags.count("h2") == 1
    assert not {"script", "style", "link", "img"} & set(tags)
    assert not [names for _, *names in html_skeleton(page().html) if {"style", "onclick"} & set(names)]


def test_the_page_stands_alone_and_its_title_names_nobody() -> None:
    whole = page().page
    assert whole.startswith('<!doctype html>\n<html lang="en">\n')
    assert "<title>Session 6</title>" in whole
    assert "http" not in whole
    assert page(audience="patient").page.count("<title>For our meeting</title>") == 1


def test_the_therapists_json_names_schema_protocol_tasks_and_sources() -> None:
    found = page().data()
    assert sorted(found) == [
        "agenda", "alerts", "audience", "course_version", "detail", "language", "occasion", "on", "page", "problem",
        "protocol", "rendered_with", "rests_on", "schema",
    ]  # fmt: skip
    assert found["schema"] == "iptengine.agenda/1"
    assert found["protocol"] == {"ref": "ipt-adult@1.0.0", "digest": IPT.digest, "status": "draft"}
    assert found["agenda"]["steps"][0]["tasks"][0]["path"] == "phases.middle.each_session.open_session"
    assert found["agenda"]["focuses"][0]["id"] == DISPUTE.open_focuses[0].id
    assert found["rests_on"]["manual_2018"]["kind"] == "unverified"
    assert json.loads(page().json()) == found


def test_the_same_course_gives_the_same_bytes() -> None:
    first, second = page(), page(dispute().course)
    for form in ("text", "markdown", "html", "page"):
        assert getattr(first, form) == getattr(second, form)
    assert first.json() == second.json()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"audience": "spouse"}, "audience is one of therapist, patient"),
        ({"detail": "all"}, "detail is one of brief, usual, trainee"),
        ({"occasion": "first"}, "occasion is one of session, missed, last, contact"),
        ({"service": {"fax": "1"}}, "key of service is one of phone, help"),
        ({"language": None}, "language is a text, such as en"),
    ],
)
def test_what_cannot_be_asked_for_is_told_at_once(asked: Any, told: str) -> None:
    with pytest.raises(BadInput, match=f"^{told}$") as caught:
        page(**asked)
    assert isinstance(caught.value, ValueError)
    assert caught.value.field in asked


def test_a_repr_holds_no_word_of_the_patient() -> None:
    assert repr(page()) == f"<Agenda for the therapist, course version {DISPUTE.version}>"


# -- hostile text ------------------------------------------------------------------------------------------------

HOSTILE = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        (
            "<script>alert(1)</script>", "</p></section><h1>", "\"><img src=x onerror=alert(1)>", "&lt;b&gt;",
            "# h\n## h", "- a\n- b", "> q", "```\ncode", "| a | b |\n|---|---|", "[x](javascript:alert(1))", "1. one",
            "***", "---", "![](x)", "http://x.example", "\u202eevil", "\x1b[2J", "{{ patient }}{% for %}", "\ud800",
            "a\u2028b", "\x00", "e\u0301" * 30, "\u4e2d" * 90, "w" * 300, "<!-- ", "]]>", "[ ] x", "~~a~~", "[^1]: x",
        )
    ),
).map(lambda text: f"x{text}")  # fmt: skip


def _said(text: str, **asked: Any) -> Agenda:
    said = dict.fromkeys(("patient", "other", "note", "to_try", "time"), text)
    course = dispute(**said).when(c.RemindMe(text)).course
    return page(course, service={"phone": text, "help": text} if asked else None, **asked)


PLAIN = {"therapist": _said("xbenign"), "patient": _said("xbenign", audience="patient")}


@settings(max_examples=25, deadline=None)
@for_all(text=HOSTILE, audience=st.sampled_from(("therapist", "patient")))
def test_no_text_of_a_patient_changes_the_structure_of_a_page(text: str, audience: str) -> None:
    made = _said(text, **({} if audience == "therapist" else {"audience": audience}))
    plain = PLAIN[audience]
    assert html_skeleton(made.page) == html_skeleton(plain.page)
    assert markdown_skeleton(made.markdown) == markdown_skeleton(plain.markdown)
    assert max(width(line) for line in made.text.splitlines()) <= 80
    headings = re.compile(r"^[A-Z].*$", re.MULTILINE)
    shown = [line for line in headings.findall(made.text) if line.isupper() and len(line) > 3]
    assert {"FIRST", "AHEAD"} <= set(shown) if audience == "therapist" else {"TODAY", "TO KEEP"} <= set(shown)
    made.page.encode()
    made.text.encode()


@settings(max_examples=20, deadline=None)
@for_all(course=courses(), occasion=st.sampled_from(OCCASIONS), detail=st.sampled_from(DETAILS))
def test_every_course_has_a_page_in_eighty_columns_with_the_risk_line_first(
    course: Course, occasion: Any, detail: Any
) -> None:
    made = agenda(IPT, course, on=week(7), occasion=occasion, detail=detail)
    assert made.problem == ""
    assert max(width(line) for line in made.text.splitlines()) <= 80
    assert part(made.text, "FIRST")[0].startswith(" ! Risk alerts: ")
    if made.value and made.value.steps and not made.value.ended:
        assert sum(step.minutes for step in made.value.steps) == made.value.minutes


# -- prompts -----------------------------------------------------------------------------------------------------


def test_one_prompt_is_filled_with_the_course() -> None:
    id = "problem_areas.role_dispute.stages.impasse.ask.raise_it"
    assert prompt(IPT, DISPUTE, id, on=BEFORE_SESSION_6) == (
        "If you raised one thing with S., which would it be, and when?"
    )


def test_a_prompt_asks_its_condition_of_the_course() -> None:
    said = {"phases.ending.aim": '{% if "sessions left <= 4" is met %}Few{% elif "sessions left <= 4" is unknown %}'
            "Nobody knows{% else %}Many{% endif %}"}  # fmt: skip
    wrapped = variant("ipt-adult", said)
    assert prompt(wrapped, given(wrapped).course, "phases.ending.aim", on=week(1)) == "Nobody knows"
    assert prompt(wrapped, given(wrapped, contract(12)).course, "phases.ending.aim", on=week(1)) == "Many"
    late = given(wrapped, contract(12), *(hold(n) for n in range(1, 10)))
    assert prompt(wrapped, late.course, "phases.ending.aim", on=week(10)) == "Few"


def test_an_unknown_prompt_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownPrompt) as caught:
        prompt(IPT, DISPUTE, "problem_areas.role_dispute.stages.impase.ask.unsaid", on=BEFORE_SESSION_6)
    assert str(caught.value) == (
        "the protocol has no text 'problem_areas.role_dispute.stages.impase.ask.unsaid'; "
        "did you mean 'problem_areas.role_dispute.stages.impasse.ask.unsaid'?"
    )


# -- overrides ---------------------------------------------------------------------------------------------------


def test_a_section_can_be_written_anew_and_the_json_says_so() -> None:
    made = page(templates={"therapist.aim": "For today, {{ patient }}: {{ aim }}"})
    assert made.text.splitlines()[2].startswith("For today, A. R.: Help A. R. find words")
    digest = hashlib.sha256(b"For today, {{ patient }}: {{ aim }}").hexdigest()
    assert made.data()["rendered_with"]["overrides"] == {"therapist.aim": digest}
    assert page().data()["rendered_with"] == {"iptengine": version("iptengine"), "overrides": {}}


def test_the_words_and_the_ifs_can_be_written_anew() -> None:
    words = "{% for one in words %}\n* {{ one }}\n{% endfor %}"
    made = page(templates={"therapist.words": words, "therapist.if": "Ask your supervisor."})
    assert part(made.text, "WORDS YOU MIGHT USE")[0] == "   * What is it that neither of you says just now?"
    assert part(made.text, "IF") == ["   Ask your supervisor."]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "therapist.aim",
            "{{ aimm }}",
            "therapist.aim, line 1: 'aimm' is not known here; did you mean 'aim'?",
        ),
        ("therapist.aimm", "x", "there is no section 'therapist.aimm'; did you mean 'therapist.aim'?"),
        (
            "patient.opening",
            "With {{ other }}",
            "patient.opening, line 1: 'other' is not known here; choose one of 'session', 'missed', "
            "'questionnaires', 'lines', 'bring', 'next', 'phone', 'help' …",
        ),
        ("therapist.aim", "x" * 20_001, "therapist.aim: the text is longer than 20000 characters"),
    ],
)
def test_an_override_that_cannot_be_used_is_told_where_it_is_registered(name: str, text: str, told: str) -> None:
    with pytest.raises(TemplateOverrideError) as caught:
        check_template_override(name, text)
    assert str(caught.value) == told


@pytest.mark.parametrize("name", ["alerts", "first", "therapist.first", "therapist.alerts", "therapist.after"])
def test_what_heads_the_page_cannot_be_written_anew(name: str) -> None:
    with pytest.raises(TemplateOverrideError, match="there is no section"):
        check_template_override(name, "nothing to see")


@pytest.mark.parametrize("section", OWN)
def test_our_own_templates_pass_the_check_they_ask_of_others(section: str) -> None:
    check_template_override(section, own_template(section))
    assert section_names(section).fields


@pytest.mark.parametrize("module", ["layout", "sections"])
def test_the_examples_in_the_docstrings_run(module: str) -> None:
    found = doctest.testmod(import_module(f"iptengine.render.{module}"))
    assert (found.failed, found.attempted > 0) == (0, True)


def test_a_second_focus_is_named_beside_the_first() -> None:
    story = given(IPT, in_the_middle(), focus("role_transition", primary=False))
    assert page(story.course, week(4)).text.splitlines()[1:4] == [
        "Grief.  Role transition.  11 left, today included.",
        "TODAY: Make room for the one who died, good and bad, at a bearable pace.",
        "Also: role transition.",
    ]


def test_a_review_to_assess_is_never_folded_away_however_many_lines_come_before_it(ipt: Protocol) -> None:
    reminders = [c.RemindMe(text=f"Ask about the {thing}") for thing in ("letter", "sister", "job", "house")]
    story = given(ipt, hold(1), phq9(10, self_harm=0), hold(2), *reminders, phq9(18, self_harm=0))
    page = agenda(ipt, story.course, on=story.today)
    assert page.value is not None
    assert "review" in [line.code for line in page.value.first]


def test_a_task_of_which_nobody_can_tell_whether_it_applies_says_so_in_the_plan() -> None:
    safety = {"do": "Plan how to stay safe at home", "only_if": {"afraid": "fear_at_home is yes"}}
    story = given(variant("small", {"phases.opening.must.safety_talk": safety}))
    plan = part(agenda(story.protocol, story.course, on=START).text, "PLAN (50 minutes)")
    assert plan[1:] == [
        "   2 Do    Plan how to stay safe at home (cannot tell whether it applies:     25",
        "           'Afraid of someone at home' is not on record; needs yes)",
    ]
    known = given(story.protocol, fact("fear_at_home", "yes"))
    assert "cannot tell" not in agenda(known.protocol, known.course, on=START).text


def test_a_course_that_names_nobody_is_told_by_its_id_however_long() -> None:
    from dataclasses import replace

    course = replace(given(IPT, in_the_middle()).course, id="0123456789abcdef0123456789abcdef")
    first, *rest = page(course, week(5)).text.splitlines()
    assert first.startswith("Course 0123456789abcdef0123456789abcdef")
    assert max(map(len, (first, *rest))) <= 80
