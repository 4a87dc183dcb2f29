"""A vignette is tried under the protocol it names or under another, and what became of it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

import phrases
from iptengine.authoring.loader import load, open_protocol
from iptengine.testing import Trial, try_vignette

ROOT = Path(__file__).parents[2]
COURSE_A = ROOT / "examples" / "impasse-reopened.vignette.yaml"
HEAD = "iptengine: 1\nvignette: One session\nprotocol: ipt-adult@1.0.0\nstart: 2026-03-03\nhappenings:\n"
SESSION = "  one:\n    week: 1\n    status: attended\n    phq9: {total: 18, self_harm: 0}\n"


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a vignette is written that names ipt-adult."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "one.vignette.yaml"


def test_a_vignette_that_goes_as_expected_has_passed() -> None:
    trial = try_vignette(COURSE_A)
    assert (trial.how, trial.good, trial.report) == ("passed", True, "")
    assert trial.title == "A dispute that had gone quiet is reopened, renegotiated and settled"
    assert trial.protocol is not None
    assert trial.protocol.id == "ipt-adult"


def test_a_vignette_that_goes_otherwise_has_failed_at_its_line(told: Path) -> None:
    told.write_text(HEAD + SESSION + "    expect: {phase: middle}\n")
    trial = try_vignette(told)
    assert (trial.how, trial.good) == ("failed", False)
    assert trial.report == "one.vignette.yaml:10:14: one, phase: expected middle, found initial"
    assert repr(trial) == "<Trial one.vignette.yaml: failed>"


def test_a_vignette_with_a_mistake_has_failed_and_says_it(told: Path) -> None:
    told.write_text(HEAD + SESSION + "    done: histori\n")
    trial = try_vignette(told)
    assert (trial.how, trial.title, trial.played) == ("failed", "One session", None)
    assert trial.report == (
        "one.vignette.yaml:10:5: error: 'histori' is not a task of ipt-adult [unknown-name]\n"
        "    hint: did you mean 'history'?"
    )


def test_under_a_variant_that_changes_nothing_it_speaks_of_a_vignette_stays_the_same(told: Path) -> None:
    told.write_text(HEAD + SESSION + "    expect: {sessions_used: 1}\n")
    trial = try_vignette(told, against=phrases.protocol("small"))
    assert (trial.how, trial.good, trial.report) == ("same", True, "")
    assert trial.protocol is phrases.protocol("small")


def test_under_a_longer_treatment_the_known_course_says_what_the_length_changes() -> None:
    trial = try_vignette(COURSE_A, against=phrases.protocol("ipt-adult-long"))
    assert trial.how == "differs"
    assert [line.partition(".yaml:")[2] for line in trial.report.splitlines()] == [
        "67:9: session_2, refused.enter: expected formulation_agreed: no, focus_agreed: no, contract_agreed: no,"
        " found formulation_agreed: no, focus_agreed: no, contract_agreed: no, three_sessions_used: no",
        "318:17: session_10, refused.enter: expected near_the_end: any, announced: any, found announced: no",
        '319:16: session_10, agenda.has: expected "Name the ending by session 12", found no such text',
    ]


def test_a_name_that_the_other_protocol_does_not_know_is_told_at_its_line(told: Path) -> None:
    told.write_text(HEAD + SESSION + "    done: history\n    enter: middle\n")
    trial = try_vignette(told, against=phrases.protocol("small"))
    assert (trial.how, trial.good) == ("unplayable", False)
    assert trial.report == (
        "one.vignette.yaml:10:5: error: 'history' is not a task of ipt-small [unknown-name]\n"
        "    hint: did you mean 'inventory'?\n"
        "one.vignette.yaml:11:12: error: 'middle' is not a phase of ipt-small [unknown-name]\n"
        "    hint: choose one of 'opening', 'working'"
    )


def test_the_protocol_a_vignette_names_is_not_needed_when_it_is_played_under_another(told: Path) -> None:
    told.write_text((HEAD + SESSION).replace("ipt-adult@1.0.0", "somewhere-else@9.9.9"))
    assert try_vignette(told).how == "failed"
    assert try_vignette(told, against=phrases.protocol("ipt-adult")).how == "same"


def test_a_protocol_is_looked_up_in_the_folders_that_are_named(told: Path, tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    (shelf / "measures").mkdir(parents=True)
    text = (ROOT / "protocols" / "ipt-adult.protocol.yaml").read_text(encoding="utf-8")
    (shelf / "our-own.protocol.yaml").write_text(text.replace("protocol: ipt-adult\n", "protocol: our-own\n"))
    told.write_text((HEAD + SESSION).replace("ipt-adult@", "our-own@"))
    assert _refused(try_vignette(told)) == "unknown-protocol"
    assert try_vignette(told, folders=[shelf]).how == "passed"


def test_a_course_that_is_followed_is_played_under_the_other_protocol_too(told: Path, tmp_path: Path) -> None:
    keys = ROOT / "tests" / "keys"
    other = load(keys / "lasting.protocol.yaml", folders=[ROOT / "protocols"])
    again = try_vignette(keys / "lasting-again.vignette.yaml", against=other)
    assert (again.how, again.report) == ("same", "")
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    text = (keys / "lasting-again.vignette.yaml").read_text(encoding="utf-8")
    former = text.partition("follows: ")[2].splitlines()[0].strip()
    for name in ("lasting-again.vignette.yaml", former):
        (moved / name).write_text(
            (keys / name).read_text(encoding="utf-8").replace("lasting.protocol.yaml", "gone.protocol.yaml"),
            encoding="utf-8",
        )
    assert try_vignette(moved / "lasting-again.vignette.yaml", against=other).how == "same"


def test_a_variant_that_renames_has_the_vignette_of_its_base_told_with_the_new_names(told: Path) -> None:
    told.write_text(
        HEAD + SESSION + "    done: [history]\n    expect: {phase: initial, agenda: {not_due: [history]}}\n"
    )
    Path("ours.protocol.yaml").write_text(
        "iptengine: 1\nprotocol: ours\nversion: 0.1.0\nstatus: draft\ntitle: Ours\nextends: ipt-adult@1.0.0\n"
        "sources:\n  us: {decision: We did}\nchanges:\n  words:\n    because: Our words\n    source: us\n"
        "    rename:\n      phases.initial: opening\n      phases.initial.must.history: life_story\n"
    )
    ours = open_protocol("ours.protocol.yaml")
    assert ours.diagnostics == ()
    same = try_vignette(told, against=ours)
    assert (same.how, same.report) == ("same", "")
    told.write_text(told.read_text().replace("phase: initial", "phase: middle"))
    assert try_vignette(told, against=ours).report == (
        "one.vignette.yaml:11:14: one, phase: expected middle, found opening"
    )


def _refused(trial: Trial) -> str:
    (one,) = trial.findings
    return one.code
