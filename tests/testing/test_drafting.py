"""What no vignette reached is drafted: whole vignettes that play as they stand, marked as nobody's decision."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from iptengine.authoring.loader import load
from iptengine.cli.main import run_command
from iptengine.protocol.protocol import Protocol
from iptengine.testing import Mark, check_vignette, covered, play, read_vignette, read_vignette_text
from iptengine.testing.drafting.drafts import NO_PLACE, NO_WAY, Undone
from iptengine.testing.drafting.files import DraftFile, draft_files
from iptengine.testing.marks import ALONE, marks

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "protocols" / "small.protocol.yaml"


@cache
def small() -> Protocol:
    return load(SMALL)


def drafted(*wanted: Mark, protocol: Protocol | None = None) -> list[DraftFile | Undone]:
    return list(draft_files(protocol or small(), wanted, "small.protocol.yaml"))


def happenings(one: DraftFile | Undone) -> str:
    assert isinstance(one, DraftFile)
    return one.text.partition("happenings:\n")[2]


@cache
def everything() -> tuple[DraftFile | Undone, ...]:
    return tuple(draft_files(small(), marks(small()), "small.protocol.yaml"))


# -- a protocol without any vignette -----------------------------------------------------------------------------


def test_all_of_a_small_protocol_can_be_drafted() -> None:
    assert [one for one in everything() if isinstance(one, Undone)] == []
    files = [one for one in everything() if isinstance(one, DraftFile)]
    assert len({one.name for one in files}) == len(files)
    assert sorted(mark.where + mark.how for one in files for mark in one.marks) == sorted(
        mark.where + mark.how for mark in marks(small())
    )


def test_every_draft_plays_as_it_says_and_reaches_what_it_says() -> None:
    for one in everything():
        assert isinstance(one, DraftFile)
        vignette = read_vignette_text(one.text.encode(), one.name)
        assert check_vignette(vignette, small()) == ()
        played = play(vignette, small())
        assert played.report == ""
        assert set(one.marks) <= set(covered(small(), {one.name: played}).reached)


def test_boundary_cases_come_first() -> None:
    firsts = [one.marks[0] for one in everything() if isinstance(one, DraftFile)]
    assert [mark.how for mark in firsts[:2]] == [ALONE, ALONE]
    assert [mark.kind for mark in firsts[2:6]] == ["cut-offs", "cut-offs", "risk items", "bands"]


# -- one draft ---------------------------------------------------------------------------------------------------


def test_a_draft_says_that_nobody_has_judged_it() -> None:
    (one,) = drafted(Mark("alerts", ("alerts", "violence"), "raised"))
    assert isinstance(one, DraftFile)
    assert (one.name, one.text) == (
        "draft-01-alerts-violence-raised.vignette.yaml",
        "# Drafted by `iptengine vignettes --missing`: read it and decide whether this is right.\n"
        "# What is expected here is what the engine says now. Nobody has judged it yet. When you have, and have put\n"
        "# right what is wrong, take these lines out.\n"
        "#\n"
        "# It reaches\n"
        "# - alerts.violence: raised\n"
        "\n"
        "iptengine: 1\n"
        'vignette: "Drafted: alerts.violence raised"\n'
        "protocol: small.protocol.yaml\n"
        "patient: {called: D.}\n"
        "start: 2026-01-12\n"
        "\n"
        "happenings:\n"
        "  facts_1:\n"
        "    on: 2026-01-12\n"
        "    facts: {fear_at_home: yes}\n"
        "    expect:\n"
        "      alerts: [violence]\n"
        "      phase: opening\n",
    )


def test_a_focus_that_is_never_agreed_keeps_the_way_shut_and_the_refusal_is_expected() -> None:
    path = ("phases", "opening", "next", "working", "focus")
    (one,) = drafted(Mark("conditions", path, ALONE))
    assert "focus:" not in happenings(one).replace("refused: {enter: {focus: no}}", "")
    assert happenings(one).endswith(
        "    enter: working\n    expect:\n      refused: {enter: {focus: no}}\n      phase: opening\n"
    )


def test_the_risk_item_is_answered_at_its_line_below_it_and_not_at_all() -> None:
    path = ("measures", "phq9", "items", "self_harm")
    (one,) = drafted(*(Mark("risk items", path, how) for how in ("answered 0", "answered 1 or more", "left blank")))
    told = [line.strip() for line in happenings(one).splitlines() if "phq9:" in line]
    assert told == [
        "phq9: {low_interest: 0, self_harm: 0}",
        "phq9: {low_interest: 0, self_harm: 1}",
        "phq9: {low_interest: 0}",
    ]
    assert happenings(one).count("alerts: [risk_item]") == 2


def test_totals_lie_where_a_band_begins_and_just_under_it() -> None:
    path = ("measures", "phq9", "bands", "nhs", "moderate")
    (one,) = drafted(Mark("bands", path, "at 10"), Mark("bands", path, "just under 10"))
    told = [line.strip() for line in happenings(one).splitlines() if "phq9:" in line]
    assert told == ["phq9: {total: 10, self_harm: 0}", "phq9: {total: 9, self_harm: 0}"]


def test_contracts_of_least_and_of_most_sessions_are_two_courses_and_go_to_their_end() -> None:
    found = drafted(*(Mark("cut-offs", ("contract", "sessions"), f"agreed for {n}") for n in (6, 8)))
    assert [happenings(one).count("status: attended") for one in found] == [5, 7]
    assert all("end: {outcome: completed}" in happenings(one) for one in found)


def test_what_was_drafted_on_the_way_is_not_drafted_again() -> None:
    wanted = (
        Mark("phases", ("phases", "opening"), "entered"),
        Mark("moves", ("phases", "opening", "next", "working"), "taken"),
    )
    (one,) = drafted(*wanted)
    assert isinstance(one, DraftFile)
    assert set(one.marks) == set(wanted)


def test_the_same_marks_give_the_same_drafts() -> None:
    wanted = Mark("moves", ("phases", "opening", "next", "working"), "taken")
    assert drafted(wanted) == drafted(wanted)


# -- what cannot be drafted --------------------------------------------------------------------------------------


def test_what_no_course_does_is_told_with_the_reason() -> None:
    never = Mark("conditions", ("phases", "opening", "next", "working", "focus"), "unknown")
    assert drafted(never) == [Undone(never, NO_WAY)]


def test_a_place_no_course_comes_to_is_told_with_the_reason() -> None:
    nowhere = Mark("phases", ("phases", "elsewhere"), "entered")
    assert drafted(nowhere) == [Undone(nowhere, NO_PLACE)]


# -- other protocols ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("example", "mark"),
    [
        ("steady-months", Mark("cut-offs", ("phases", "settling", "next", "monthly", "three_months"), "at 3")),
        (
            "building-blocks",
            Mark("cut-offs", ("alerts", "little_moves", "raise_if", "all", "not_better", "not", "better"), "at 5"),
        ),
        ("calm-evenings", Mark("outcomes", ("outcomes", "stopped"), "reached")),
        ("building-blocks", Mark("tasks done", ("plan", "components", "shaped_days", "must", "get_up"), "done")),
    ],
)
def test_a_draft_knows_no_protocol_beforehand(example: str, mark: Mark) -> None:
    protocol = load(ROOT / "examples" / f"{example}.protocol.yaml", folders=[ROOT / "protocols"])
    assert mark in marks(protocol)
    (one,) = drafted(mark, protocol=protocol)
    assert isinstance(one, DraftFile), one
    assert mark in one.marks


# -- the command -------------------------------------------------------------------------------------------------


def test_the_command_writes_drafts_and_leaves_those_that_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = SMALL.read_text(encoding="utf-8")
    Path("mine.protocol.yaml").write_text(text, encoding="utf-8")
    for number, one in enumerate(everything()[:-1]):
        if isinstance(one, DraftFile):
            told = one.text.replace("small.protocol.yaml", "mine.protocol.yaml")
            Path(f"known-{number}.vignette.yaml").write_text(told, encoding="utf-8")
    assert run_command(["vignettes", "mine.protocol.yaml", "--missing", "--out", "more"]) == 0
    out = capsys.readouterr().out
    (path,) = Path("more").iterdir()
    assert out.splitlines()[:2] == [
        "ipt-small@1.0.0: 1 of 56 places were reached by no vignette",
        f"drafted  more/{path.name}",
    ]
    assert read_vignette(path).spec.protocol == "../mine.protocol.yaml"
    assert run_command(["test", "more"]) == 0
    path.write_text(path.read_text().replace("Drafted: ", "Mine: "))
    capsys.readouterr()
    assert run_command(["vignettes", "mine.protocol.yaml"]) == 0
    listed = capsys.readouterr().out
    assert listed.splitlines()[0] == f"ipt-small@1.0.0 has {len(everything())} vignettes"
    assert "known-0.vignette.yaml" in listed
    assert run_command(["vignettes", "mine.protocol.yaml", "--missing"]) == 0
    assert capsys.readouterr().out == "ipt-small@1.0.0: 0 of 56 places were reached by no vignette\n"
