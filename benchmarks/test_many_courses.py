"""The stores of many copied courses are true ones, and one that is not is noticed before anything is measured."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

import iptengine as ipt
from benchmarks.bench_lists import LONG, SHORT
from benchmarks.frame import Unfair
from benchmarks.many_courses import DAY, KINDS, begun, check, clinic_of, seed, store_of, write


def test_a_store_of_copies_is_what_its_clinic_would_have_written() -> None:
    clinic = clinic_of(20, SHORT)
    assert clinic.out_of_step() == ()
    assert [line.course for line in clinic.stuck(on=DAY)] == ["c0000001", "c0000011"]
    assert [(alert.course, alert.id[:24]) for alert in clinic.alerts()] == [
        ("c0000000", f"{0:024x}"), ("c0000010", f"{10:024x}"),
    ]  # fmt: skip
    first, second = (clinic.events(course) for course in ("c0000002", "c0000003"))
    assert not {event.id for event in first} & {event.id for event in second}


def test_a_long_course_stands_in_the_lists_as_a_short_one_does() -> None:
    for kind in set(KINDS):
        short, long = seed(kind, SHORT), seed(kind, LONG)
        assert (len(short.texts), len(long.texts)) == (SHORT, LONG)
        assert long.row.text == short.row.text.replace(f'"version":{SHORT}', f'"version":{LONG}')


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE iptengine_lists SET alerts = 1", "its lists are not in step: ('c0000001', 'c0000002')"),
        ("DELETE FROM iptengine_events WHERE course = 'c0000001'", "the store is no store of 3 courses: "),
        ("UPDATE iptengine_events SET text = replace(text, 'u17', 'u18')", "the store is no store of 3 courses: "),
    ],
)
def test_a_store_that_is_no_true_one_is_not_measured(tmp_path: Path, change: str, said: str) -> None:
    path = tmp_path / "clinic.db"
    write(path, (begun(number, SHORT) for number in range(3)))
    check(path, 3, 3 * SHORT)
    with sqlite3.connect(path) as changed:
        changed.execute(change)
    changed.close()
    with pytest.raises(Unfair) as caught:
        check(path, 3, 3 * SHORT)
    assert str(caught.value).startswith(said)


def test_every_store_is_made_once() -> None:
    assert store_of(20, SHORT) is store_of(20, SHORT)
    with ipt.open_store(f"sqlite:///{store_of(20, SHORT)}", read_only=True) as store:
        assert len(list(store.feed())) == 20 * SHORT
