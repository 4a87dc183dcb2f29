"""A vignette is played the same way every time, and says where a course went otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import phrases
from iptengine.authoring.vignette import Vignette, read_vignette, read_vignette_text
from iptengine.course.codec import encode
from iptengine.course.course import Course
from iptengine.course.evolve import fold
from iptengine.diagnostics import ProtocolError
from iptengine.testing import Played, play

COURSE_A = Path(__file__).parents[2] / "examples" / "impasse-reopened.vignette.yaml"
HEAD = "iptengine: 1\nvignette: A test\nprotocol: ipt-adult@1.0.0\nstart: 2026-03-03\n"


def vignette(text: str) -> Vignette:
    return read_vignette_text((HEAD + text).encode(), "a.vignette.yaml")


def played(text: str) -> Played:
    return play(vignette(text), phrases.protocol("ipt-adult"))


def differences(text: str) -> list[str]:
    return played(text).report.split("\n")


# -- what is said ------------------------------------------------------------------------------------------------


def test_what_nobody_expected_is_told() -> None:
    text = (
        "happenings:\n"
        "  one: {week: 1, status: attended, phq9: {total: 18, self_harm: 1}, done: formulate, enter: middle}\n"
    )
    assert differences(text) == [
        "a.vignette.yaml:6:3: one, alerts: expected nothing, found [risk_item]",
        "a.vignette.yaml:6:3: one, warnings: expected nothing, found [out_of_order, out_of_order]",
        "a.vignette.yaml:6:3: one, refused.enter: expected nothing, found diagnosis_or_waiver: no,"
        " inventory_taken: no, formulation_agreed: no, focus_agreed: no, contract_agreed: no",
    ]


def test_what_was_expected_and_did_not_come_is_told_at_its_line() -> None:
    text = (
        "happenings:\n"
        "  one:\n"
        "    week: 1\n"
        "    status: attended\n"
        "    phq9: {total: 8, self_harm: 0}\n"
        "    contract: {sessions: 12}\n"
        "    expect:\n"
        "      alerts: [risk_item]\n"
        "      refused: {contract: [sessions_range]}\n"
        "      sessions_left: 12\n"
        "      band: {phq9: moderate}\n"
        "      agenda: {has: [Say goodbye], due: [link], first: [risk_open]}\n"
        "expect_summary: {attended: 2, adherence: {dose: 2/12}}\n"
    )
    assert differences(text) == [
        "a.vignette.yaml:12:7: one, alerts: expected [risk_item], found nothing",
        "a.vignette.yaml:13:17: one, refused.contract: expected sessions_range: any, found no refusal",
        "a.vignette.yaml:14:7: one, sessions_left: expected 12, found 11",
        "a.vignette.yaml:15:14: one, band.phq9: expected moderate, found mild",
        'a.vignette.yaml:16:16: one, agenda.has: expected "Say goodbye", found no such text',
        "a.vignette.yaml:16:36: one, agenda.due: expected link, found [history, diagnose, psychoeducation, sick_role,"
        " medication_need, timeline, inventory, supports, safety_enquiry, symptom_review]",
        "a.vignette.yaml:16:49: one, agenda.first: expected [risk_open], found [risk_none_open, measure_due,"
        " question, checklist]",
        "a.vignette.yaml:17:18: at the end, attended: expected 2, found 1",
        "a.vignette.yaml:17:43: at the end, adherence.dose: expected 2/12, found 1/12",
    ]


def test_one_reason_too_many_is_a_difference_and_so_is_the_wrong_answer() -> None:
    start = "happenings:\n  one: {week: 1, status: attended, contract: {sessions: 11}, expect: {refused: {contract: "
    assert differences(start + "[sessions_range]}}}\n") == [""]
    assert differences(start + "{sessions_range: no}}}}\n") == [""]
    assert differences(start + "{sessions_range: unknown}}}}\n") != [""]
    assert differences(start + "[sessions_range, minutes_range]}}}\n") != [""]
    assert differences(start + "[]}}}\n") != [""]


def test_an_alert_that_is_not_there_cannot_be_assessed() -> None:
    text = "happenings:\n  one: {week: 1, assess: {risk_item: {found: a, plan: b}}}\n"
    assert differences(text) == [
        "a.vignette.yaml:6:27: one, assess.risk_item: expected an alert that can be moved so, found none"
    ]


def test_a_text_that_must_not_stand_in_the_agenda_is_told() -> None:
    text = "happenings:\n  one: {week: 1, expect: {agenda: {has_not: [Take the history], not_due: [history]}}}\n"
    assert [line.split("one, ")[1].split(", found")[0] for line in differences(text)] == [
        'agenda.has_not: expected no "Take the history"',
        "agenda.not_due: expected history not due",
    ]


def test_a_vignette_with_a_name_its_protocol_lacks_is_not_played() -> None:
    with pytest.raises(ProtocolError, match="'linc' is not a task of ipt-adult"):
        played("happenings:\n  one: {week: 1, done: linc}\n")


# -- what is played ----------------------------------------------------------------------------------------------

EVERYTHING = """
facts: {medication: none}
happenings:
  before:
    week: 1
    status: attended
    phq9: {total: 18, self_harm: 1}
    expect: {alerts: risk_item}
  one:
    expect: {alerts: [risk_item], warnings: [other_phase, out_of_order, out_of_order], refused: {enter: [
      near_the_end, announced], end: [no_way]}}
    book: 2026-03-17
    deviate: {because: x, request: {enter: middle}}
    end: completed
    enter: ending
    remind: a
    note: [a, b]
    homework: c
    review_homework: done
    goals: d
    stage: {d: {to: impasse, because: x}}
    close_focus: {e: done}
    change_focus: {f: {to: grief, id: e, because: x}}
    focus: {d: {area: role_dispute, person: S.}, f: {area: role_transition, primary: false}}
    amend: {because: x, sessions: 16}
    contract: {sessions: 12}
    formulation: e
    life_events: {job: x}
    people: {S.: spouse}
    diagnosis: x
    defer: link
    tasks: {history: partly}
    done: [formulate]
    close: {risk_item: settled}
    monitor: risk_item
    assess: {all: {found: a, plan: b}}
    acknowledge: risk_item
    withdraw: {happening: before, what: phq9, because: x}
    checklist: {suitability: {answers: {mania: no, danger: }}}
    facts: {fear_at_home: no}
    phq9: {total: 17, self_harm: 1}
    contact: {follow_up: x}
    status: attended
    week: 2
