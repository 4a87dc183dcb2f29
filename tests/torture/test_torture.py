"""A fraction of every trial, each beside a twin that is broken on purpose and must be found out."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import pytest

import iptengine as ipt
from filling import PROTOCOLS
from iptengine.course.codec import decode
from iptengine.store.memory import MemoryStore
from torture.__main__ import main
from torture.backups import COPIES, backups, judged
from torture.drawing import A_CLINIC, draw_courses
from torture.intruders import written_anew_unseen
from torture.judging import faults
from torture.kills import kills
from torture.power import Figures, Missing
from torture.programs import forked
from torture.races import races
from torture.tampering import look, made
from torture.trials import BROKEN, FULL, PART, TRIALS, run, told
from torture.twins import TWINS, broken
from torture.workload import ACTS_A_COURSE, clinic_over, perform

IN_CI = os.environ.get("CI") == "true"


def tried(figures: Iterable[Figures], capsys: pytest.CaptureFixture[str]) -> list[Figures]:
    """What a trial counted; where something is missing it is skipped loudly, and fails in CI."""
    try:
        return list(figures)
    except Missing as missing:
        loud = f"NOT TRIED: {missing}"
    if IN_CI:
        pytest.fail(loud)
    with capsys.disabled():
        print(f"\n!!! {loud}\n", file=sys.stderr)
    pytest.skip(loud)


@pytest.mark.skipif(not IN_CI, reason="some minutes; CI=true tries a fraction, make torture all of it")
@pytest.mark.parametrize("name", PART)
def test_nothing_told_as_saved_is_lost_and_nothing_changed_is_unseen(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = tried(run(name, PART[name]), capsys)
    assert found
    assert [figures.told for figures in found if figures.wrong] == []


def test_every_trial_has_a_full_size_a_part_and_twins() -> None:
    assert list(TRIALS) == list(FULL) == list(PART)
    assert {name for name, twins in BROKEN.items() if twins} == set(TRIALS)
    assert {twin for twins in BROKEN.values() for twin in twins} == {*TWINS, *COPIES}


def test_what_is_tried_in_ci_and_over_which_twins_is_told_as_it_is() -> None:
    page = (Path(__file__).parents[2] / "docs" / "explanation" / "reliability.md").read_text(encoding="utf-8")
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in page.splitlines() if line[:3] == "| `"]
    assert {cell[0].strip("`"): cell[-1] for cell in cells if len(cell) == 5} == {
        name: told(size) for name, size in PART.items()
    }
    named = [(cell[0].strip("`"), cell[1].strip("`")) for cell in cells if len(cell) == 3]
    assert named == [(name, twin) for name, twins in BROKEN.items() for twin in twins]


def test_a_trial_that_is_not_there_is_told_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["powr"])
    assert "there is no trial powr; there are power, disk, kills," in capsys.readouterr().err


# -- twins ------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not IN_CI, reason="some minutes; CI=true tries every twin")
@pytest.mark.parametrize(("trial", "twin"), [(trial, twin) for trial, twins in BROKEN.items() for twin in twins])
def test_a_build_that_is_broken_is_found_out(trial: str, twin: str, capsys: pytest.CaptureFixture[str]) -> None:
    size, says = BROKEN[trial][twin]
    found = tried(run(trial, size, twin), capsys)
    assert sum(figures.wrong for figures in found) > 0
    assert re.search(says, "\n".join(figures.told for figures in found))


def test_a_twin_that_is_not_there_is_told_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--twin", "normal", "races"])
    assert "there is no twin normal here; there are races: looks_then_writes\n" in capsys.readouterr().err


@pytest.mark.parametrize(("twin", "wanted"), [("", 0), ("by_total", 2)])
def test_alerts_by_total_are_found_out(twin: str, wanted: int) -> None:
    with broken(twin):
        assert len(faults(recorded(3), range(3))) == wanted


@pytest.mark.parametrize(
    ("statement", "outcome", "by_who_believes_rows"),
    [
        ("UPDATE iptengine_lists SET alerts = 0", "found", "UNSEEN"),
        ("UPDATE iptengine_lists SET until = until + 400", "found", "UNSEEN"),
        ("UPDATE iptengine_lists SET version = version - 1", "found", "found"),
        ("UPDATE iptengine_lists SET alerts = 2", "unchanged", "unchanged"),
        ("UPDATE sqlite_sequence SET seq = seq + 1", "unchanged", "unchanged"),
        ("UPDATE iptengine_protocols SET text = text || ' '", "found", "found"),
    ],
)
def test_what_the_lists_answer_is_part_of_what_a_store_says(
    tmp_path: Path, statement: str, outcome: str, by_who_believes_rows: str
) -> None:
    kept = made(tmp_path / "clinic.db", 3, tmp_path / "kept")
    with closing(sqlite3.connect(tmp_path / "clinic.db")) as database, database:
        database.execute(statement)
    assert look(tmp_path / "clinic.db", kept) == outcome
    with broken("rows_believed"):
        assert look(tmp_path / "clinic.db", kept) == by_who_believes_rows


def test_seals_without_a_key_can_be_made_anew_unseen() -> None:
    assert written_anew_unseen(keyed=False)
    assert not written_anew_unseen(keyed=True)


# -- what is replayed -------------------------------------------------------------------------------------------------


def test_the_same_clinics_are_drawn_again_and_hold_what_a_course_can_come_to() -> None:
    names = [path.name.partition(".")[0] for path in PROTOCOLS]
    clinics = [names.index("open-table"), names.index("before-and-after")]
    once, again = MemoryStore(), MemoryStore()
    draw_courses(once, clinics)
    draw_courses(again, clinics)
    assert list(again.feed()) == list(once.feed())
    kinds = {decode(text).kind for _, _, text in once.feed()}
    assert len({course for _, course, _ in once.feed()}) == 2 * A_CLINIC
    assert kinds >= {
        "course_adopted", "course_followed", "protocol_moved", "group_joined", "voided", "withdrawn", "reading_taken",
        "alert_raised", "deviated",
    }  # fmt: skip


# -- what the judge calls wrong ---------------------------------------------------------------------------------------


def recorded(acts: int) -> MemoryStore:
    store = MemoryStore()
    clinic = clinic_over(store)
    for act in range(acts):
        perform(clinic, act)
    return store


def test_the_judge_finds_what_is_lost_half_there_doubled_and_changed() -> None:
    store = recorded(3)
    assert faults(store, range(3)) == []
    assert [fault.text for fault in faults(store, range(4))] == ["act 3 was told as saved and is not there"]
    whole = list(store.read("c0"))

    def left(texts: list[str]) -> list[str]:
        changed = MemoryStore()
        changed._protocols = dict(store._protocols)
        changed.append("c0", texts, expected=0)
        return [fault.text for fault in faults(changed, ())]

    assert left(whole[:-1]) == ["act 2 is there in part"]
    assert left(whole[:3]) == ["a reading of c0 with a risk item above zero is there without its alert"]
    assert left([whole[0], whole[2], whole[1], *whole[3:]])[0].startswith("course c0, event 2: it was changed")


def test_a_backup_that_is_no_beginning_of_the_history_is_found(tmp_path: Path) -> None:
    with ipt.open_store(f"sqlite:///{tmp_path}/clinic.db") as store:
        perform(clinic_over(store), 0)
        store.back_up(tmp_path / "copy.db")
        perform(clinic_over(store), ACTS_A_COURSE)
        assert judged(f"sqlite:///{tmp_path}/copy.db", store, [0]) == (2, [])
        assert judged(f"sqlite:///{tmp_path}/copy.db", store, [0])[1] == ["it is no beginning of the history"]
        lost = judged(f"sqlite:///{tmp_path}/copy.db", store, [0, 5])[1]
        assert lost == ["act 5 was told as saved and is not there"]
        assert judged(f"sqlite:///{tmp_path}/none/copy.db", store, [0]) == (
            0,
            [f"there is no folder {tmp_path}/none"],
        )


# -- programs that end by themselves ----------------------------------------------------------------------------------


def _breaks() -> None:
    raise LookupError("a thing that is not there")


def _is_killed_by_somebody() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)


@pytest.mark.parametrize(
    ("act", "complaint"),
    [
        (lambda: None, ""),
        (_breaks, "a program ended with exit code 1: LookupError: a thing that is not there"),
        (_is_killed_by_somebody, "a program ended with signal 15: it said nothing"),
        (lambda: os._exit(7), "a program ended with exit code 7: it said nothing"),
    ],
)
def test_what_ends_a_program_that_nobody_killed_is_told(act: Callable[[], None], complaint: str) -> None:
    assert forked(act).wait() == complaint
    late = forked(act)
    while not late.is_over():
        time.sleep(0.01)
    assert late.kill() == complaint
    assert forked(lambda: time.sleep(60)).kill() == ""


def test_a_writer_that_breaks_is_wrong_in_the_trial_of_kills(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torture.kills.write_on", lambda *_: _breaks())
    figures = kills(lives=2, least=0)
    assert figures.wrong == 2
    assert figures.told == (
        "writers killed: 2; 0 acts told as saved, 0 faults, 2 programs that ended by themselves\n"
        "    a program ended with exit code 1: LookupError: a thing that is not there"
    )


def test_a_writer_that_breaks_is_wrong_in_the_trial_of_races(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("torture.races._write", lambda *_: _breaks())
    (figures,) = tried((races(seconds=0.1, programs=2) for _ in range(1)), capsys)
    assert figures.wrong > 0
    assert "LookupError: a thing that is not there" in figures.told


def test_a_writer_that_breaks_stops_the_trial_of_backups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torture.backups.write_on", lambda *_: _breaks())
    with pytest.raises(RuntimeError, match="LookupError: a thing that is not there"):
        backups(copies=1, programs=1)
