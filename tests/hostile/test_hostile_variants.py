"""Variants that mean harm, or are merely huge: each is read in bounded time and ends in sentences (laws 7 and 8)."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iptengine.authoring.loader import check, check_text, open_protocol
from iptengine.authoring.variants.lineage import Changeable, changeable
from iptengine.diagnostics import Diagnostic

HEAD = """\
iptengine: 1
protocol: {name}
version: 0.1.0
status: draft
title: A variant that means harm
extends: {base}
changes:
"""
MOST_SECONDS = 5.0
"""What the largest honest variant may take, of processor time."""


def variant(*changes: str, name: str = "ipt-harm", base: str = "ipt-adult@1.0.0") -> bytes:
    """A variant with one group of changes, each on a line of its own."""
    body = "".join(f"    {line}\n" for line in changes)
    return f"{HEAD.format(name=name, base=base)}  group:\n    because: It means harm\n{body}".encode()


def told(text: bytes) -> tuple[Diagnostic, ...]:
    """What is said of it; it is said with a file, a line, a code and words, and in time."""
    began = time.process_time()
    protocol, found = check_text(text, "harm.protocol.yaml")
    assert time.process_time() - began < MOST_SECONDS
    assert (protocol is None) == bool(found)
    for one in found:
        assert one.span.line >= 1
        assert one.code
        assert one.message
        assert len(str(one)) < 2000
        assert "Traceback" not in str(one)
    return found


# -- many, and deep ---------------------------------------------------------------------------------------------------


def _thousand() -> Iterator[str]:
    texts = [row for row in changeable(open_protocol("ipt-adult")) if row.path[-1] in _WORDS and not _of_alerts(row)]
    yield "set:"
    for row in texts:
        yield f'  {".".join(str(part) for part in row.path)}: "Other words"'
    yield "add:"
    for number in range(1_000 - len(texts)):
        yield f"  phases.middle.may.more_{number}: Do one thing more, number {number}"


def _of_alerts(row: Changeable) -> bool:
    """Alerts and the facts that they rest on keep their words (law 5)."""
    return row.path[0] == "alerts" or row.path[:2] in {("facts", "fear_at_home"), ("facts", "someone_at_risk")}


_WORDS = ("do", "title", "aim", "because", "reads", "choose_when", "recognise", "note", "label", "see", "cite")


def test_an_honest_variant_of_a_thousand_changes_is_checked_in_time() -> None:
    lines = tuple(_thousand())
    assert sum(not line.endswith(":") for line in lines) == 1_000
    assert told(variant(*lines)) == ()


@pytest.mark.parametrize("count", [5_001, 20_000])
def test_thousands_of_changes_are_refused_with_one_sentence(count: int) -> None:
    found = told(variant("set:", *(f"  phases.initial.must.t{n}.do: x" for n in range(count))))
    assert len(found) <= 101
    assert found


def test_a_thousand_misspelt_paths_are_told_up_to_a_readable_number() -> None:
    found = told(variant("set:", *(f"  phases.intial.must.task_{n}.do: x" for n in range(1_000))))
    assert len(found) == 101
    assert found[-1].code == "too-many-mistakes"


def test_a_path_of_a_thousand_parts_is_told_like_any_other() -> None:
    assert [one.code for one in told(variant("set:", f"  {'.'.join(['phases'] * 15)}: x"))] == ["nothing-there"]
    assert told(variant("set:", f"  {'.'.join(['phases'] * 1000)}: x"))


def test_a_deep_value_is_refused_before_it_is_put_anywhere() -> None:
    deep = "{a: " * 60 + "x" + "}" * 60
    assert told(variant("set:", f"  phases.initial.title: {deep}"))


def chain(folder: Path, length: int, close: bool) -> Path:
    """Variants one upon another; closed, the first extends the last."""
    for number in range(length):
        base = f"ipt-c{number - 1}@0.1.0" if number else (f"ipt-c{length - 1}@0.1.0" if close else "ipt-adult@1.0.0")
        path = folder / f"ipt-c{number}.protocol.yaml"
        path.write_bytes(
            variant("set:", f"  decisions.weeks.because: Reason {number}", name=f"ipt-c{number}", base=base)
        )
    return path


@pytest.mark.parametrize(("length", "close"), [(2, True), (5, True), (40, True), (40, False), (300, False)])
def test_a_long_chain_or_a_circle_ends_in_a_sentence(tmp_path: Path, length: int, close: bool) -> None:
    began = time.process_time()
    found = check(chain(tmp_path, length, close))
    assert time.process_time() - began < MOST_SECONDS
    wanted = "circular-base" if close and length < 9 else "too-many-bases"
    assert wanted in {one.code for one in found}
    assert len(found) <= 20


# -- names and files that lead elsewhere ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "base",
    [
        "../ipt-adult@1.0.0", "/etc/passwd@1.0.0", "ipt-adult@1.0.0/../x", "..@1.0.0", "con@1.0.0", "ipt-adult@../1",
        "file:ipt-adult@1.0.0", "ipt-adult.protocol.yaml", "ipt-adult@latest", "ipt-adult@1", "@1.0.0", "ipt-adult@",
        '"ipt-adult@1.0.0\\n"', '"\\u202eipt-adult@1.0.0"', "[ipt-adult@1.0.0]", "{ipt-adult: 1.0.0}", "~", "1.0",
    ],
)  # fmt: skip
def test_a_base_is_a_name_and_a_version_and_never_a_way(base: str) -> None:
    assert told(variant("remove: [decisions.weeks]", base=base))


def test_a_base_that_is_a_device_or_a_folder_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "ipt-folder.protocol.yaml").mkdir()
    os.mkfifo(tmp_path / "ipt-pipe.protocol.yaml")
    for name in ("ipt-folder", "ipt-pipe"):
        path = tmp_path / "ipt-harm.protocol.yaml"
        path.write_bytes(variant("remove: [decisions.weeks]", base=f"{name}@1.0.0"))
        assert [one.code for one in check(path)] == ["unknown-base"]


@pytest.mark.parametrize(
    "path",
    [
        "__class__", "phases.__init__", "phases.initial.must.inventory.__class__", "phases..initial", ".phases",
        "phases.", "phases.initial.must.0", "phases/initial", "phases.initial[title]", "*", "phases.*", "protocol",
        "iptengine", "changes.group.because", "extends", "sources", '"phases.initial.title "', '"\\u0440hases.initial"',
    ],
)  # fmt: skip
def test_a_path_is_names_and_points_and_reaches_nothing_but_the_base(path: str) -> None:
    for verb in ("set", "add"):
        assert told(variant(f"{verb}:", f"  {path}: x"))


# -- text that bites --------------------------------------------------------------------------------------------------

BITING = [
    '"{{ \'\'.__class__ }}"', '"{% include \'/etc/passwd\' %}"', '"{% for a in b %}{% endfor %}"', "*nowhere",
    "&a x", "!!python/name:os.system",
    '"{{ nosuch }}"', '"\\u202e"', '"\\0"', "[" * 60 + "]" * 60,
    '"' + "x" * 30_000 + '"', "{<<: *a}", ".nan",
]  # fmt: skip


@pytest.mark.parametrize("text", BITING, ids=range(len(BITING)))
def test_a_text_that_bites_is_refused_where_it_stands(text: str) -> None:
    found = told(variant("set:", f"  phases.initial.must.inventory.do: {text}"))
    assert found
    assert all(one.span.file == "harm.protocol.yaml" for one in found)


# -- anything ---------------------------------------------------------------------------------------------------------

_PATHS = st.sampled_from(
    [".".join(str(part) for part in row.path) for row in changeable(open_protocol("ipt-adult"))]
    + [
        "phases",
        "phases.initial",
        "phases.middle.must",
        "problem_areas.role_dispute",
        "alerts",
        "measures.phq9",
        "nowhere",
    ]
)
_VALUES = st.sampled_from(
    [
        "x",
        "3",
        "[]",
        "{}",
        "[a, b]",
        "{do: x}",
        "~",
        "true",
        '"{{ patient }}"',
        "first 2",
        "phases.middle.must",
        "initial",
    ]
)
_CHANGES = st.lists(
    st.tuples(st.sampled_from(["set", "add", "remove", "rename", "move", "order"]), _PATHS, _VALUES),
    min_size=1, max_size=6, unique_by=lambda one: one[:2],
)  # fmt: skip


@settings(max_examples=60)
@given(_CHANGES)
def test_any_changes_give_a_protocol_or_sentences(changes: list[tuple[str, str, str]]) -> None:
    verbs: dict[str, list[str]] = {}
    for verb, path, value in changes:
        verbs.setdefault(verb, []).append(path if verb == "remove" else f"{path}: {value}")
    lines = []
    for verb, held in verbs.items():
        lines.append(f"{verb}:")
        lines += [f"  - {one}" if verb == "remove" else f"  {one}" for one in held]
    told(variant(*lines))