"""


def test_the_keys_of_a_happening_are_played_in_the_order_of_the_reference_page() -> None:
    step = played(EVERYTHING).steps[1]
    keys = list(dict.fromkeys(event.command.split(":")[1] for event in step.events))
    assert keys == [
        "status", "contact.follow_up", "phq9", "facts.fear_at_home", "checklist.suitability", "withdraw",
        "acknowledge.risk_item", "acknowledge.risk_item-2", "assess.all", "assess.all-2", "monitor.risk_item",
        "monitor.risk_item-2", "close.risk_item", "close.risk_item-2", "done.formulate", "tasks.history", "defer.link",
        "diagnosis", "people.S.", "life_events.job", "formulation", "contract", "amend", "focus.d", "focus.f",
        "change_focus.f", "close_focus.e", "stage.d", "goals", "homework", "note", "note-2", "remind",
        "deviate.enter", "book",
    ]  # fmt: skip
    assert set(step.refused) == {"review_homework", "enter", "end"}


def test_ids_times_and_people_come_from_the_file() -> None:
    text = (
        "by: {id: anna, role: therapist}\n"
        "happenings:\n"
        "  one: {week: 2, status: attended}\n"
        "  late: {on: 2026-03-05, recorded: 2026-03-20, by: {id: ben, role: assessor}, note: x}\n"
    )
    found = [(e.id, e.command, e.on, e.at, e.by.id, e.by.role) for e in played(text).events]
    assert found == [
        ("start:start.1", "start:start", date(2026, 3, 3), at(3), "anna", "therapist"),
        ("one:status.1", "one:status", date(2026, 3, 10), at(10), "anna", "therapist"),
        ("late:note.1", "late:note", date(2026, 3, 5), at(20), "ben", "assessor"),
    ]


def at(day: int) -> datetime:
    return datetime(2026, 3, day, 17, tzinfo=UTC)


def test_the_same_vignette_gives_the_same_bytes() -> None:
    first, second = (play(read_vignette(COURSE_A), phrases.protocol("ipt-adult")) for _ in range(2))
    assert [encode(event) for event in first.events] == [encode(event) for event in second.events]
    assert first.course.json() == second.course.json()


def test_the_events_of_a_vignette_give_its_course_again() -> None:
    found = play(read_vignette(COURSE_A), phrases.protocol("ipt-adult"))
    assert fold(Course("impasse-reopened"), found.events) == found.course


def test_a_happening_told_late_is_played_where_it_is_told() -> None:
    text = (
        "happenings:\n"
        "  second: {week: 2, status: attended, phq9: {total: 12, self_harm: 0}}\n"
        "  first: {week: 1, status: attended, phq9: {total: 15, self_harm: 0},"
        ' expect: {series: {phq9: "15 12"}, sessions_used: 2}}\n'
    )
    assert differences(text) == [""]


def test_a_correction_in_a_vignette_names_the_happening_and_its_key() -> None:
    text = (
        "happenings:\n"
        "  one: {week: 1, status: attended, phq9: {total: 12, self_harm: 0}}\n"
        "  two: {week: 1, correct: {happening: one, because: typed, now: {phq9: {total: 21, self_harm: 0}}}}\n"
    )
    course = played(text).course
    assert [r.total for r in course.readings] == [21]
    assert [(c.event, c.because) for c in course.corrections] == [("one:phq9.1", "typed")]


# -- stopping on the way -----------------------------------------------------------------------------------------


def test_the_course_before_a_session_is_the_one_its_agenda_was_made_from() -> None:
    found = play(read_vignette(COURSE_A), phrases.protocol("ipt-adult"))
    course, on = found.before(6)
    assert on == date(2026, 4, 14)
    assert [a.status for a in course.appointments] == [*["attended"] * 5, "no_show", "planned"]
    with pytest.raises(LookupError, match="this vignette has no session 15; it has 1, 2, 3"):
        found.before(15)


@pytest.mark.parametrize("until", [6, "session_6"])
def test_playing_stops_before_a_session_or_a_happening(until: int | str) -> None:
    whole = play(read_vignette(COURSE_A), phrases.protocol("ipt-adult"))
    part = play(read_vignette(COURSE_A), phrases.protocol("ipt-adult"), until=until)
    assert (part.course, part.steps[-1].name, part.report) == (whole.before(6)[0], "week_6_missed", "")


def test_playing_can_stop_before_anything_happened() -> None:
    found = play(read_vignette(COURSE_A), phrases.protocol("ipt-adult"), until=1)
    assert (found.steps, found.course.phase, found.course.called) == ((), "initial", "A.")


def test_playing_up_to_what_is_not_told_is_an_error() -> None:
    with pytest.raises(LookupError, match="this vignette has no session or happening 'session_60'"):
        play(read_vignette(COURSE_A), phrases.protocol("ipt-adult"), until="session_60")


def test_no_repr_holds_patient_text() -> None:
    found = play(read_vignette(COURSE_A), phrases.protocol("ipt-adult"))
    assert repr(found) == "<Played 17 happenings, 0 differences>"
    assert repr(found.steps[0]).startswith("<Step session_1: ")
    assert repr(read_vignette(COURSE_A)).endswith("impasse-reopened.vignette.yaml: 17 happenings>")


def test_what_a_happening_says_reaches_the_course_word_by_word() -> None:
    text = (
        "happenings:\n"
        "  one:\n"
        "    week: 1\n"
        "    status: attended\n"
        "    people: {Z.: {name: Zoé, role: aunt}}\n"
        "    formulation: {text: x, agreed: false}\n"
        "    checklist: {suitability: {answers: {mania: no, danger: yes, psychosis: }}}\n"
        "    contract: {sessions: 12}\n"
        "    amend: {because: y, frequency: 2 a week, frequency_until: 2026-03-20}\n"
        "    focus: {a: {area: grief, primary: false}, d: {area: role_dispute, person: S.}}\n"
        "    stage: {d: {to: resolved_agreement, because: z, new_information: true}}\n"
        "    deviate: {because: It cannot wait, request: {enter: middle}}\n"
        "  two: {week: 2, status: rescheduled, moved_to: 2026-03-12}\n"
        "  three: {on: 2026-03-12, record: {scores: {phq9: {total: 9, self_harm: 0}}, exceptions: {link: declined}}}\n"
    )
    found = played(text)
    course = found.course
    assert found.report == ""
    assert course.people[0].name == "Zoé"
    assert course.formulation is not None
    assert not course.formulation.agreed
    assert course.checklists[0].answers == {"mania": False, "danger": True, "psychosis": None}
    assert course.contract is not None
    assert (course.contract.frequency, course.contract.frequency_until) == ("2 a week", date(2026, 3, 20))
    assert [(f.id, f.primary) for f in course.open_focuses] == [("d", True), ("a", False)]
    assert [(entry.stage, entry.way) for entry in course.focuses[1].history] == [
        ("resolved_agreement", "new information")
    ]
    assert [d.because for d in course.deviations] == ["It cannot wait"]
    assert [(a.status, a.on) for a in course.appointments if a.on > date(2026, 3, 10)] == [
        ("attended", date(2026, 3, 12))
    ]
    assert [t.how for t in course.tasks if t.task == "link"] == ["declined"]
