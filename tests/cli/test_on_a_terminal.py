"""What was recorded, typed or written into a file never steers the terminal of the person who reads it."""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iptengine.cli import screen
from iptengine.cli.main import run_command

if sys.platform == "win32":
    pytest.skip("a terminal of this kind is one of Unix", allow_module_level=True)

Type = Callable[..., Any]
Watch = Callable[..., str]
SMALL = Path(__file__).parents[1] / "protocols" / "small.protocol.yaml"
DAY = ("--on", "2026-03-10")
WIPE = "\x1b[2J\x1b[3J\x1b[H"
"""Empties the screen, what has scrolled away with it, and goes on at the top."""
ODD = f"{WIPE}\x9b2J\x1b]0;title\x07\x1b[8m\u202e\x7f\rx"
OUR_COLOURS = re.compile(r"\x1b\[(?:0|1|2|31|32)m")
STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Types a line on a terminal, and gives the signs that came to its screen."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)

    def on_screen(*words: str | Path) -> str:
        ours, theirs = os.openpty()
        came: list[bytes] = []
        reading = threading.Thread(target=_read_all, args=(ours, came))
        with open(theirs, "w", encoding="utf-8") as terminal, monkeypatch.context() as now:
            reading.start()
            now.setattr(sys, "stdout", terminal)
            now.setattr(sys, "stderr", terminal)
            run_command([str(word) for word in words])
        reading.join()
        os.close(ours)
        return b"".join(came).decode().replace("\r\n", "\n")

    return on_screen


