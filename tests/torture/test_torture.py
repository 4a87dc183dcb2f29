"""A fraction of every trial, each beside a twin that is broken on purpose and must be found out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

import pytest

import iptengine.engine.batches
from iptengine.store.memory import MemoryStore
from torture.__main__ import FULL, PART, main
from torture.judging import faults
from torture.kills import server_kills
from torture.power import Figures, Missing, power_cuts
from torture.races import LooksThenWrites, races
from torture.tampering import written_anew_unseen
from torture.twins import TWINS, become
from torture.workload import clinic_over, perform

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
    found = tried(PART[name](), capsys)
    assert found
    assert [figures.told for figures in found if figures.wrong] == []


def test_every_trial_has_a_full_size_and_a_part() -> None:
    assert list(FULL) == list(PART)


def test_a_trial_that_is_not_there_is_told_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["powr"])
    assert "there is no trial powr; there are power, disk, kills," in capsys.readouterr().err


# -- twins ------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not IN_CI, reason="a minute; CI=true tries it")
def test_a_commit_that_does_not_wait_for_the_disk_is_found_out(capsys: pytest.CaptureFixture[str]) -> None:
    (figures,) = tried(power_cuts(cuts=20, acts=9, models=("drop",), twin="normal"), capsys)
    assert "LOST" in figures.told
    assert figures.wrong > 1


@pytest.mark.skipif(not IN_CI, reason="half a minute; CI=true tries it")
def test_a_server_that_does_not_wait_for_the_disk_is_found_out(capsys: pytest.CaptureFixture[str]) -> None:
    (figures,) = tried((server_kills(lives=6, twin="async_commit") for _ in range(1)), capsys)
    assert figures.wrong > 0


@pytest.mark.skipif(not IN_CI, reason="some seconds; CI=true tries it")
def test_who_looks_and_then_writes_is_found_out(capsys: pytest.CaptureFixture[str]) -> None:
    (figures,) = tried((races(seconds=4, wrap=LooksThenWrites) for _ in range(1)), capsys)
    assert "WRONG" in figures.told


def test_alerts_by_total_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iptengine.engine.batches, "decide", iptengine.engine.batches.decide)
    assert set(TWINS) == {"normal", "by_total", "async_commit"}
    for twin, wanted in (("", 0), ("by_total", 2)):
        become(twin)
        store = MemoryStore()
        clinic = clinic_over(store)
        for act in range(3):
            perform(clinic, act)
        assert len(faults(store, range(3))) == wanted


def test_seals_without_a_key_can_be_made_anew_unseen() -> None:
    assert written_anew_unseen(keyed=False)
    assert not written_anew_unseen(keyed=True)


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
