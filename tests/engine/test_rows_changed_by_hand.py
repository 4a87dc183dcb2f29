"""A row of the lists that somebody changed, put back or took out: no list leaves its course out, `verify` finds it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

import iptengine as ipt
from canaries import adult
from iptengine import commands as c
from iptengine.cli.main import run_command
from iptengine.store.rows import Asked, Row
from iptengine.store.strays import Stray
from phrases import ANNA, START
from stores import fresh_url, opened

DAY = date(2026, 3, 10)
KINDS = ("sqlite", "postgres")
MAKE_ROWS = "make the rows again: 'iptengine clinic refresh --anew', or Clinic.refresh(on=..., anew=True)"
GONE = f"it has no row in the lists, as if somebody had taken it out; {MAKE_ROWS}"
BEHIND = f"its row in the lists is of an earlier version of the course, as if somebody had put it back; {MAKE_ROWS}"
AHEAD = (
    "its row in the lists counts more events than there are: its last ones are missing, or the row was changed; "
    f"look at the last backup first; where the events are whole, {MAKE_ROWS}"
)
MISSING = "An event of this course is missing in the store, and with it perhaps an alert. Restore a backup"
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


def put_back(store: ipt.SqlStore, row: Row, *, version: int) -> None:
    """As when a table of a backup is restored: the row as it was, at some version."""
    by_hand(
        store,
        f"UPDATE iptengine_lists SET version = {version}, made = '{row.made}', alerts = false, stuck = false, "
        f"text = '{row.text.replace(':', chr(92) + ':')}' WHERE course = '{row.course}'",
    )


LISTS: dict[str, Callable[[ipt.Clinic], object]] = {
    "alerts": lambda desk: desk.alerts(),
    "due": lambda desk: desk.due(on=DAY),
    "stuck": lambda desk: desk.stuck(on=DAY),
    "overdue": lambda desk: desk.overdue(on=DAY),
    "overviews": lambda desk: desk.overviews(on=DAY),
}


def found(store: ipt.SqlStore) -> list[tuple[str, str]]:
    verdict = ipt.verify(store)
    return [(problem.course, problem.text) for problem in verdict.problems]


@pytest.mark.parametrize("kind", KINDS)
def test_a_course_whose_row_was_taken_out_stands_in_every_list_and_its_row_is_made_again_by_asking(kind: str) -> None:
    for asked in LISTS.values():
        store = with_an_alert(fresh_url(kind))
        desk = clinic(store)
        whole = asked(desk)
        assert (found(store), desk.out_of_step()) == ([], ())
        by_hand(store, "DELETE FROM iptengine_lists WHERE course = 'a'")
        assert (found(store), desk.out_of_step()) == ([("a", GONE)], ("a",))
        assert ipt.verify(store).state == "damaged"
        assert asked(desk) == whole
        assert [(alert.course, alert.value) for alert in desk.alerts()] == [("a", 2)]
        assert (found(store), desk.out_of_step()) == ([], ())


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_put_back_to_an_earlier_version_hides_no_alert_and_is_made_again_by_asking(kind: str) -> None:
    for asked in LISTS.values():
        store = opened(fresh_url(kind))
        desk = clinic(store)
        desk.start("ipt-adult", by=ANNA, on=START, course="a")
        (earlier,) = store.rows(Asked(frozenset()))
        desk.do("a", c.Read("phq9", total=9, answers={"self_harm": 3}, on=START), by=ANNA)
        whole = asked(desk)
        put_back(store, earlier, version=earlier.version)
        assert (found(store), desk.out_of_step()) == ([("a", BEHIND)], ("a",))
        assert asked(desk) == whole
        assert [(alert.course, alert.value) for alert in desk.alerts()] == [("a", 3)]
        assert (found(store), desk.out_of_step()) == ([], ())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("courses", [None, ("a", "b")])
def test_a_row_that_counts_more_events_than_there_are_tells_of_them_until_somebody_has_looked(
    kind: str, courses: tuple[str, ...] | None
) -> None:
    store = with_an_alert(fresh_url(kind))
    desk = clinic(store)
    by_hand(store, "DELETE FROM iptengine_events WHERE course = 'a' AND version > 1")  # the alert went with them
    for _ in range(2):
        told = desk.alerts(courses=courses)
        assert [(alert.course, alert.level, alert.text) for alert in told] == [("a", "risk", MISSING)]
        assert desk.alerts(courses=courses, closed=True) == told
        assert desk.due(on=DAY, courses=courses)[0].kind == "alert"
        assert desk.refresh(on=DAY) == 0  # the row is all that is left to tell of them
        assert (found(store), desk.out_of_step()) == ([("a", AHEAD)], ("a",))
    assert desk.refresh(on=DAY, anew=True) == 2
    assert (found(store), desk.out_of_step(), desk.alerts()) == ([], (), ())


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_put_forward_hides_no_alert(kind: str) -> None:
    store = opened(fresh_url(kind))
    desk = clinic(store)
    desk.start("ipt-adult", by=ANNA, on=START, course="a")
    (earlier,) = store.rows(Asked(frozenset()))
    desk.do("a", c.Read("phq9", total=9, answers={"self_harm": 3}, on=START), by=ANNA)
    put_back(store, earlier, version=7)
    assert sorted(alert.text == MISSING for alert in desk.alerts()) == [False, True]
    assert (found(store), desk.out_of_step()) == ([("a", AHEAD)], ("a",))
    assert desk.refresh(on=DAY, anew=True) == 1
    assert [alert.value for alert in desk.alerts()] == [3]
    assert (found(store), desk.out_of_step()) == ([], ())


@pytest.mark.parametrize("kind", KINDS)
def test_a_course_that_is_named_is_answered_from_its_events_where_its_row_is_gone_or_late(kind: str) -> None:
    for statement in ("DELETE FROM iptengine_lists", "UPDATE iptengine_lists SET version = 1, alerts = false"):
        store = with_an_alert(fresh_url(kind))
        by_hand(store, statement)
        desk = clinic(store)
        assert [alert.value for alert in desk.alerts(courses=["a"])] == [2]
        assert "a" not in desk.out_of_step(courses=["a", "b"])  # it was made again by asking
        assert [alert.code for alert in desk.alerts(courses=["a", "nobody"])] == ["risk_item", "course_missing"]


@pytest.mark.parametrize("kind", KINDS)
def test_who_may_only_read_is_told_what_no_row_tells(kind: str) -> None:
    store = with_an_alert(fresh_url(kind))
    by_hand(store, "DELETE FROM iptengine_lists WHERE course = 'a'")
    for role in ("therapist", "assessor"):
        reader = clinic(store).reader(ipt.Actor("u31", role=role))
        assert [alert.course for alert in reader.alerts()] == ["a"]
    assert found(store) == [("a", GONE)]  # a reader writes nothing


BROKEN = {
    "sqlite": ("since = 0", "until = 99999999", "since = 'x'", "version = 'x'", "version = 2.5", "text = x'00'",
               "made = x'00'", "alerts = 'maybe'", "alerts = 7", "stuck = 'maybe', alerts = x'01'"),
    "postgres": ("since = 0", "until = 99999999", "until = -5"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "change"), [(kind, change) for kind in KINDS for change in BROKEN[kind]])
def test_a_row_with_what_no_row_can_hold_hides_no_alert_and_breaks_no_list(kind: str, change: str) -> None:
    for asked in LISTS.values():
        store = with_an_alert(fresh_url(kind))
        desk = clinic(store)
        whole = asked(desk)
        by_hand(store, f"UPDATE iptengine_lists SET {change} WHERE course = 'a'")
        assert ipt.verify(store).courses == 2
        assert desk.out_of_step() in ((), ("a",))
        assert asked(desk) == whole
        assert [(alert.course, alert.value) for alert in desk.alerts()] == [("a", 2)]
        desk.refresh(on=DAY, anew=True)
        assert (found(store), desk.out_of_step()) == ([], ())


def test_a_row_lost_in_memory_hides_no_alert() -> None:
    store = ipt.MemoryStore()
    desk = clinic(store)
    desk.start("ipt-adult", by=ANNA, on=START, course="a")
    earlier = store._rows["a"]
    desk.do("a", c.Read("phq9", total=9, answers={"self_harm": 3}, on=START), by=ANNA)
    for row in (None, earlier):
        store._rows = {"a": row} if row else {}
        assert [alert.value for alert in desk.alerts()] == [3]
        assert desk.out_of_step() == ()
    store._courses["a"].pop()
    assert [alert.text == MISSING for alert in desk.alerts()] == [True]


@pytest.mark.parametrize("kind", KINDS)
def test_strays_are_told_with_both_versions_and_a_row_of_no_course_is_none_of_them(kind: str) -> None:
    store = opened(fresh_url(kind))
    for course in ("Z", "a", "b-2", "c", "d\u00e9"):
        store.append(course, ['{"v":1}', '{"v":1}'], expected=0)
    by_hand(store, "UPDATE iptengine_lists SET version = 1 WHERE course = 'a'")
    by_hand(store, "DELETE FROM iptengine_lists WHERE course IN ('Z', 'd\u00e9')")
    by_hand(store, "DELETE FROM iptengine_events WHERE course = 'b-2' AND version = 2")
    by_hand(store, "INSERT INTO iptengine_lists (course, version) VALUES ('z', 3)")
    strays = [Stray("Z", 2, 0), Stray("a", 2, 1), Stray("b-2", 1, 2), Stray("d\u00e9", 2, 0)]
    assert sorted(store.strays(), key=lambda one: one.course) == strays
    asked = frozenset({"Z", "c", "b-2", "nobody", "\ud800", "z"})
    assert sorted(store.strays(asked), key=lambda one: one.course) == [strays[0], strays[2]]
    assert list(store.strays(frozenset())) == []


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
    assert found(store) == [("a", BEHIND), ("z", NONE)]


def test_a_row_of_no_course_holds_back_no_row_that_is_made_again() -> None:
    store = with_an_alert(fresh_url("sqlite"))
    by_hand(store, "UPDATE iptengine_lists SET alerts = false WHERE course = 'a'")
    by_hand(store, "INSERT INTO iptengine_lists (course, version) VALUES ('Z', 3)")
    assert clinic(store).refresh(on=DAY, anew=True) == 2
    assert (found(store), clinic(store).out_of_step()) == ([("Z", NONE)], ("Z",))
    # nobody reads a list of the clinic as if nothing were lost, and nothing of the others is kept back
    assert [(alert.course, alert.code) for alert in clinic(store).alerts()] == [
        ("a", "risk_item"),
        ("Z", "course_missing"),
    ]
    assert clinic(store).out_of_step(courses=["Z", "a"]) == ("Z",)


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
