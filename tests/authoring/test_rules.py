"""Each bad protocol is told in exactly these words; each code has a page; the pages in the docs are current."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from authoring.write_expected import expected, names, told
from authoring.write_pages import generated
from iptengine.authoring.document import read
from iptengine.authoring.explain import explain, pages
from iptengine.authoring.rules.listing import PAGES, RULES

SOURCES = Path(__file__).parents[2] / "src" / "iptengine"
_CODE = re.compile(r'"((?:yaml|file|template|condition)-[a-z]+(?:-[a-z]+)*)"')
_FAMILY = re.compile(r'"([a-z]+(?:-[a-z]+)+)"')


@pytest.mark.parametrize("name", names())
def test_an_author_is_told_exactly_what_is_wrong_where_and_what_to_do(name: str) -> None:
    assert told(name) == expected(name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "code", sorted({*RULES, *PAGES} - {"bad-name", "unknown-protocol", "too-many-mistakes", "too-many-parts"})
)
def test_every_rule_has_a_bad_protocol_of_its_name_that_it_finds(code: str) -> None:
    assert f"[{code}]" in expected(code).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(set(names()) & set(RULES)))
def test_a_bad_protocol_of_a_rule_has_that_one_kind_of_mistake(name: str) -> None:
    assert set(re.findall(r"\[([a-z-]+)]\n", told(name))) == {name}


def test_every_code_that_a_module_can_tell_has_a_page() -> None:
    folders = (SOURCES / "authoring", SOURCES / "protocol" / "conditions")
    files = [path for folder in folders for path in folder.glob("*.py")]
    emitted = {code for path in files for code in _CODE.findall(path.read_text(encoding="utf-8"))}
    assert "yaml-cut-by-hash" in emitted
    assert "condition-never" in emitted
    assert emitted - set(pages()) == set()


def test_every_code_that_a_measure_can_be_told_has_a_page() -> None:
    text = (SOURCES / "protocol" / "measure_rules.py").read_text(encoding="utf-8")
    codes = set(_FAMILY.findall(text))
    assert "risk-outside-range" in codes
    assert codes - set(pages()) == set()


@pytest.mark.parametrize("code", sorted(pages()))
def test_a_page_says_what_why_and_how_it_looks_wrong_and_right(code: str) -> None:
    page = explain(code)
    title = page.split("\n", 1)[0]
    assert title.endswith(".")
    assert [page.count(part) for part in ("\n\nWhy it matters: ", "\n\nWrong:\n\n    ", "\n\nRight:\n\n    ")] == [
        1,
        1,
        1,
    ]
    assert all(len(line) <= 112 for line in page.split("\n") if not line.startswith("    "))


@pytest.mark.parametrize("code", sorted(PAGES))
def test_the_right_example_of_a_rule_can_be_read(code: str) -> None:
    example = explain(code).partition("\n\nRight:\n\n")[2]
    text = "\n".join(line.removeprefix("    ") for line in example.split("\n"))
    if not text.startswith("load("):
        assert read(text.encode(), "example").diagnostics == ()


def test_an_unknown_code_is_told_with_the_nearest_one() -> None:
    with pytest.raises(LookupError, match="there is no mistake with this code; did you mean 'unknown-target'"):
        explain("unknown-taget")


@pytest.mark.parametrize("path", sorted(generated()), ids=lambda path: path.name)
def test_the_page_in_the_docs_is_what_the_rules_and_models_say(path: Path) -> None:
    hint = "run: python tests/authoring/write_pages.py"
    assert path.read_text(encoding="utf-8") == generated()[path], hint
