"""The page of the public names has them all: it says that what stands nowhere on it may change without notice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import iptengine
from iptengine import commands, testing

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
PROSE = re.sub(r"^```.*?^```$", "", PAGE, flags=re.MULTILINE | re.DOTALL)
CODE = re.findall(r"`([^`\n]+)`", PROSE)


def begins_a_piece_of_code(name: str) -> bool:
    return any(re.match(rf"(iptengine\.)?{name}(?!\w)", code) for code in CODE)


def section(title: str) -> str:
    (found,) = re.findall(rf"^##+ {title}\n(.*?)(?=^##+ )", PROSE, re.MULTILINE | re.DOTALL)
    return str(found)


def methods(of: type) -> list[str]:
    return sorted(name for name in dir(of) if not name.startswith("_"))


@pytest.mark.parametrize("name", iptengine.__all__)
def test_every_public_name_stands_on_the_page(name: str) -> None:
    assert begins_a_piece_of_code(name)


@pytest.mark.parametrize("name", [*commands.__all__, *testing.__all__])
def test_every_public_name_of_the_commands_and_of_the_tests_stands_on_the_page(name: str) -> None:
    assert begins_a_piece_of_code(name)


def test_what_the_page_says_of_a_course_a_course_has() -> None:
    named = {code.partition("(")[0] for code in re.findall(r"`([^`]+)`", section("A course").partition("\n\nWhat")[0])}
    assert len(named) > 30
    assert (
        sorted(named - {*methods(iptengine.Course), *iptengine.Course.__dataclass_fields__, "on", "way", "None"}) == []
    )


@pytest.mark.parametrize("name", methods(iptengine.Clinic))
def test_every_method_of_a_clinic_has_a_row(name: str) -> None:
    assert re.search(rf"^\| `{name}\(", PROSE, re.MULTILINE)


def test_the_page_names_what_a_reader_answers_and_nothing_else() -> None:
    named = {code.partition("(")[0] for code in re.findall(r"`([^`]+)`", section("A reader"))}
    assert named == {*methods(iptengine.Reader), "Reader", "actor"}


@pytest.mark.parametrize("name", ["Agenda", "Alert", "CourseWarning", "Due", "Message", "Overview", "Stuck", "Way"])
def test_every_attribute_of_what_a_clinic_answers_stands_in_its_row(name: str) -> None:
    (row,) = re.findall(rf"^\| `{name}` \| (.*) \|$", section("What it answers with"), re.MULTILINE)
    named = {code.partition("(")[0] for code in re.findall(r"`([^`]+)`", row)}
    assert [part for part in methods(getattr(iptengine, name)) if part not in named] == []


def test_every_attribute_that_all_events_have_stands_in_their_row() -> None:
    (row,) = re.findall(r"^\| `Event` \| (.*) \|$", section("What it answers with"), re.MULTILINE)
    assert [part for part in methods(iptengine.Event) if f"`{part}`" not in row] == []