def _read_all(terminal: int, into: list[bytes]) -> None:
    while True:
        try:
            came = os.read(terminal, 65536)
        except OSError:  # the other side has closed
            return
        if not came:
            return
        into.append(came)


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: Type) -> Type:
    """Types a line, where a course has begun whose words steer a terminal, and a risk alert is open."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPTENGINE_BY", "anna")
    monkeypatch.setenv("IPTENGINE_ROLE", "therapist")
    called = f"A. R.{WIPE}Course a, 4 events"
    assert typed("course", "start", "clinic.db", SMALL, "--course", "a", "--called", called, *DAY).code == 0
    item = ("--score", "phq9=9", "--item", "phq9.self_harm=3")
    words = ("--note", f"note{ODD}", "--try", f"homework{ODD}")
    assert typed("course", "session", "clinic.db", "a", *item, *words, *DAY).code == 0
    return typed


def steering(shown: str) -> list[str]:
    return STEERS.findall(OUR_COLOURS.sub("", shown))


def test_a_name_that_wipes_the_screen_leaves_the_risk_alert_on_it(begun: Type, watched: Watch) -> None:
    shown = watched("course", "history", "clinic.db", "a")
    assert shown.startswith(
        "a  \x1b[31m\x1b[1mRISK ALERT\x1b[0m #4, 2026-03-10, not assessed: PHQ-9 item 9 (thoughts of death or\n"
    )
    assert "called\n               “A. R.�[2J�[3J�[HCourse a, 4 events”" in shown
    assert steering(shown) == []


def test_a_history_shows_the_words_of_a_course_without_their_control_signs(begun: Type, watched: Watch) -> None:
    because = ("--because", f"because{ODD}")
    person = (f"name=bob{ODD}", f"role=friend{ODD}", f"expects=rest{ODD}")
    assert begun("course", "record", "clinic.db", "a", "record_person", *person, *DAY).code == 0
    assert begun("course", "record", "clinic.db", "a", "remind_me", f"text=reminder{ODD}", *DAY).code == 0
    assert begun("course", "session", "clinic.db", "a", "--missed", "no_show", "--why", f"why{ODD}", *DAY).code == 2
    missed = ("status=no_show", f"why=why{ODD}", "--on", "2026-03-17")
    assert begun("course", "record", "clinic.db", "a", "miss_session", *missed).code == 0
    assert begun("course", "record", "clinic.db", "a", "enter_phase", "phase=working", *because, *DAY).code == 0
    shown = watched("course", "history", "clinic.db", "a")
    assert steering(shown) == []
    assert all(f"{word}�[2J" in shown for word in ("note", "homework", "bob", "friend", "rest", "reminder", "why"))
    assert "because: because�[2J" in shown


def test_the_ways_of_a_course_show_a_name_that_steers_a_terminal_without_it(begun: Type, watched: Watch) -> None:
    person = (f"name=bob{ODD}", "role=friend")
    assert begun("course", "record", "clinic.db", "a", "record_person", *person, *DAY).code == 0
    focus = ("area=role_dispute", f"person=bob{ODD}\nRISK ALERT: none")
    assert begun("course", "record", "clinic.db", "a", "agree_focus", *focus, *DAY).code == 0
    shown = watched("course", "ways", "clinic.db", "a")
    assert steering(shown) == []
    assert "\nRISK ALERT: none" not in shown


def test_colours_that_somebody_recorded_are_not_taken_for_ours(begun: Type, watched: Watch) -> None:
    words = ("remind_me", "text=\x1b[2mfaint\x1b[0m \x1b[31m\x1b[1mred")
    assert begun("course", "record", "clinic.db", "a", *words, *DAY).code == 0
    assert "reminder set: “�[2mfaint�[0m �[31m�[1mred”" in watched("course", "history", "clinic.db", "a")
    assert "�[2mfaint�[0m" in begun("course", "history", "clinic.db", "a").out


@pytest.mark.parametrize(
    "line",
    [
        ("course", "record", "clinic.db", "a", f"command{ODD}"),
        ("course", "record", "clinic.db", "a", "write_note", f"field{ODD}=x"),
        ("course", "history", "clinic.db", f"course{ODD}"),
        ("course", "history", f"store{ODD}", "a"),
        ("check", f"file{ODD}.protocol.yaml"),
        ("show", f"file{ODD}"),
        ("words", "ipt-adult", f"word{ODD}"),
        ("explain", f"code{ODD}"),
        ("why", "ipt-adult", f"path{ODD}"),
        (f"command{ODD}",),
        ("show", f"--option{ODD}"),
        ("show", "ipt-adult", f"more{ODD}"),
        ("list", f"more{ODD}"),
    ],
)
def test_what_somebody_typed_is_given_back_without_control_signs(
    begun: Type, watched: Watch, line: tuple[str, ...]
) -> None:
    shown = watched(*line)
    assert shown.strip()
    assert steering(shown) == []


# -- for programs ------------------------------------------------------------------------------------------------


def test_json_holds_every_sign_and_steers_no_terminal(begun: Type, watched: Watch) -> None:
    history = ("course", "history", "clinic.db", "a", "--format", "json")
    told = begun(*history)
    assert any(event.get("text") == f"note{ODD}" for event in json.loads(told.out))
    assert STEERS.findall(told.out) == []
    assert watched(*history) == told.out


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_a_page_in_every_form_steers_no_terminal(begun: Type, watched: Watch, form: str) -> None:
    for audience in ("therapist", "patient"):
        line = ("course", "agenda", "clinic.db", "a", "--audience", audience, "--format", form, *DAY)
        assert steering(watched(*line)) == []


def test_a_page_for_a_browser_keeps_the_direction_of_its_words() -> None:
    assert screen.html_text("<p>\u2067שלום\u2069\x9b2J</p>") == "<p>&#x2067;שלום&#x2069;�2J</p>"


def test_an_exported_course_is_handed_over_sign_by_sign(begun: Type, watched: Watch, tmp_path: Path) -> None:
    told = begun("course", "export", "clinic.db", "a")
    assert begun("course", "export", "clinic.db", "a", "--out", "a.jsonl").code == 0
    assert told.out == (tmp_path / "a.jsonl").read_text(encoding="utf-8")
    assert steering(watched("course", "export", "clinic.db", "a")) == []
