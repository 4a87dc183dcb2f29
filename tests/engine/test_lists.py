"""The lists of a clinic: who is due, which alerts are open, who is stuck and why, what is overdue."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import iptengine as ipt
from iptengine import commands as c
from iptengine.course.stuck import Stuck, Unmet
from iptengine.course.ways import Due
from iptengine.store.keys import MemoryKeys
from iptengine.store.rows import Asked, Row
from stores import fresh_store

ANNA = ipt.Actor("u17", role="therapist")
START = date(2026, 3, 3)
CANARY = "Wilhelmina was beaten"


@cache
def adult() -> ipt.Protocol:
    return ipt.load("ipt-adult")


def week(number: int, days: int = 0) -> date:
    return START + timedelta(days=7 * (number - 1) + days)


class Counting(ipt.MemoryStore):
    """Counts how often a course is read: a replay."""

    def __init__(self) -> None:
        super().__init__()
        self.replays: list[str] = []

    def read(self, course: str, after: int = 0) -> Any:
        self.replays.append(course)
        return super().read(course, after)


def clinic(store: ipt.Store, today: date = START, **more: Any) -> ipt.Clinic:
    numbers = count(1)
    return ipt.Clinic(
        store,
        [adult()],
        clock=lambda: datetime(today.year, today.month, today.day, 15, tzinfo=UTC),
        ids=lambda: f"k{next(numbers)}",
        **more,
    )


def three_sessions(desk: ipt.Clinic, course: str = "a") -> None:
    """A course whose initial phase has had its sessions, with nothing agreed."""
    desk.start("ipt-adult", by=ANNA, on=START, course=course)
    for number in (1, 2, 3):
        desk.do(course, c.HoldSession(on=week(number)), by=ANNA)


class TestStuck:
    def test_a_course_is_stuck_when_its_window_has_closed_and_no_way_on_is_open(self) -> None:
        desk = clinic(fresh_store())
        three_sessions(desk)
        (way,) = desk.stuck(on=week(4))
        assert (way.course, way.phase, way.to, way.title, way.asks) == ("a", "initial", "middle", "Middle phase", "")
        assert way.text == "'Initial phase' was meant to last until session 3"
        assert [reason.text for reason in way.reasons] == [
            "any of: a diagnosis is recorded; the diagnosis is waived",
            "inventory is done",
            "a formulation is agreed",
            "a focus is agreed",
            "the contract is agreed",
        ]
        assert {reason.path.rpartition(".")[0] for reason in way.reasons} == {"phases.initial.next.middle"}

    def test_before_its_window_has_closed_nobody_is_stuck(self) -> None:
        desk = clinic(fresh_store())
        desk.start("ipt-adult", by=ANNA, on=START, course="a")
        desk.do("a", c.HoldSession(on=START), by=ANNA)
        assert desk.stuck(on=week(2)) == ()

    def test_a_course_that_has_ended_is_not_stuck(self) -> None:
        desk = clinic(fresh_store())
        three_sessions(desk)
        desk.do("a", c.Deviate(c.EndCourse("completed"), because="moved"), by=ANNA, on=week(4))
        assert desk.stuck(on=week(5)) == ()


class TestOverdue:
    def test_a_measure_that_was_due_for_a_session_is_overdue_from_the_day_after(self) -> None:
        desk = clinic(fresh_store())
        three_sessions(desk)
        missing = Due("a", "measure", week(3), "PHQ-9: no reading at session 3 on 17 March")
        assert missing in desk.overdue(on=week(3, 1))
        assert missing not in desk.overdue(on=week(3))
        desk.do("a", c.Read("phq9", total=9, answers={"self_harm": 0}, on=week(3)), by=ANNA)
        assert missing not in desk.overdue(on=week(3, 1))


class TestWhereAllStand:
    def test_each_course_says_its_phase_its_sessions_and_its_alerts(self) -> None:
        desk = clinic(fresh_store())
        three_sessions(desk)
        desk.start("ipt-adult", by=ANNA, on=START, course="b")
        desk.do("b", c.Read("phq9", total=9, answers={"self_harm": 2}, on=START), by=ANNA)
        a, b = desk.overviews(on=week(2))
        assert (a.course, a.phase, a.sessions_used, a.sessions_left, a.ended) == ("a", "initial", 3, None, None)
        assert [alert.value for alert in b.alerts] == [2]
        assert desk.overviews(on=week(2), courses=["b"]) == (b,)

    def test_an_overview_shows_nothing_of_what_it_holds_by_its_name(self) -> None:
        desk = clinic(fresh_store())
        three_sessions(desk)
        assert repr(desk.overviews(on=START)[0]) == "<Overview of a version 4>"


class TestWithoutReplaying:
    def test_on_one_day_a_course_is_replayed_once_and_no_more(self) -> None:
        store = Counting()
        desk = clinic(store)
        three_sessions(desk)
        three_sessions(desk, "b")
        store.replays.clear()
        for _ in range(3):
            desk.due(on=week(4))
            desk.stuck(on=week(4))
            desk.overdue(on=week(4), courses=["b"])
        assert store.replays == ["a", "b"]

    def test_alerts_are_at_hand_with_the_reading_that_raised_them(self) -> None:
        store = Counting()
        desk = clinic(store)
        three_sessions(desk)
        desk.do("a", c.Read("phq9", total=9, answers={"self_harm": 2}, on=START), by=ANNA)
        store.replays.clear()
        assert [alert.value for alert in desk.alerts()] == [2]
        assert store.replays == []

    def test_two_alerts_of_a_day_in_the_same_words_have_the_numbers_of_their_events(self) -> None:
        desk = clinic(Counting())
        three_sessions(desk)
        for total in (9, 12):
            desk.do("a", c.Read("phq9", total=total, answers={"self_harm": 2}, on=START), by=ANNA)
        first, second = (n for n, event in enumerate(desk.events("a"), 1) if event.kind == "alert_raised")
        alerts = desk.alerts()
        assert len({alert.text for alert in alerts}) == 1
        assert [alert.number for alert in alerts] == [first, second]
        assert [line.text for line in desk.due(on=START) if line.kind == "alert"] == [
            f"{alerts[0].text} (#{first})",
            f"{alerts[0].text} (#{second})",
        ]

    def test_a_night_job_makes_the_lists_ready(self) -> None:
        store = Counting()
        desk = clinic(store)
        three_sessions(desk)
        assert (desk.refresh(on=week(4)), desk.refresh(on=week(4))) == (1, 0)
        store.replays.clear()
        desk.due(on=week(4))
        assert store.replays == []
        assert desk.refresh(on=week(4), anew=True) == 1

    def test_only_the_course_that_was_written_to_is_replayed_again(self) -> None:
        store = Counting()
        desk = clinic(store)
        three_sessions(desk)
        three_sessions(desk, "b")
        desk.refresh(on=week(4))
        desk.do("b", c.WriteNote("x"), by=ANNA, on=week(4))
        store.replays.clear()
        desk.due(on=week(4))
        assert store.replays == ["b"]


class TestRowsThatCannotBeTrusted:
    def test_a_row_that_was_changed_by_somebody_is_found_and_made_again(self) -> None:
        store = fresh_store()
        desk = clinic(store)
        three_sessions(desk)
        desk.do("a", c.Read("phq9", total=9, answers={"self_harm": 2}, on=START), by=ANNA)
        assert desk.out_of_step() == ()
        (row,) = store.rows(Asked(frozenset()))
        store.keep_rows([replace(row, shown=frozenset())])
        assert desk.out_of_step() == ("a",)
        desk.refresh(on=week(4), anew=True)
        assert desk.out_of_step() == ()
        assert [alert.value for alert in desk.alerts()] == [2]

    def test_asked_of_no_course_none_is_out_of_step(self) -> None:
        desk = clinic(fresh_store())
        three_sessions(desk)
        assert desk.out_of_step(courses=[]) == ()

    @pytest.mark.parametrize(
        "text", ["", "{", "[]", '{"schema":"iptengine.overview/4"}', '{"schema":"other"}', "sealed:x"]
    )
    def test_a_row_that_cannot_be_read_is_made_again(self, text: str) -> None:
        store = fresh_store()
        desk = clinic(store)
        three_sessions(desk)
        wanted = desk.due(on=week(4))
        (row,) = store.rows(Asked(frozenset()))
        store.keep_rows([replace(row, text=text)])
        assert desk.due(on=week(4)) == wanted
        assert desk.out_of_step() == ()

    def test_a_row_of_another_version_of_the_library_is_not_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        store = Counting()
        desk = clinic(store)
        three_sessions(desk)
        desk.due(on=week(4))
        monkeypatch.setattr("iptengine.engine.lists._library", lambda: "9.9.9")
        store.replays.clear()
        assert desk.due(on=week(4)) != ()
        assert store.replays == ["a"]


class TestPatientText:
    def told(self, keys: MemoryKeys | None) -> tuple[ipt.MemoryStore, ipt.Clinic]:
        store = fresh_store()
        desk = clinic(store, keys=keys)
        desk.start("ipt-adult", by=ANNA, on=START, course="a")
        done = desk.do("a", c.Read("phq9", total=9, answers={"self_harm": 2}, on=START), by=ANNA)
        desk.do("a", c.AssessAlert(done.alerts[0].id, found=CANARY, plan=CANARY, on=START), by=ANNA)
        desk.due(on=START)
        return store, desk

    def rows(self, store: ipt.MemoryStore) -> list[Row]:
        return list(store.rows(Asked(frozenset())))

    def test_where_a_course_is_enciphered_its_row_is_too(self) -> None:
        store, desk = self.told(MemoryKeys())
        (row,) = self.rows(store)
        assert row.text.startswith("sealed:")
        assert CANARY not in row.text
        assert [alert.found for alert in desk.alerts()] == [CANARY]
        assert desk.out_of_step() == ()

    def test_where_it_is_not_its_row_holds_the_words_of_the_clinician(self) -> None:
        store, _ = self.told(None)
        assert CANARY in self.rows(store)[0].text

    def test_a_row_does_not_open_as_that_of_another_course_or_day(self) -> None:
        store, desk = self.told(MemoryKeys())
        wanted = desk.due(on=week(9))
        (row,) = self.rows(store)
        store.keep_rows([replace(row, since=week(5), until=week(30))])
        assert desk.due(on=week(9)) == wanted

    def test_once_a_course_is_erased_nothing_of_its_words_is_in_the_lists(self) -> None:
        store, desk = self.told(MemoryKeys())
        desk.do("a", c.Deviate(c.EndCourse("completed"), because="moved"), by=ANNA, on=week(2))
        desk.erase("a", by=ANNA, on=week(3), because="asked for")
        assert [(row.version, row.text) for row in self.rows(store)] == [(len(store.read("a")), "")]
        assert CANARY not in str([(alert.found, alert.plan) for alert in desk.alerts()])
        desk.due(on=week(3))
        (row,) = self.rows(store)
        assert not row.text.startswith("sealed:")
        assert CANARY not in row.text
        assert desk.out_of_step() == ()


class TestReaders:
    def test_a_reader_keeps_no_rows_and_is_answered_from_those_there_are(self) -> None:
        store = Counting()
        desk = clinic(store)
        three_sessions(desk)
        reader = desk.reader(ipt.Actor("u31", role="assessor"))
        wanted = reader.due(on=week(4)), reader.stuck(on=week(4)), reader.overviews(on=week(4))
        assert next(store.rows(Asked(frozenset()))).since == date.max
        desk.refresh(on=week(4))
        store.replays.clear()
        assert (reader.due(on=week(4)), reader.stuck(on=week(4)), reader.overviews(on=week(4))) == wanted
        assert store.replays == []


def test_a_way_that_is_stuck_reads_as_its_author_wrote_it() -> None:
    unmet = Unmet("focus", "a focus is agreed", "no", "no focus is agreed", "phases.initial.next.middle.focus")
    assert str(unmet) == "a focus is agreed (no focus is agreed)"
    assert Stuck("a", "initial", "why").reasons == ()


class TestAnEventIsMissing:
    """Somebody has taken a row out of the database by hand: what may be lost is said, and no other course is."""

    DAMAGED = "the course 'a' is damaged in this store: its event {} is missing; restore a backup"
    INSTEAD = "An event of this course is missing in the store, and with it perhaps an alert. Restore a backup"

    def two_courses(self, tmp_path: Path, gone: str) -> ipt.Clinic:
        store = ipt.open_store(f"sqlite:///{tmp_path}/clinic.db")
        desk = clinic(store)
        for course in ("a", "b"):
            desk.start("ipt-adult", by=ANNA, on=START, course=course)
            desk.do(course, c.Read("phq9", on=START, answers={"self_harm": 1}), c.WriteNote("x", on=START), by=ANNA)
        with closing(sqlite3.connect(tmp_path / "clinic.db")) as database, database:
            taken_out = "DELETE FROM iptengine_events WHERE course = 'a' AND text LIKE ?"
            assert database.execute(taken_out, (f'%"kind":"{gone}"%',)).rowcount == 1
            database.execute("UPDATE iptengine_lists SET text = ''")
        return desk

    def test_the_lists_say_so_by_a_risk_alert_and_show_every_other_course(self, tmp_path: Path) -> None:
        desk = self.two_courses(tmp_path, "alert_raised")
        assert [(alert.course, alert.code) for alert in desk.alerts()] == [
            ("a", "event_missing"),
            ("b", "risk_item"),
        ]
        assert desk.alerts()[0].text == self.INSTEAD
        assert desk.alerts(closed=True) == desk.alerts()
        due = desk.due(on=START)
        assert [(line.kind, line.text) for line in due if line.course == "a"] == [
            ("alert", self.INSTEAD),
            ("review", self.DAMAGED.format(3)),
        ]
        assert len([line for line in due if line.course == "b"]) > 1

    def test_what_is_left_keeps_its_own_alerts(self, tmp_path: Path) -> None:
        desk = self.two_courses(tmp_path, "reading_taken")
        assert [alert.code for alert in desk.alerts(courses=["a"])] == ["risk_item", "event_missing"]

    def test_the_course_itself_is_not_read(self, tmp_path: Path) -> None:
        desk = self.two_courses(tmp_path, "reading_taken")
        with pytest.raises(ipt.DamagedCourse) as told:
            desk.course("a")
        assert (told.value.course, told.value.event, str(told.value)) == ("a", 2, self.DAMAGED.format(2))


class WithoutLists:
    """A store that keeps no rows: every course is replayed for each list."""

    def __init__(self) -> None:
        self._kept = ipt.MemoryStore()
        for name in ("read", "append", "feed", "keep_protocol", "protocol"):
            setattr(self, name, getattr(self._kept, name))


@pytest.mark.parametrize("made", [fresh_store, WithoutLists])
class TestACourseIsNotThere:
    """A caseload names a course that the store does not have: an older backup was put back, or the id is mistyped."""

    NOT_THERE = "there is no course 'b' in this store; look whether its id is right, or restore a backup"
    INSTEAD = (
        "Nothing of this course is in the store, and with it perhaps an alert is lost. Look whether its id is right; "
        "if it is, restore a backup"
    )

    def caseload(self, made: Any) -> ipt.Clinic:
        desk = clinic(made(), today=week(4))
        three_sessions(desk)
        desk.do("a", c.Read("phq9", total=9, answers={"self_harm": 2}, on=START), by=ANNA)
        return desk

    def test_the_alerts_of_the_others_reach_and_a_risk_alert_stands_for_those_it_may_have_had(self, made: Any) -> None:
        desk = self.caseload(made)
        whole = desk.alerts(courses=["a"])
        for courses in (["a", "b"], ["b", "a"], ("b", "a", "b"), {"b": 1, "a": 2}):
            told = desk.alerts(courses=courses)
            assert [alert for alert in told if alert.course == "a"] == list(whole)
            (instead,) = (alert for alert in told if alert.course == "b")
            assert (instead.id, instead.code, instead.level) == ("course-missing", "course_missing", "risk")
            assert (instead.text, instead.raised, instead.needs_assessment) == (self.INSTEAD, week(4), True)
            assert desk.alerts(courses=courses, closed=True) == told

    def test_every_other_list_goes_on_and_has_a_line_that_says_so(self, made: Any) -> None:
        desk, on, both = self.caseload(made), week(5), ["a", "b"]
        assert [(line.kind, line.by, line.text) for line in desk.due(on=on, courses=both) if line.course == "b"] == [
            ("alert", on, self.INSTEAD),
            ("review", None, self.NOT_THERE),
        ]
        assert [line.kind for line in desk.due(on=on, courses=both)][:2] == ["alert", "alert"]
        for ask in (desk.stuck, desk.overdue):
            whole, told = ask(on=on, courses=["a"]), ask(on=on, courses=both)
            assert [line for line in told if line.course == "a"] == list(whole) != []
            assert [line.text for line in told if line.course == "b"] == [self.NOT_THERE]
        a, b = desk.overviews(on=on, courses=both)
        assert (a,) == desk.overviews(on=on, courses=["a"])
        assert (b.course, b.version, b.protocol, b.phase, [alert.text for alert in b.alerts]) == (
            "b", 0, "", "", [self.INSTEAD],
        )  # fmt: skip

    def test_a_reader_of_any_role_is_told_the_same(self, made: Any) -> None:
        desk = self.caseload(made)
        for role in ("therapist", "assessor"):
            reader = desk.reader(ipt.Actor("u31", role=role))
            assert reader.alerts(courses=["a", "b"]) == desk.alerts(courses=["a", "b"])
            assert reader.due(on=week(5), courses=["b"]) == desk.due(on=week(5), courses=["b"])

    def test_what_is_no_id_is_not_repeated(self, made: Any) -> None:
        (line,) = self.caseload(made).overdue(on=START, courses=[CANARY])
        no_name = "there is no course of that id in this store; look whether its id is right, or restore a backup"
        assert line.text == no_name

    def test_once_it_is_there_again_nothing_stands_for_it(self, made: Any) -> None:
        desk = self.caseload(made)
        assert [alert.course for alert in desk.alerts(courses=["b"])] == ["b"]
        assert desk.refresh(on=week(4), courses=["a", "b"]) == (0 if made is WithoutLists else 1)
        desk.start("ipt-adult", by=ANNA, on=START, course="b")
        assert desk.alerts(courses=["b"]) == ()

    def test_nothing_is_said_of_a_course_that_nobody_named(self, made: Any) -> None:
        desk = self.caseload(made)
        assert {line.course for line in desk.due(on=START)} == {alert.course for alert in desk.alerts()} == {"a"}
        assert desk.alerts(courses=[]) == ()

    def test_one_text_is_not_taken_for_as_many_courses_as_it_has_letters(self, made: Any) -> None:
        desk = self.caseload(made)
        for ask in (
            lambda: desk.alerts(courses="ab"),
            lambda: desk.alerts(courses="ab", closed=True),
            lambda: desk.due(on=START, courses="ab"),
        ):
            with pytest.raises(ipt.BadInput) as no:
                ask()
            assert (no.value.field, str(no.value)) == ("courses", "name the courses in a list, also where it is one")


def test_of_courses_that_are_asked_for_one_that_is_not_there_is_out_of_step() -> None:
    desk = clinic(fresh_store())
    three_sessions(desk)
    assert desk.out_of_step(courses=["a", "b"]) == ("b",)
