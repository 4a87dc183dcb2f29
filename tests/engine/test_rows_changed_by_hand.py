"""A row of the lists that somebody changed or took out: `verify` finds it, and it can be made again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

import iptengine as ipt
from canaries import adult
from iptengine import commands as c
from iptengine.cli.main import run_command
from iptengine.store.rows import Asked
from phrases import ANNA, START
from stores import fresh_url, opened

DAY = date(2026, 3, 10)
KINDS = ("sqlite", "postgres")
MAKE_ROWS = "make the rows again: 'iptengine clinic refresh --anew', or Clinic.refresh(on=..., anew=True)"
GONE = f"it has no row in the lists, so they do not show it; {MAKE_ROWS}"
LATE = f"its row in the lists is of another version of the course, so they may show less than there is; {MAKE_ROWS}"
NONE = (
    "the lists have a row of it, and nothing is recorded of such a course; its events may be lost: restore a backup, "
    "or ask who keeps the database"
)
OTHERWISE = f"its row in the lists says something else than its events, perhaps of an alert; {MAKE_ROWS}"


def clinic(store: ipt.Store) -> ipt.Clinic:
    return ipt.Clinic(store, [adult()], clock=lambda: datetime(2026, 3, 10, 9, tzinfo=UTC))


def with_an_alert(url: str) -> ipt.SqlStore:
    """Two courses, one with an open risk alert, and their rows made for the day."""
    store = opened(url)
    desk = clinic(store)
    for course in ("a", "b"):
        desk.start("ipt-adult", by=ANNA, on=START, course=course)
    desk.do("a", c.Read("phq9", total=9, answers={"self_harm": 2}, on=START), by=ANNA)
    desk.refresh(on=DAY)
    return store


def by_hand(store: ipt.SqlStore, statement: str) -> None:
    """What somebody does who can write to the database."""
    with store._access.writing() as connection:
        connection.execute(text(statement))


def found(store: ipt.SqlStore) -> list[tuple[str, str]]:
    verdict = ipt.verify(store)
    return [(problem.course, problem.text) for problem in verdict.problems]


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_that_was_taken_out_is_found_and_made_again(kind: str) -> None:
    store = with_an_alert(fresh_url(kind))
    desk = clinic(store)
    assert (found(store), desk.out_of_step(), len(desk.alerts())) == ([], (), 1)
    by_hand(store, "DELETE FROM iptengine_lists WHERE course = 'a'")
    assert desk.alerts() == ()  # what a clinician would read until somebody looks
    assert (found(store), desk.out_of_step()) == ([("a", GONE)], ("a",))
    assert ipt.verify(store).state == "damaged"
    assert desk.refresh(on=DAY, anew=True) == 2
    assert (found(store), desk.out_of_step(), len(desk.alerts())) == ([], (), 1)


@pytest.mark.parametrize("kind", KINDS)
def test_a_course_that_is_named_is_answered_from_its_events_where_its_row_is_gone(kind: str) -> None:
    store = with_an_alert(fresh_url(kind))
    by_hand(store, "DELETE FROM iptengine_lists")
    desk = clinic(store)
    assert [alert.value for alert in desk.alerts(courses=["a"])] == [2]
    assert desk.out_of_step(courses=["a", "b"]) == ("b",)  # that of a was made again by asking
    with pytest.raises(ipt.UnknownCourse):
        desk.alerts(courses=["nobody"])


@pytest.mark.parametrize("kind", KINDS)
def test_an_alert_taken_out_of_a_row_is_found_by_a_replay(kind: str) -> None:
    store = with_an_alert(fresh_url(kind))
    desk = clinic(store)
    by_hand(store, "UPDATE iptengine_lists SET alerts = false WHERE course = 'a'")
    assert desk.alerts() == ()
    assert (found(store), desk.out_of_step()) == ([], ("a",))
    desk.refresh(on=DAY, anew=True)
    assert (desk.out_of_step(), len(desk.alerts())) == ((), 1)


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_of_another_version_and_one_of_no_course_are_found(kind: str) -> None:
    store = with_an_alert(fresh_url(kind))
    by_hand(store, "UPDATE iptengine_lists SET version = 1 WHERE course = 'a'")
    by_hand(store, "INSERT INTO iptengine_lists (course, version) VALUES ('z', 3)")
    assert found(store) == [
        ("a", LATE),
        ("z", NONE),
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", [1, 7])
def test_a_row_of_another_version_that_hides_an_alert_is_made_again_as_verify_says(kind: str, version: int) -> None:
    store = opened(fresh_url(kind))
    desk = clinic(store)
    desk.start("ipt-adult", by=ANNA, on=START, course="a")
    (earlier,) = store.rows(Asked(frozenset()))
    desk.do("a", c.Read("phq9", total=9, answers={"self_harm": 3}, on=START), by=ANNA)
    assert [alert.value for alert in desk.alerts()] == [3]
    by_hand(
        store,
        f"UPDATE iptengine_lists SET version = {version}, made = '{earlier.made}', alerts = false, "
        f"text = '{earlier.text.replace(':', chr(92) + ':')}' WHERE course = 'a'",
    )
    assert desk.alerts() == ()  # what a clinician would read until somebody looks
    assert (found(store), desk.out_of_step()) == ([("a", LATE)], ("a",))
    assert desk.refresh(on=DAY, anew=True) == 1
    assert [alert.value for alert in desk.alerts()] == [3]
    assert (found(store), desk.out_of_step()) == ([], ())


def test_a_row_of_no_course_holds_back_no_row_that_is_made_again() -> None:
    store = with_an_alert(fresh_url("sqlite"))
    by_hand(store, "UPDATE iptengine_lists SET alerts = false WHERE course = 'a'")
    by_hand(store, "INSERT INTO iptengine_lists (course, version) VALUES ('Z', 3)")
    assert clinic(store).refresh(on=DAY, anew=True) == 2
    assert (found(store), clinic(store).out_of_step()) == ([("Z", NONE)], ("Z",))
    with pytest.raises(ipt.UnknownCourse):  # nobody reads a list of the clinic as if nothing were lost
        clinic(store).alerts()


def test_refresh_counts_the_rows_that_were_kept(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'clinic.db'}"
    with_an_alert(url)
    assert clinic(opened(url, read_only=True)).refresh(on=DAY, anew=True) == 0
    assert clinic(opened(url)).refresh(on=DAY, anew=True) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_made_again_never_stands_before_its_course(kind: str) -> None:
    store = with_an_alert(fresh_url(kind))
    row, _ = store.rows(Asked(frozenset()))
    by_hand(store, "DELETE FROM iptengine_lists WHERE course = 'a'")
    clinic(store).do("a", c.WriteNote("x", on=DAY), by=ANNA)
    by_hand(store, "DELETE FROM iptengine_lists WHERE course = 'a'")
    assert store.keep_rows([row]) == 0
    assert found(store) == [("a", GONE)]


# -- from the shell ----------------------------------------------------------------------------------------------


def test_verify_says_what_to_do_and_doing_it_mends_the_lists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    store = with_an_alert("sqlite:///clinic.db")
    by_hand(store, "UPDATE iptengine_lists SET alerts = false WHERE course = 'a'")
    by_hand(store, "DELETE FROM iptengine_lists WHERE course = 'b'")
    assert run_command(["verify", "clinic.db"]) == 1
    told = capsys.readouterr()
    assert told.err == f"damaged: course b: {GONE}\ndamaged: course a: {OTHERWISE}\n"
    assert told.out.splitlines()[0] == "DAMAGED"
    assert run_command(["clinic", "refresh", "clinic.db", "--anew", "--on", "2026-03-10"]) == 0
    assert capsys.readouterr().out == "2 rows of the lists made\n"
    assert run_command(["verify", "clinic.db"]) == 0
    assert run_command(["clinic", "alerts", "clinic.db"]) == 0
    assert "item 9" in capsys.readouterr().out


def test_rows_alone_are_said_to_be_the_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    store = with_an_alert("sqlite:///clinic.db")
    by_hand(store, "UPDATE iptengine_lists SET alerts = false WHERE course = 'a'")
    assert run_command(["verify", "clinic.db"]) == 1
    assert capsys.readouterr().out.splitlines()[0] == "DAMAGED: the lists; the events fit together"


def test_rows_that_do_not_open_without_keys_are_no_damage_and_a_hidden_alert_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("keys").mkdir()
    store = opened("sqlite:///clinic.db")
    desk = ipt.Clinic(store, [adult()], keys=ipt.FileKeys("keys"))
    desk.start("ipt-adult", by=ANNA, on=START, course="a")
    desk.do("a", c.Read("phq9", total=9, answers={"self_harm": 2}, on=START), by=ANNA)
    desk.refresh(on=DAY)
    desk.start("ipt-adult", by=ANNA, on=START, course="b")
    capsys.readouterr()
    assert run_command(["verify", "clinic.db"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "2 courses, 4 events",
        "2 rows of the lists were not compared, because they do not open without keys: give --keys",
    ]
    assert run_command(["verify", "clinic.db", "--keys", "keys"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["2 courses, 4 events"]
    ipt.FileKeys("keys")._file("b").unlink()
    assert run_command(["verify", "clinic.db", "--keys", "keys"]) == 0
    assert capsys.readouterr().out.splitlines()[2:] == [
        "1 row of the lists was not compared, because it does not open with these keys"
    ]
    by_hand(store, "UPDATE iptengine_lists SET alerts = false")
    capsys.readouterr()
    assert run_command(["verify", "clinic.db"]) == 1
    assert capsys.readouterr().err == f"damaged: course a: {OTHERWISE}\n"
