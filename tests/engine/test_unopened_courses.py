"""A course that does not open has no page, and what is raised in its place has its risk alerts (law 5)."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import iptengine as ipt
from canaries import CANARY, adult
from course.test_hiding import trial
from iptengine import commands as c
from iptengine.course.hiding import KEPT_RISK
from phrases import ANNA, START, week
from stores import fresh_store

ASSESSOR = ipt.Actor("u31", role="assessor")
RISK = (
    "PHQ-9 item 9 (thoughts of death or self-harm) was answered 2 on 2026-03-03. "
    "This needs a clinician's assessment today."
)
GONE = "An event of this course is missing in the store, and with it perhaps an alert. Restore a backup"


class NotAnswering(ipt.MemoryKeys):
    """A service of keys that is away."""

    def key(self, course: str) -> bytes | None:
        raise ipt.StoreError("the keys cannot be read now")


def clinic(store: ipt.Store, keys: ipt.CourseKeys | None = None, protocol: ipt.Protocol | None = None) -> ipt.Clinic:
    return ipt.Clinic(store, [protocol or adult()], keys=keys)


def told(desk: ipt.Clinic) -> None:
    """A course with two risk alerts, of which one was assessed, and with words of the patient."""
    desk.start("ipt-adult", by=ANNA, on=START, course="a", called=CANARY)
    first = desk.do("a", c.Read("phq9", total=9, answers={"self_harm": 1}), by=ANNA, on=START)
    desk.do("a", c.AssessAlert(first.alerts[0].id, found=CANARY, plan=CANARY), by=ANNA, on=START)
    desk.do("a", c.WriteNote(CANARY), c.Read("phq9", total=9, answers={"self_harm": 2}), by=ANNA, on=START)


ASKS: dict[str, Callable[[Any], object]] = {
    "course": lambda desk: desk.course("a"),
    "events": lambda desk: desk.events("a"),
    "ways": lambda desk: desk.ways("a", on=START),
    "agenda": lambda desk: desk.agenda("a", on=START),
    "the page that goes home": lambda desk: desk.agenda("a", on=START, audience="patient"),
    "message": lambda desk: desk.message("a", "letter", on=START),
}
ACTS: dict[str, Callable[[ipt.Clinic], object]] = {
    "do": lambda desk: desk.do("a", c.WriteNote("x"), by=ANNA),
    "start": lambda desk: desk.start("ipt-adult", by=ANNA, on=START, course="a"),
    "void": lambda desk: desk.void("a", "x", because="x", by=ANNA, on=START),
    "erase": lambda desk: desk.erase("a", because="x", by=ANNA, on=START),
}


@pytest.mark.parametrize("ask", [*ASKS.values(), *ACTS.values()], ids=[*ASKS, *ACTS])
@pytest.mark.parametrize(
    ("keys", "error", "says"),
    [
        (None, ipt.UnopenedCourse, "the patient text of this course is enciphered; give the clinic its keys: "
         "Clinic(store, protocols, keys=...), or --keys in the shell"),
        (ipt.MemoryKeys(), ipt.KeyLost, str(ipt.KeyLost("a"))),
        (NotAnswering(), ipt.StoreError, "the keys cannot be read now"),
    ],
    ids=["no keys", "its key is lost", "the keys do not answer"],
)  # fmt: skip
def test_without_its_key_a_course_is_refused_with_the_risk_alerts_that_nobody_has_assessed(
    keys: ipt.CourseKeys | None, error: type[ipt.StoreError], says: str, ask: Callable[[ipt.Clinic], object]
) -> None:
    store = fresh_store()
    told(clinic(store, ipt.MemoryKeys()))
    with pytest.raises(error) as shut:
        ask(clinic(store, keys))
    assert (type(shut.value), str(shut.value)) == (error, says)
    assert [alert.text for alert in shut.value.alerts] == [RISK]
    assert shut.value.alerts == tuple(alert for alert in clinic(store, keys).alerts() if alert.needs_assessment)


@pytest.mark.parametrize("ask", ASKS.values(), ids=[*ASKS])
def test_a_key_that_is_another_one_is_told_with_them_too(ask: Callable[[Any], object]) -> None:
    store, other = fresh_store(), ipt.MemoryKeys()
    told(clinic(store, ipt.MemoryKeys()))
    other.make("a")
    for asked in (clinic(store, other), clinic(store, other).reader(ASSESSOR)):
        with pytest.raises(ipt.UnopenedCourse) as shut:
            ask(asked)
        assert [alert.text for alert in shut.value.alerts] == [RISK]


@pytest.mark.parametrize("ask", [*ASKS.values(), ACTS["do"]], ids=[*ASKS, "do"])
def test_a_course_with_an_event_missing_is_told_with_the_alert_that_stands_for_it(
    ask: Callable[[Any], object], tmp_path: Path
) -> None:
    desk = clinic(ipt.open_store(f"sqlite:///{tmp_path}/clinic.db"))
    told(desk)
    with closing(sqlite3.connect(tmp_path / "clinic.db")) as database, database:
        assert database.execute("DELETE FROM iptengine_events WHERE text LIKE '%note_written%'").rowcount == 1
    for asked in (desk, desk.reader(ASSESSOR)):
        if hasattr(asked, "do") or ask is not ACTS["do"]:
            with pytest.raises(ipt.DamagedCourse) as shut:
                ask(asked)
            assert [alert.text for alert in shut.value.alerts] == [RISK, GONE]


def test_a_role_from_which_the_ground_of_an_alert_is_kept_reads_that_it_is_there() -> None:
    store = fresh_store()
    desk = clinic(store, ipt.MemoryKeys(), trial())
    pharmacy = ipt.Actor("u40", role="pharmacist")
    facts = {"arm": "placebo", "doses": 2, "unblinded": "2025-11-23"}
    desk.start("ipt-adult", by=pharmacy, on=START, course="a", facts=facts)
    desk.do("a", c.RecordFact("harm", "yes", on=week(1)), by=pharmacy)
    without = clinic(store, None, trial())
    for actor, text in ((ANNA, "The tablets did harm"), (ASSESSOR, KEPT_RISK)):
        for ask in (ASKS["agenda"], ASKS["course"], ASKS["events"], lambda one: one.export("a")):
            with pytest.raises(ipt.UnopenedCourse) as shut:
                ask(without.reader(actor))
            assert [alert.text for alert in shut.value.alerts] == [text]


def test_a_course_without_an_open_alert_has_none_and_neither_has_a_store_that_fails() -> None:
    store = fresh_store()
    clinic(store, ipt.MemoryKeys()).start("ipt-adult", by=ANNA, on=START, course="a")
    with pytest.raises(ipt.UnopenedCourse) as shut:
        clinic(store).agenda("a", on=START)
    assert shut.value.alerts == ipt.StoreError("the disk is full").alerts == ()


def test_what_is_raised_holds_no_word_of_the_patient() -> None:
    store = fresh_store()
    told(clinic(store, ipt.MemoryKeys()))
    with pytest.raises(ipt.UnopenedCourse) as shut:
        clinic(store).agenda("a", on=START)
    assert CANARY not in repr(shut.value) + str(vars(shut.value)) + str(shut.value.alerts[0].text)


def test_the_shell_tells_them_where_there_is_no_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from iptengine.cli.main import run_command

    monkeypatch.chdir(tmp_path)
    os.mkdir("keys")
    told(clinic(ipt.open_store("sqlite:///clinic.db"), ipt.FileKeys("keys")))
    for words in (("agenda",), ("agenda", "--audience", "patient"), ("ways",), ("history",)):
        assert run_command(["course", words[0], "clinic.db", "a", *words[1:]]) == 1
        shown = capsys.readouterr()
        assert (shown.out, " ".join(shown.err.split())) == (
            "",
            f"RISK ALERT: {RISK} the patient text of this course is enciphered; give the clinic its keys: "
            "Clinic(store, protocols, keys=...), or --keys in the shell",
        )
