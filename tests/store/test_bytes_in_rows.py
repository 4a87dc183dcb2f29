"""SQLite keeps bytes where a text belongs, if somebody writes them there: they are read as a text that fits no seal."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

import iptengine as ipt
from canaries import adult
from iptengine import commands as c
from phrases import ANNA
from stores import _made, fresh_url, opened

DAY = date(2026, 3, 3)
NO_TEXT, SAME_BYTES = "x'ff00fe'", "CAST({column} AS BLOB)"


def clinic_with(statement: str) -> ipt.Clinic:
    """A clinic with an answer above zero in course a, and a course b, after somebody changed the file."""
    url = fresh_url("sqlite")
    with ipt.open_store(url) as store:
        clinic = ipt.Clinic(store, [adult()])
        for course in "ab":
            clinic.start("ipt-adult", by=ANNA, on=DAY, course=course)
        clinic.do("b", c.WriteNote("a second event"), by=ANNA, on=DAY)
        clinic.do("a", c.HoldSession(on=DAY), c.Read("phq9", on=DAY, answers={"self_harm": 2}), by=ANNA)
        clinic.due(on=DAY)
    with closing(sqlite3.connect(Path(url.removeprefix("sqlite:///")), isolation_level=None)) as database:
        database.execute(statement)
    return ipt.Clinic(opened(url), [adult()])


def changed(table: str, column: str, to: str, course: str = "b") -> str:
    last = " AND version = 2" if table == "events" else ""
    return f"UPDATE iptengine_{table} SET {column} = {to.format(column=column)} WHERE course = '{course}'{last}"


def every_list(clinic: ipt.Clinic) -> None:
    for asked in (clinic.due, clinic.stuck, clinic.overdue):
        asked(on=DAY)
        asked(on=DAY + timedelta(days=30))


@pytest.mark.parametrize("column", ["version", "made", "since", "until", "alerts", "stuck", "text"])
@pytest.mark.parametrize("to", [NO_TEXT, SAME_BYTES])
def test_bytes_in_the_row_of_another_course_hide_no_alert(column: str, to: str) -> None:
    clinic = clinic_with(changed("lists", column, to))
    assert [alert.course for alert in clinic.alerts()] == ["a"]
    every_list(clinic)


@pytest.mark.parametrize("column", ["course", "version", "text"])
@pytest.mark.parametrize("to", [NO_TEXT, SAME_BYTES])
def test_bytes_in_an_event_of_another_course_hide_no_alert(column: str, to: str) -> None:
    clinic = clinic_with(changed("events", column, to))
    assert "a" in {alert.course for alert in clinic.alerts()}
    every_list(clinic)


def state_after(statement: str) -> str:
    """What a verification says of the store that somebody changed."""
    clinic_with(statement)
    return ipt.verify(_made[-1]).state


def test_bytes_in_place_of_an_event_are_told_as_any_event_that_cannot_be_read() -> None:
    broken = changed("events", "text", NO_TEXT)
    clinic = clinic_with(broken)
    assert "Event 2 of this course cannot be read" in " ".join(clinic.agenda("b", on=DAY).text.split())
    clinic.do("b", c.WriteNote("a third"), by=ANNA, on=DAY)
    told = "Event 2 of this course cannot be read, and with it perhaps an alert."
    assert [alert.course for alert in clinic.alerts() if alert.text.startswith(told)] == ["b"]
    assert state_after(broken) == "damaged"


def test_the_same_letters_as_bytes_are_the_same_event() -> None:
    same = changed("events", "text", SAME_BYTES, course="a")
    clinic = clinic_with(same)
    assert [alert.course for alert in clinic.alerts()] == ["a"]
    assert (clinic.course("a").version, state_after(same)) == (4, "not anchored")
