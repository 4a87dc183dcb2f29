"""Why an appointment was missed, and what was noted of a contact since, come back and are asked for once."""

from __future__ import annotations

from datetime import date
from typing import Any

from iptengine.course import commands as c
from iptengine.render import agenda
from phrases import Story, given, in_the_middle, miss, protocol, week

IPT = protocol("ipt-adult")
WHY = "Train broke down; told by text on Friday"
LONG = "The car broke down on the motorway, and the telephone was at home, and the neighbour could not help either."


def missed(why: str = WHY, note: str = "") -> Story:
    story = given(IPT, in_the_middle(), miss(4, why=why))
    return story.when(c.RecordContact("outreach", note=note, on=week(4, 2))) if note else story


def lines(story: Story, on: date, **asked: Any) -> list[str]:
    made = agenda(IPT, story.course, on=on, **asked)
    assert made.problem == ""
    return [line.strip() for line in made.text.splitlines()]


def first(story: Story) -> list[str]:
    return [line.text for line in story.agenda(on=week(5)).first if line.code == "missed"]


def test_why_an_appointment_was_missed_stands_where_it_is_told_and_is_not_asked_again() -> None:
    assert first(missed()) == [f"No-show last time (24 March), the first miss: {WHY}. No contact noted since."]
    assert "why missed" not in "\n".join(lines(missed(), week(5)))


def test_where_nobody_wrote_down_why_it_is_asked() -> None:
    assert first(missed("")) == ["No-show last time (24 March), the first miss. Contact since: none on record."]
    assert "why missed: ___" in "\n".join(lines(missed(""), week(5)))


def test_what_was_noted_of_the_contact_since_stands_beside_its_day() -> None:
    told = f"No-show last time (24 March), the first miss: {WHY}. Contact since: 26 March (Rang, will come)."
    assert first(missed(note="Rang, will come.")) == [told]


def test_the_first_line_has_a_long_reason_in_short_and_the_missed_week_has_it_whole() -> None:
    story = missed(LONG)
    (told,) = first(story)
    assert told.startswith("No-show last time (24 March), the first miss: The car broke down on the motorway, ")
    assert "…. No contact noted since." in told
    made = agenda(IPT, story.course, on=week(4, 1), occasion="missed")
    assert f"Why: {LONG}" in made.markdown
    assert '"why":"The car broke down' in made.json()


def test_the_page_of_the_missed_week_says_why_and_what_was_noted_and_asks_only_where_to() -> None:
    told = lines(missed(note="Rang, will come"), week(4, 3), occasion="missed")
    assert f"Why: {WHY}" in told
    assert "Contact since: 26 March (Rang, will come)." in told
    assert any(line.startswith("moved to: ___") for line in told)
    assert not any("why: ___" in line for line in told)


def test_the_patients_page_says_nothing_of_why() -> None:
    text = agenda(IPT, missed(note="Rang, will come").course, on=week(5), audience="patient").text
    assert "Train" not in text
    assert "Rang" not in text
