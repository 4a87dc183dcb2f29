"""A store is looked at from the shell: what was changed is said with its course and event."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from iptengine import commands as c
from iptengine.authoring.loader import load
from iptengine.cli.main import run_command
from iptengine.course.stamp import Actor
from iptengine.engine.clinic import Clinic
from iptengine.store.sql.opening import open_store

ANNA = Actor("u17", role="therapist")
DAY = date(2026, 3, 3)
KEY = b"a key of the clinic, kept elsewhere"
SMALL = Path(__file__).parents[1] / "protocols" / "small.protocol.yaml"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a store of one course, sealed with a key, and the key."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "key").write_bytes(KEY)
    with open_store("sqlite:///clinic.db") as store:
        clinic = Clinic(store, [load(SMALL)], clock=lambda: datetime(2026, 3, 3, 15, tzinfo=UTC), seal_key=KEY)
        clinic.start("ipt-small", by=ANNA, on=DAY, course="a")
        clinic.do("a", c.WriteNote("one", on=DAY), by=ANNA)
    return tmp_path


def changed(statement: str) -> None:
    with sqlite3.connect("clinic.db") as database:
        database.execute(statement)


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int | None, str, str]:
    capsys.readouterr()
    code = run_command(list(words))
    out, err = capsys.readouterr()
    return code, out, err


def test_a_store_as_it_was_recorded_is_not_anchored(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = (
        "not anchored: what is there fits together; that nothing was cut off, only an anchor can show\n"
        "1 course, 2 events\n"
    )
    assert told(capsys, "verify", "clinic.db", "--key-file", "key") == (0, wanted, "")
    assert told(capsys, "verify", "sqlite:///clinic.db", "--key-file", "key") == (0, wanted, "")


def test_a_changed_event_is_told_with_its_course(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed("update iptengine_events set text = replace(text, 'one', 'two') where version = 2")
    code, out, err = told(capsys, "verify", "clinic.db", "--key-file", "key")
    assert (code, out) == (1, "DAMAGED\n1 course, 2 events\n")
    assert err == "damaged: course a, event 2: it was changed, or does not follow the event before it\n"


def test_without_the_key_a_sealed_store_proves_nothing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = told(capsys, "verify", "clinic.db")
    assert (code, out.splitlines()[0]) == (1, "DAMAGED")


def test_an_anchor_shows_a_tail_that_was_cut_off(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = (0, "anchor.json: position 2, 1 course\n", "")
    assert told(capsys, "anchor", "clinic.db", "--out", "anchor.json", "--key-file", "key") == wanted
    with_both = ("verify", "clinic.db", "--anchor", "anchor.json", "--key-file", "key")
    assert told(capsys, *with_both) == (0, "intact: it is what was anchored\n1 course, 2 events\n", "")
    changed("delete from iptengine_events where version = 2")
    code, out, err = told(capsys, *with_both)
    assert (code, out) == (1, "DAMAGED\n1 course, 1 event\n")
    assert err == "damaged: course a: it had 2 events when it was anchored, and has 1\n"


def test_an_anchor_for_paper_is_one_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = told(capsys, "anchor", "clinic.db")
    assert (code, err) == (0, "")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d  position 2  [0-9a-f]{64}\n", out)


def test_a_store_that_is_not_there_is_never_made(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = told(capsys, "verify", "clinc.db")
    assert (code, out, err) == (2, "", f"error: there is no file {here / 'clinc.db'}\n")
    assert not (here / "clinc.db").exists()
