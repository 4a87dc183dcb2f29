"""Law 8. A mistake is told where it is: all of a file in one go, in the words of the file, with what to do next."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml
from hypothesis import given as when_given
from hypothesis import settings
from hypothesis import strategies as st

from authoring.write_expected import FOLDER, expected, names
from iptengine.authoring.document import read
from iptengine.authoring.explain import pages
from iptengine.authoring.loader import MOST_TOLD, check_text
from iptengine.diagnostics import Diagnostic, Path, Span
from phrases import ROOT

SMALL = ROOT / "tests" / "protocols" / "small.protocol.yaml"
FILE = "mutant.protocol.yaml"

PYTHON = re.compile(
    r"pydantic|Traceback|NoneType|\bdict|\btuple\b|\bstr\b|\bint\b|\bbool\b|\bfloat\b|\bNone\b|\bTrue\b|\bFalse\b|"
    r"Input should|validation error|\w+Error\b|\bException\b|<class|object at 0x|<[a-z]+\.[A-Za-z]|\\x[0-9a-f]{2}|"
    r"\w+_type\b|model_|[Ff]ield required|[Ee]xtra inputs|\bliteral\b|\bmapping\b|\bboolean\b|\bYAMLError|"
    r"could not find expected|mapping values|scanning|block collection|expected <"
)
"""What only somebody who reads Python, pydantic or a YAML parser would understand."""


# -- every bad protocol ------------------------------------------------------------------------------------------

TOLD = re.compile(r"(?P<file>[\w.-]+):(?P<line>[0-9]+):(?P<column>[0-9]+): error: (?P<message>.+) \[(?P<code>[a-z-]+)]")
WITHOUT_HINT = {"missing-key", "template-condition"}
"""Codes whose message may say by itself what to write."""


def told(name: str) -> Iterator[tuple[re.Match[str], str]]:
    """Every mistake of a bad protocol as the author sees it, and its hint."""
    lines = expected(name).read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        if line.startswith("    hint: "):
            continue
        found = TOLD.fullmatch(line)
        assert found, line
        following = lines[number + 1] if number + 1 < len(lines) else ""
        yield found, following.removeprefix("    hint: ") if following.startswith("    hint: ") else ""


@pytest.mark.parametrize("name", names())
def test_every_mistake_has_its_place_its_rule_its_words_and_a_next_step(name: str) -> None:
    mistakes = list(told(name))
    assert mistakes
    for found, hint in mistakes:
        own = found["file"] == f"{name}.protocol.yaml"
        assert own or "this line is the base's; a group may change it under '" in hint
        lines = ((FOLDER if own else ROOT / "protocols") / found["file"]).read_text("utf-8").split("\n")
        line = lines[int(found["line"]) - 1]
        assert 1 <= int(found["column"]) <= len(line) + 1
        assert found["code"] in pages()
        assert hint or found["code"] in WITHOUT_HINT


@pytest.mark.parametrize("name", names())
def test_no_python_no_parser_and_no_model_speaks_to_an_author(name: str) -> None:
    assert PYTHON.findall(expected(name).read_text("utf-8")) == []


@pytest.mark.parametrize("code", sorted(pages()))
def test_no_page_of_a_rule_speaks_python(code: str) -> None:
    assert PYTHON.findall("\n".join(line for line in pages()[code].split("\n") if not line.startswith("    "))) == []


def test_all_mistakes_of_a_file_are_told_in_one_go_in_its_order() -> None:
    places = [(int(found["line"]), int(found["column"]), found["code"]) for found, _ in told("everything")]
    assert [place[2] for place in places] == [
        "bad-value", "unknown-key", "condition-unknown", "missing-key", "bad-value", "unknown-task", "unknown-target",
    ]  # fmt: skip
    assert places == sorted(places)


# -- mutated copies ----------------------------------------------------------------------------------------------


@cache
def root() -> Any:
    return read(SMALL.read_bytes(), SMALL.name).require().root


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every value, maps and lists included."""
    if path:
        yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield from paths(part, (*path, name))


def at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


WRONG: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(
        [
            None, True, False, 0, -1, 7, 10**12, 1.5, 1e30, "", " ", "yes", "no", "midle", "phq9 >= ", "7 sessions",
            "first 0", "9..3", "-1..2", "every 0 weeks", "session 99", "last 40", "phq9", "phq9@9", "no_such@1",
            "{{ patint }}", "{{ 1/0 }}", "{% if x %}", "{{", "../x", "A b", "x" * 3000, "grief", "opening", "ü",
            "sessions left <= x", "all must tasks are dne", "2026-02-30", "12:30:45", "0x10", "1_000", "=1+1", "\u202e",
            [], {}, [1], [None], [[]], [{}], {"a": 1}, {"do": None}, {"do": "x"}, {"title": 3}, {"x": {"y": []}},
            ["opening", "opening"], {"next": {}}, {"all": {}}, {"any": {"x": 1}}, {"not": "x"},
        ]
    ),
    st.text(alphabet="abc {}[]%<>=.,:'\"#&*!|_-0123456789", max_size=30),
    st.integers(-5, 2000),
)  # fmt: skip
KEYS = st.sampled_from(["musst", "if_", "from_", "not_", "Title", "a b", "1st", "x" * 80, "next", "__class__"])
CHANGES = st.one_of(
    st.tuples(st.just("set"), WRONG),
    st.tuples(st.just("remove"), st.none()),
    st.tuples(st.just("rename"), KEYS),
    st.tuples(st.just("add"), KEYS),
)  # fmt: skip


