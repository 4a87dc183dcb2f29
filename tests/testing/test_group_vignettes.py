"""Vignettes with members: each member's course is looked at by itself, and mistakes are told where they are made."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from iptengine.authoring.loader import load
from iptengine.authoring.vignette import check_vignette, read_vignette, read_vignette_text
from iptengine.cli.main import run_command
from iptengine.course.agenda import session_agenda
from iptengine.course.groups import group_of
from iptengine.render.group_page import group_page
from iptengine.testing import Played, play

KEYS = Path(__file__).parents[1] / "keys"
TOGETHER = KEYS / "groups-together.vignette.yaml"
HEAD = """iptengine: 1
vignette: A group of three
protocol: groups.protocol.yaml
start: 2026-01-05
members: {ann: A., bob: B., cem: C.}
happenings:
  talks: {on: 2026-01-05, contact: {talk_before: in person}}
  formed: {on: 2026-01-05, join: {facilitators: [u17]}}
"""


def told(text: str) -> list[str]:
    """What an author hears of the names in a file."""
    vignette = read_vignette_text((HEAD + text).encode(), "a.vignette.yaml")
    return "\n".join(map(str, check_vignette(vignette, load(KEYS / "groups.protocol.yaml")))).split("\n")


def played(text: str) -> Played:
    vignette = read_vignette_text((HEAD + text).encode(), "a.vignette.yaml")
    return play(vignette, load(KEYS / "groups.protocol.yaml"))


def test_each_member_has_a_course_and_the_group_is_of_all() -> None:
    found = played("")
    assert list(found.courses) == ["ann", "bob", "cem"]
    assert [course.id for course in found.courses.values()] == ["a-ann", "a-bob", "a-cem"]
    assert [(c.called, c.groups[0].size) for c in found.courses.values()] == [("A.", 3), ("B.", 3), ("C.", 3)]
    assert found.of("bob").course == found.courses["bob"]
    with pytest.raises(LookupError, match="this vignette has the members ann, bob, cem"):
        found.of("zoe")


def test_a_reading_told_of_one_is_taken_by_one() -> None:
    found = played("  taken: {on: 2026-01-06, of: bob, phq9: {total: 9, self_harm: 0}}\n")
    assert {member: len(course.readings) for member, course in found.courses.items()} == {"ann": 0, "bob": 1, "cem": 0}


def test_who_was_absent_has_a_miss_and_nothing_else_of_that_day() -> None:
    met = (
        "  met: {on: 2026-01-06, status: attended, group: {absent: {cem: no_show}, facilitators: [u17]}, done: rules}\n"
    )
    found = played(met.replace("done: rules}", "done: rules, expect: {warnings: [group_small]}}"))
    assert found.report == ""
    assert [a.status for a in found.courses["cem"].appointments] == ["no_show"]
    assert found.courses["cem"].tasks == ()
    assert found.courses["ann"].appointments[0].together == 2


def test_a_joining_that_is_refused_joins_nobody() -> None:
    late = (
        "  again: {on: 2026-01-06, of: bob, join: {facilitators: [u17]},"
        " expect: {refused: {join: [already_in_a_group]}}}\n"
    )
    found = played(late + "  met: {on: 2026-01-06, status: attended, group: {facilitators: [u17]}}\n")
    assert found.report == ""
    assert found.courses["ann"].appointments[0].together == 3


def test_a_difference_says_whose_course_it_is_and_where_it_was_expected() -> None:
    found = played(
        "  met:\n    on: 2026-01-06\n    status: attended\n    group: {facilitators: [u17]}\n"
        "    expect: {session: 1}\n    expect_of:\n      bob: {session: 2}\n    expect_group: {sessions: 3}\n"
    )
    assert found.report.split("\n") == [
        "a.vignette.yaml:15:13: met, bob, expect_of.bob.session: expected 2, found 1",
        "a.vignette.yaml:16:20: met, expect_group.sessions: expected 3, found 1",
    ]


def test_somebody_who_is_no_member_is_told_wherever_the_name_stands() -> None:
    assert told(
        "  one:\n    on: 2026-01-06\n    of: bop\n    group: {absent: {cam: no_show}}\n"
        "    expect_of: {an: {session: 1}}\n    expect_group: {members: [an]}\n"
    ) == [
        "a.vignette.yaml:11:5: error: 'bop' is not a member in this vignette [unknown-name]",
        "    hint: did you mean 'bob'?",
        "a.vignette.yaml:12:22: error: 'cam' is not a member in this vignette [unknown-name]",
        "    hint: did you mean 'cem'?",
        "a.vignette.yaml:13:17: error: 'an' is not a member in this vignette [unknown-name]",
        "    hint: did you mean 'ann'?",
        "a.vignette.yaml:14:30: error: 'an' is not a member in this vignette [unknown-name]",
        "    hint: did you mean 'ann'?",
    ]


def test_what_speaks_of_one_course_does_not_go_with_members() -> None:
    assert told("patient: {called: A.}\nexpect_summary: {attended: 1}\n") == [
        "a.vignette.yaml:9:1: error: 'patient' speaks of one course, and this vignette has members [bad-value]",
        "    hint: write members: {ann: {called: A.}}",
        "a.vignette.yaml:10:1: error: a vignette with members tells several courses, and the figures at the end are "
        "those of one [bad-value]",
        "    hint: tell one course in a vignette of its own",
    ]


def test_members_without_members_are_told() -> None:
    text = HEAD.replace("members: {ann: A., bob: B., cem: C.}\n", "")
    vignette = read_vignette_text((text + "  one: {on: 2026-01-06, of: bob}\n").encode(), "a.vignette.yaml")
    (wrong,) = check_vignette(vignette, load(KEYS / "groups.protocol.yaml"))
    assert (wrong.message, wrong.hint) == (
        "'bob' is not a member in this vignette", "write members: {ann: {called: A.}}",
    )  # fmt: skip


def test_the_command_line_asks_whose_page_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["agenda", str(TOGETHER), "--session", "2"]) != 0
    assert "say whose: --member ann" in capsys.readouterr().err
    assert run_command(["agenda", str(TOGETHER), "--session", "2", "--member", "bob"]) == 0
    assert capsys.readouterr().out.startswith("B.   Tue 13 January")
    assert run_command(["summary", str(TOGETHER), "--member", "zoe"]) != 0
    assert "this vignette has the members ann, bob, cem, dee" in capsys.readouterr().err


MET = "  met: {on: 2026-01-06, status: attended, group: {}, done: rules, "


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("note", "note: Bob cried about his brother}"),
        ("remind", "remind: Ask Bob about his brother}"),
        ("homework", "homework: Call the brother}"),
        ("goals", "goals: See the brother}"),
        ("people", "people: {brother: his brother}}"),
        ("formulation", "formulation: Since his brother died}"),
        ("assess", "assess: {all: {found: Thoughts of death, plan: Safety plan}}}"),
        ("leave", "leave: He would rather see his brother}"),
        ("review_homework", "review_homework: {how: done, note: The brother answered}}"),
    ],
)
def test_words_of_one_patient_are_not_told_of_all(key: str, words: str) -> None:
    column = len(MET) + 1
    assert told(f"{MET}{words}\n") == [
        f"a.vignette.yaml:9:{column}: error: '{key}' can hold words of one patient, and this is told of 3 members "
        "[bad-value]",
        "    hint: say it of one member, as of: ann, in a happening of its own",
    ]
    assert told(f"  said: {{on: 2026-01-06, of: bob, {words}\n") == [""]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("note", "contact: {talk_before: {mode: in person, note: He spoke of his brother}}"),
        ("note", "tasks: {rules: {note: Bob wept}}"),
        ("person", "focus: {own: {area: loneliness, person: brother}}"),
        ("because", "focus: {own: {area: loneliness, because: His brother is gone}}"),
        ("because", "chart: {group_stage: {to: work, because: Bob dared to speak}}"),
        ("reason", "end: {outcome: left, reason: His brother}"),
        ("because", "deviate: {because: His brother wants it, request: {enter: working}}"),
    ],
)
def test_nor_are_words_that_stand_inside_a_key(key: str, words: str) -> None:
    wrong = told(f"  all: {{on: 2026-01-06, of: [ann, bob], {words}}}\n")
    assert [line.partition("error: ")[2].partition(" [")[0] for line in wrong[::2]] == [
        f"'{key}' can hold words of one patient, and this is told of 2 members"
    ]
    assert told(f"  one: {{on: 2026-01-06, of: bob, {words}}}\n") == [""]


def test_a_session_told_of_some_members_only_says_how_many_are_missing_and_not_which() -> None:
    some = "  met: {on: 2026-01-06, of: [ann, bob], status: attended, group: {}}\n"
    assert told(some) == [
        "a.vignette.yaml:9:59: error: the session of the group is told of some members, and not of 1 who is in the "
        "group, too [bad-value]",
        "    hint: tell it without of, and write who was not there under absent: {ann: no_show}",
    ]
    assert told(some + "  ill: {on: 2026-01-06, of: cem, status: no_show, group: {}}\n") == [""]


def test_what_is_said_to_the_group_reaches_who_was_absent() -> None:
    found = played(
        "  met:\n    on: 2026-01-06\n    status: attended\n    group: {absent: {cem: no_show}}\n"
        "    done: rules\n    announce: true\n    book: {on: 2026-01-13, group: group}\n"
        "    expect: {warnings: [group_small]}\n"
    )
    absent = found.courses["cem"]
    assert found.report == ""
    assert [(a.status, a.on.isoformat()) for a in absent.appointments] == [
        ("no_show", "2026-01-06"), ("planned", "2026-01-13"),
    ]  # fmt: skip
    assert absent.announced is not None
    assert absent.tasks == ()


def test_a_chart_is_moved_for_the_group_as_a_whole_whoever_was_absent() -> None:
    met = "{}: {{on: 2026-01-{:02}, status: attended, group: {{}}}}\n"
    found = played(
        f"  {met.format('one', 6)}  {met.format('two', 13)}"
        "  three:\n    on: 2026-01-20\n    status: attended\n    group: {absent: {cem: no_show}}\n"
        "    chart: {group_stage: {to: work}}\n    expect: {warnings: [group_small]}\n"
        "    expect_group: {has: ['Group: Work']}\n"
    )
    moves = {member: course.chart_moves for member, course in found.courses.items()}
    assert found.report == ""
    assert {member: (move.state, move.because) for member, (move,) in moves.items()} == dict.fromkeys(
        ("ann", "bob", "cem"), ("work", "judged of the group 'group' as a whole")
    )


def test_a_member_that_comes_later_is_led_by_those_who_lead_the_group() -> None:
    found = played(
        "  gone: {on: 2026-01-06, of: cem, leave: Moved away, expect: {warnings: [group_small]}}\n"
        "  back: {on: 2026-01-07, of: cem, join: {}}\n  met: {on: 2026-01-08, status: attended, group: {}}\n"
    )
    assert found.report == ""
    assert found.courses["cem"].groups[-1].facilitators == ("u17",)
    assert found.courses["ann"].appointments[0].facilitators == ("u17",)


def test_a_meeting_without_a_name_is_one_of_the_group_there_is() -> None:
    text = HEAD.replace("join: {facilitators: [u17]}", "join: {group: monday, facilitators: [u17]}")
    vignette = read_vignette_text(
        (text + "  met: {on: 2026-01-06, status: attended, group: {}}\n").encode(), "a.vignette.yaml"
    )
    found = play(vignette, load(KEYS / "groups.protocol.yaml"))
    assert found.report == ""
    assert found.courses["bob"].appointments[0].group == "monday"


def test_a_course_that_ended_today_is_no_longer_a_member() -> None:
    found = played(
        "  ended: {on: 2026-01-06, of: bob, end: left, expect_group: {members: [ann, cem], first: [group_small]}}\n"
    )
    assert found.report == ""


EXAMPLES = Path(__file__).parents[2] / "examples"


def evening(folder: Path, happening: str, *changes: tuple[str, str]) -> str:
    """The page of the group in the open table before a happening, with the protocol changed."""
    protocol = (EXAMPLES / "open-table.protocol.yaml").read_text(encoding="utf-8")
    for before, after in changes:
        assert before in protocol
        protocol = protocol.replace(before, after)
    (folder / "open-table.protocol.yaml").write_text(protocol, encoding="utf-8")
    vignette = read_vignette(EXAMPLES / "open-table-eight-evenings.vignette.yaml")
    table = load(folder / "open-table.protocol.yaml")
    courses = tuple(play(vignette, table, until=happening).courses.values())
    group = group_of("thursday", courses)
    assert group is not None
    return group_page(table, group, courses, on=vignette.spec.day(happening)).text


def test_the_work_on_the_focus_keeps_its_place_and_minutes_on_the_page_of_the_group(tmp_path: Path) -> None:
    page = evening(tmp_path, "evening_4", ('text: "Two members on their focus, the others help", ', ""))
    plan = page.partition("PLAN (90 minutes)\n")[2].partition("\n\n")[0].split("\n")
    assert [(line[5:11].strip(), line[11:40].strip(), line[-2:]) for line in plan] == [
        ("Round", "Go round the table; how did t", "20"),
        ("Turns", "Choose with the group whose t", "10"),
        ("Work", "Each on their own focus", "45"),
        ("Steps", "Let each name one step for th", "15"),
    ]


def test_the_page_of_the_group_says_what_may_come_up_what_lies_ahead_and_has_room_for_who_came(tmp_path: Path) -> None:
    page = evening(tmp_path, "evening_2")
    assert page.partition("WORDS YOU MIGHT USE\n")[2].partition("MEMBERS")[0] == (
        "   What brings you here, as you would tell a neighbour?\n"
        "   Who saw it otherwise?\n"
        "\nIF\n"
        "   somebody says   Say that listening is welcome. Ask once more before the end.\n"
        "   nothing\n"
        "   Do not settle it for them.\n"
        "\nAHEAD\n"
        "   After that: Thu 30 April and Thu 7 May.  Last: Thu 4 June.\n"
        "   Name the ending by session 5.\n\n"
    )
    assert page.partition("AFTER (two minutes)\n")[2].partition("\n\n")[0] == (
        "   There  open-table-eight-evenings-ana[ ]  open-table-eight-evenings-ben[ ]\n"
        "   open-table-eight-evenings-cleo[ ]  open-table-eight-evenings-dev[ ]\n"
        "   Done  1[ ] 2[ ] 3[ ] 4[ ]\n"
        "   Led by: ________________________________________________________  minutes ___"
    )


def test_who_left_is_told_so_first_and_has_only_his_own_tasks_in_the_plan() -> None:
    found = played(
        "  gone:\n    on: 2026-01-06\n    of: cem\n    leave: Moved away\n    expect:\n"
        "      warnings: [group_small]\n      agenda: {first: [risk_none_open, measure_due, no_group], steps: [Alone],"
        " has_not: [Agree on the rules of the group]}\n"
    )
    assert found.report == ""


def test_the_record_goes_up_to_the_day_the_group_was_formed() -> None:
    course = play(
        read_vignette_text(HEAD.replace("on: 2026-01-05, join", "on: 2026-01-09, join").encode(), "a.vignette.yaml"),
        load(KEYS / "groups.protocol.yaml"),
    ).courses["ann"]
    value = session_agenda(load(KEYS / "groups.protocol.yaml"), course, on=date(2026, 1, 10))
    assert value.record_to == date(2026, 1, 9)


def test_a_review_stands_before_a_measure_that_asks_for_no_risk_item() -> None:
    vignette = read_vignette(EXAMPLES / "open-table-a-chair-stays-empty.vignette.yaml")
    table = load(EXAMPLES / "open-table.protocol.yaml")
    before = play(vignette, table, until="kaja_leaves").courses["kaja"]
    codes = [line.code for line in session_agenda(table, before, on=date(2026, 9, 15)).first]
    assert codes == ["risk_none_open", "measure_due", "missed", "review"]