def changed(copied: Any, path: Path, change: tuple[str, Any]) -> None:
    around, (how, value) = at(copied, path[:-1]), change
    if how == "set" or not isinstance(around, dict):
        around[path[-1]] = copy.deepcopy(value) if how == "set" else None
    elif how == "add":
        around[value] = "something"
    else:
        before = around.pop(path[-1])
        if how == "rename":
            around[value] = before


def written(value: Any) -> str:
    return yaml.dump(value, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=100)


def seen(diagnostic: Diagnostic, lines: list[str]) -> None:
    """It can be found in the file, looked up, and understood."""
    span = diagnostic.span
    assert span.file == FILE
    assert 1 <= span.line <= len(lines)
    assert 1 <= span.column <= len(lines[span.line - 1]) + 1
    assert diagnostic.code in pages()
    assert diagnostic.message
    assert "\n" not in diagnostic.message + diagnostic.hint
    assert PYTHON.findall(diagnostic.message + diagnostic.hint) == []
    assert len(diagnostic.message) < 600


PLACES = list(paths(root()))


@settings(max_examples=300)
@when_given(st.lists(st.tuples(st.sampled_from(PLACES), CHANGES), min_size=1, max_size=3))
def test_a_file_with_any_value_wrong_is_told_in_the_words_of_the_file(changes: list[tuple[Path, Any]]) -> None:
    copied = copy.deepcopy(root())
    for path, change in changes:
        try:
            changed(copied, path, change)
        except (LookupError, TypeError):
            continue  # an earlier change took the place away
    text = written(copied)
    protocol, wrong = check_text(text.encode(), FILE)
    assert (protocol is None) == bool(wrong)
    assert len(wrong) <= MOST_TOLD + 1
    assert list(wrong) == sorted(wrong, key=lambda one: one.span)
    lines = text.split("\n")
    for one in wrong:
        seen(one, lines)


SHAPES = {"bad-value", "unknown-key", "text-too-long"}
OTHER_SHAPE = st.sampled_from([True, 7, 1.5, [[]], ["a", 1]])


@settings(max_examples=40)
@when_given(st.lists(st.sampled_from(PLACES), min_size=2, max_size=4, unique=True), OTHER_SHAPE)
def test_what_is_told_of_each_mistake_alone_is_told_of_all_together(places: list[Path], value: object) -> None:
    apart = [p for p in places if not any(q != p and (p[: len(q)] == q or q[: len(p)] == p) for q in places)]
    apart = [p for p in apart if not any(isinstance(part, int) for part in p)]
    both = copy.deepcopy(root())
    alone: set[tuple[str, str]] = set()
    for path in apart:
        one = copy.deepcopy(root())
        changed(one, path, ("set", value))
        changed(both, path, ("set", value))
        wrong = check_text(written(one).encode(), FILE)[1]
        alone |= {(found.code, found.message) for found in wrong if found.code in SHAPES}
    together = {(found.code, found.message) for found in check_text(written(both).encode(), FILE)[1]}
    assert alone - together == set()


# -- the text of a file that is no YAML --------------------------------------------------------------------------


STRAY = st.sampled_from([*"\"'{}[]#\t*&-@%\n|!,?:", ": ", "- ", "  "])


@settings(max_examples=150)
@when_given(st.integers(0, 10_000), STRAY)
def test_a_stray_character_anywhere_is_told_at_a_place_in_the_file(index: int, stray: str) -> None:
    text = SMALL.read_text("utf-8")
    index %= len(text)
    broken = text[:index] + stray + text[index:]
    _, wrong = check_text(broken.encode(), FILE)
    lines = broken.split("\n")
    for one in wrong:
        seen(one, lines)


@settings(max_examples=100)
@when_given(st.binary(max_size=200))
def test_any_bytes_at_all_are_told_as_mistakes(content: bytes) -> None:
    protocol, wrong = check_text(content, FILE)
    assert protocol is None
    assert wrong
    for one in wrong:
        assert isinstance(one.span, Span)
        assert one.code in pages()
        assert PYTHON.findall(one.message + one.hint) == []
